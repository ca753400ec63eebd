"""Refunds of a year and posts of refund channels, with the refund that each post is truly about.

Wordings follow the style that complaints and reports quote; they were written beside the reader, not from its words.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

DAY, YEAR, START = 86_400, 365 * 86_400, 1_735_689_600
KINDS = ("exact", "rounded", "less fee", "about")
SHARES = (0.6, 0.15, 0.1, 0.15)
ABSENT, UNSAID_CURRENCY, WITH_DAYS, WITH_ITEM = 0.3, 0.1, 0.5, 0.5
FEES = (0.1, 0.12, 0.15, 0.18, 0.2, 0.22, 0.25, 0.3)
CHANNELS = 4
CURRENCIES, CURRENCY_SHARES = ("EUR", "USD", "GBP", "RUB"), (0.4, 0.35, 0.2, 0.05)
SIGNS = {
    "EUR": ("{}€", "{} €", "€{}", "{} eur", "{} euro", "{}EUR"),
    "USD": ("${}", "{}$", "{} usd", "{} dollars", "USD {}"),
    "GBP": ("£{}", "{} pounds", "{} gbp", "{}£"),
    "RUB": ("{} руб", "{}₽", "{} рублей", "{} rub"),
}
THINGS = tuple(
    """
    laptop phone tablet headphones camera drone console monitor printer router keyboard watch speaker television
    blender kettle vacuum toaster heater fan lamp sofa mattress desk chair shelf carpet curtain pillow blanket
    jacket boots sneakers dress jeans hoodie backpack wallet sunglasses perfume shampoo lipstick razor toothbrush
    stroller crib puzzle scooter bicycle helmet tent kayak treadmill dumbbell racket guitar violin drill sander
    hammer ladder mower hose grill smoker knife pan oven fridge freezer dishwasher charger cable case projector
    microphone
    """.split()  # noqa: SIM905
)
MAKERS = tuple(
    """
    Akira Boldt Corvo Dexa Elmo Fenn Gira Holm Ivex Juno Kato Lumo Miro Nox Orla Pyra Quill Rana Sorn Tevo
    """.split()  # noqa: SIM905
)
TAILS = ("pro", "mini", "max", "2", "plus", "x", "classic", "s", "500", "black")
SAYINGS = (
    "{item} refund {sum} done {days}",
    "+1 @{name}, full {sum} on my card {days}",
    "vouch for @{name} {item} {sum} {days}",
    "massive vouch, {sum} back {days} {item}",
    "got my {sum} {item} refunded {days}, @{name} is legit",
    "another W, {item} {sum} landed {days}",
    "{sum} received {days} ty @{name} {item}",
    "{item} für {sum} erstattet {days} danke @{name}",
    "@{name} absolut seriös, {sum} zurück {days} {item}",
    "remboursé de {sum} {days} pour {item}, merci @{name}",
    "{sum} bien reçu {days} {item} @{name} fiable",
    "me devolvieron {sum} {days} {item} gracias @{name}",
    "reembolso de {sum} recibido {days}, {item}, de confianza",
    "rimborso {sum} arrivato {days} {item} grazie @{name}",
    "ricevuto {sum} {days} {item}, affidabile @{name}",
    "вернули {sum} {days} {item}, спасибо @{name}",
    "вауч @{name} {sum} пришли {days} {item}",
)
WAITS = (
    ("in {} days", "after {} days", "{} days", "took {}d"),
    ("in {} Tagen", "nach {} Tagen"),
    ("en {} jours", "après {} jours"),
    ("en {} días", "tras {} días"),
    ("in {} giorni", "dopo {} giorni"),
    ("за {} дня", "через {} дней"),
)
LANGUAGE_OF = (0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5)
ROUGH = ("about", "etwa", "environ", "unos", "circa", "около")
OTHERS = (
    "REFUNDS open, any store, max 5k, cut 20% paid after, write @{name}",
    "who did {item} lately, how long until 300$ was back?",
    "still waiting for my 250€ @{name} answer pls",
    "Neue Plätze frei, bis 3000€, Gebühr 15%, schreibt @{name}",
    "is {item} over 900$ possible?",
    "prices: under 500 = 25%, above 500 = 20%",
)


@dataclass(frozen=True, slots=True)
class Made:
    """refunds, posts: tables of the contract, refunds with `title`; truth: post_id -> (kind, refund_id or none)."""

    refunds: pa.Table
    posts: pa.Table
    truth: dict[str, tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Goods:
    """What refunds may be of: cents, currency and title, drawn from together, (n,)."""

    cents: NDArray[np.int64]
    currency: NDArray[np.object_]
    title: NDArray[np.object_]


def drawn_goods(size: int, rng: np.random.Generator) -> Goods:
    """Heavy-tailed prices, six in ten at price points, a quarter of any cent (parts, discounts, postage)."""
    value = np.exp(rng.normal(3.8, 1.2, size))
    point = np.maximum(np.floor(value) + rng.choice([-0.01, -0.05, 0.0, -0.5], size, p=[0.6, 0.1, 0.25, 0.05]), 0.99)
    ten = np.maximum(np.round(value, -1) - 0.01, 4.99)
    kind = rng.random(size)
    price = np.where(kind < 0.35, point, np.where(kind < 0.6, ten, np.where(kind < 0.75, np.round(value), value)))
    currency = rng.choice(np.array(CURRENCIES, dtype=object), size, p=CURRENCY_SHARES)
    price = np.where(currency == "RUB", np.round(price * 90, -1), price)
    thing, maker, tail = (rng.choice(np.array(w, dtype=object), size) for w in (THINGS, MAKERS, TAILS))
    return Goods(np.maximum(np.round(price * 100), 99).astype(np.int64), currency, maker + " " + thing + " " + tail)


def drawn_again(goods: Goods, size: int, rng: np.random.Generator) -> Goods:
    """So many of these goods, with replacement."""
    rows = rng.integers(0, len(goods.cents), size)
    return Goods(goods.cents[rows], goods.currency[rows], goods.title[rows])


def made(goods: Goods, vouches: int, rng: np.random.Generator) -> Made:
    """A year of refunds of these goods, and so many vouches beside as many other posts by halves."""
    size = len(goods.cents)
    decided = START + rng.integers(0, YEAR, size)
    taken = np.round(rng.gamma(1.2, 2.5, size) * DAY).astype(np.int64)
    worth = goods.cents.astype(float) ** 0.7
    absent = rng.random(vouches) < ABSENT
    about = rng.choice(size, vouches, replace=False, p=worth / worth.sum())
    wait = np.round(
        np.where(rng.random(vouches) < 0.85, rng.lognormal(0.4, 0.9, vouches), rng.uniform(0, 30, vouches)) * DAY
    )
    posted = decided[about] + wait.astype(np.int64)
    keep = np.ones(size, dtype=bool)
    keep[about[absent]] = False
    rows, truth = [], {}
    for k in range(vouches):
        kind = str(rng.choice(KINDS, p=SHARES))
        r = int(about[k])
        title = str(goods.title[r])
        days = int(np.ceil((taken[r] + (wait[k] if rng.random() < 0.3 else 0)) / DAY))
        body = _said(kind, int(goods.cents[r]), str(goods.currency[r]), title, days, rng)
        rows.append((f"v{k}", "telegram", f"channel {k % CHANNELS}", f"u{k}", int(posted[k]), body))
        truth[f"v{k}"] = (kind, None if absent[k] else f"r{r}")
    for k in range(vouches // 2):
        text = OTHERS[k % len(OTHERS)].format(name="boss", item=str(rng.choice(THINGS)))
        rows.append((f"o{k}", "telegram", f"channel {k % CHANNELS}", f"x{k}", START + int(rng.integers(0, YEAR)), text))
    names = ("post_id", "source", "channel", "author", "posted_at", "body")
    posts = dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True))
    kept = np.flatnonzero(keep)
    refunds = {
        "refund_id": [f"r{k}" for k in kept],
        "buyer_id": [f"b{k}" for k in kept],
        "amount": goods.cents[kept] / 100,
        "currency": goods.currency[kept],
        "decided": decided[kept],
        "requested": decided[kept] - taken[kept],
        "title": goods.title[kept],
    }
    return Made(pa.table(refunds), pa.table(posts), truth)


def _said(kind: str, cents: int, currency: str, title: str, days: int, rng: np.random.Generator) -> str:
    place = int(rng.integers(len(SAYINGS)))
    language = LANGUAGE_OF[place]
    number = _number(kind, cents, language, rng)
    money = number if rng.random() < UNSAID_CURRENCY else str(rng.choice(SIGNS[currency])).format(number)
    if kind == "about":
        money = f"{ROUGH[language]} {money}"
    waited = str(rng.choice(WAITS[language])).format(days) if rng.random() < WITH_DAYS else ""
    item = title.split()[1 if rng.random() < 0.8 else 0].lower() if rng.random() < WITH_ITEM else ""
    return " ".join(SAYINGS[place].format(sum=money, item=item, days=waited, name="boss").split())


def _number(kind: str, cents: int, language: int, rng: np.random.Generator) -> str:
    value = cents / 100
    if kind == "exact":
        if rng.random() < 0.35:
            return _written(value, language, 2)
        return _written(np.floor(value) if rng.random() < 0.4 else np.floor(value + 0.5), language, 0)
    if kind == "less fee":
        return _written(np.floor(value * (1 - float(rng.choice(FEES))) + 0.5), language, 0)
    grain = 10.0 ** max(np.floor(np.log10(max(value, 10))) - (1 if kind == "rounded" else 0), 0)
    rounded = max(np.floor(value / grain + 0.5) * grain, grain)
    if rounded >= 1000 and kind == "rounded" and rng.random() < 0.6:
        return f"{rounded / 1000:g}k"
    return _written(rounded, language, 0)


def _written(value: float, language: int, decimals: int) -> str:
    english = f"{value:,.{decimals}f}" if value >= 1000 and int(value) % 3 else f"{value:.{decimals}f}"
    return english if language == 0 else english.translate(str.maketrans(",.", ".,"))
