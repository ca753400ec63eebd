"""Sums of money and spans of time as people write them in chats, in any of the usual ways.

"1,249.00 $", "1.249,00 €", "1 249 руб", "eur1249", "1.2k", "£80", "20k rubles", "about 300". Percentages, fees, ages,
sizes, times and counts are no sums. A separator before exactly three digits parts thousands, any other parts cents.
"""

import re
from dataclasses import dataclass
from functools import cache

from floorwalker.detectors.refunds.vouch_phrases import alternatives, currency_words, number_words, pattern, words_of

LEAST_BARE, MOST = 20, 10_000_000
"""A number without a currency is a sum from 20 on; no refund is larger than ten million."""
LOOSE = 0.1
"""Who says "about" may be a tenth off."""
NEAR = 24
"""What is said of a sum stands so many letters from it, at most."""
_HOURS = {"hour": 1.0, "day": 24.0, "week": 168.0, "month": 730.0}
_NUMBER = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?![\d])|\d+(?:[.,]\d{1,2})?(?!\d))")
_DATE = re.compile(r"\d{1,4}[./:-]\d{1,2}[./:-]\d{2,4}|\d{1,2}:\d{2}|(?:https?://|www\.|t\.me/|@|#)\S+")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in cents; currencies: which it may be in (none: not said); grain: to how many cents it was rounded.

    about: whether it was said to be rough; short: whether thousands were ("1.2k"); with_cents: whether cents were.
    """

    cents: int
    currencies: tuple[str, ...]
    grain: int
    about: bool
    short: bool = False
    with_cents: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A time of about `days` days, give or take `slack`."""

    days: float
    slack: float


def amounts(text: str) -> list[Amount]:
    """The sums in a plain text, in order: those with a currency, or else the one number that can be a sum."""
    masked = _DATE.sub(lambda met: "_" * len(met[0]), text)
    named: list[Amount] = []
    bare: list[Amount] = []
    told = 0
    for met in _NUMBER.finditer(masked):
        before = masked[max(told, met.start() - NEAR) : met.start()]
        rest = _behind().match(masked, met.end(), met.end() + NEAR)
        sign = _sign_before().search(before)
        found = _amount(met[0], sign, rest, before, masked)
        if found:
            told = rest.end() if rest else met.end()
            (named if found.currencies else bare).append(found)
    return named or (bare if len(bare) == 1 else [])


def span(text: str) -> Span | None:
    """The first time said to have passed in a plain text."""
    if pattern("sameday").search(text):
        return Span(0.5, 1.0)
    met = _time().search(text)
    if not met:
        return None
    number = float(met["digits"]) if met["digits"] else float(number_words()[met["word"]])
    hours = _HOURS[next(unit for unit in _HOURS if met[unit])]
    days = number * hours / 24
    return Span(days, max(1.0, 0.25 * days)) if days <= 366 else None


def _amount(
    number: str, sign: re.Match[str] | None, rest: re.Match[str] | None, before: str, text: str
) -> Amount | None:
    """A number with what stands before and behind it, read as a sum; None where it cannot be one."""
    if rest is None:
        return None
    word = sign["sign"] if sign else rest["sign"]
    before = before[: sign.start()] if sign else before
    after = text[rest.end() : rest.end() + NEAR]
    if _excluded(before, after, word is not None):
        return None
    value, decimals = _value(number)
    short = bool(rest["thousand"])
    cents = round(value * (100_000 if short else 100))
    grain = 100_000 // 10**decimals if short else (1 if decimals else _grain(cents))
    if not 100 <= cents <= MOST * 100 or (word is None and cents < LEAST_BARE * 100):
        return None
    about = after.startswith("+") or bool(_about().search(before))
    grain = max(grain, round(LOOSE * cents)) if about else grain
    currencies = currency_words()[word] if word else ()
    return Amount(cents, currencies, grain, about, short, with_cents=decimals > 0 and not short)


def _value(number: str) -> tuple[float, int]:
    """The value and its decimals."""
    cut = re.search(r"[.,](\d{1,2})$", number)
    whole = re.sub(r"\D", "", number[: cut.start()] if cut else number)
    return float(f"{whole}.{cut[1] if cut else 0}"), len(cut[1]) if cut else 0


def _grain(cents: int) -> int:
    """The power of ten that a whole sum is a multiple of, in cents, below the sum itself: 1200 -> 100, 1249 -> 1."""
    grain = 100
    while cents % (grain * 10) == 0 and grain * 10 <= cents:
        grain *= 10
    return grain


def _excluded(before: str, after: str, named: bool) -> bool:
    """Whether the surroundings say that a number is a fee, a percentage, a count, a time or part of a name."""
    if _fee_before().search(before) or _fee_after().match(after):
        return True
    if named:
        return False
    part_of_word = bool(re.search(r"[\w$€£+/-]$", before)) or bool(re.match(r"[^\W\d]|\d|[./:-]\d", after))
    return part_of_word or bool(_unit_after().match(after))


@cache
def _sign_before() -> re.Pattern[str]:
    parts = ((r"(?<![a-zа-я])" if word[0].isalpha() else "") + re.escape(word) for word in currency_words())
    return re.compile(rf"(?P<sign>{'|'.join(parts)}) ?$")


@cache
def _behind() -> re.Pattern[str]:
    """Always matches: thousands and a currency, where they are there."""
    parts = (re.escape(word) + (r"(?![a-zа-я])" if word[-1].isalpha() else "") for word in currency_words())
    thousand = "|".join(re.escape(word) + r"(?![a-zа-я])" for word in words_of("thousand"))
    return re.compile(rf"(?: ?(?P<thousand>{thousand})\.?)?(?: ?-?(?P<sign>{'|'.join(parts)}))?")


@cache
def _time() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(number_words(), key=lambda word: (-len(word), word)))
    units = "|".join(f"(?P<{unit}>{_bare(unit)})" for unit in _HOURS)
    return re.compile(rf"(?<![\w.,$€£])(?:(?P<digits>\d{{1,3}})|(?P<word>{words}) )(?:-\d+)?[ -]?(?:{units})(?!\w)")


def _bare(meaning: str) -> str:
    return "|".join(re.escape(word) for word in words_of(meaning))


@cache
def _about() -> re.Pattern[str]:
    return re.compile(rf"(?:~|≈|>|{alternatives(words_of('about'))}) ?(?:the |\w{{1,3}} )?$")


@cache
def _fee_before() -> re.Pattern[str]:
    return re.compile(
        rf"{alternatives(words_of('fee'))}(?: (?:was|of|only|just|is|war|von|de|di|del|était|in|w))?[ :=]*$"
    )


@cache
def _fee_after() -> re.Pattern[str]:
    return re.compile(
        rf" ?(?:as |de |for |their |his |an |di |als |of |for the |for his )?{alternatives(words_of('fee'))}"
    )


@cache
def _unit_after() -> re.Pattern[str]:
    units = [word for unit in (*_HOURS, "measure") for word in words_of(unit)]
    return re.compile(r"\+? ?-?" + alternatives(tuple(units)))
