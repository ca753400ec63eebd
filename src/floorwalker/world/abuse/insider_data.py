"""A bribed agent looks up customers for a seller, who then writes to them."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, client_seller, convict, insider, moments, open_sellers, plots
from floorwalker.world.abuse.scripts import SOLICIT
from floorwalker.world.calendar import after
from floorwalker.world.draw import NOBODY, Ints, Rng, chance, one, sample, seeds, whole
from floorwalker.world.letters import write_letters
from floorwalker.world.market import Market
from floorwalker.world.staff import SUPPORT, on_duty
from floorwalker.world.steps import MINUTE, act
from floorwalker.world.words import filled

_DAYS = ((20, 50), (60, 120), (120, 240))
_VIEWS = ((50, 140), (30, 60), (14, 28))


def run(market: Market) -> None:
    """Plant the agents."""
    rng = market.rng("insider_data")
    for plot in plots(market, rng, "insider_data", 4, _DAYS):
        wanted = one(rng, *_VIEWS[plot.stealth])
        seller = client_seller(market, rng, plot, _with_customers(market, plot, wanted))
        staff = insider(market, rng, plot, SUPPORT) if seller >= 0 else -1
        if staff < 0:
            continue
        convict(market, plot, "insider", "staff", [staff])
        account = market.seller_account(whole([seller]))
        convict(market, plot, "beneficiary", "account", account)
        _look_up(market, rng, plot, staff, int(account[0]), wanted)


def _with_customers(market: Market, plot: Plot, least: int) -> Ints:
    orders = market["orders"]
    sold = market.goods.seller[orders["product_id"][orders["placed_at"] < plot.start]]
    count = np.bincount(sold, minlength=len(market.goods.seller_size))
    fit = open_sellers(market, plot, 1, 2000)
    return fit[count[fit] >= 1.3 * least]


def _look_up(market: Market, rng: Rng, plot: Plot, staff: int, seller: int, wanted: int) -> None:
    """View the seller's buyers, the unhappy ones first; with care under tickets that are about something else."""
    orders, book = market["orders"], market["reviews"]
    theirs = np.flatnonzero((orders["seller_id"] == seller) & (orders["placed_at"] < plot.start))
    unhappy = book["reviewer_id"][(book["rating"] <= 2) & np.isin(book["order_id"], theirs)]
    buyers = np.unique(orders["buyer_id"][theirs])
    buyer = sample(rng, buyers, wanted, 1 + 8.0 * np.isin(buyers, unhappy))
    who = np.full(len(buyer), staff)
    at = np.sort(on_duty(market, rng, who, moments(market, rng, plot, len(buyer))))
    tickets = market["tickets"]
    own = np.flatnonzero((tickets["assigned_to"] == staff) & (tickets["opened_at"] < plot.end))
    ticket = np.full(len(buyer), NOBODY)
    cover = chance(rng, plot.pick(0, 0.4, 0.7), len(buyer)) & (len(own) > 0)
    ticket[cover] = rng.choice(own, int(cover.sum())) if cover.any() else NOBODY
    act(market, who, at, "view_customer", "account", buyer, ticket=ticket)
    if plot.stealth == 0:
        size = one(rng, 3, 9)
        pulled = on_duty(market, rng, np.full(size, staff), moments(market, rng, plot, size))
        records = whole(rng.integers(80, 900, size))
        act(market, np.full(size, staff), pulled, "export_report", "seller", np.full(size, seller), records=records)
    _contact(market, rng, plot, seller, buyer, at + 30 * MINUTE)


def _contact(market: Market, rng: Rng, plot: Plot, seller: int, buyer: Ints, at: Ints) -> None:
    """The seller writes to some of them on the marketplace itself; most of it happens elsewhere."""
    met = chance(rng, plot.pick(0.5, 0.25, 0.1), len(buyer))
    body = filled(SOLICIT[plot.stealth], seeds(rng, int(met.sum())))
    body = np.array([text.replace("{n}", str(seller % 90 + 10)) for text in body], dtype=object)
    write_letters(market, rng, np.full(len(body), seller), buyer[met], after(rng, at[met], 4, 0.7), body)
