"""Refunds as a service: one professional claims for many customers, by one recipe."""

import numpy as np

from floorwalker.world.abuse.adverts import nickname, worded
from floorwalker.world.abuse.loot import buy_dear
from floorwalker.world.abuse.plot import Plot, convict, moments, plots
from floorwalker.world.abuse.scripts import GANG_CLAIM, REFUND_ADVERT, VOUCH
from floorwalker.world.calendar import DAY, END, NEVER, after
from floorwalker.world.desk import decide
from floorwalker.world.draw import Column, Ints, Rng, chance, one, seeds, whole
from floorwalker.world.identity import share
from floorwalker.world.letters import post
from floorwalker.world.market import Market
from floorwalker.world.people import recruits
from floorwalker.world.refunds import ask_back, send_back
from floorwalker.world.tables import code, codes
from floorwalker.world.words import claim_texts, filled

_DAYS = ((14, 25), (45, 80), (120, 220))
_CLIENTS = ((12, 32), (9, 22), (7, 16))


def run(market: Market) -> None:
    """Plant the gangs."""
    rng = market.rng("refund_gang")
    for plot in plots(market, rng, "refund_gang", 9, _DAYS):
        size = one(rng, *_CLIENTS[plot.stealth])
        clients = recruits(market, rng, size, start=plot.start, end=plot.end, new=plot.pick(0.4, 0.2, 0.1))
        convict(market, plot, "client", "account", clients)
        orders = buy_dear(market, rng, plot, clients, 1, int(plot.pick(4, 3, 2)))
        refunds = _claim(market, rng, plot, orders)
        _advertise(market, rng, plot, refunds)
        for kind, scale in (("device", 1.0), ("ip", 1.1)):
            some = clients[chance(rng, scale * plot.pick(0.75, 0.35, 0.1), size)]
            share(market, rng, kind, some, plot.start, plot.end, ways=int(plot.pick(1, 3, 4)))


def _claim(market: Market, rng: Rng, plot: Plot, orders: Ints) -> Ints:
    """Ask for all money back: nothing came, the box was empty, or a return that never holds the goods."""
    trick = rng.random(len(orders)) < (0.3 if chance(rng, 0.5, 1)[0] else 0.9)
    empty, missing, not_as = codes("refunds.reason", ("empty_box", "not_received", "not_as_described"))
    reason = np.where(trick, rng.choice([empty, missing]), not_as)
    wait = one(rng, 1, 6)  # days that the recipe says to wait
    requested = after(rng, market["orders"]["delivered_at"][orders], wait, plot.pick(0.15, 0.3, 0.6))
    rows = ask_back(market, rng, orders, reason, requested, claim=_claims(rng, plot, reason))
    refunds = market["refunds"]
    refunds["amount"][rows] = market["orders"]["amount"][refunds["order_id"][rows]]
    refunds["channel"][rows] = code("refunds.channel", "chat")
    decide(market, rng, rows, chance(rng, 0.85, len(rows)))
    came = rows[(refunds["reason"][rows] == not_as) & (refunds["decided_at"][rows] != NEVER)]
    refunds["return_waived"][came] = False
    _false_returns(market, rng, plot, came)
    return rows


def _claims(rng: Rng, plot: Plot, reason: Ints) -> Column:
    """The recipe comes with its text; careful customers say it in their own words."""
    script = seeds(rng, one(rng, 1, 3))
    told = filled(GANG_CLAIM, script[rng.integers(0, len(script), len(reason))])
    number = whole(rng.integers(1000, 9999, len(reason))).astype(str).astype(object)
    copied = chance(rng, plot.pick(0.9, 0.5, 0.1), len(reason))
    return np.where(copied, worded(told, n=number), claim_texts(rng, reason))


def _false_returns(market: Market, rng: Rng, plot: Plot, refund: Ints) -> None:
    """A parcel travels and is scanned, but too light, elsewhere, or under a label used before."""
    rows = send_back(market, rng, refund, honest=False)
    parcels = market["returns"]
    light = chance(rng, plot.pick(0.9, 0.7, 0.45), len(rows)) & (parcels["scanned_weight_g"][rows] > 0)
    hit = rows[light]
    parcels["scanned_weight_g"][hit] = whole(rng.integers(5, 60, len(hit)))
    parcels["inspection"][hit] = code("returns.inspection", "none")
    away = rows[chance(rng, plot.pick(0.6, 0.35, 0.15), len(rows)) & (parcels["scanned_at"][rows] != NEVER)]
    parcels["scanned_postcode"][away] = f"{one(rng, 10, 99)}{one(rng, 100, 999)}"
    again = rows[chance(rng, plot.pick(0.5, 0.15, 0), len(rows))]
    if len(again):
        parcels["tracking_number"][again] = parcels["tracking_number"][again[0]]


def _advertise(market: Market, rng: Rng, plot: Plot, refund: Ints) -> None:
    """Adverts, and vouches of customers whose money came."""
    if not len(refund) or not chance(rng, plot.pick(1, 0.7, 0.2), 1)[0]:
        return
    broker, channel, size = nickname(rng), f"refunds_{one(rng, 10, 99)}", one(rng, 3, 8)
    author = np.full(size, broker, dtype=object)
    body = worded(filled(REFUND_ADVERT, seeds(rng, size)), who=author)
    adverts = post(market, rng, "telegram", channel, author, moments(market, rng, plot, size) - 5 * DAY, body)
    convict(market, plot, "broker", "post", adverts, scheme="solicitation")
    refunds = market["refunds"]
    happy = refund[chance(rng, 0.4, len(refund)) & (refunds["decided_at"][refund] != NEVER)]
    amount = (refunds["amount"][happy] // 100).astype(str).astype(object) + "$"
    days = whole(rng.integers(2, 9, len(happy))).astype(str).astype(object)
    who = np.full(len(happy), broker, dtype=object)
    body = worded(filled(VOUCH, seeds(rng, len(happy))), who=who, amount=amount, n=days)
    fan = "anon" + whole(rng.integers(1, 9999, len(happy))).astype(str).astype(object)
    at = np.minimum(refunds["decided_at"][happy] + DAY, END - 1)
    post(market, rng, "telegram", channel, fan, at, body)
