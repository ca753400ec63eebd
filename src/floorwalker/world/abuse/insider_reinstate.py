"""A bribed case officer brings suspended sellers back."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, convict, insider, moments, open_sellers, plots
from floorwalker.world.calendar import DAY, END, HOUR, after
from floorwalker.world.draw import Ints, Rng, chance, one, sample
from floorwalker.world.market import Market
from floorwalker.world.policing import enforce
from floorwalker.world.staff import RISK, SELLERS, on_duty, route
from floorwalker.world.steps import BY_ROUTER, BY_SELF, MINUTE, act, open_tickets
from floorwalker.world.tables import code

_DAYS = ((90, 200), (140, 280), (200, 420))
_CASES = ((4, 8), (3, 6), (3, 5))


def run(market: Market) -> None:
    """Plant the case officers."""
    rng = market.rng("insider_reinstate")
    for plot in plots(market, rng, "insider_reinstate", 4, _DAYS):
        staff = insider(market, rng, plot, SELLERS)
        if staff < 0:
            continue
        clients = _clients(market, rng, plot)
        convict(market, plot, "insider", "staff", [staff])
        convict(market, plot, "beneficiary", "account", market.seller_account(clients))
        _bring_back(market, rng, plot, staff, clients)


def _clients(market: Market, rng: Rng, plot: Plot) -> Ints:
    """Choose clients; those who buy reviews are caught more often and need it more."""
    fit = open_sellers(market, plot, 2, 60)
    known = sample(rng, fit[np.isin(fit, market.guilty_sellers)], one(rng, 0, 2))
    most = max(2, round(0.008 * len(market.goods.seller_size)))
    others = sample(rng, fit[~np.isin(fit, known)], min(most, one(rng, *_CASES[plot.stealth])) - len(known))
    return np.concatenate([known, others])


def _bring_back(market: Market, rng: Rng, plot: Plot, staff: int, clients: Ints) -> None:
    """Each client is suspended for good reason, appeals, is often denied by others, and is back in days."""
    account = market.seller_account(clients)
    count = len(account)
    at = moments(market, rng, plot, count)
    judge = route(market, rng, RISK, at)
    act(market, judge, at, "suspend_seller", "seller", account)
    heard = after(rng, at + HOUR, 1.5, 0.5)
    _deny(market, rng, plot, staff, account, heard)
    who = np.full(count, staff)
    back = on_duty(market, rng, who, heard + int(plot.pick(3, 14, 40) * HOUR))
    by = int(plot.pick(BY_SELF, BY_SELF, BY_ROUTER))
    ticket = open_tickets(market, "seller_appeal", "account", account, back - 40 * MINUTE, who, back, by=by)
    act(market, who, back - 5 * MINUTE, "view_seller", "seller", account, ticket=ticket)
    act(market, who, back, "reinstate_seller", "seller", account, ticket=ticket)
    policy = np.full(count, code("enforcements.policy", "review_manipulation"))
    enforce(market, "account", account, "suspend", at, policy, judge, np.minimum(back, END - DAY))


def _deny(market: Market, rng: Rng, plot: Plot, staff: int, account: Ints, heard: Ints) -> None:
    """Colleagues turn the appeals down first, as they should."""
    colleague = route(market, rng, SELLERS, np.minimum(heard, END - 1))
    denied = chance(rng, plot.pick(0.9, 0.6, 0.25), len(account)) & (colleague != staff)
    account, colleague, heard = account[denied], colleague[denied], heard[denied]
    opened = heard - 90 * MINUTE
    ticket = open_tickets(market, "seller_appeal", "account", account, opened, colleague, heard, by=BY_ROUTER)
    act(market, colleague, heard - 9 * MINUTE, "view_seller", "seller", account, ticket=ticket)
    act(market, colleague, heard, "deny_appeal", "seller", account, ticket=ticket)
