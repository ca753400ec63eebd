"""Who offers something for reviews is found, however it is spelt; who only speaks of reviews is not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorwalker.detectors.messages.classifier import read, training
from floorwalker.detectors.messages.normalise import normalise, skeleton
from floorwalker.detectors.messages.offering import LIKELY, is_solicitation
from floorwalker.detectors.messages.solicitation import SOLICITATION
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below

LINES = (Path(__file__).parent / "solicitation_messages.tsv").read_text(encoding="utf-8").splitlines()
MESSAGES = [
    (label, language, spelling, text.replace("\\u200b", "\u200b").replace("\\u200d", "\u200d"))
    for label, language, spelling, text in (line.split("\t") for line in LINES if not line.startswith("#"))
]
HONEST = [text for label, *_, text in MESSAGES if label == "honest"]
OFFER = "Leave 5 stars and we refund the full price by PayPal, do not tell anybody"
VOUCHER = "Please write a review, you get a 10 percent voucher for your next order"
PAYPALS = (
    "pay pal", "p@yp@l", "p.a.y.p.a.l", "P A Y P A L", "ＰａｙＰａｌ", "РауРаl", "Pay\u200bPal", "Ρaypal", "p4yp4l",
    "paypa1", "PayPaI", "p-a-y-p-a-l", "p_a_y_p_a_l", "𝓟𝓪𝔂𝓟𝓪𝓵", "ⓟⓐⓨⓟⓐⓛ", "páypál", "pаypаl", "Pay-Pal", "p*a*y*p*a*l",
)  # fmt: skip


@pytest.mark.parametrize("spelling", PAYPALS)
def test_one_word_has_one_skeleton_however_it_is_spelt(spelling: str) -> None:
    assert skeleton(normalise(spelling)) == skeleton(normalise("paypal"))


@given(st.text(max_size=200))
def test_what_is_normal_stays_so(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_addresses_and_numbers_do_not_outlive_normalisation() -> None:
    normal = normalise("Write to lena@example.com or +1 555 0123 4567, see https://example.com/x")
    assert not set(normal) & set("0123456789@")
    assert "example" not in normal


def test_of_messages_written_before_the_detector_most_offers_are_found_and_hardly_any_other() -> None:
    found = [is_solicitation(answer) for answer in read([text for *_, text in MESSAGES])]
    offers = [answer for (label, *_), answer in zip(MESSAGES, found, strict=True) if label == "solicitation"]
    others = [answer for (label, *_), answer in zip(MESSAGES, found, strict=True) if label == "honest"]
    assert sum(offers) >= 0.75 * len(offers)
    assert sum(others) <= 0.03 * len(others)


def test_the_messages_to_measure_on_are_not_the_messages_learnt_from() -> None:
    assert not {text for *_, text in MESSAGES} & {text for *_, text in training()}


def test_a_message_reads_the_same_alone_and_among_others() -> None:
    texts = [text for *_, text in MESSAGES]
    together = read(texts)
    assert [read([text])[0] for text in texts[::20]] == together[::20]


def test_in_a_long_message_an_offer_is_found_and_distant_words_make_none() -> None:
    filler = "Your parcel was handed to the courier. It will be with you in a few days. We wish you a nice week. " * 3
    assert read([filler + OFFER])[0].log_odds > LIKELY
    apart = "Please leave an honest review. " + filler + "The refund of the shipping costs was made today."
    assert read([apart])[0].log_odds < LIKELY


Letter = tuple[str, str, str]


def market(letters: Sequence[Letter], sellers: int) -> dict[str, pa.Table]:
    """Tables of (sender, recipient, body) in the order of time, sellers being s0, s1, …"""
    start = datetime(2025, 1, 1)
    return {
        "accounts": pa.table(
            {
                "account_id": [f"s{k}" for k in range(sellers)],
                "role": ["seller"] * sellers,
                "created_at": [start] * sellers,
            }
        ),
        "messages": pa.table(
            {
                "message_id": [f"m{k}" for k in range(len(letters))],
                "sender_id": [sender for sender, _, _ in letters],
                "recipient_id": [recipient for _, recipient, _ in letters],
                "sent_at": [start + timedelta(minutes=k) for k in range(len(letters))],
                "body": [body for *_, body in letters],
            }
        ),
    }


def honest_letters(seed: int, sellers: int = 300, texts: Sequence[str] = HONEST) -> list[Letter]:
    """Sellers with a handful of texts each, written to few or many, all at once."""
    rng = np.random.default_rng(seed)
    letters = []
    for seller in range(sellers):
        own = rng.choice(len(texts), 6, replace=False)
        for recipient in rng.choice(3000, 1 + int(rng.pareto(1.2) * 8) % 300, replace=False):
            letters.append((f"s{seller}", f"b{recipient}", texts[int(rng.choice(own))]))
    return letters


def names(letters: Sequence[Letter], sellers: int = 300) -> set[str]:
    return {name for _, name in listed(SOLICITATION, trial(SOLICITATION, market(letters, sellers)))}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sellers_who_write_look_alikes_all_day_are_not_accused(seed: int) -> None:
    measured = trial(SOLICITATION, market(honest_letters(seed), 300))
    assert not listed(SOLICITATION, measured)
    assert share_below(measured.assessed["log_p"].to_numpy()).verdict in ("uniform", "conservative")


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_a_voucher_for_any_review_that_sellers_are_used_to_give_accuses_nobody(share: float) -> None:
    letters = [
        (sender, recipient, VOUCHER if int(sender[1:]) < 300 * share and k % 2 else body)
        for k, (sender, recipient, body) in enumerate(honest_letters(4))
    ]
    assert not names(letters)


def test_sellers_who_pay_for_stars_are_listed_and_only_they() -> None:
    texts = (
        OFFER,
        "Send a screenshot of your 5 star r e v i e w and get a g!ft card",
        "Delete the bad review, we pay 20 dollars",
    )
    letters = honest_letters(5)
    guilty = {f"s{k}" for k in range(3)}
    letters += [(seller, f"b{3000 + k}", texts[k % 3]) for seller in guilty for k in range(30)]
    assert names(letters) == guilty


def test_a_lone_message_lists_nobody_and_still_ranks_first() -> None:
    letters = [*honest_letters(6), ("s7", "b5000", OFFER)]
    measured = trial(SOLICITATION, market(letters, 300))
    assert not listed(SOLICITATION, measured)
    ranked = sorted(measured.assessed.to_pylist(), key=lambda row: -row["surprise"])
    assert ranked[0]["subject_id"] == "s7"


def test_money_back_for_those_who_asked_for_it_does_not_count() -> None:
    asked = [(f"b{k}", "s1", "The lamp is broken, I want a refund") for k in range(40)]
    answers = [
        ("s1", f"b{k}", f"We refund all, please change your review to 5 stars{'!' * (k % 3)}") for k in range(40)
    ]
    effect = {}
    for name, letters in (("asked", asked + answers), ("unasked", answers)):
        rows = trial(SOLICITATION, market([*honest_letters(8), *letters], 300)).assessed.to_pylist()
        effect[name] = next(row["effect"] for row in rows if row["subject_id"] == "s1")
    assert effect["unasked"] > 0.5
    assert effect["asked"] == 0


def test_who_is_no_seller_and_writes_to_many_is_called_a_broker() -> None:
    texts = (OFFER, "Write 5 stars, free products, contact me on WhatsApp", "Delete the bad review, we pay 20 dollars")
    letters = [*honest_letters(9), *((f"x{k % 4}", f"b{k}", texts[k // 4 % 3]) for k in range(120))]
    rows = trial(SOLICITATION, market(letters, 300)).assessed.to_pylist()
    roles = {row["subject_id"]: row["role"] for row in rows}
    assert roles["x1"] == "broker"
    assert roles["s1"] == "seller"


def test_a_finding_repeats_neither_text_nor_address_of_a_message() -> None:
    offer = "5 stars and we refund by PayPal, write to lena.secret@example.com or +1 555 0199 887, keep it between us"
    letters = [*honest_letters(10), *((f"s{k % 12}", f"b{4000 + k}", offer) for k in range(600))]
    told = [row for row in trial(SOLICITATION, market(letters, 300)).assessed.to_pylist() if row["explanation"]]
    assert told
    for row in told:
        said = " ".join([row["explanation"], *row["counter_evidence"]])
        assert "lena" not in said
        assert "0199" not in said


@pytest.mark.parametrize(
    "body", ["", " ", "\x00", "★" * 3000, "a " * 4000, "5 stars refund " * 3000, "'; drop table messages; --"]
)
def test_hostile_bodies_do_no_harm(body: str) -> None:
    letters = [("s1", "b1", body), ("s1", "s1", body), ("nobody", "b2", body), ("s1", "b2", "Hello")]
    assert not names(letters, sellers=3)


def test_what_is_no_seller_and_wrote_to_two_is_not_assessed() -> None:
    letters = [("x", "b1", OFFER), ("x", "b2", OFFER), ("s1", "b1", "Hello")]
    rows = trial(SOLICITATION, market(letters, 2)).assessed.to_pylist()
    assert [row["subject_id"] for row in rows] == ["s1"]
