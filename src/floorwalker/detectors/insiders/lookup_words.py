"""From verdicts on looks to findings: words, cited rows, and links."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.insiders.lookup_sellers import Found
from floorwalker.detectors.insiders.lookup_visits import Visits
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Counter, Finding, Measured, assess
from floorwalker.graph.slots import Bools, Floats, Longs

WORTH_WORDS = np.log(100.0)
TRUST = np.log(1e8)
MOST_CITED = 40
NO_TABLE = Counter(
    "An arrangement that no table tells of (a project, a contact of that seller's) would explain it.", 0.0
)
SHARED_NAME = Counter("The account of the staff member may have been used by somebody else.", 0.0)
UNAWARE = Counter("The seller need not know: the customers may have something else in common.", 0.0)
WROTE_FIRST = Counter("No message from the seller to these customers was seen after the looks.", 0.0)


@dataclass(frozen=True, slots=True)
class Looks:
    """All that the words are made from. written, usual: by hit, the seller wrote afterwards, and its usual chance."""

    visits: Visits
    found: Found
    written: Bools
    usual: Floats

    def hits(self, pair: int) -> slice:
        """The hits of a pair."""
        return slice(*np.searchsorted(self.visits.pair, (pair, pair + 1)))

    def cited(self, pair: int) -> list[tuple[str, str]]:
        """The looks of a pair."""
        rows = self.visits.visit[self.hits(pair)][:MOST_CITED]
        return [("staff_actions", action) for action in self.visits.action.take(pa.array(rows)).to_pylist()]

    def facts(self, pair: int) -> dict[str, str]:
        """The figures of a pair, for a sentence."""
        rows = self.hits(pair)
        visits = self.visits
        agent, seller = visits.pair_agent[pair], visits.pair_seller[pair]
        looked, low = rows.stop - rows.start, int(visits.low[rows].sum())
        usual = visits.unexplained[agent] / max(float(np.mean(visits.lift[0, rows] / visits.usual[rows])), 1e-9)
        wrote, due = int(self.written[rows].sum()), float(self.usual[rows].sum())
        return {
            "agent": visits.agents[int(agent)].as_py(),
            "seller": visits.sellers[int(seller)].as_py(),
            "unexplained": counted(int(visits.unexplained[agent]), "customer"),
            "looked": f"{looked}",
            "usual": significant(min(usual, float(visits.unexplained[agent]))),
            "low": f"{low}",
            "wrote": f"{wrote}",
            "due": significant(min(due, float(looked))),
        }


def tell(looks: Looks, explain: Mapping[str, str]) -> Measured:
    """Every member of staff who looked at customers, and every seller two of whose customers one of them looked at."""
    visits, found = looks.visits, looks.found
    worth = (found.pair_log_e > WORTH_WORDS) & (found.seller_log_e[visits.pair_seller] > WORTH_WORDS)
    told = np.flatnonzero(found.agent_log_e > WORTH_WORDS)
    ring_of = np.full(len(visits.agents), -1, dtype=np.int64)
    ring_of[told] = np.arange(len(told))
    agents = assess(
        "staff",
        "insider",
        visits.agents,
        found.rate.log_p,
        effect=visits.unexplained / np.maximum(visits.explained + visits.unexplained, 1.0),
        log_e=found.agent_log_e,
        surprise=np.maximum(found.agent_log_e, 0.0),
        ring=ring_of,
        trust=TRUST,
        findings={int(a): _agent(looks, int(a), explain["insider"]) for a in told},
    )
    best = found.best
    profits = np.flatnonzero((best >= 0) & worth[best]) if len(best) else np.zeros(0, dtype=np.int64)
    ring = np.full(len(best), -1, dtype=np.int64)
    ring[profits] = ring_of[visits.pair_agent[best[profits]]]
    sellers = assess(
        "account",
        "beneficiary",
        visits.sellers,
        -np.maximum(found.seller_log_e, 0.0),
        effect=np.bincount(visits.pair_seller[visits.pair], minlength=len(best)).astype(np.float64),
        log_e=found.seller_log_e,
        surprise=np.maximum(found.seller_log_e, 0.0),
        ring=ring,
        trust=TRUST,
        findings={int(s): _seller(looks, int(best[s]), explain["beneficiary"]) for s in profits},
    )
    return Measured(pa.concat_tables([agents, sellers]), _links(looks, np.flatnonzero(worth), ring_of))


def _agent(looks: Looks, agent: int, sentence: str) -> Finding:
    visits, found = looks.visits, looks.found
    own = np.flatnonzero(visits.pair_agent == agent)
    pair = int(own[np.lexsort((own, -np.round(found.told[own], 9)))][0])
    done = visits.explained[agent] + visits.unexplained[agent]
    rate = float(found.rate.mean[agent])
    words = {
        "done": counted(int(done), "customer visit"),
        "peers": "the peers are too few to tell" if np.isnan(rate) else f"peers {significant(rate * done)}",
        "chance": one_in(float(found.rate.log_p[agent])),
        **looks.facts(pair),
    }
    return Finding(sentence.format(**words), looks.cited(pair), _against(looks, pair))


def _seller(looks: Looks, pair: int, sentence: str) -> Finding:
    return Finding(sentence.format(**looks.facts(pair)), looks.cited(pair), [UNAWARE, *_against(looks, pair)])


def _against(looks: Looks, pair: int) -> list[Counter]:
    silent = not looks.written[looks.hits(pair)].any()
    return [NO_TABLE, SHARED_NAME, *([WROTE_FIRST] if silent else [])]


def _links(looks: Looks, pairs: Longs, ring_of: Longs) -> pa.Table:
    visits = looks.visits
    pairs = pairs[ring_of[visits.pair_agent[pairs]] >= 0]
    if not len(pairs):
        return LINKS.empty_table()
    agent, seller = visits.pair_agent[pairs], visits.pair_seller[pairs]
    return linked(
        ring_of[agent],
        ("staff", visits.agents.take(pa.array(agent))),
        ("account", visits.sellers.take(pa.array(seller))),
        "looked_up_for",
        [looks.cited(int(pair)) for pair in pairs],
    )
