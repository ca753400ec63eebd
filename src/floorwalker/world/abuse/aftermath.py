"""What the marketplace found out by itself: a small part, late."""

import numpy as np

from floorwalker.contract.words import ROLES
from floorwalker.world.calendar import DAY, END
from floorwalker.world.draw import chance, whole
from floorwalker.world.market import Market
from floorwalker.world.tables import KINDS, code

_FOUND = np.array([0.18, 0.08, 0.03])  # by care taken


def run(market: Market) -> None:
    """Label some of the guilty, months after they began."""
    rng = market.rng("aftermath")
    truth = market["truth"]
    innocent = np.isin(truth["role"], [ROLES.index("victim")])
    people = np.isin(truth["subject_kind"], [KINDS.index("account"), KINDS.index("staff")])
    found = np.flatnonzero(~innocent & people & chance(rng, _FOUND[truth["stealth"]], truth.rows))
    at = truth["started_at"][found] + whole(rng.uniform(50, 260, len(found)) * DAY)
    found, at = found[at < END], at[at < END]
    market["labels"].add(
        len(found),
        subject_kind=truth["subject_kind"][found],
        subject_id=truth["subject_id"][found],
        label=code("labels.label", "abusive"),
        at=at,
        scheme=truth["scheme"][found],
        source=np.where(chance(rng, 0.8, len(found)), 0, 2),
    )
