"""What every scheme needs: how many operations, how stealthy, with whom, and a place in the truth."""

from dataclasses import dataclass

import numpy as np

from floorwalker.world.calendar import DAY, DAYS, NEVER, START
from floorwalker.world.draw import Flags, Ints, Rng, one, sample, whole
from floorwalker.world.market import Market
from floorwalker.world.tables import code

PLAIN, CAREFUL, STEALTHY = range(3)


@dataclass(frozen=True)
class Plot:
    """One operation of one scheme: its number, its care, and from when to when it runs."""

    scheme: str
    ring: int
    stealth: int
    start: int
    end: int

    @property
    def days(self) -> int:
        """How long it runs."""
        return (self.end - self.start) // DAY

    def pick(self, plain: float, careful: float, stealthy: float) -> float:
        """Return the value that belongs to the care taken."""
        return (plain, careful, stealthy)[self.stealth]


def plots(
    market: Market, rng: Rng, scheme: str, at_scale_one: float, days: tuple[tuple[int, int], ...], *, least: float = 0.1
) -> list[Plot]:
    """Plan the operations of a scheme; `days` says how long one runs, from … to …, at each level of stealth.

    Their number is in proportion to the size of the block, but from scale `least` on there is one at least.
    """
    count = max(market.count(at_scale_one), int(market.scale >= least))
    first = one(rng, 0, 2)
    planned = []
    for number in range(count):
        stealth = (first + number) % 3
        length = one(rng, *days[stealth])
        start = START + one(rng, 25, DAYS - length - 25) * DAY
        planned.append(Plot(scheme, market.rings, stealth, start, start + length * DAY))
        market.rings += 1
    return planned


def convict(
    market: Market, plot: Plot, role: str, about: str, subject: Ints | list[int], *, scheme: str | None = None
) -> None:
    """Write down who took which part."""
    market["truth"].add(
        len(subject),
        subject_kind=code("truth.subject_kind", about),
        subject_id=whole(subject),
        scheme=code("truth.scheme", scheme or plot.scheme),
        role=code("truth.role", role),
        ring_id=plot.ring,
        stealth=plot.stealth,
        started_at=plot.start,
        ended_at=plot.end,
    )


def _single(market: Market, before: int) -> Flags:
    """Tell which products were listed before a time, and under one listing only."""
    goods = market.goods
    single = (goods.listed < before) & ~goods.merged
    single[1:] &= ~goods.merged[:-1]
    return single


def goods_of(market: Market, seller: int, before: int) -> Ints:
    """Return the products that a seller had listed before a time, without merged listings."""
    return np.flatnonzero((market.goods.seller == seller) & _single(market, before))


def open_sellers(market: Market, plot: Plot, least: int, most: int) -> Ints:
    """Return sellers with so many products, who were not cleared and not suspended on other grounds."""
    goods = market.goods
    shelf = np.bincount(goods.seller[_single(market, plot.start)], minlength=len(goods.seller_size))
    free = (shelf >= least) & (shelf <= most) & (goods.closed[:, 0] == NEVER)
    free[market.cleared_sellers] = False
    return np.flatnonzero(free)


def client_seller(market: Market, rng: Rng, plot: Plot, fit: Ints) -> int:
    """Choose among the sellers that are `fit`; one who already buys reviews is a likely client."""
    known = fit[np.isin(fit, market.guilty_sellers)]
    pool = known if len(known) and rng.random() < 0.5 else fit
    return int(rng.choice(pool)) if len(pool) else -1


def insider(market: Market, rng: Rng, plot: Plot, team: int) -> int:
    """Choose a member of a team who works there all the while and plays no other part; −1 if there is none."""
    roster = market.roster
    there = (roster.team == team) & (roster.started <= plot.start) & (roster.ended >= plot.end)
    chosen = sample(rng, np.flatnonzero(there & ~roster.taken), 1)
    if not len(chosen):
        return -1
    roster.taken[chosen] = True
    return int(chosen[0])


def moments(market: Market, rng: Rng, plot: Plot, size: int) -> Ints:
    """Draw busy moments while the operation runs."""
    return market.calendar.moments(rng, np.full(size, plot.start), np.full(size, plot.end))
