"""One recipe or two: buyers that ties join are divided, and groups that no tie joins are joined, by how they claim.

Each group's claims are drawn from habits of its own: what they claim for and how, in which weeks, with which tools and
texts. Groups are joined as long as one set of habits explains them better than two (the marginal likelihood of a
Dirichlet-multinomial; Heller & Ghahramani, "Bayesian hierarchical clustering", ICML 2005).
"""

import numpy as np
from scipy.special import gammaln

from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.methods import Traits
from floorwalker.detectors.refunds.ties import Tie
from floorwalker.graph.slots import DAY, Floats, Ints, Longs
from floorwalker.graph.truss import communities

FORTNIGHT = 14 * DAY
HABIT = 4.0
"""A group's habits begin as so many claims of the market's."""
COPIED, OWN = 1.0, 5.0
PARTED = 3.0
LONGEST = 120 * DAY
"""One group's claims come in so long."""
LARGEST = 400
"""A network of more buyers is first cut into its densely joined parts."""


def by_recipe(claims: Claims, traits: Traits, ties: list[Tie]) -> list[Ints]:
    """The buyers of ties that hang together, divided into groups of one recipe each; codes, ascending."""
    buyers = np.unique(np.concatenate([tie.buyers for tie in ties]))
    if len(buyers) > LARGEST:
        parts = _communities(ties, buyers)
        return [group for part in parts for group in by_recipe(claims, traits, part)] if len(parts) > 1 else [buyers]
    rows = np.unique(np.concatenate([tie.rows for tie in ties]))
    rows = rows[np.isin(claims.buyer[rows], buyers)]
    owner = np.searchsorted(buyers, claims.buyer[rows])
    blocks = _habits(claims, traits, rows, owner, len(buyers))
    held = np.stack([np.isin(buyers, tie.buyers).astype(float) for tie in ties], axis=1)
    times = _times(claims, rows, owner, len(buyers))
    label = _joined(blocks, held, np.array([_worth(tie) for tie in ties]), PARTED, times)
    return [buyers[label == one] for one in np.unique(label)]


def _communities(ties: list[Tie], buyers: Ints) -> list[list[Tie]]:
    """The ties of a large network by the densely joined parts of it in which most of their holders are."""
    who = np.concatenate([np.searchsorted(buyers, tie.buyers) for tie in ties])
    what = np.repeat(np.arange(len(ties)), [len(tie.buyers) for tie in ties]) + len(buyers)
    nodes = len(buyers) + len(ties)
    found = communities(who.astype(np.int32), what.astype(np.int32), np.ones(len(who), dtype=np.int32), nodes)
    part = np.zeros(nodes, dtype=np.int64)
    for number, members in enumerate(found):
        part[members] = number
    of_tie = part[len(buyers) :]
    return [[ties[k] for k in np.flatnonzero(of_tie == one)] for one in np.unique(of_tie)]


def joined(claims: Claims, traits: Traits, groups: list[Longs]) -> Ints:
    """Groups, given by the rows of their claims, that one recipe explains better than two: a label for each."""
    if not 1 < len(groups) <= LARGEST:
        return np.arange(len(groups), dtype=np.int32)
    rows = np.concatenate(groups)
    owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    blocks = _habits(claims, traits, rows, owner, len(groups))
    times = _times(claims, rows, owner, len(groups))
    return _joined(blocks, np.zeros((len(groups), 0)), np.zeros(0), 0.0, times)


def _worth(tie: Tie) -> float:
    """Nats for each holder, that two groups that hold it are one. Scripts are handed on, tools less so."""
    return COPIED if tie.kind == "script" else min(-tie.log_p / max(len(tie.buyers) - 1, 1), OWN)


def _habits(claims: Claims, traits: Traits, rows: Longs, owner: Longs, size: int) -> list[tuple[Floats, Floats]]:
    """For each trait, and for the fortnight: how often each owner has each value, and the habit of all owners.

    What all of them have in common, as dear goods, joins no two of them.
    """
    fortnight = (claims.requested - claims.requested.min()) // FORTNIGHT
    blocks = []
    for value in (*traits.value, fortnight):
        kept, code = np.unique(value[rows], return_inverse=True)
        counts = np.zeros((size, len(kept)))
        np.add.at(counts, (owner, code), 1.0)
        blocks.append((counts, HABIT * counts.sum(axis=0) / len(rows)))
    return blocks


def _times(claims: Claims, rows: Longs, owner: Longs, size: int) -> Longs:
    """When each owner first and last claimed, (2, owners)."""
    first, last = np.full(size, np.iinfo(np.int64).max // 4), np.full(size, np.iinfo(np.int64).min // 4)
    np.minimum.at(first, owner, claims.requested[rows])
    np.maximum.at(last, owner, claims.requested[rows])
    return np.stack((first, last))


def _joined(blocks: list[tuple[Floats, Floats]], held: Floats, worth: Floats, parted: float, times: Longs) -> Ints:
    """Greedy: the two groups that gain most by being one are made one, until none gain.

    held: (groups, ties) how many of each group hold each tie; worth: (ties,) nats. parted: nats by
    which one group is likelier than two beforehand. times: (2, groups), the first and the last claim of each.
    """
    counts, held = [one.copy() for one, _ in blocks], held.copy()
    prior = [habit for _, habit in blocks]
    size = len(held)
    label = np.arange(size, dtype=np.int32)
    alive = np.ones(size, dtype=bool)
    alone = _likelihood(counts, prior)
    first_of, last_of = times

    def gains(k: int) -> Floats:
        together = _likelihood([block + block[k] for block in counts], prior)
        shared = np.minimum(held, held[k]) @ worth
        span = np.maximum(last_of, last_of[k]) - np.minimum(first_of, first_of[k])
        gain = np.where(alive & (span <= LONGEST), together - alone - alone[k] + shared + parted, -np.inf)
        gain[k] = -np.inf
        return gain

    gain = np.stack([gains(k) for k in range(size)])
    while True:
        best = int(np.argmax(np.round(gain, 9)))
        first, second = sorted((best // size, best % size))
        if not gain[first, second] > 0:
            return label
        for block in (*counts, held):
            block[first] += block[second]
        alive[second] = False
        first_of[first], last_of[first] = min(first_of[first], first_of[second]), max(last_of[first], last_of[second])
        gain[second], gain[:, second] = -np.inf, -np.inf
        label[label == second] = first
        alone[first] = _likelihood([block[first : first + 1] for block in counts], prior)[0]
        gain[first] = gains(first)
        gain[:, first] = gain[first]


def _likelihood(counts: list[Floats], prior: list[Floats]) -> Floats:
    """Log marginal likelihood of each row of counts, all traits together."""
    total = np.zeros(len(counts[0]))
    for block, habit in zip(counts, prior, strict=True):
        total += (gammaln(block + habit) - gammaln(habit)).sum(axis=1)
        total += gammaln(habit.sum()) - gammaln(habit.sum() + block.sum(axis=1))
    return total
