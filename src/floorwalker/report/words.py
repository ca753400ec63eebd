"""Figures, dates, money and foreign text as a reader should see them."""

import hashlib
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from math import floor, isfinite, log10

from floorwalker.contract.figures import plural

UNKNOWN = "not stated"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LARGE = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
# The likelihood scale of the IPCC (Mastrandrea et al. 2010), each word with its least probability and its mark.
SCALE = (
    (0.99, "virtually certain", "◆"),
    (0.90, "very likely", "▲"),
    (0.66, "likely", "●"),
    (0.33, "about as likely as not", "○"),
    (0.0, "unlikely", "○"),
)


def figure(value: float | None, digits: int = 3) -> str:
    """A number to `digits` significant digits: 12,300, 0.0412, 1.2 × 10⁻¹²; never a false zero."""
    if value is None or not isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    if -4 <= int(power) < 9:
        plain = f"{float(f'{value:.{digits - 1}e}'):,.{max(0, digits - 1 - int(power))}f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa} × 10{str(int(power)).translate(_RAISED)}"


def p_value(value: float | None) -> str:
    """A p- or q-value to two significant digits; one that underflowed is a bound, not a zero."""
    return "< 10⁻³⁰⁰" if value is not None and 0 <= value <= 1e-300 else figure(value, 2)


def odds(value: float | None) -> str:
    """A p-value as `1 in N`, rounded towards the more ordinary."""
    if value is None or not isfinite(value) or value < 0:
        return UNKNOWN
    if value < 1e-15:
        return f"less than 1 in 10{str(-floor(log10(max(value, 1e-300))) - 1).translate(_RAISED)}"
    if value > 0.5:
        return "more often than not"
    return f"1 in {_rounded_down(1 / value)}"


def _rounded_down(number: float) -> str:
    number *= 1 + 1e-9  # 1 / 0.001 is a thousand
    step = 10 ** max(0, floor(log10(number)) - 1)
    whole = floor(number / step) * step
    for size, name in _LARGE:
        if whole >= size:
            return f"{whole / size:.3g} {name}"
    return f"{whole:,}"


def share(value: float) -> str:
    """A rate as `5 in 100`, with the smallest power of ten that keeps it whole."""
    for base in (100, 1_000, 10_000, 100_000):
        if abs(value * base - round(value * base)) < 1e-9 and round(value * base) > 0:
            return f"{round(value * base)} in {base:,}"
    return f"{figure(value * 100)} in 100"


def probability(value: float | None) -> str:
    """A probability in two or three decimals; neither 0 nor 1 is ever claimed."""
    if value is None or not isfinite(value):
        return UNKNOWN
    if value > 0.999:
        return "> 0.999"
    if value < 0.001:
        return "< 0.001"
    return f"{value:.2f}" if 0.01 <= round(value, 2) <= 0.98 else f"{value:.3f}"


def likelihood(value: float | None) -> str:
    """The word for a probability on `SCALE`."""
    return UNKNOWN if value is None else _scale(value)[1]


def mark(value: float | None) -> str:
    """The shape that goes with the word, so that colour is never the only signal."""
    return "?" if value is None else _scale(value)[2]


def _scale(value: float) -> tuple[float, str, str]:
    return next((row for row in SCALE if value >= row[0]), SCALE[-1])


def money(amount: Decimal | None, currency: str | None) -> str:
    """An amount in major units with its ISO 4217 code."""
    if amount is None or not (amount or currency):
        return "not known"  # there were no orders to count
    return f"{amount:,.2f} {shortened(currency, 12) or '(currency not stated)'}"


def stars(mean: float | None) -> str:
    """A mean of stars in two decimals; where there is no review, there are no stars."""
    return "none" if mean is None else f"{mean:.2f}"


def day(at: datetime | None) -> str:
    """A date in UTC, ISO 8601."""
    return UNKNOWN if at is None else at.astimezone(UTC).strftime("%Y-%m-%d")


def moment(at: datetime | None) -> str:
    """A time in UTC to the minute, ISO 8601."""
    return UNKNOWN if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def span(first: datetime | None, last: datetime | None) -> str:
    """From a day to a day, or the one day."""
    start, end = day(first), day(last)
    return start if start == end else f"{start} – {end}"


def count(number: int, noun: str) -> str:
    """A count with its noun: `1 case`, `1,204 cases`."""
    noun = shortened(noun, 40)
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def label(name: str) -> str:
    """A contract word for a reader: `review_ring` is `review ring`."""
    return shortened(name.replace("_", " "), 40)


def series(words: list[str]) -> str:
    """Words in a row: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), "".join(words[-1:]))))


def shortened(text: str | None, limit: int = 160) -> str:
    """The beginning of a text, marked when it was cut."""
    text = " ".join((text or "").split())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def identity(name: str | None, limit: int = 64) -> str:
    """An id in full, or when very long its two ends and its SHA-256, so that two never look the same."""
    if name is None or len(name) <= limit:
        return name or ""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{name[:24]}…{name[-8:]} ({len(name):,} characters, SHA-256 {digest}…)"


def tag(name: str, limit: int = 15) -> str:
    """An id as a label in a drawing: its end tells more than its middle."""
    name = visible(name)
    return name if len(name) <= limit else f"{name[: limit - 9]}…{name[-8:]}"


def visible(text: str) -> str:
    """The text with control, direction-changing and invisible characters written out by their number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written(letter) for letter in text)


def _written(letter: str) -> str:
    if letter in " \n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
