"""Vouches with refunds: what makes a match near sure, what does not, and that the chances are what they say."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorwalker.detectors.refunds.vouch_amount_law import EXACT, KINDS, LESS_FEE, ROUNDED, VAGUE, Sums, cells, stated
from floorwalker.detectors.refunds.vouch_amounts import Amount, Span
from floorwalker.detectors.refunds.vouch_candidates import Refunds, Vouch
from floorwalker.detectors.refunds.vouch_damage import damage, matched_table
from floorwalker.detectors.refunds.vouch_items import Items
from floorwalker.detectors.refunds.vouch_matching import Matching, match
from floorwalker.detectors.refunds.vouch_reading import read
from floorwalker.graph.slots import DAY

NOW = 1_760_000_000


def refunds(
    cents: list[int], days_ago: list[float], currency: str = "EUR", titles: list[str] | None = None, said: str = ""
) -> Refunds:
    size = len(cents)
    decided = np.array([NOW - round(d * DAY) for d in days_ago], dtype=np.int64)
    items = Items(np.arange(size), titles or [""] * size, [read(said).words] if said else [])
    codes = np.zeros(size, dtype=np.int32)
    return Refunds(np.array(cents, dtype=np.int64), codes, (currency,), decided, decided - 2 * DAY, items)


def crowd(size: int, seed: int = 0) -> tuple[list[int], list[float]]:
    rng = np.random.default_rng(seed)
    return (np.exp(rng.normal(4, 1, size)) * 100).astype(int).tolist(), rng.uniform(0, 45, size).tolist()


def vouch(text: str, channel: int = 0) -> Vouch:
    found = read(text)
    return Vouch(found.amounts[0], NOW, channel, found.span, found.words)


def chance_of(text: str, market: Refunds, refund: int) -> float:
    found = match([vouch(text)], market)
    return float(found.chance[found.found.refund == refund].sum())


def test_a_unique_exact_sum_in_the_right_days_is_near_sure() -> None:
    cents, days = crowd(500)
    market = refunds([124937, *cents], [1.0, *days])
    assert chance_of("vouch, 1249.37 € back in 2 days", market, 0) > 0.98


def test_the_same_sum_stated_roughly_is_not() -> None:
    cents, days = crowd(500)
    market = refunds([12437, *cents], [1.0, *days])
    assert chance_of("vouch, about 120 € back in 2 days", market, 0) < 0.3


def test_a_sum_weeks_off_or_in_another_currency_is_no_candidate() -> None:
    cents, days = crowd(500)
    assert chance_of("vouch, 1249.37 € back", refunds([124937, *cents], [60.0, *days]), 0) == 0
    assert chance_of("vouch, 1249.37 € back", refunds([124937, *cents], [1.0, *days], currency="USD"), 0) == 0
    assert chance_of("vouch, 1249.37 back", refunds([124937, *cents], [1.0, *days], currency="USD"), 0) > 0.5


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 12), st.integers(1, 12))
def test_more_refunds_of_the_same_sum_lower_the_chance(few: int, more: int) -> None:
    cents, days = crowd(300)
    text = "vouch, 249.50 € back"
    before = refunds([24950] * (1 + few) + cents, [1.0] * (1 + few) + days)
    after = refunds([24950] * (1 + few + more) + cents, [1.0] * (1 + few + more) + days)
    assert chance_of(text, after, 0) < chance_of(text, before, 0)


def test_the_thing_and_the_days_tell_refunds_of_one_sum_apart() -> None:
    cents, days = crowd(300)
    text = "vouch, drone refund 249.50 € back"
    titles = ["Halo drone", "Halo lamp", *["thing"] * 300]
    market = refunds([24950, 24950, *cents], [1.0, 1.0, *days], titles=titles, said=text)
    assert chance_of(text, market, 0) > 2 * chance_of(text, market, 1)
    plain = refunds([24950, 24950, *cents], [1.0, 1.0, *days])
    slow = plain.requested.copy()
    slow[1] -= 20 * DAY
    told = replace(plain, requested=slow)
    assert chance_of("vouch, 249.50 € back in 2 days", told, 0) > 1.5 * chance_of(
        "vouch, 249.50 € back in 2 days", told, 1
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_chances_sum_to_1_with_none_and_the_pairing_is_one_to_one(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    cents, days = crowd(200, seed)
    market = refunds(cents, days)
    sums = rng.choice(cents, size) // 100
    found = match([vouch(f"vouch {max(s, 2)} € back", int(k % 3)) for k, s in enumerate(sums)], market)
    total = np.bincount(found.found.vouch, found.chance, size) + found.none + found.others
    np.testing.assert_allclose(total, 1, atol=1e-6)
    taken = found.found.refund[found.best[found.best >= 0]]
    assert len(set(taken.tolist())) == len(taken)
    by_refund = np.bincount(found.found.refund, found.chance)
    assert (by_refund <= 1.001).all()


def test_two_who_vouch_for_one_refund_share_it() -> None:
    cents, days = crowd(500)
    market = refunds([124937, *cents], [1.0, *days])
    found = match([vouch("vouch 1249.37 € back"), vouch("legit 1249.37 € back", 1)], market)
    own = found.chance[found.found.refund == 0]
    assert own.sum() <= 1.001
    assert own.max() < 0.7


def test_more_candidates_than_are_kept_still_count() -> None:
    market = refunds([2000] * 3000, list(np.linspace(0, 40, 3000)))
    found = match([vouch("vouch 20 € back")], market)
    assert found.chance.max() < 0.02
    assert found.others[0] > 0.1


def test_no_vouches_and_no_refunds_are_no_trouble() -> None:
    assert len(match([], refunds([100], [1.0])).none) == 0
    assert match([vouch("vouch 20 € back")], refunds([], [])).none.tolist() == [1.0]


def test_invented_vouches_are_mostly_found_out() -> None:
    cents, days = crowd(3000)
    other, _ = crowd(200, seed=1)
    found = match([vouch(f"vouch {c // 100} € back") for c in other if c > 500], refunds(cents, days))
    assert found.share[0] < 0.5
    assert (found.chance > 0.9).sum() <= 3


@given(st.integers(200, 5_000_000), st.sampled_from(["{} €", "about {} €", "{},00 €"]))
def test_ways_of_stating_sum_to_one_and_hold_the_sum_itself(cents: int, form: str) -> None:
    amount = read("vouch " + form.format(cents // 100)).amounts[0]
    ways = cells(amount)
    assert sum(weight for _, _, weight, _ in ways) == pytest.approx(1)
    assert stated(np.array([amount.cents]), ways)[0][0] > 0.2


def test_kinds_are_told_apart() -> None:
    def kind(text: str, cents: int) -> str:
        return KINDS[stated(np.array([cents]), cells(read(text).amounts[0]))[1][0]]

    assert kind("vouch 1249 €", 124899) == KINDS[EXACT]
    assert kind("vouch 1.2k €", 123400) == KINDS[ROUNDED]
    assert kind("vouch 999 €", 124875) == KINDS[LESS_FEE]
    assert kind("vouch about 300 €", 31000) == KINDS[VAGUE]


def test_a_price_point_is_common_and_an_odd_sum_is_not() -> None:
    sums = Sums(np.array([1999] * 500 + list(range(500, 5000, 9)), dtype=np.int64))

    def chance(cents: int) -> float:
        return sums.chance(cells(Amount(cents, (), 1, about=False, with_cents=True)))[0]

    assert chance(1999) > 20 * chance(2345)


def test_the_sum_of_matched_vouches_has_an_interval_around_what_is_expected() -> None:
    cents, days = crowd(2000)
    market = refunds(cents, days)
    vouches = [vouch(f"vouch {cents[k] / 100:.2f} € back") for k in range(40) if days[k] < 20]
    found: Matching = match(vouches, market)
    names = [f"r{k}" for k in range(2000)]
    rows = matched_table([f"p{k}" for k in range(len(vouches))], ["t x"], vouches, names, market, found)
    (total,) = damage(rows, seed=1).to_pylist()
    assert total["low"] <= total["amount"] <= total["high"]
    assert total["amount"] == pytest.approx(
        sum(r["probability"] * r["refund_amount"] for r in rows.to_pylist() if r["refund_id"]), abs=0.01
    )
    assert damage(rows, seed=1).equals(damage(rows, seed=1))
    assert all(r["probability"] + r["runner_up"] <= 1 + 1e-6 for r in rows.to_pylist())


def test_days_are_a_span() -> None:
    assert read("vouch 20 € back in 3 weeks").span == Span(21.0, 5.25)
    assert datetime.fromtimestamp(NOW).year == 2025
