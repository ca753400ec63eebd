"""Measures of the marketplace as they honestly happen: suspensions, appeals, bans, and decisions kept as labels."""

import numpy as np

from floorwalker.world.calendar import DAY, END, NEVER, START, after
from floorwalker.world.draw import Flags, Ints, Rng, chance, sample, weighted, whole
from floorwalker.world.market import Market
from floorwalker.world.people import last_heard
from floorwalker.world.staff import RISK, SELLERS, route
from floorwalker.world.steps import MINUTE, act, assigned, open_tickets
from floorwalker.world.tables import code, codes


def enforce(
    market: Market, about: str, subject: Ints, measure: str, at: Ints, policy: Ints, by: Ints, until: Ints | int = NEVER
) -> Ints:
    """Write measures against accounts and set the accounts' status."""
    accounts = market["accounts"]
    lasting = np.broadcast_to(np.asarray(until) == NEVER, len(subject))
    status = code("accounts.status", "banned" if measure == "ban" else "suspended")
    accounts["status"][subject[lasting]] = status
    if measure == "ban":
        accounts["closed_at"][subject[lasting]] = at[lasting]
    return market["enforcements"].add(
        len(subject),
        subject_kind=code("enforcements.subject_kind", about),
        subject_id=subject,
        measure=code("enforcements.measure", measure),
        at=at,
        policy=policy,
        decided_by=by,
        ended_at=until,
    )


def police(market: Market) -> None:
    """Suspend and reinstate sellers, ban buyers who do not pay, and keep some decisions as labels."""
    rng = market.rng("policing")
    _suspensions(market, rng)
    _bans(market, rng)
    _legitimate(market, rng)


def _suspensions(market: Market, rng: Rng) -> None:
    closed = market.goods.closed
    seller = np.flatnonzero(closed[:, 0] != NEVER)
    account, at, until = market.seller_account(seller), closed[seller, 0], closed[seller, 1]
    staff = route(market, rng, SELLERS, at)
    policy = whole(codes("enforcements.policy", ("late_shipment", "documents", "review_manipulation", "conduct")))
    back = until < END
    why = policy[weighted(rng, np.array([0.5, 0.3, 0.13, 0.07]), len(seller))]
    enforce(market, "account", account, "suspend", at, why, staff, np.where(back, until, NEVER))
    act(market, staff, at, "suspend_seller", "seller", account)
    appeals = back | chance(rng, 0.6, len(seller))
    seller, account, until, back, at = (values[appeals] for values in (seller, account, until, back, at))
    heard = np.where(back, until, at + 6 * DAY)
    # Some are turned down at first, by whoever has the case that day.
    early = chance(rng, 0.2, len(seller)) & back & (heard - at > 2 * DAY)
    first = at[early] + whole(rng.uniform(0.3, 0.9, int(early.sum())) * (heard - at)[early])
    judge_appeals(market, rng, seller[early], account[early], first, np.zeros(len(first), dtype=np.bool_))
    judge_appeals(market, rng, seller, account, heard, back)


def judge_appeals(market: Market, rng: Rng, seller: Ints, account: Ints, heard: Ints, granted: Flags) -> None:
    """Write appeals, and their decision by whoever the router, or the seller's own contact, gives them to."""
    staff = route(market, rng, SELLERS, np.minimum(heard, END - 1))
    for row, who in enumerate(seller):
        staff[row] = market.roster.specialist_of.get(int(who), int(staff[row]))
    opened = heard - whole(rng.integers(4, 60, len(seller))) * 60 * MINUTE
    by = assigned(rng, len(seller))
    ticket = open_tickets(market, "seller_appeal", "account", account, opened, staff, heard, by=by)
    act(market, staff, heard - 9 * MINUTE, "view_seller", "seller", account, ticket=ticket)
    for step, mask in (("reinstate_seller", granted), ("deny_appeal", ~granted)):
        act(market, staff[mask], heard[mask], step, "seller", account[mask], ticket=ticket[mask])


def _bans(market: Market, rng: Rng) -> None:
    """Some buyers pay with cards that bounce; they are banned some days after their last order."""
    last = last_heard(market)
    done = np.flatnonzero((last > START) & (last < END - 60 * DAY) & ~market.buyers.taken)
    who = sample(rng, done, round(0.0035 * len(market.buyers)))
    at = after(rng, last[who] + 30 * DAY, 8)
    who, at = who[at < END - DAY], at[at < END - DAY]
    market.buyers.taken[who] = True  # banned for good: nobody recruits them
    ban(market, rng, who, at)


def ban(market: Market, rng: Rng, who: Ints, at: Ints) -> None:
    """Ban buyers."""
    policy = whole(codes("enforcements.policy", ("payment_fraud", "refund_policy", "conduct")))
    policy = policy[weighted(rng, np.array([0.6, 0.25, 0.15]), len(who))]
    enforce(market, "account", who, "ban", at, policy, route(market, rng, RISK, at))


def _legitimate(market: Market, rng: Rng) -> None:
    """Keep what was looked into and found to be in order: busy reviewers, heavy returners, sellers, at random."""
    buyers = market.buyers
    size = max(10, market.count(500))
    odd = np.sqrt(buyers.activity) * (0.2 + buyers.reviews) * (0.5 + buyers.returns)
    who = np.sort(sample(rng, np.flatnonzero(~buyers.taken), size, odd[~buyers.taken]))
    buyers.taken[who] = True  # found honest, and honest they are
    seller = rng.permutation(len(market.goods.seller_size))[: max(3, market.count(60))]
    market.cleared_sellers.extend(seller.tolist())
    subject = np.concatenate([who, market.seller_account(seller)])
    label(market, rng, "account", subject, "legitimate", np.full(len(subject), START + 60 * DAY))


def label(market: Market, rng: Rng, about: str, subject: Ints, verdict: str, since: Ints, scheme: int = -1) -> None:
    """Write decisions taken some time after `since`."""
    at = since + whole(rng.uniform(0, 1, len(subject)) * np.maximum(END - since, 1))
    market["labels"].add(
        len(subject),
        subject_kind=code("labels.subject_kind", about),
        subject_id=subject,
        label=code("labels.label", verdict),
        at=at,
        scheme=scheme,
        source=weighted(rng, np.array([0.7, 0.15, 0.15]), len(subject)),
    )
