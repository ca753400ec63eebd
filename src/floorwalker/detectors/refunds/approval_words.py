"""From verdicts on agents and their clients to findings: words, cited rows, and links."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Counter, Finding, Measured, assess
from floorwalker.detectors.refunds.agent_clients import Verdicts
from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.favours import Favours
from floorwalker.detectors.refunds.visits import Visits
from floorwalker.graph.slots import Floats, Longs

WORTH_WORDS = np.log(100.0)
TRUST = np.log(1e8)
MOST_CITED = 40
PLAIN = 1.5
"""What is seen so much oftener than usual is said."""
KNOWN = Counter("Buyers who ask for somebody they know, or whom a router sends back to one agent, meet again.", 0.0)
GOODWILL = Counter("Faulty goods may be left with a customer on purpose, and the note of it be missing here.", 0.0)
UNAWARE = Counter("The buyer need not know how the agent decides: only the agent need be at fault.", 0.0)
SHARED_NAME = Counter("The account of the agent may have been used by somebody else.", 0.0)


@dataclass(frozen=True, slots=True)
class Approvals:
    """All that the words are made from."""

    claims: Claims
    visits: Visits
    favours: Favours
    found: Verdicts

    def facts(self, rows: Longs) -> str:
        """What was unusual about decisions, with what was to be expected, as the end of a sentence."""
        said = []
        for name, sign in (
            ("taken without the router", self.favours.taken),
            ("paid though no goods came back", self.favours.kept),
            ("decided later than usual", self.favours.waited),
            ("among the dearest quarter", self.favours.dear),
            ("paid after another agent's no", self.favours.overruled),
        ):
            asked = sign.asked[rows]
            seen, usual = int(np.sum(sign.seen[rows] & asked)), float(np.sum(sign.usual[rows][asked]))
            if seen > max(PLAIN * usual, 1):
                said.append(f"{seen} {name} ({significant(usual)} expected)")
        return "; ".join(said) if said else "nothing else was unusual"

    def cited(self, rows: Longs) -> list[tuple[str, str]]:
        """Claims, the acts that decided them, and their tickets."""
        rows = rows[:MOST_CITED]
        acts = [("staff_actions", str(a)) for a in self.visits.action[rows] if a is not None]
        tickets = [("tickets", str(t)) for t in self.visits.ticket[rows] if t is not None]
        return [*self.claims.cited(self.visits.row[rows]), *acts, *tickets]


def tell(all_: Approvals, explain: Mapping[str, str]) -> Measured:
    """Every agent who decided a claim, and every buyer with two visits or more."""
    found, visits = all_.found, all_.visits
    meetings = found.meetings
    clients = np.flatnonzero((found.pair_log_e > WORTH_WORDS) & (found.agent_log_e[meetings.agent] > WORTH_WORDS))
    told = np.unique(np.append(np.flatnonzero(found.agent_log_e > WORTH_WORDS), meetings.agent[clients]))
    ring_of = np.full(len(visits.agent_ids), -1, dtype=np.int64)
    ring_of[told] = np.arange(len(told))
    agents = assess(
        "staff",
        "insider",
        visits.agent_ids,
        found.test.log_p,
        effect=found.again / np.maximum(found.expected, 0.1),
        log_e=found.agent_log_e,
        surprise=np.maximum(found.agent_log_e, 0.0),
        ring=ring_of,
        trust=TRUST,
        findings={int(a): _agent(all_, int(a), clients, explain["insider"]) for a in told},
    )
    buyers, names, best = _strongest(found)
    account = assess(
        "account",
        "client",
        all_.claims.buyer_ids.take(pa.array(buyers)),
        -np.maximum(found.buyer_log_e, 0.0),
        effect=meetings.met[best].astype(np.float64),
        log_e=found.buyer_log_e,
        surprise=np.maximum(found.buyer_log_e, 0.0),
        ring=np.where(np.isin(best, clients), ring_of[meetings.agent[best]], -1),
        trust=TRUST,
        findings={int(names[k]): _client(all_, int(k), explain["client"]) for k in best if k in set(clients.tolist())},
    )
    return Measured(pa.concat_tables([agents, account]), _links(all_, clients, ring_of))


def _strongest(found: Verdicts) -> tuple[Longs, Longs, Longs]:
    """The buyers, by pair the place of its buyer, and by buyer the pair that says most."""
    buyers, place = np.unique(found.meetings.buyer, return_inverse=True)
    order = np.lexsort((np.arange(len(place)), -np.round(found.pair_log_e, 9), place))
    first = np.append(True, place[order][1:] != place[order][:-1]) if len(order) else np.zeros(0, dtype=bool)
    return buyers, place, order[first]


def _agent(all_: Approvals, agent: int, clients: Longs, sentence: str) -> Finding:
    found, visits = all_.found, all_.visits
    own = clients[found.meetings.agent[clients] == agent]
    if not len(own):
        own = np.flatnonzero((found.meetings.agent == agent) & (found.meetings.met >= 2))
    rows = np.flatnonzero((visits.agent == agent) & np.isin(visits.buyer, found.meetings.buyer[own]))
    words = {
        "decided": counted(int(np.sum(visits.agent == agent)), "claim"),
        "again": f"{int(found.again[agent])}",
        "expected": significant(float(found.test.expected[agent])),
        "routed": significant(float(found.expected[agent])),
        "chance": one_in(float(found.test.log_p[agent])),
        "claims": counted(len(rows), "claim"),
        "buyers": counted(len(np.unique(visits.buyer[rows])), "buyer"),
        "facts": all_.facts(rows),
    }
    return Finding(sentence.format(**words), all_.cited(rows), [KNOWN, GOODWILL, SHARED_NAME])


def _client(all_: Approvals, pair: int, sentence: str) -> Finding:
    meetings, visits = all_.found.meetings, all_.visits
    agent = int(meetings.agent[pair])
    mine = np.flatnonzero(visits.buyer == meetings.buyer[pair])
    rows = mine[visits.agent[mine] == agent]
    words = {
        "met": f"{len(rows)} of {counted(len(mine), 'claim')}",
        "agent": visits.agent_ids[agent].as_py(),
        "chance": significant(_chance(all_, pair)),
        "facts": all_.facts(rows),
    }
    return Finding(sentence.format(**words), all_.cited(rows), [UNAWARE, KNOWN, GOODWILL])


def _chance(all_: Approvals, pair: int) -> float:
    meetings: Floats = all_.found.meetings.chance[all_.found.meetings.pair == pair]
    return float(meetings.mean()) if len(meetings) else float(all_.found.start[pair])


def _links(all_: Approvals, clients: Longs, ring_of: Longs) -> pa.Table:
    if not len(clients):
        return LINKS.empty_table()
    meetings, visits = all_.found.meetings, all_.visits
    order = clients[np.lexsort((meetings.buyer[clients], meetings.agent[clients]))]
    cited = [
        all_.claims.cited(
            visits.row[(visits.buyer == meetings.buyer[k]) & (visits.agent == meetings.agent[k])][:MOST_CITED]
        )
        for k in order
    ]
    staff = "staff", visits.agent_ids.take(pa.array(meetings.agent[order]))
    account = "account", all_.claims.buyer_ids.take(pa.array(meetings.buyer[order]))
    return linked(ring_of[meetings.agent[order]], staff, account, "approved", cited)
