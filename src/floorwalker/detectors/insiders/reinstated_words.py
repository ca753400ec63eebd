"""From verdicts on agents and sellers to findings: words, cited rows, and links."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, significant
from floorwalker.detectors.insiders.reinstated_cases import Decisions
from floorwalker.detectors.insiders.reinstated_evidence import Verdicts
from floorwalker.detectors.insiders.reinstated_signs import Signs
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Counter, Finding, Measured, assess
from floorwalker.graph.slots import Floats, Longs

WORTH_WORDS = np.log(100.0)
TRUST = np.log(1e8)
MOST_CITED = 10
TOLD = (
    ("alone", "without a ticket of the agent's own"),
    ("taken", "on a ticket that the agent took"),
    ("overrules", "within three days of a colleague's denial"),
    ("quick", "quicker after the ticket was opened than nine in ten"),
    ("early", "sooner after the suspension than four in five"),
    ("again", "followed by a new measure within 180 days"),
    ("met", "of sellers whom the agent had brought back the time before"),
)
SECOND = Counter("A second look at a colleague's decision is work that may have been asked for without a ticket.", 0.0)
RIGHT = Counter("The first decision may have been wrong, and bringing the seller back right.", 0.0)
SHARED_NAME = Counter("The account of the agent may have been used by somebody else.", 0.0)
UNAWARE = Counter("The seller need not know how the agent decides: only the agent need be at fault.", 0.0)


@dataclass(frozen=True, slots=True)
class Reinstated:
    """All that the words are made from."""

    cases: Decisions
    signs: Signs
    found: Verdicts

    def facts(self, rows: Longs) -> str:
        """What was unusual about decisions, with what was to be expected, as the end of a sentence."""
        said = []
        for name, words in TOLD:
            sign = getattr(self.signs, name)
            seen, usual = int(np.sum(sign.seen[rows])), float(np.sum(sign.usual[rows][sign.asked[rows]]))
            if seen > usual:
                said.append(f"{seen} {words} ({significant(usual)} expected)")
        return "; ".join(said) if said else "nothing else was unusual"

    def cited(self, rows: Longs) -> list[tuple[str, str]]:
        """Decisions, their tickets, the denials and measures before, and the measures after."""
        told = self.cases.rows.take(pa.array(rows[:MOST_CITED])).to_pylist()
        names = (
            ("staff_actions", "action_id"),
            ("tickets", "held_id"),
            ("staff_actions", "denial_id"),
            ("enforcements", "enforcement_id"),
            ("enforcements", "again_id"),
        )
        return list(dict.fromkeys((table, row[name]) for row in told for table, name in names if row[name] is not None))

    def brought_back(self, pair: int) -> Longs:
        """The rows in which the agent of a pair reinstated its seller."""
        cases, found = self.cases, self.found
        same = (cases.agent == found.agent[pair]) & (cases.seller == found.seller[pair])
        return np.flatnonzero(same & cases.granted).astype(np.int64)


def tell(all_: Reinstated, explain: Mapping[str, str]) -> Measured:
    """Every agent who brought a seller back, and every seller brought back."""
    cases, found = all_.cases, all_.found
    pairs = np.flatnonzero((found.pair_log_e > WORTH_WORDS) & (found.log_e[found.agent] > WORTH_WORDS))
    agents, sellers = np.unique(found.agent), np.unique(found.seller)
    told = np.unique(np.append(np.flatnonzero(found.log_e > WORTH_WORDS), found.agent[pairs]))
    ring_of = np.full(len(cases.agent_ids), -1, dtype=np.int64)
    ring_of[told] = np.arange(len(told))
    best = _strongest(found, sellers)
    staff = assess(
        "staff",
        "insider",
        cases.agent_ids.take(pa.array(agents)),
        -np.maximum(found.log_e[agents], 0.0),
        effect=_effect(all_)[agents],
        log_e=found.log_e[agents],
        surprise=np.maximum(found.log_e[agents], 0.0),
        ring=ring_of[agents],
        trust=TRUST,
        findings={k: _agent(all_, int(a), explain["insider"]) for k, a in enumerate(agents) if ring_of[a] >= 0},
    )
    among = np.isin(best, pairs)
    account = assess(
        "account",
        "beneficiary",
        cases.seller_ids.take(pa.array(sellers)),
        -np.maximum(found.seller_log_e[sellers], 0.0),
        effect=np.bincount(found.seller, minlength=len(cases.seller_ids))[sellers].astype(np.float64),
        log_e=found.seller_log_e[sellers],
        surprise=np.maximum(found.seller_log_e[sellers], 0.0),
        ring=np.where(among, ring_of[found.agent[best]], -1),
        trust=TRUST,
        findings={int(k): _seller(all_, int(best[k]), explain["beneficiary"]) for k in np.flatnonzero(among)},
    )
    return Measured(pa.concat_tables([staff, account]), _links(all_, pairs, ring_of))


def _strongest(found: Verdicts, sellers: Longs) -> Longs:
    """By seller, the pair that says most."""
    order = np.lexsort((found.agent, -np.round(found.pair_log_e, 9), found.seller))
    return np.asarray(order[np.searchsorted(found.seller[order], sellers)], dtype=np.int64)


def _effect(all_: Reinstated) -> Floats:
    """How many signs an agent's reinstatements show, against what is expected."""
    cases, size = all_.cases, len(all_.cases.agent_ids)
    seen, usual = np.zeros(size), np.zeros(size)
    for name, _ in TOLD:
        sign = getattr(all_.signs, name)
        counts = sign.asked & cases.granted
        seen += np.bincount(cases.agent, weights=sign.seen & counts, minlength=size)
        usual += np.bincount(cases.agent, weights=sign.usual * counts, minlength=size)
    return np.asarray(seen / np.maximum(usual, 0.1), dtype=np.float64)


def _agent(all_: Reinstated, agent: int, sentence: str) -> Finding:
    cases, found = all_.cases, all_.found
    mine = np.flatnonzero((cases.agent == agent) & cases.granted)
    denied = int(np.sum((cases.agent == agent) & ~cases.granted))
    pairs = np.flatnonzero(found.agent == agent)
    strength = dict(zip(found.seller[pairs].tolist(), found.pair_log_e[pairs].tolist(), strict=True))
    order = sorted(mine.tolist(), key=lambda row: (-round(strength[int(cases.seller[row])], 9), row))
    words = {
        "decided": counted(len(mine) + denied, "decision"),
        "granted": f"{len(mine)}",
        "facts": all_.facts(mine),
    }
    return Finding(
        sentence.format(**words), all_.cited(np.array(order, dtype=np.int64)), [_desk(found, agent), RIGHT, SHARED_NAME]
    )


def _desk(found: Verdicts, agent: int) -> Counter:
    factor = float(found.desk[agent])
    if factor > -np.log(10):
        return SECOND
    return Counter(
        "Nearly all that this agent decided for a time came this way, as at a desk for second looks: not enough "
        "information to tell the two apart, and the evidence counts so much less.",
        0.0,
    )


def _seller(all_: Reinstated, pair: int, sentence: str) -> Finding:
    rows = all_.brought_back(pair)
    words = {
        "agent": all_.cases.agent_ids[int(all_.found.agent[pair])].as_py(),
        "times": counted(len(rows), "time"),
        "facts": all_.facts(rows),
    }
    return Finding(sentence.format(**words), all_.cited(rows), [UNAWARE, RIGHT])


def _links(all_: Reinstated, pairs: Longs, ring_of: Longs) -> pa.Table:
    if not len(pairs):
        return LINKS.empty_table()
    found, cases = all_.found, all_.cases
    cited = [all_.cited(all_.brought_back(int(k))) for k in pairs]
    staff = "staff", cases.agent_ids.take(pa.array(found.agent[pairs]))
    account = "account", cases.seller_ids.take(pa.array(found.seller[pairs]))
    return linked(ring_of[found.agent[pairs]], staff, account, "reinstated_for", cited)
