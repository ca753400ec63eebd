"""Places in the co-review network: what each product or account is assessed by, and what is ranked."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from floorwalker.graph.closure import Closure, closure
from floorwalker.graph.place import centrality, clustering, co_acts, strength
from floorwalker.graph.slots import Floats, Pace, Slots, order_slots, pace
from floorwalker.stats.peers import PeerTest, gamma_poisson
from floorwalker.stats.tail import EXACT

PRODUCT_DAYS = 90
PERSON_DAYS = 30
ALWAYS = 36_500
FEW = 3


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one kind of hub.

    slots: hubs are their items; turned: these are accounts. closure, test: by hub. nats: by hub, to rank by.
    """

    slots: Slots
    pace: Pace
    near_days: float
    turned: bool
    closure: Closure
    test: PeerTest
    nats: Floats


def places_of_products(slots: Slots) -> Places:
    """Products by the praise in `slots`: how often those who met on one meet again within 90 days."""
    found = _tested(slots, pace(slots, PRODUCT_DAYS), PRODUCT_DAYS, turned=False)
    network = co_acts(slots)
    ranks = [strength(network), centrality(network), clustering(network), -found.test.log_p]
    return _ranked(found, ranks)


def places_of_accounts(slots: Slots, product_nats: Floats) -> Places:
    """Accounts by the praise in `slots`: how often they meet again whom they met within 30 days, at any time.

    product_nats: by item. An account with one review is ranked by its product and by who else was there.
    """
    turned = order_slots(
        slots.item, slots.account, np.zeros_like(slots.stratum), slots.second, slots.items, slots.accounts
    )
    found = _tested(turned, pace(turned, ALWAYS), PERSON_DAYS, turned=True)
    reviews = np.diff(slots.account_ptr)
    company = np.bincount(slots.account, product_nats[slots.item], slots.accounts) / (reviews + FEW)
    return _ranked(found, [strength(co_acts(turned)), company, -found.test.log_p])


def _tested(slots: Slots, its_pace: Pace, near_days: float, *, turned: bool) -> Places:
    found = closure(slots, its_pace, near_days, turned=turned)
    test = gamma_poisson(found.closed, found.expected, tie=EXACT, bulk=0.9)
    return Places(slots, its_pace, near_days, turned, found, test, np.zeros(slots.items))


def _ranked(found: Places, ranks: list[Floats]) -> Places:
    """With the mean of the ranks, as minus the log of the share of hubs that are placed as high."""
    total = np.sum([rankdata(np.round(rank, 9)) for rank in ranks], axis=0)
    nats = -np.log1p(-rankdata(np.round(total, 6)) / (len(total) + 1))
    return replace(found, nats=nats)
