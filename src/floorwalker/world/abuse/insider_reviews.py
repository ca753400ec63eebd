"""A bribed moderator deletes the bad reviews of a few sellers."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, client_seller, convict, insider, open_sellers, plots
from floorwalker.world.calendar import DAY, END, NEVER, after
from floorwalker.world.draw import NOBODY, Ints, Rng, chance, one, whole
from floorwalker.world.market import Market
from floorwalker.world.staff import MODERATION, on_duty
from floorwalker.world.steps import BY_ROUTER, BY_SELF, MINUTE, act, open_tickets

_DAYS = ((90, 200), (140, 280), (200, 400))
_WORTH = 5  # bad reviews that make a bribe worth its price


def run(market: Market) -> None:
    """Plant the moderators."""
    rng = market.rng("insider_reviews")
    for plot in plots(market, rng, "insider_reviews", 4, _DAYS):
        clients = _clients(market, rng, plot)
        staff = insider(market, rng, plot, MODERATION) if clients else -1
        if staff < 0:
            continue
        convict(market, plot, "insider", "staff", [staff])
        convict(market, plot, "beneficiary", "account", market.seller_account(whole(clients)))
        _delete(market, rng, plot, staff, _bad_reviews(market, plot, clients))


def _bad_reviews(market: Market, plot: Plot, sellers: list[int]) -> Ints:
    """Return the one- and two-star reviews of sellers that were posted meanwhile and still stand."""
    book = market["reviews"]
    theirs = np.isin(market.goods.seller[book["product_id"]], sellers)
    meanwhile = (book["posted_at"] >= plot.start) & (book["posted_at"] < plot.end)
    return np.flatnonzero(theirs & meanwhile & (book["rating"] <= 2) & (book["removed_at"] == NEVER))


def _clients(market: Market, rng: Rng, plot: Plot) -> list[int]:
    every = open_sellers(market, plot, 2, 2000)
    bad = market.goods.seller[market["reviews"]["product_id"][_bad_reviews(market, plot, every.tolist())]]
    count = np.bincount(bad, minlength=len(market.goods.seller_size))
    fit = every[count[every] >= min(_WORTH, count[every].max(initial=1))]
    wanted = one(rng, 1, 3)
    chosen = {client_seller(market, rng, plot, fit) for _ in range(wanted)} - {-1}
    return sorted(chosen)


def _delete(market: Market, rng: Rng, plot: Plot, staff: int, review: Ints) -> None:
    """Without a ticket and soon; with a ticket of one's own making; or slowly, few, as if reported."""
    review = review[chance(rng, plot.pick(0.85, 0.6, 0.4), len(review))]
    book = market["reviews"]
    who = np.full(len(review), staff)
    at = on_duty(market, rng, who, after(rng, book["posted_at"][review], plot.pick(0.6, 2, 5), 0.7))
    review, who, at = review[at < END - DAY], who[at < END - DAY], at[at < END - DAY]
    ticketed = chance(rng, plot.pick(0.1, 0.8, 1.0), len(review))
    ticket = np.full(len(review), NOBODY)
    by = int(plot.pick(BY_SELF, BY_SELF, BY_ROUTER))
    opened = at[ticketed] - whole(rng.integers(5, 240, int(ticketed.sum()))) * MINUTE
    ticket[ticketed] = open_tickets(
        market, "review_report", "review", review[ticketed], opened, who[ticketed], at[ticketed] + 3 * MINUTE, by=by
    )
    act(market, who, at, "delete_review", "review", review, ticket=ticket)
    book["removed_at"][review] = at
