"""Banned buyers who come back under a new account."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, convict, plots
from floorwalker.world.calendar import DAY, END, START, after
from floorwalker.world.draw import Ints, Rng, chance, sample, whole
from floorwalker.world.market import Ledger, Market
from floorwalker.world.people import last_heard, newcomers
from floorwalker.world.policing import ban
from floorwalker.world.tables import code

_DAYS = ((2, 20), (8, 45), (20, 90))
_LIKENESS = (("device", "card", "address", "ip"), ("card", "address"), ("address",))


def run(market: Market) -> None:
    """Plant the returns."""
    rng = market.rng("ban_evasion")
    buyers, last = market.buyers, last_heard(market)
    gone = np.flatnonzero((last > START + 20 * DAY) & (last < END - 150 * DAY) & ~buyers.taken)
    planned = plots(market, rng, "ban_evasion", 260, _DAYS, least=0.1)
    banned = sample(rng, gone, len(planned))
    rows = _rows_of(market["identifiers"], len(buyers))
    for plot, old in zip(planned, banned, strict=False):
        _come_back(market, rng, plot, int(old), int(last[old]), rows)


def _come_back(market: Market, rng: Rng, plot: Plot, old: int, last: int, rows: dict[str, Ints]) -> None:
    """Ban `old` some days after the last order; within days to weeks a new account is the same person's."""
    at = after(rng, whole([last + 20 * DAY]), 8)
    fresh = newcomers(market, int(at[0]) + DAY, min(int(at[0]) + plot.days * DAY + 3 * DAY, END - 5 * DAY))
    new = sample(rng, fresh[~market.buyers.taken[fresh]], 1)
    if not len(new) or at[0] >= END - 10 * DAY:
        return
    market.buyers.taken[[old, new[0]]] = True
    ban(market, rng, whole([old]), at)
    stay = Plot(plot.scheme, plot.ring, plot.stealth, int(market.buyers.opened[new[0]]), END)
    convict(market, Plot(plot.scheme, plot.ring, plot.stealth, int(at[0]), END), "banned", "account", [old])
    convict(market, stay, "returned", "account", new)
    _dress_up(market, rng, plot, old, int(new[0]), rows)


def _rows_of(identifiers: Ledger, buyers: int) -> dict[str, Ints]:
    """Return, for each kind, the first identifier row of each buyer, or −1."""
    found = {}
    for kind in ("device", "card", "address", "ip"):
        rows = np.flatnonzero(identifiers["kind"] == code("identifiers.kind", kind))[::-1]
        rows = rows[identifiers["account_id"][rows] < buyers]
        found[kind] = np.full(buyers, -1, dtype=np.int64)
        found[kind][identifiers["account_id"][rows]] = rows
    return found


def _dress_up(market: Market, rng: Rng, plot: Plot, old: int, new: int, rows: dict[str, Ints]) -> None:
    """Carry over what is hard to change, in part; change the name a little or much, write the address otherwise."""
    accounts, identifiers, homes = market["accounts"], market["identifiers"], market.homes
    home = market.buyers.home[old]
    if plot.stealth:
        parts = {name: values[home : home + 1].copy() for name, values in vars(homes).items()}
        parts["style"] = (parts["style"] + 1) % 4
        home = homes.add(**parts)[0]
    for kind in _LIKENESS[plot.stealth]:
        source, target = rows[kind][old], rows[kind][new]
        if source >= 0 and target >= 0 and (kind == "address" or chance(rng, 0.8, 1)[0]):
            identifiers["value"][target] = home if kind == "address" else identifiers["value"][source]
    shipped = market["orders"]["buyer_id"] == new
    market["orders"]["ship_address"][shipped] = home
    market.buyers.home[new] = home
    accounts["name"][new] = _altered(rng, plot, str(accounts["name"][old]), str(accounts["name"][new]))
    accounts["country"][new] = accounts["country"][old]


def _altered(rng: Rng, plot: Plot, name: str, other: str) -> str:
    """Return the name that the returned person gives."""
    first, *rest = name.split(" ")
    last = " ".join(rest)
    forms = (
        name,
        f"{first[0]}. {last}",
        f"{last} {first}",
        f"{first} {last[:-1]}",
        f"{other.split(' ', maxsplit=1)[0]} {last}",
    )
    weights = np.array(((0.5, 0.2, 0.15, 0.15, 0), (0.1, 0.2, 0.2, 0.3, 0.2), (0, 0.1, 0.15, 0.15, 0.6))[plot.stealth])
    return str(rng.choice(np.array(forms, dtype=object), p=weights))
