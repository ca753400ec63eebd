"""Figures in words: significant digits, never decimals that round to nothing."""

import math


def significant(value: float, digits: int = 2) -> str:
    """A number with `digits` significant digits: 0.0123 -> "0.012", 15432 -> "15,000", 3e-9 -> "3e-09"."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    size = math.floor(math.log10(abs(value)))
    rounded = round(value, digits - 1 - size)
    if size >= digits - 1:
        return f"{rounded:,.0f}"
    if size < -4:
        return f"{value:.{digits}g}"
    return f"{rounded:.{digits - 1 - size}f}"


def one_in(log_p: float) -> str:
    """A probability given as its natural logarithm, as a chance: "1 in 40", "1 in 10^12"."""
    tens = -log_p / math.log(10)
    if tens >= 6:
        return f"1 in 10^{math.floor(round(tens, 9))}"
    return f"1 in {significant(math.exp(-log_p))}"


def counted(number: int, noun: str) -> str:
    """A count with its noun: "1 account", "1,204 accounts", "2 beneficiaries"."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """The plural of an English noun: days, parties; staff, the returned and the banned are as many as they are."""
    if noun in ("staff", "returned", "banned"):
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
