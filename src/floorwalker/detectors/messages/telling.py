"""What is said of an account's offers: in categories and counts, never in its own words; and what speaks against."""

import math
from collections.abc import Mapping

import numpy as np

from floorwalker.detectors.measured import Counter, Finding
from floorwalker.detectors.messages.classifier import Read
from floorwalker.detectors.messages.offering import Offers, is_plain
from floorwalker.detectors.messages.phrases import REWARDS
from floorwalker.detectors.messages.weighing import Test
from floorwalker.detectors.messages.writing import Writing

ASKED = {
    "good": "good stars",
    "change": "that a review be changed or removed",
    "channel": "to write outside the platform",
    "secrecy": "to say nothing of it",
    "proof": "a picture or link of the review",
}
ONE_TEXT = Counter("All that was sent is one text; if that was misread, it was misread each time.", 0.0)
ONE_PERSON = Counter("Only one person was offered anything.", math.log(1 / 20))
PLAIN = Counter(
    "No good stars, change of a review, silence or other place to talk is asked for: it may be a reward for any "
    "review, which some marketplaces allow.",
    math.log(1 / 10),
)
DEFECT = Counter("Most of these messages also speak of a defect, a return or a delay.", math.log(1 / 10))
NO_REVIEW = Counter("None of these messages names a review; it may be marketing.", math.log(1 / 3))
MOST_CITED = 100


def tell(writing: Writing, test: Test, account: int, explain: str) -> Finding:
    """The words, rows and doubts about what one account offered. explain: a sentence with the fields filled here."""
    offers = test.offers
    low, high = np.searchsorted(offers.account, [account, account + 1])
    letters = offers.letters[low:high]
    kinds = [writing.texts[text] for text in np.unique(writing.text[letters])]
    words = {
        "offered": f"{offers.offered[account]:,}",
        "people": f"{offers.people[account]:,}",
        "what": " and ".join(_common(kinds, REWARDS)) or "something",
        "asked": ", ".join(_common(kinds, ASKED)) or "nothing else",
        "outcome": test.says(account),
    }
    cited = [("messages", message) for message in writing.message_id.take(letters[:MOST_CITED]).to_pylist()]
    return Finding(explain.format(**words), cited, doubts(offers, account, kinds))


def doubts(offers: Offers, account: int, kinds: list[Read]) -> list[Counter]:
    """What speaks against, from how many people were written to and what the different texts speak of."""
    found = []
    if offers.offered[account] == 1:
        found.append(ONE_PERSON)
    elif len(kinds) == 1:
        found.append(ONE_TEXT)
    if all(is_plain(kind) for kind in kinds):
        found.append(PLAIN)
    if sum(not kind.meanings.isdisjoint(("defect", "late")) for kind in kinds) > len(kinds) / 2:
        found.append(DEFECT)
    if all(kind.meanings.isdisjoint(("review", "good", "star", "change")) for kind in kinds):
        found.append(NO_REVIEW)
    return found


def _common(kinds: list[Read], words: Mapping[str, str]) -> list[str]:
    """The meanings, in words, that at least one in five of the texts has."""
    return [
        told for meaning, told in words.items() if sum(meaning in kind.meanings for kind in kinds) >= len(kinds) / 5
    ]
