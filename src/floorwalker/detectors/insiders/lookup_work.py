"""Where an agent's customers are those of one seller because the work is: routing, complaints, a bad season."""

import numpy as np
import pyarrow as pa

from floorwalker.detectors.insiders.lookup_columns import codes, floats, whole
from floorwalker.detectors.record import Rows
from floorwalker.graph.slots import DAY, Floats, Longs

PERIOD = 28 * DAY
FEW, FEWER = 1.0, 0.5
"""Visits that are added to both sides of a comparison of everybody's, and of the agent's own, work."""
MOST = 2.0
"""One agent's unexplained visits to a seller's customers count as so many, that no single one makes them usual."""


class Work:
    """How much the explained work, and others' unexplained looks, are about a seller."""

    def __init__(
        self, rows: Rows, agents: pa.Array, sellers: pa.Array, share: Floats, explained: Floats, unexplained: Floats
    ) -> None:
        self.share, self.sellers, self.explained = share, max(len(sellers), 1), explained
        everybody = rows("lookup_all_casework", by=("seller_id",))
        cases = np.zeros(len(sellers))
        cases[codes(everybody["seller_id"], sellers)] = floats(everybody["millionths"]) / 1e6
        self.cases = (FEW + cases) / (FEW + explained.sum() * share)
        looks = rows("lookup_others_looks", by=("staff_id", "seller_id"))
        agent, seller = codes(looks["staff_id"], agents), codes(looks["seller_id"], sellers)
        self.looks, self.looked = agent * self.sellers + seller, np.minimum(floats(looks["millionths"]) / 1e6, MOST)
        self.all_looks = np.bincount(seller, weights=self.looked, minlength=len(sellers))
        self.unexplained = unexplained
        own = rows("lookup_own_casework", by=("staff_id", "seller_id", "period"))
        self.own = codes(own["staff_id"], agents) * self.sellers + codes(own["seller_id"], sellers)
        self.own_period, self.own_visits = whole(own["period"]), floats(own["millionths"]) / 1e6
        load = rows("lookup_workload", by=("staff_id", "period"))
        self.load_agent, self.load_period = codes(load["staff_id"], agents), whole(load["period"])
        self.load_visits, self.agents = floats(load["visits"]), len(agents)

    def usual(self, pairs: Longs, pair: Longs, since_origin: Longs) -> Floats:
        """By hit, how many times more than the seller's orders say its customers are to be expected; at least 1."""
        agent, seller = np.divmod(pairs, self.sellers)
        place = np.searchsorted(self.looks, pairs)
        rest = self.all_looks[seller] - self.looked[place] if len(pairs) else np.zeros(0)
        others = (FEW + rest) / (FEW + (self.unexplained.sum() - self.unexplained[agent]) * self.share[seller])
        period = np.maximum(since_origin, 0) // PERIOD
        last = int(max(period.max(initial=0), self.own_period.max(initial=0), self.load_period.max(initial=0))) + 1
        done, load = np.zeros((len(pairs), last + 2)), np.zeros((self.agents, last + 2))
        np.add.at(done, (np.searchsorted(pairs, self.own), self.own_period + 1), self.own_visits)
        np.add.at(load, (self.load_agent, self.load_period + 1), self.load_visits)
        near_done = sum(done[pair, period + k] for k in range(3))
        near_load = sum(load[agent[pair], period + k] for k in range(3))
        near = (FEWER + near_done) / (FEWER + near_load * self.share[seller[pair]])
        ever = (FEWER + done.sum(axis=1)) / (FEWER + self.explained[agent] * self.share[seller])
        by_pair = np.maximum(np.maximum(others, self.cases[seller]), ever)
        return np.asarray(np.maximum(np.maximum(by_pair[pair], near), 1.0), dtype=np.float64)
