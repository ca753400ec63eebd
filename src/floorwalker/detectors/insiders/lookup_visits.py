"""How surely a look at a customer points to a seller: its chance if somebody leaks for that seller, over its usual one.

Usual: unexplained looks fall on customers by their orders so far, their orders of the last quarter, their low reviews,
or blindly; the shares of the four are fitted by maximum likelihood to the other agents (McLachlan & Krishnan 2008).
For a seller: a customer is picked by the orders there, half of them of the last quarter; or those who gave it one to
three stars are preferred. The quotient is the *lift*. It is lowered where the seller's customers are looked at more
than its orders explain by everybody, or where the agent's explained work is about that seller (a queue of one's own,
for all time or within four weeks either side).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.detectors.insiders.lookup_columns import codes, floats, whole
from floorwalker.detectors.insiders.lookup_work import Work
from floorwalker.detectors.record import Rows
from floorwalker.graph.slots import DAY, Bools, Floats, Longs

QUARTER = 13
ROUNDS = 60
SMALLEST = 0.02
"""No part of the usual law is believed to be smaller."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Unexplained visits of n, their hits of m, and the pairs of agent and seller.

    agents, sellers: ids by code. explained, unexplained: (agents,) visits. strata: (agents, 3) role, team and site.
    agent, buyer, action, second: of each visit. visit, pair: (m,) of each hit, ordered by pair, second and visit;
    lift: (2, m) plain, and where low reviews are preferred; usual: (m,) what the lift is divided by (at least 1).
    low: (m,) whether the customer gave that seller a low review; since: (m,) seconds since the last event there.
    pair_agent, pair_seller: codes. prior: (sellers,) of their share in being leaked for.
    """

    agents: pa.Array
    sellers: pa.Array
    strata: list[tuple[str, str, str]]
    explained: Floats
    unexplained: Floats
    agent: Longs
    buyer: pa.Array
    action: pa.Array
    second: Longs
    visit: Longs
    pair: Longs
    lift: Floats
    usual: Floats
    low: Bools
    since: Longs
    pair_agent: Longs
    pair_seller: Longs
    prior: Floats


def read_visits(rows: Rows) -> Visits:
    """Everything that the steps counted, as arrays."""
    people = rows("lookup_agents", by=("staff_id",)).combine_chunks()
    seen = rows("lookup_visit_rows", by=("visit",)).combine_chunks()
    hits = rows("lookup_pairs", by=("staff_id", "seller_id", "visit")).combine_chunks()
    agents = people["staff_id"].combine_chunks()
    sellers = rows("lookup_sellers", by=("seller_id",))["seller_id"].combine_chunks()
    agent, second = codes(seen["staff_id"], agents), whole(seen["second"])
    visit = whole(hits["visit"]) - 1
    name = codes(hits["staff_id"], agents) * max(len(sellers), 1) + codes(hits["seller_id"], sellers)
    pairs, pair = np.unique(name, return_inverse=True)
    order = np.lexsort((visit, second[visit], pair))
    hits, visit, pair = hits.take(pa.array(order)), visit[order], pair[order]
    pair_agent, pair_seller = np.divmod(pairs, max(len(sellers), 1))
    origin = rows("lookup_origin", by=("origin",)).to_pylist()[0]
    weeks = _Weeks(rows, sellers)
    usual = _usual_chance(seen, agent, weeks, origin["buyers"])
    orders = weeks.bought[:, -1]
    share = orders[1:] / max(orders[0], 1.0)
    explained, unexplained = floats(people["explained"]), floats(people["unexplained"])
    work = Work(rows, agents, sellers, share, explained, unexplained)
    return Visits(
        agents=agents,
        sellers=sellers,
        strata=list(zip(*(people[c].to_pylist() for c in ("role", "team", "site")), strict=True)),
        explained=explained,
        unexplained=unexplained,
        agent=agent,
        buyer=seen["buyer_id"].combine_chunks(),
        action=seen["action_id"].combine_chunks(),
        second=second,
        visit=visit,
        pair=pair.astype(np.int64),
        lift=_seller_chance(hits, pair_seller[pair], weeks, whole(seen["since_origin"])[visit]) / usual[visit],
        usual=work.usual(pairs, pair, whole(seen["since_origin"])[visit]),
        low=whole(hits["low"]) > 0,
        since=whole(hits["since"]),
        pair_agent=pair_agent,
        pair_seller=pair_seller,
        prior=0.5 * share + 0.5 / max(origin["sellers"], 1),
    )


class _Weeks:
    """Running totals by seller (row 0: everybody) and week."""

    def __init__(self, rows: Rows, sellers: pa.Array) -> None:
        table = rows("lookup_weeks", by=("seller_id", "week"))
        week = whole(table["week"])
        seller = codes(table["seller_id"], pa.concat_arrays([pa.array([""], pa.string()), sellers.cast(pa.string())]))
        self.last = int(week.max(initial=0))
        self.bought, self.low = (np.zeros((len(sellers) + 1, self.last + 1)) for _ in range(2))
        np.add.at(self.bought, (seller, week), floats(table["bought"]))
        np.add.at(self.low, (seller, week), floats(table["low"]))
        self.bought, self.low = self.bought.cumsum(axis=1), self.low.cumsum(axis=1)

    def totals(self, seller: Longs, since_origin: Longs) -> tuple[Floats, Floats, Floats]:
        """Orders, those of the last quarter, and low reviews, to the end of the week; 1 where there are none."""
        week = np.clip(since_origin // (7 * DAY), 0, self.last)
        before = week - QUARTER
        bought = self.bought[seller, week]
        lately = bought - np.where(before >= 0, self.bought[seller, np.maximum(before, 0)], 0.0)
        return np.maximum(bought, 1.0), np.maximum(lately, 1.0), np.maximum(self.low[seller, week], 1.0)


def _usual_chance(seen: pa.Table, agent: Longs, weeks: _Weeks, buyers: int) -> Floats:
    """The chance of each visit's customer under the law of the other agents' visits, (n,)."""
    totals = weeks.totals(np.zeros(len(agent), dtype=np.int64), whole(seen["since_origin"]))
    parts = [floats(seen[c]) / total for c, total in zip(("bought", "lately", "low"), totals, strict=True)]
    part = np.stack([*parts, np.full(len(agent), 1.0 / max(buyers, 1))])
    weight = np.full(4, 0.25)
    for _ in range(ROUNDS):
        told = weight[:, None] * part
        told /= told.sum(axis=0)
        weight = np.maximum((told.sum(axis=1) + 1) / (len(agent) + 4), SMALLEST)
        weight /= weight.sum()
    told = weight[:, None] * part
    told /= told.sum(axis=0)
    size = int(agent.max(initial=-1)) + 1
    own = np.stack([np.bincount(agent, weights=row, minlength=size) for row in told])
    others = np.maximum(told.sum(axis=1)[:, None] - own + 1, SMALLEST * (len(agent) + 4))
    others /= others.sum(axis=0)
    return np.asarray((others[:, agent] * part).sum(axis=0), dtype=np.float64)


def _seller_chance(hits: pa.Table, seller: Longs, weeks: _Weeks, since_origin: Longs) -> Floats:
    """The chance of each hit's customer if somebody looks for that seller, (2, m)."""
    totals = weeks.totals(seller + 1, since_origin)
    bought, lately, low = (floats(hits[c]) / t for c, t in zip(("bought", "lately", "low"), totals, strict=True))
    plain = 0.5 * bought + 0.5 * lately
    return np.stack([plain, 0.4 * plain + 0.6 * low])
