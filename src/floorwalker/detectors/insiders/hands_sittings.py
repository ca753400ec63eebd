"""Sittings: the acts of an account at one place within half an hour of each other, and when they lie."""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.insiders.hands_acts import GAP, Stints
from floorwalker.detectors.insiders.hands_places import Places
from floorwalker.graph.slots import Bools, Floats, Longs


@dataclass(frozen=True, slots=True)
class Sittings:
    """Acts of one group within half an hour of each other. Arrays (n,), by (group, time)."""

    group: Longs
    began: Longs
    ended: Longs
    acts: Longs
    unexplained: Longs


def find_sittings(stints: Stints, places: Places) -> Sittings:
    """The sittings of every group."""
    order = np.lexsort((stints.ended, stints.began, places.group))
    group, began, ended = places.group[order], stints.began[order], stints.ended[order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (group[1:] != group[:-1]) | (began[1:] - ended[:-1] > GAP)
    at = np.flatnonzero(starts)
    if not len(at):
        return Sittings(group, began, ended, stints.acts, stints.unexplained)
    acts, unexplained = (np.add.reduceat(v[order], at) for v in (stints.acts, stints.unexplained))
    return Sittings(group[at], began[at], np.maximum.reduceat(ended, at), acts, unexplained)


def at_once(sittings: Sittings, places: Places) -> Bools:
    """By group: whether one of its sittings lies across one at the account's home."""
    home, away = places.home[sittings.group], ~places.home[sittings.group]
    span = int(sittings.ended.max(initial=0)) + GAP
    owner = places.staff[sittings.group] * span
    order = np.flatnonzero(home)[np.argsort((owner + sittings.began)[home], kind="stable")]
    found = np.zeros(len(places.staff), dtype=bool)
    if not len(order):
        return found
    rows = np.flatnonzero(away)
    before = np.searchsorted((owner + sittings.began)[order], (owner + sittings.ended)[rows], side="right") - 1
    last = order[np.maximum(before, 0)]
    across = (before >= 0) & (owner[last] == owner[rows]) & (sittings.ended[last] >= sittings.began[rows])
    found[sittings.group[rows[across]]] = True
    return found


def odd_hours(sittings: Sittings, places: Places, accounts: int) -> Bools:
    """By group: whether most of its sittings lie at hours when the account hardly ever is at work at home.

    Hours are of the day, and one hour to either side counts; hardly ever is in one sitting of fifty.
    """
    hour, staff = sittings.began // 3600 % 24, places.staff[sittings.group]
    own = places.home[sittings.group]
    usual: Floats = np.zeros((accounts, 24))
    for shift in (-1, 0, 1):
        np.add.at(usual, (staff[own], (hour[own] + shift) % 24), 1.0)
    total = np.maximum(np.bincount(staff[own], minlength=accounts), 1)
    odd = usual[staff, hour] <= np.maximum(total[staff] / 50, 0.5)
    size = len(places.staff)
    return np.bincount(sittings.group, weights=odd, minlength=size) * 2 > np.bincount(sittings.group, minlength=size)
