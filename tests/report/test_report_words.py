"""Figures are never a false zero, foreign text is never invisible."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorwalker.report import words

NUMBERS = st.floats(min_value=1e-300, max_value=1e300, allow_subnormal=False)


def read_back(text: str) -> float:
    mantissa, _, power = text.replace(",", "").partition(" × 10")
    return float(mantissa + (f"e{power.translate(str.maketrans('⁻⁰¹²³⁴⁵⁶⁷⁸⁹', '-0123456789'))}" if power else ""))


@settings(deadline=None)
@given(NUMBERS)
def test_a_figure_reads_back_to_its_significant_digits(value: float) -> None:
    assert read_back(words.figure(value)) == pytest.approx(value, rel=0.0051)
    assert read_back(words.figure(-value)) == pytest.approx(-value, rel=0.0051)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0412, "0.0412"),
        (0.05, "0.05"),
        (12345.6, "12,300"),
        (1.2e-12, "1.2 × 10⁻¹²"),
        (0, "0"),
        (0.99996, "1"),
        (7, "7"),
        (None, "not stated"),
        (float("nan"), "not stated"),
        (float("inf"), "not stated"),
    ],
)
def test_figures_have_significant_digits_and_no_others(value: float | None, text: str) -> None:
    assert words.figure(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "1 in 1,000"),
        (0.2, "1 in 5"),
        (1.2e-12, "1 in 830 billion"),
        (3e-18, "less than 1 in 10¹⁷"),
        (0.7, "more often than not"),
        (0.0, "less than 1 in 10²⁹⁹"),
        (0.00029, "1 in 3,400"),
        (None, "not stated"),
    ],
)
def test_a_p_value_is_said_as_one_in_so_many(value: float | None, text: str) -> None:
    assert words.odds(value) == text


@settings(deadline=None)
@given(st.floats(min_value=1e-15, max_value=0.5))
def test_odds_never_overstate(value: float) -> None:
    number, *size = words.odds(value).removeprefix("1 in ").split()
    factor = {"million": 1e6, "billion": 1e9, "trillion": 1e12}[size[0]] if size else 1
    assert float(number.replace(",", "")) * factor <= 1 / value * (1 + 1e-8)


def test_a_p_value_that_underflowed_is_a_bound() -> None:
    assert words.p_value(0.0) == words.p_value(1e-300) == "< 10⁻³⁰⁰"


@settings(deadline=None)
@given(st.floats(min_value=0, max_value=1))
def test_no_probability_is_shown_as_nought_or_one(value: float) -> None:
    assert words.probability(value).removeprefix("> ").removeprefix("< ") not in ("0.00", "0.000", "1.00", "1.000")


@pytest.mark.parametrize(
    ("value", "word"),
    [(1.0, "virtually certain"), (0.95, "very likely"), (0.5, "about as likely as not"), (0, "unlikely")],
)
def test_a_probability_has_its_word_and_its_mark(value: float, word: str) -> None:
    assert words.likelihood(value) == word
    assert words.mark(value) in "◆▲●○"


@pytest.mark.parametrize(
    ("value", "text"), [(0.05, "5 in 100"), (0.1, "10 in 100"), (0.001, "1 in 1,000"), (0.125, "125 in 1,000")]
)
def test_a_rate_is_said_in_whole_numbers(value: float, text: str) -> None:
    assert words.share(value) == text


def test_money_has_thousands_and_a_currency() -> None:
    assert words.money(Decimal("1234567.80"), "EUR") == "1,234,567.80 EUR"
    assert words.money(Decimal(3), None) == "3.00 (currency not stated)"
    assert words.money(None, "EUR") == "not known"
    assert words.money(Decimal("0.00"), "") == "not known"
    assert words.money(Decimal("0.00"), "EUR") == "0.00 EUR"


def test_times_are_iso_and_utc() -> None:
    at = datetime(2024, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert words.moment(at) == "2024-02-29 22:30"
    assert words.day(at) == "2024-02-29"
    assert words.span(at, at) == "2024-02-29"
    assert words.span(at, datetime(2024, 4, 1, tzinfo=UTC)) == "2024-02-29 – 2024-04-01"


@settings(deadline=None)
@given(st.text())
def test_no_character_stays_invisible_or_turns_the_direction(text: str) -> None:
    shown = words.visible(text)
    assert all(unicodedata.category(letter) not in ("Cc", "Cf", "Cs") for letter in shown if letter != "\n")


def test_two_long_ids_never_look_the_same() -> None:
    one, other = "a" * 5000, "a" * 2500 + "b" + "a" * 2499
    assert words.identity(one) != words.identity(other)
    assert len(words.identity(one)) < 90
    assert words.identity("A-17") == "A-17"


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_in_a_row(items: list[str], text: str) -> None:
    assert words.series(items) == text
