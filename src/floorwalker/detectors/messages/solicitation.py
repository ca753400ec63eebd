"""Accounts that offer something for reviews, or lead people off the platform for it, far more than others do.

Known weaknesses. Offers in veiled words, in a language beyond the dozen known, in a picture, or spread over several
messages none of which says all, are not seen; nor is what follows on another channel. Only the first 2,000 characters
of a message are read. Where nearly everybody offers something for a review, that is the marketplace's habit, and
nobody stands out. Where fewer than eight accounts of a kind ever offer anything, peers fix no rate, and only those
are listed who offer it in several different texts.
References: Oak & Shafiq, CHI 2024, on how reviews are bought; Griffiths, Biometrics 29 (1973), for the
beta-binomial; Unicode Technical Standard 39 for look-alike letters.
"""

import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import expit

from floorwalker.detectors.measured import Measured, assess
from floorwalker.detectors.messages.telling import tell
from floorwalker.detectors.messages.weighing import Test, weigh
from floorwalker.detectors.messages.writing import (
    MESSAGE_LETTERS,
    MESSAGE_SENDERS,
    MESSAGE_TEXTS,
    Writing,
    read_writing,
)
from floorwalker.detectors.record import Detector, Rows
from floorwalker.stats.combine import average_e, p_to_e

EXPLAIN = {
    "seller": "{offered} of the {people} people that this seller wrote to were offered {what}. The messages ask for: "
    "{asked}. {outcome}",
    "broker": "{offered} of the {people} people that this account wrote to were offered {what}. The messages ask for: "
    "{asked}. {outcome}",
}
TELL_BELOW = math.log(0.01)

Floats = NDArray[np.float64]


def measure(rows: Rows) -> Measured:
    """Three tests for each account, see `weigh`; its e-value is their mean, its p-value thrice the least."""
    writing = read_writing(rows)
    seller = writing.senders["seller"].to_numpy() == 1
    tests = weigh(writing, seller)
    tables = [_assessed(writing, tests, role, np.flatnonzero(seller == (role == "seller"))) for role in EXPLAIN]
    return Measured(pa.concat_tables(tables))


def _assessed(writing: Writing, tests: list[Test], role: str, accounts: NDArray[np.int64]) -> pa.Table:
    each = np.stack([test.log_p for test in tests], axis=1)[accounts]
    log_p = np.minimum(math.log(len(tests)) + each.min(axis=1), 0.0)
    strongest = np.argmin(np.round(each, 9), axis=1)
    made = tests[0].offers
    return assess(
        "account",
        role,
        writing.senders["sender_id"].combine_chunks().take(pa.array(accounts)),
        log_p,
        log_e=_log_e(tests)[accounts],
        surprise=-log_p + _most_likely(writing)[accounts],
        effect=(made.offered / np.maximum(made.people, 1))[accounts],
        findings={
            int(place): tell(writing, tests[strongest[place]], int(accounts[place]), EXPLAIN[role])
            for place in np.flatnonzero(log_p < TELL_BELOW)
        },
    )


def _log_e(tests: list[Test]) -> Floats:
    """The weighted mean of the tests' e-values (senders,), each as far as it is believed."""
    believed = [np.minimum(p_to_e(test.log_p), test.trust) for test in tests]
    return average_e(np.stack(believed, axis=1), [test.share for test in tests])


def _most_likely(writing: Writing) -> Floats:
    """The highest probability among each account's messages, to part those that are equal otherwise."""
    likely = np.round(expit([text.log_odds for text in writing.texts]), 6)
    most = np.zeros(writing.senders.num_rows)
    known = writing.account >= 0
    np.maximum.at(most, writing.account[known], likely[writing.text[known]])
    return most


def _example(bad: int) -> dict[str, str]:
    """Sixty shops that write to forty customers each; `bad` of them offer three of four something for a review."""
    start = datetime(2025, 1, 1, 8)
    usual = ("Your parcel was sent today.", "Thank you; please leave an honest review.", "The warranty is two years.")
    offers = (
        "5 stars and we refund the full price; tell nobody",
        "a g!ft c@rd for a screenshot of your ⭐⭐⭐⭐⭐ r e v i e w",
        "delete the bad review and we pay 20 dollars by p@y pal",
    )
    accounts = ["account_id,role,created_at", *(f"s{k},seller,2024-01-01T00:00:00Z" for k in range(60))]
    messages = ["message_id,sender_id,recipient_id,sent_at,body"]
    for shop in range(60):
        for k in range(40):
            text = offers[k % 3] if shop < bad and k % 4 else usual[(shop + k) % 3]
            at = start + timedelta(hours=shop * 40 + k)
            messages.append(f"m{shop}_{k},s{shop},b{(shop * 7 + k) % 500},{at.isoformat()}Z,{text}")
    return {"accounts": "\n".join(accounts) + "\n", "messages": "\n".join(messages) + "\n"}


SOLICITATION = Detector(
    name="messages.solicitation",
    family="messages",
    scheme="solicitation",
    question="Which accounts offer people something for a review, or lure them off the platform, more than others do?",
    null=(
        "The share of people to whom an account makes such an offer is drawn from the beta distribution of the other "
        "accounts of its kind (sellers, others), fitted without it; and of its different texts each is misread with a "
        "chance of 1 in 500. Habits of the marketplace are part of the first, and switch the second off."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "veiled words, languages beyond the dozen known, pictures, and offers spread over several messages",
        "only the first 2,000 characters of a message are read",
        "where nearly everybody offers something for a review nobody stands out",
        "where fewer than eight accounts of a kind make any offer, one and the same text lists nobody",
    ),
    needs={"messages": ("message_id", "sender_id", "recipient_id", "sent_at", "body")},
    steps=(MESSAGE_TEXTS, MESSAGE_LETTERS, MESSAGE_SENDERS),
    measure=measure,
    fires=_example(bad=3),
    stays_quiet=_example(bad=0),
)
