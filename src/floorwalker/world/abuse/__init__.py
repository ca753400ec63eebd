"""Abuse, one file per scheme. The first schemes leave clients whom the later ones may serve as well."""

from floorwalker.world.abuse import (
    aftermath,
    ban_evasion,
    insider_data,
    insider_refunds,
    insider_reinstate,
    insider_reviews,
    refund_abuse,
    refund_gang,
    review_ring,
    review_sabotage,
    solicitation,
    staff_takeover,
)
from floorwalker.world.market import Market

_SCHEMES = (
    review_ring,
    review_sabotage,
    insider_reviews,
    insider_reinstate,
    insider_data,
    insider_refunds,
    staff_takeover,
    refund_gang,
    refund_abuse,
    ban_evasion,
    solicitation,
    aftermath,
)


def commit(market: Market) -> None:
    """Let every scheme happen in the market."""
    for scheme in _SCHEMES:
        scheme.run(market)
