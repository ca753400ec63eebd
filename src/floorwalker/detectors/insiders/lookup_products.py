"""Whether looks at a seller's customers are about one product: a recall or a safety notice, not the seller's customers.

Who calls back everybody who bought one product was given a list that no table holds. By how much the customers looked
at share a product, beyond what the seller's customers do, speaks against: the binomial likelihood ratio at its most.
A seller of one product cannot be cleared this way, nor is anybody where the seller's range is met as it sells.
"""

import numpy as np
from scipy.special import xlogy

from floorwalker.detectors.insiders.lookup_columns import codes, floats
from floorwalker.detectors.insiders.lookup_visits import Visits
from floorwalker.detectors.record import Rows
from floorwalker.graph.slots import Floats


def one_product(rows: Rows, visits: Visits) -> Floats:
    """Logs (<= 0) of what a shared product leaves of the evidence, (pairs,); having searched the range is paid for."""
    table = rows("lookup_products", by=("staff_id", "seller_id", "product_id"))
    size, pairs = max(len(visits.sellers), 1), len(visits.pair_agent)
    name = codes(table["staff_id"], visits.agents) * size + codes(table["seller_id"], visits.sellers)
    pair = np.searchsorted(visits.pair_agent * size + visits.pair_seller, name)
    looked = np.bincount(visits.pair, minlength=pairs)[pair]
    share = np.minimum(floats(table["visits"]) / np.maximum(looked, 1), 1.0)
    usual = np.minimum(floats(table["buyers"]) / np.maximum(floats(table["customers"]), 1.0), 1.0)
    ratio = xlogy(share, share / usual) + xlogy(1 - share, (1 - share) / np.maximum(1 - usual, 1e-9))
    gain = np.where(share > usual, looked * ratio, 0.0) - np.log(floats(table["products"]))
    most = np.zeros(pairs)
    np.maximum.at(most, pair, gain)
    return -most
