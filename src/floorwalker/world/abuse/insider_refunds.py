"""A bribed agent pays the same few customers back."""

import numpy as np

from floorwalker.world.abuse.loot import buy_dear
from floorwalker.world.abuse.plot import Plot, convict, insider, plots
from floorwalker.world.calendar import after
from floorwalker.world.desk import decide
from floorwalker.world.draw import Rng, chance, one, whole
from floorwalker.world.market import Market
from floorwalker.world.people import recruits
from floorwalker.world.refunds import ask_back
from floorwalker.world.staff import SUPPORT
from floorwalker.world.tables import code, codes

_DAYS = ((40, 90), (90, 180), (150, 320))
_CLIENTS = ((8, 20), (6, 12), (4, 8))
_EXCUSES = ("damaged", "not_received", "empty_box", "defective")


def run(market: Market) -> None:
    """Plant the agents."""
    rng = market.rng("insider_refunds")
    for plot in plots(market, rng, "insider_refunds", 4, _DAYS):
        staff = insider(market, rng, plot, SUPPORT)
        if staff >= 0:
            _pay_out(market, rng, plot, staff)


def _pay_out(market: Market, rng: Rng, plot: Plot, staff: int) -> None:
    clients = recruits(market, rng, one(rng, *_CLIENTS[plot.stealth]), start=plot.start, end=plot.end, new=0.3)
    orders = buy_dear(market, rng, plot, clients, 2, int(plot.pick(5, 4, 3)))
    reason = whole(codes("refunds.reason", _EXCUSES))[rng.integers(0, len(_EXCUSES), len(orders))]
    refunds = market["refunds"]
    requested = after(rng, market["orders"]["delivered_at"][orders], plot.pick(1.5, 4, 7), 0.6)
    rows = ask_back(market, rng, orders, reason, requested)
    refunds["channel"][rows] = code("refunds.channel", "chat")
    refunds["return_waived"][rows] |= chance(rng, plot.pick(0.95, 0.8, 0.6), len(rows))
    own = chance(rng, plot.pick(0.95, 0.75, 0.5), len(rows))
    half = own & chance(rng, plot.pick(0.9, 0.5, 0.0), len(rows))  # takes the case from the queue himself
    for mask, taken in ((half, True), (own & ~half, False)):
        mine = rows[mask]
        yes = np.ones(len(mine), dtype=np.bool_)
        decide(market, rng, mine, yes, staff=np.full(len(mine), staff), own=taken)
    rest = rows[~own]
    decide(market, rng, rest, chance(rng, 0.8, len(rest)))
    convict(market, plot, "insider", "staff", [staff])
    convict(market, plot, "client", "account", clients)
