"""Whether a seller writes to customers soon after they were looked at, more than to its other customers.

A customer not looked at is written to in each fortnight after an order at the seller's own rate; a look may come at any
time after an order, so the rates of the two fortnights that it touches are added.
"""

import math

import numpy as np
from scipy.special import logsumexp

from floorwalker.detectors.insiders.lookup_columns import codes, floats, whole
from floorwalker.detectors.insiders.lookup_visits import Visits
from floorwalker.detectors.record import Rows
from floorwalker.graph.slots import DAY, Bools, Floats

SPANS = 3
BORROWED = 20.0
"""So many orders at everybody's rate are added to the seller's own."""
RAREST, SUREST = 0.02, 0.9
WRITES = (0.15, 0.4, 0.8)
HALF = 0.5
"""Half of those who pay for addresses are taken to write elsewhere, or not at all."""
CONTACT = math.log(100)


def read_contact(rows: Rows, visits: Visits) -> tuple[Bools, Floats, Floats]:
    """(m,) whether the seller wrote after each hit; (m,) its usual chance; (pairs,) logs of what that says."""
    wrote = rows("lookup_written", by=("visit", "seller_id"))
    size = max(len(visits.sellers), 1)
    after = (whole(wrote["visit"]) - 1) * size + codes(wrote["seller_id"], visits.sellers)
    seller = visits.pair_seller[visits.pair]
    written = np.isin(visits.visit * size + seller, after)
    table = rows("lookup_compared", by=("seller_id", "span"))
    bought, messages = np.zeros(len(visits.sellers)), np.zeros((len(visits.sellers), SPANS + 1))
    place = codes(table["seller_id"], visits.sellers)
    bought[place] = floats(table["bought"])
    np.add.at(messages, (place, whole(table["span"])), floats(table["wrote"]))
    messages[:, SPANS] = messages[:, SPANS - 1]
    everybody = messages.sum(axis=0) / max(bought.sum(), 1.0)
    rate = (messages + BORROWED * everybody) / (bought + BORROWED)[:, None]
    span = np.minimum(visits.since // (14 * DAY), SPANS - 1)
    usual = np.clip(rate[seller, span] + rate[seller, span + 1], RAREST, SUREST)
    pairs = len(visits.pair_agent)
    if not messages.any() and not written.any():
        return written, usual, np.zeros(pairs)
    told = []
    for writes in WRITES:
        chance = np.maximum(writes, usual)
        each = np.where(written, np.log(chance / usual), np.log((1 - chance) / (1 - usual)))
        told.append(np.bincount(visits.pair, weights=each, minlength=pairs))
    writing = logsumexp(told, axis=0) - math.log(len(WRITES)) if pairs else np.zeros(0)
    mixed = np.logaddexp(math.log(1 - HALF), math.log(HALF) + writing)
    return written, usual, np.asarray(np.minimum(mixed, CONTACT), dtype=np.float64)
