"""One agent who decided a buyer's claims, or a group's: then the agent, or the queue, may be what they have in common.

Agents who favour buyers are asked about by themselves; here this speaks against a gang that is seen by its method only.
"""

import numpy as np

from floorwalker.detectors.measured import Counter
from floorwalker.detectors.refunds.claims import Claims
from floorwalker.graph.slots import Floats, Ints, Longs
from floorwalker.stats.tail import EXACT, log_tail_binomial

LEAST_COST = np.log(1e-4)
QUEUE = np.log(1e-4)


def agents(claims: Claims) -> tuple[Ints, Floats]:
    """The agent's code of each claim, -1 where nobody decided it, and by code the share of what is decided."""
    names = claims.rows["staff_id"].to_pylist()
    known = sorted({name for name in names if name})
    code_of = {name: k for k, name in enumerate(known)}
    code = np.array([code_of.get(name, -1) for name in names], dtype=np.int32)
    return code, np.bincount(code[code >= 0], minlength=len(known)) / max(int((code >= 0).sum()), 1)


def one_agent(code: Ints, share: Floats, rows: Longs) -> Counter | None:
    """What it costs a buyer's claims `rows` to be one that one agent decided again and again."""
    decided = code[rows][code[rows] >= 0]
    if len(decided) < 2:
        return None
    most = np.bincount(decided)
    agent, times = int(most.argmax()), int(most.max())
    if times < 2:
        return None
    cost = max((times - 1) * float(np.log(share[agent])), float(LEAST_COST))
    text = f"One agent decided {times} claims of this account: the agent, who is asked about, may be what they share."
    return Counter(text, cost)


def of_one_desk(code: Ints, share: Floats, rows: Longs) -> bool:
    """Whether one agent decided more of the claims `rows` than the agents' shares explain."""
    decided = code[rows][code[rows] >= 0]
    if len(decided) == 0:
        return False
    most = np.bincount(decided, minlength=len(share))
    log_p = log_tail_binomial(most, np.full(len(most), len(decided)), share, EXACT)
    return bool(log_p.min() + np.log(len(share)) <= QUEUE)
