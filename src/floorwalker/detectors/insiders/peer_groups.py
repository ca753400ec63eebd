"""Whom an agent is compared with, and evidence from a share of what the whole group did."""

from collections.abc import Sequence

import numpy as np

from floorwalker.graph.slots import Floats, Longs

ENOUGH = 20
LEAST = 8


def groups_of(role: Sequence[str], team: Sequence[str], site: Sequence[str]) -> Longs:
    """A code for each of n people: role, team and site where ENOUGH share them; else role and team where LEAST do.

    -1 where nobody is alike enough: a supervisor is not compared with agents.
    """
    wide = _codes(list(zip(role, team, strict=True)))
    narrow = _codes(list(zip(role, team, site, strict=True)))
    if not len(wide):
        return wide
    full, some = (np.bincount(code)[code] for code in (narrow, wide))
    apart = np.where(full >= ENOUGH, narrow, wide + narrow.max(initial=-1) + 1)
    apart = np.where((full < ENOUGH) & (some < LEAST), -1, apart)
    return apart.astype(np.int64)


def share_log_e(amount: Floats, group: Longs) -> Floats:
    """Log of an e-value for each of n people: people of the group times one's share of what the group did.

    Its mean over a group is 1 whatever the amounts (>= 0) are, so it is an e-value if peers are exchangeable, without
    any law being fitted (conformal e-values, Wang & Ramdas 2022, JRSS B 84). Mixed half and half with 1, so that
    whoever did nothing keeps a half. 0 where the group is -1 or did nothing.
    """
    known = np.flatnonzero(group >= 0)
    log_e = np.zeros(len(amount))
    if not len(known):
        return log_e
    code = group[known]
    total, size = np.bincount(code, weights=amount[known]), np.bincount(code)
    told = total[code] > 0
    share = amount[known] / np.where(told, total[code], 1.0)
    log_e[known] = np.where(told, np.log(0.5 + 0.5 * size[code] * share), 0.0)
    return log_e


def _codes(names: list[tuple[str, ...]]) -> Longs:
    order = {name: k for k, name in enumerate(sorted(set(names)))}
    return np.array([order[name] for name in names], dtype=np.int64)
