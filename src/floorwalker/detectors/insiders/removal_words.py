"""From verdicts on agents and sellers to findings: words, cited rows, and links."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.insiders.agent_sellers import Verdicts
from floorwalker.detectors.insiders.removal_signs import Signs
from floorwalker.detectors.insiders.removals import Decisions
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Counter, Finding, Measured, assess
from floorwalker.graph.slots import Longs

WORTH_WORDS = np.log(100.0)
TRUST = np.log(1e8)
MOST_CITED = 12
"""So many reviews are cited for one subject, each with its act and its ticket."""
PLAIN = 1.5
"""What is seen so much oftener than usual is said."""
ARRANGED = Counter("A brand may be given to one moderator by an arrangement that no table tells of.", 0.0)
ELSEWHERE = Counter("Reports that come by telephone or mail, and notes kept elsewhere, leave no trace here.", 0.0)
SHARED_NAME = Counter("The account of the agent may have been used by somebody else.", 0.0)
UNAWARE = Counter("The seller need not know who removes the reviews: only the agent need be at fault.", 0.0)


@dataclass(frozen=True, slots=True)
class Removed:
    """All that the words are made from. stars: by seller, the sum and number of the reviews that stand."""

    decisions: Decisions
    signs: Signs
    found: Verdicts
    stars: tuple[dict[str, float], dict[str, int]]

    def of(self, pairs: Longs) -> Longs:
        """The rows of what was removed in some pairs."""
        return np.flatnonzero(np.isin(self.decisions.pair, pairs) & self.decisions.removed)

    def facts(self, rows: Longs, pairs: Longs) -> str:
        """What was unusual, with what was to be expected, as the end of a sentence."""
        said = []
        decided = np.flatnonzero(np.isin(self.decisions.pair, pairs))
        for words, sign, among in (
            ("on tickets that the agent took himself", self.signs.taken, rows),
            ("without report or reason", self.signs.bare, rows),
            ("of one or two stars", self.signs.low, rows),
            ("soon after posting", self.signs.soon, rows),
            ("of the bad reviews on tickets removed rather than kept", self.signs.removed, decided),
        ):
            asked = sign.asked[among]
            seen, usual = int(np.sum(sign.seen[among] & asked)), float(np.sum(sign.usual[among][asked]))
            if seen > max(PLAIN * usual, 1):
                said.append(f"{seen} {words} ({significant(usual)} expected)")
        return "; ".join(said) if said else "nothing else was unusual"

    def cited(self, rows: Longs) -> list[tuple[str, str]]:
        """Reviews, the acts that removed them, and their tickets."""
        told = self.decisions.rows.take(pa.array(rows[:MOST_CITED]))
        cited = [
            (table, str(name))
            for table, column in (("reviews", "review_id"), ("staff_actions", "action_id"), ("tickets", "ticket_id"))
            for name in told[column].to_pylist()
            if name is not None
        ]
        return list(dict.fromkeys(cited))

    def rating(self, seller: str, rows: Longs) -> str:
        """What the removals did to the seller's mean rating, as a sentence, or nothing."""
        stars, reviews = self.stars[0].get(seller, 0.0), self.stars[1].get(seller, 0)
        gone = self.decisions.rows["stars"].take(pa.array(rows)).to_numpy()
        if not reviews:
            return ""
        now, before = stars / reviews, (stars + gone.sum()) / (reviews + len(gone))
        return f" The {counted(reviews, 'review')} that stand give {now:.2f} stars; with these it were {before:.2f}."


def tell(all_: Removed, explain: Mapping[str, str]) -> Measured:
    """Every agent who removed a review, and every seller who lost two or more."""
    found, decisions = all_.found, all_.decisions
    meetings = found.meetings
    friends = np.flatnonzero((found.pair_log_e > WORTH_WORDS) & (found.agent_log_e[meetings.agent] > WORTH_WORDS))
    told = np.unique(np.append(np.flatnonzero(found.agent_log_e > WORTH_WORDS), meetings.agent[friends]))
    ring_of = np.full(len(decisions.agent_ids), -1, dtype=np.int64)
    ring_of[told] = np.arange(len(told))
    acted = np.flatnonzero(np.bincount(decisions.agent[decisions.removed], minlength=len(decisions.agent_ids)))
    agents = assess(
        "staff",
        "insider",
        decisions.agent_ids.take(pa.array(acted)),
        found.test.log_p[acted],
        effect=(found.again / np.maximum(found.expected, 0.1))[acted],
        log_e=found.agent_log_e[acted],
        surprise=np.maximum(found.agent_log_e[acted], 0.0),
        ring=ring_of[acted],
        trust=TRUST,
        findings={k: _agent(all_, int(a), friends, explain["insider"]) for k, a in enumerate(acted) if a in told},
    )
    sellers = np.flatnonzero(np.bincount(decisions.seller[decisions.removed], minlength=len(decisions.seller_ids)) > 1)
    best = {int(meetings.seller[k]): int(k) for k in friends[np.argsort(found.pair_log_e[friends], kind="stable")]}
    log_e = found.seller_log_e[sellers]
    accounts = assess(
        "account",
        "beneficiary",
        decisions.seller_ids.take(pa.array(sellers)),
        -np.maximum(log_e, 0.0),
        effect=np.bincount(decisions.seller[decisions.own], minlength=len(decisions.seller_ids))[sellers].astype(float),
        log_e=log_e,
        surprise=np.maximum(log_e, 0.0),
        ring=np.array(
            [ring_of[meetings.agent[best[s]]] if s in best else -1 for s in sellers.tolist()], dtype=np.int64
        ),
        trust=TRUST,
        findings={
            k: _seller(all_, best[s], explain["beneficiary"]) for k, s in enumerate(sellers.tolist()) if s in best
        },
    )
    return Measured(pa.concat_tables([agents, accounts]), _links(all_, friends, ring_of))


def _agent(all_: Removed, agent: int, friends: Longs, sentence: str) -> Finding:
    found, decisions = all_.found, all_.decisions
    mine = decisions.agent == agent
    pairs = friends[found.meetings.agent[friends] == agent]
    if not len(pairs):
        pairs = np.unique(decisions.pair[mine])
    rows = all_.of(pairs)
    words = {
        "removed": counted(int(np.sum(mine & decisions.removed)), "review"),
        "own": f"{int(np.sum(mine & decisions.own)):,}",
        "again": f"{int(found.again[agent])}",
        "routed": significant(float(found.expected[agent])),
        "chance": one_in(float(found.test.log_p[agent])),
        "reviews": counted(len(rows), "review"),
        "sellers": counted(len(pairs), "seller"),
        "facts": all_.facts(rows, pairs),
    }
    return Finding(sentence.format(**words), all_.cited(rows), [ARRANGED, ELSEWHERE, SHARED_NAME, *_wave(all_, rows)])


def _seller(all_: Removed, pair: int, sentence: str) -> Finding:
    found, decisions = all_.found, all_.decisions
    rows = all_.of(np.array([pair]))
    lost = decisions.removed & (decisions.seller == found.meetings.seller[pair])
    name = decisions.seller_ids[int(found.meetings.seller[pair])].as_py()
    chances = found.meetings.chance[found.meetings.pair == pair]
    words = {
        "met": f"{len(rows)} of {counted(int(lost.sum()), 'removal')}",
        "own": f"{int(decisions.own[rows].sum())}",
        "agent": decisions.agent_ids[int(found.meetings.agent[pair])].as_py(),
        "chance": significant(float(chances.mean() if len(chances) else found.meetings.start[pair])),
        "facts": all_.facts(rows, np.array([pair])),
        "rating": all_.rating(name, rows),
    }
    return Finding(sentence.format(**words), all_.cited(rows), [UNAWARE, ARRANGED, ELSEWHERE, *_wave(all_, rows)])


def _wave(all_: Removed, rows: Longs) -> list[Counter]:
    number = int(all_.decisions.wave[rows].sum())
    if not number:
        return []
    return [Counter(f"{counted(number, 'review')} came amid a wave of bad ones and count as one case.", 0.0)]


def _links(all_: Removed, friends: Longs, ring_of: Longs) -> pa.Table:
    if not len(friends):
        return LINKS.empty_table()
    meetings, decisions = all_.found.meetings, all_.decisions
    order = friends[np.lexsort((meetings.seller[friends], meetings.agent[friends]))]
    staff = "staff", decisions.agent_ids.take(pa.array(meetings.agent[order]))
    account = "account", decisions.seller_ids.take(pa.array(meetings.seller[order]))
    cited = [all_.cited(all_.of(np.array([k]))) for k in order]
    return linked(ring_of[meetings.agent[order]], staff, account, "deleted_for", cited)
