"""How reports pulled without a task differ from those of colleagues: how many, how large, and about whom."""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import ndtri
from scipy.stats import norm

from floorwalker.detectors.codes import coded
from floorwalker.detectors.insiders.peer_groups import LEAST, groups_of, share_log_e
from floorwalker.detectors.insiders.steered_rates import Steered, steered, supported
from floorwalker.detectors.record import Rows
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs
from floorwalker.stats.combine import acat
from floorwalker.stats.peers import PeerTest, gamma_poisson

SEVERAL = 3
"""One report, or two, may have been asked for across the desk."""
MONTH = 30 * DAY
STANDING = 90 * DAY
LATELY = 60 * DAY
LARGER = (0.75, 1.5)
UNLIKE_SIZES = 0.05
ALONE = math.log(100.0)
FIELD_TRUST = math.log(20.0)
"""Many desks serve one category: that reports keep to one is only suggestive."""


@dataclass(frozen=True, slots=True)
class Pulls:
    """Reports without a task, in order of (staff, second, action).

    All (n,). staff, seller, field: codes, -1 where there is none. standing: of a series that looks like an arrangement.
    """

    rows: pa.Table
    staff: Longs
    second: Longs
    records: Floats
    seller: Longs
    field: Longs
    standing: Bools


@dataclass(frozen=True, slots=True)
class Signs:
    """Of each agent (agents,): pulls that count, and the evidence of each kind."""

    pulled: Floats
    count: PeerTest
    same: Steered
    again: Floats
    fields: Steered
    size: Floats
    size_log_p: Floats
    log_p: Floats
    log_e: Floats


def read_pulls(rows: Rows, staff: pa.Array) -> Pulls:
    """The reports of the staff named (ascending)."""
    table = rows("export_free", by=("staff_id", "second", "action_id"))
    who = pc.index_in(table["staff_id"].combine_chunks(), value_set=staff).to_numpy(zero_copy_only=False)
    second = table["second"].to_numpy().astype(np.int64)
    seller, names = coded(table["seller_id"])
    fields = rows("export_fields", by=("seller_id",))
    category, _ = coded(fields["category"])
    place = pc.index_in(names, value_set=fields["seller_id"].combine_chunks())
    found = place.fill_null(-1).to_numpy(zero_copy_only=False)
    field = np.where(found >= 0, np.append(category, -1)[found], -1)[seller] if len(names) else seller
    nobody = pc.equal(names, "").to_numpy(zero_copy_only=False)
    seller = np.where(nobody[seller], -1, seller) if len(names) else seller
    staff_of = who.astype(np.int64)
    standing = _standing(staff_of, seller, second)
    records = np.maximum(table["records"].to_numpy().astype(np.float64), 0.0)
    return Pulls(table, staff_of, second, records, _long(seller), _long(field), standing)


def weigh(pulls: Pulls, staff: pa.Table) -> Signs:
    """All signs of all agents; `staff` are the rows of `export_staff`."""
    agents = staff.num_rows
    free = ~pulls.standing
    who, when, seller = pulls.staff[free], pulls.second[free], pulls.seller[free]
    pulled = np.bincount(who, minlength=agents).astype(np.float64)
    group = groups_of(*(staff[name].to_pylist() for name in ("role", "team", "site")))
    days = (staff["until"].to_numpy() - staff["since"].to_numpy()) / DAY
    apart = np.where(group >= 0, group, -1 - np.arange(agents))
    count = gamma_poisson(pulled, np.maximum(days, 30.0), apart, bulk=0.9, least_peers=LEAST - 1)
    counted_e = share_log_e(np.where(pulled >= SEVERAL, pulled, 0.0) ** 2, group)
    again, first = _again(who, seller, when, LATELY)
    asked = _sum(who, ~first & (seller >= 0), agents)
    same = steered(_sum(who, again, agents), asked, rarest=0.1, unlike=0.02, aims=(0.6, 0.95), least_peers=LEAST)
    new = ~again & (pulls.field[free] >= 0)
    kept, begun = _again(who[new], pulls.field[free][new], when[new], None)
    fields = steered(
        _sum(who[new], kept, agents),
        _sum(who[new], ~begun, agents),
        rarest=0.2,
        unlike=0.1,
        aims=(0.9,),
        least_peers=LEAST,
    )
    size, size_log_p, size_log_e = _sizes(who, pulls.records[free], agents)
    parts = [counted_e, same.log_e, size_log_e, np.minimum(fields.log_e, FIELD_TRUST)]
    stories = np.stack([parts[1], parts[2], parts[3], parts[1] + parts[2]])
    total = counted_e + np.logaddexp.reduce(stories, axis=0) - math.log(len(stories))
    log_p = acat(np.stack([count.log_p, same.log_p, size_log_p, fields.log_p], axis=-1))
    log_e = supported(parts, total, ALONE)
    return Signs(pulled, count, same, _sum(who, again, agents), fields, size, size_log_p, np.minimum(log_p, 0.0), log_e)


def _standing(staff: Longs, seller: Ints | Longs, second: Longs) -> Bools:
    """Pulls after the first of one seller's report by one agent, that look like an arrangement.

    Four or more, over three months without any month that holds more than half of them; or weekly to the half day.
    """
    standing = np.zeros(len(staff), dtype=bool)
    order = np.lexsort((second, seller, staff))
    cuts = np.flatnonzero((np.diff(staff[order]) != 0) | (np.diff(seller[order]) != 0)) + 1
    for rows in np.split(order, cuts):
        times = second[rows]
        if len(rows) < 4 or seller[rows[0]] < 0:
            continue
        gaps = np.diff(times) / (7 * DAY)
        weekly = np.mean((np.abs(gaps - np.round(gaps)) < 1 / 14) & (gaps > 0.5)) >= 0.75
        in_month = np.searchsorted(times, times + MONTH, side="right") - np.arange(len(times))
        steady = times[-1] - times[0] >= STANDING and 2 * in_month.max() <= len(times)
        standing[rows[1:]] = weekly or steady
    return standing


def _again(who: Longs, what: Longs, when: Longs, within: int | None) -> tuple[Bools, Bools]:
    """Whether the same person chose the same thing before (`within` seconds), and whether it is the first choice."""
    order = np.lexsort((when, what, who))
    alike = (who[order][1:] == who[order][:-1]) & (what[order][1:] == what[order][:-1]) & (what[order][1:] >= 0)
    if within is not None:
        alike &= when[order][1:] - when[order][:-1] <= within
    again = np.zeros(len(who), dtype=bool)
    again[order[1:]] = alike
    first = np.append(True, who[1:] != who[:-1]) if len(who) else np.zeros(0, dtype=bool)
    return again, first


def _sizes(who: Longs, records: Floats, agents: int) -> tuple[Floats, Floats, Floats]:
    """Mean normal score of the sizes of each agent's pulls among all others' pulls, its log p and its log e.

    Scores of ranks are normal whatever tail the sizes have: one huge honest export says no more than being the
    largest. How unlike agents are is the variance of their means (maximum likelihood on a grid, each left out).
    """
    number = np.bincount(who, minlength=agents).astype(np.float64)
    everyone = np.sort(records)
    score = np.zeros(len(who))
    for rows in np.split(np.arange(len(who)), np.flatnonzero(np.diff(who)) + 1) if len(who) else ():
        own, mine = np.sort(records[rows]), records[rows]
        above = [len(s) - np.searchsorted(s, mine, side="right") for s in (everyone, own)]
        least = [len(s) - np.searchsorted(s, mine) for s in (everyone, own)]
        others = len(who) - len(rows)
        score[rows] = -ndtri(((above[0] - above[1] + least[0] - least[1]) / 2 + 0.5) / (others + 1))
    mean = np.bincount(who, weights=score, minlength=agents) / np.maximum(number, 1)
    asked = number > 0
    noise = 1 / np.maximum(number, 1)
    grid = np.linspace(UNLIKE_SIZES, 1.0, 40)
    fit = np.where(asked, norm.logpdf(mean, scale=np.sqrt(noise + grid[:, None])), 0.0)
    spread = grid[np.argmax(np.round(fit.sum(axis=1, keepdims=True) - fit, 9), axis=0)]
    deviation = np.sqrt(noise + spread)
    ratios = [norm.logpdf(mean, larger, deviation) - norm.logpdf(mean, 0.0, deviation) for larger in LARGER]
    log_e = np.logaddexp(np.logaddexp.reduce(np.stack(ratios), axis=0) - math.log(len(LARGER)), 0.0) - math.log(2)
    log_p = np.where(asked, norm.logsf(mean / deviation), 0.0)
    return mean, log_p, np.where(asked, log_e, 0.0)


def _sum(code: Longs, flags: Bools, size: int) -> Floats:
    return np.bincount(code, weights=flags, minlength=size).astype(np.float64)


def _long(values: Ints | Longs) -> Longs:
    return values.astype(np.int64)
