"""A staff account in strange hands: another device and network, odd hours, many records in few days."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, convict, insider, moments, plots
from floorwalker.world.calendar import HOUR
from floorwalker.world.draw import Column, Ints, Rng, chance, one, whole
from floorwalker.world.market import Market
from floorwalker.world.staff import SUPPORT, on_duty
from floorwalker.world.steps import act

_DAYS = ((2, 4), (5, 10), (12, 25))
_VIEWS = ((120, 320), (60, 130), (25, 50))


def run(market: Market) -> None:
    """Plant the takeovers."""
    rng = market.rng("staff_takeover")
    for plot in plots(market, rng, "staff_takeover", 4, _DAYS):
        staff = insider(market, rng, plot, SUPPORT)
        if staff >= 0:
            _intrude(market, rng, plot, staff)
            convict(market, plot, "insider", "staff", [staff])


def _sessions(market: Market, rng: Rng, plot: Plot, staff: int, size: int) -> Ints:
    """Return times of the stranger's steps: in bursts at night, or hidden in the owner's own shift."""
    bursts = max(2, round(size / 25))
    begin = moments(market, rng, plot, bursts)
    awake = on_duty(market, rng, np.full(bursts, staff), begin)
    hidden = chance(rng, plot.pick(0, 0.4, 1), bursts)
    begin = np.where(hidden, awake, awake + 9 * HOUR + whole(rng.integers(0, 4 * HOUR, bursts)))
    return np.sort(begin[rng.integers(0, bursts, size)] + whole(rng.integers(0, HOUR, size)))


def _intrude(market: Market, rng: Rng, plot: Plot, staff: int) -> None:
    size = one(rng, *_VIEWS[plot.stealth])
    at = _sessions(market, rng, plot, staff, size)
    who = np.full(size, staff)
    own = chance(rng, plot.pick(0, 0, 0.6), size)  # some get hold of the workstation itself
    device: Column = np.where(own, market.roster.device[staff], f"WS-{one(rng, 100_000, 999_999)}").astype(object)
    network = f"45.{one(rng, 1, 250)}.{one(rng, 1, 250)}."
    ip = network + whole(rng.integers(2, 250, size)).astype(str).astype(object)
    pull = chance(rng, plot.pick(0.08, 0.06, 0.06), size)
    order = rng.integers(0, market["orders"].rows, size)
    buyer, seller = market["orders"]["buyer_id"][order], market["orders"]["seller_id"][order]
    act(market, who[~pull], at[~pull], "view_customer", "account", buyer[~pull], device=device[~pull], ip=ip[~pull])
    records = whole(rng.lognormal(plot.pick(7.5, 6.8, 6), 0.8, int(pull.sum()))) + 1
    act(
        market,
        who[pull],
        at[pull],
        "export_report",
        "seller",
        seller[pull],
        records=records,
        device=device[pull],
        ip=ip[pull],
    )
