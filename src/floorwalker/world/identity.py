"""Accounts, and what ties them to persons: e-mail, phone, address, devices, networks, cards, bank accounts."""

import numpy as np

from floorwalker.world.calendar import DAY, END, START
from floorwalker.world.draw import Column, Flags, Ints, Rng, chance, sample, weighted, whole
from floorwalker.world.ids import scrambled
from floorwalker.world.market import Market
from floorwalker.world.tables import code
from floorwalker.world.words import person_names

_DIALLING = np.array(["+1", "+44", "+49", "+33", "+34", "+48", "+91", "+55", "+52", "+43", "+86"], dtype=object)
_MAIL = np.array(["gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.net", "proton.me"], dtype=object)
_MAIL_SHARE = np.array([0.55, 0.16, 0.12, 0.08, 0.06, 0.03])
FORWARDER = 140  # more people than this behind one address are customers of a freight forwarder
_FAR = np.array([0.02, 0.02, 0.02, 0.02, 0.02, 0.2, 0.2, 0.2, 0.2, 0.02, 0.08])
NETWORKS = 36  # exits of mobile carriers, each shared by thousands
_SHARED = 1 << 40  # codes of values that belong to a home, a carrier, a gang: far from those of single accounts
_BLOCK = 200_000  # accounts in a block, at most


def open_accounts(market: Market) -> None:
    """Write all accounts and their identifiers into the ledgers."""
    rng = market.rng("identity")
    buyers, sellers = market.buyers, len(market.goods.seller_size)
    seller_country = weighted(rng, np.array([16, 12, 13, 8, 6, 8, 6, 2, 2, 2, 25.0]), sellers)
    crowd = np.bincount(buyers.home)[buyers.home] >= FORWARDER
    abroad = np.where(crowd, weighted(rng, _FAR, len(buyers)), market.homes.country[buyers.home])
    country = np.concatenate([abroad, seller_country])
    count = len(country)
    first, last = person_names(rng, country)
    every = market.block * _BLOCK + np.arange(count, dtype=np.int64)
    mailbox, line = (scrambled(every, seed=market.seed, kind=kind, below=10**9) for kind in ("mail", "phone"))
    earliest = np.full(sellers, END - DAY)
    np.minimum.at(earliest, market.goods.seller, market.goods.listed)
    opened = np.concatenate([buyers.opened, earliest - whole(1 + rng.exponential(60, sellers)) * DAY])
    market["accounts"].add(
        count,
        role=np.repeat([0, 1], [len(buyers), sellers]),
        created_at=opened,
        name=first + " " + last,
        email=_lowered(first, last, mailbox.astype(str).astype(object))
        + "@"
        + _MAIL[weighted(rng, _MAIL_SHARE, count)],
        phone=_DIALLING[country] + np.char.zfill(line.astype(str), 9).astype(object),
        country=country,
        status=0,
    )
    _identify_buyers(market, rng)
    _identify_sellers(market, rng)


def _lowered(first: Column, last: Column, digits: Column) -> Column:
    return np.char.lower((first + "." + last).astype(str)).astype(object) + digits


def identify(market: Market, kind: str, account: Ints, value: Ints, seen: Ints, until: Ints) -> Ints:
    """Write identifiers: `value` is a code, equal codes are equal values."""
    return market["identifiers"].add(
        len(account),
        account_id=account,
        kind=code("identifiers.kind", kind),
        value=value,
        first_seen_at=seen,
        last_seen_at=np.maximum(seen, until),
    )


def _identify_buyers(market: Market, rng: Rng) -> None:
    """Families share an address, often a network, at times a device or a card; carriers mix thousands."""
    buyers = market.buyers
    count = len(buyers)
    who = np.arange(count, dtype=np.int64)
    size = np.bincount(buyers.home, minlength=int(buyers.home.max()) + 1)[buyers.home]
    family = (size > 1) & (size <= 5)

    def seen(kind: str, mask: Flags, value: Ints, later: bool = False) -> None:
        chosen = who[mask]
        span = np.where(later, buyers.end[chosen] - buyers.opened[chosen], 0)
        first = buyers.opened[chosen] + whole(rng.random(len(chosen)) * span)
        identify(market, kind, chosen, value[mask], first, buyers.end[chosen])

    everyone = np.ones(count, dtype=np.bool_)
    roof = _SHARED + buyers.home
    seen("email", everyone, who)
    seen("phone", chance(rng, 0.8, count), who)
    seen("address", everyone, buyers.home)
    seen("device", everyone, np.where(family & chance(rng, 0.25, count), roof, who))
    seen("device", chance(rng, 0.35, count), who + _SHARED // 2, later=True)
    seen("ip", everyone, np.where((size > 1) & (size < FORWARDER) & chance(rng, 0.75, count), roof, who))
    mobile = weighted(rng, 1 / np.arange(1, NETWORKS + 1), count)
    seen("ip", chance(rng, 0.3, count), _SHARED * 2 + mobile, later=True)
    seen("card", chance(rng, 0.85, count), np.where(family & chance(rng, 0.2, count), roof, who))
    seen("card", chance(rng, 0.15, count), who + _SHARED // 2, later=True)
    seen("payment_handle", chance(rng, 0.08, count), who, later=True)


def _identify_sellers(market: Market, rng: Rng) -> None:
    """Sellers have a bank account and a tax id; a few owners run several shops openly."""
    first, count = len(market.buyers), len(market.goods.seller_size)
    seller = np.arange(count, dtype=np.int64)
    account = seller + first
    opened = market["accounts"]["created_at"][account]
    owner = account.copy()
    second = sample(rng, seller, round(count * 0.02))
    owner[second] = owner[(second + 1) % count]
    until = np.full(count, END)
    for kind in ("email", "phone", "device", "ip"):
        identify(market, kind, account, account, opened, until)
    for kind in ("bank_account", "tax_id"):
        identify(market, kind, account, owner, opened, until)


def share(market: Market, rng: Rng, kind: str, account: Ints, first: int, last: int, *, ways: int = 1) -> None:
    """Let accounts use the same `ways` values of a kind between two times (a handler's phone, a gang's network)."""
    fresh = whole(rng.integers(_SHARED * 3, _SHARED * 200, ways))
    until = np.full(len(account), min(last, END))
    begins = max(first, START) + whole(rng.exponential(6, len(account)) * 86_400) * 1_000_000
    seen = np.maximum(market["accounts"]["created_at"][account], begins)
    identify(market, kind, account, fresh[rng.integers(0, ways, len(account))], seen, until)
