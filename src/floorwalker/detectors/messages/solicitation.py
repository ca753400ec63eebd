"""Accounts that offer something for reviews, or lead people off the platform for it, far more than others do.

Known weaknesses. Offers in veiled words, in a language beyond the dozen known, in a picture, or spread over several
messages none of which says all, are not seen; nor is what follows on another channel. Only the first 2,000 characters
of a message are read. Where nearly everybody offers something for a review, that is the marketplace's habit, and
nobody stands out. Where fewer than eight accounts of a kind ever offer anything, peers fix no rate, and hardly
anybody is listed.
References: Oak & Shafiq, CHI 2024, on how reviews are bought; Griffiths, Biometrics 29 (1973), for the
beta-binomial; Unicode Technical Standard 39 for look-alike letters.
"""

import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.detectors.measured import Finding, Measured, assess
from floorwalker.detectors.messages.offering import Offers, is_lure, is_solicitation, offers
from floorwalker.detectors.messages.telling import tell
from floorwalker.detectors.messages.writing import (
    MESSAGE_LETTERS,
    MESSAGE_SENDERS,
    MESSAGE_TEXTS,
    Writing,
    read_writing,
)
from floorwalker.detectors.record import Detector, Rows
from floorwalker.stats.combine import average_e, p_to_e
from floorwalker.stats.peers import PeerTest, beta_binomial
from floorwalker.stats.tail import EXACT

_SAID = (
    "{offered} of the {people} people this %s wrote to were offered {what}%s. The messages ask for: {asked}. At the "
    "rate of others like it there would be {expected}, a chance of {chance}."
)
EXPLAIN = {"seller": _SAID % ("seller", " in messages about reviews"), "broker": _SAID % ("account", "")}
TRUST = (math.log(1e5), math.log(1e4))
"""Of offers, the doubt is a text that was misread; of lures, it is marketing."""
TELL_BELOW = math.log(0.01)

Floats = NDArray[np.float64]


def measure(rows: Rows) -> Measured:
    """Two beta-binomial tests for each account, of offers for reviews and of lures; its e-value is their mean."""
    writing = read_writing(rows)
    seller = writing.senders["seller"].to_numpy() == 1
    kinds = [offers(writing, np.array([meant(t) for t in writing.texts], bool)) for meant in (is_solicitation, is_lure)]
    tests = [beta_binomial(kind.offered, kind.people, seller, tie=EXACT, bulk=0.9) for kind in kinds]
    tables = [_assessed(writing, kinds, tests, role, seller == (role == "seller")) for role in EXPLAIN]
    return Measured(pa.concat_tables(tables))


def _assessed(
    writing: Writing, kinds: list[Offers], tests: list[PeerTest], role: str, wanted: NDArray[np.bool_]
) -> pa.Table:
    ids = writing.senders["sender_id"].combine_chunks()
    accounts = np.flatnonzero(wanted)
    log_p = np.stack([test.log_p for test in tests], axis=1)
    log_e = average_e(np.minimum(p_to_e(log_p), TRUST))
    stronger = np.argmin(np.round(log_p, 9), axis=1)
    smallest = np.minimum(np.log(2) + log_p.min(axis=1), 0.0)
    told: dict[int, Finding] = {}
    for place, account in enumerate(accounts.tolist()):
        if smallest[account] < TELL_BELOW:
            kind = stronger[account]
            told[place] = tell(writing, kinds[kind], tests[kind], account, EXPLAIN[role])
    share = kinds[0].offered / np.maximum(kinds[0].people, 1)
    return assess(
        "account",
        role,
        ids.take(pa.array(accounts)),
        smallest[accounts],
        log_e=log_e[accounts],
        surprise=(-smallest + _best_score(writing))[accounts],
        effect=share[accounts],
        findings=told,
    )


def _best_score(writing: Writing) -> Floats:
    """The highest score among each account's messages, to part those that are equal otherwise."""
    scores = np.array([text.score for text in writing.texts])
    best = np.zeros(writing.senders.num_rows)
    known = writing.account >= 0
    np.maximum.at(best, writing.account[known], scores[writing.text[known]])
    return best


def _example(bad: int) -> dict[str, str]:
    """Sixty shops with forty customers each; `bad` of the shops offer money for stars, one of them misspelt."""
    start = datetime(2025, 1, 1, 8)
    usual = ("Your parcel was sent today.", "Thank you, please leave an honest review.", "The warranty is two years.")
    accounts = ["account_id,role,created_at", *(f"s{k},seller,2024-01-01T00:00:00Z" for k in range(60))]
    messages = ["message_id,sender_id,recipient_id,sent_at,body"]
    for shop in range(60):
        for k in range(40):
            text = usual[(shop + k) % 3]
            if shop < bad and k % 4 != shop % 4:
                text = ("5 stars and we refund the full price", "p@y pal r e f u n d for a nice rev1ew with 5 ⭐")[k % 2]
            at = start + timedelta(hours=shop * 40 + k)
            messages.append(f"m{shop}_{k},s{shop},b{(shop * 7 + k) % 500},{at.isoformat()}Z,{text}".replace(", ", "; "))
    return {"accounts": "\n".join(accounts) + "\n", "messages": "\n".join(messages) + "\n"}


SOLICITATION = Detector(
    name="messages.solicitation",
    family="messages",
    scheme="solicitation",
    question="Which accounts offer people something for a review, or lure them off the platform, more than others do?",
    null=(
        "The share of people to whom an account makes such an offer is drawn from the beta distribution of the other "
        "accounts of its kind (sellers, others), fitted without it; misread messages and habits of the marketplace "
        "are part of it."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "veiled words, languages beyond the dozen known, pictures, and offers spread over several messages",
        "only the first 2,000 characters of a message are read",
        "where nearly everybody offers something for a review nobody stands out",
        "where fewer than eight accounts of a kind make any offer, peers fix no rate and hardly anybody is listed",
    ),
    needs={"messages": ("message_id", "sender_id", "recipient_id", "sent_at", "body")},
    steps=(MESSAGE_TEXTS, MESSAGE_LETTERS, MESSAGE_SENDERS),
    measure=measure,
    fires=_example(bad=12),
    stays_quiet=_example(bad=0),
)
