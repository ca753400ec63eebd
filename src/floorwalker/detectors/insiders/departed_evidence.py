"""Accounts that act after their people left: how often that happens, what is done, and from where.

Innocent: so many of the people who left act so late as the others do (of those whose end was entered on the same day,
if that is more: a batch with a wrong date goes on acting together); what is done varies as the account's own weeks do,
or is something else as seldom as a month of any account; and a place that is new is seldom. Guilty: somebody else uses
the account, and does what no table explains. What says nothing of the work says nothing: whoever goes on with explained
work, or does what the account always did, has an end date that is wrong, or a job under his name.
"""

from dataclasses import dataclass

import numpy as np

from floorwalker.detectors.insiders.hands_acts import Stints, first_of
from floorwalker.detectors.insiders.hands_content import errands, weigh_content, with_errands
from floorwalker.detectors.insiders.hands_places import Places
from floorwalker.detectors.insiders.hands_sittings import find_sittings
from floorwalker.graph.slots import DAY, Bools, Floats, Longs

GRACE = 2 * DAY
"""Time zones, a last evening and a hand-over are no late acts."""
MONTH = 28 * DAY
BATCH = 2
"""So many others whose end was entered on the same day make a batch."""
LATE, NEW, SELDOM = 0.5, 0.7, 0.1
"""A stranger acts after the end that often, and from a new place; honest late acts seldom come from one."""


@dataclass(frozen=True, slots=True)
class Left:
    """What the accounts of people who left did after it.

    By account: left, whether its end is known; late, stints that began after the grace; rate, how often others act so
    late; new, whether most late acts come from devices or networks of none of its days before; content and log_e, log
    likelihood ratios; days, acts, unexplained: counts after the grace; after: days from the end to the last act.
    """

    left: Bools
    late: Bools
    rate: Floats
    new: Bools
    content: Floats
    log_e: Floats
    days: Longs
    acts: Longs
    unexplained: Longs
    after: Longs


def weigh_departed(stints: Stints, ended: Longs) -> Left:
    """Judge every account. ended: by account, s, -1 where nobody left."""
    left = ended >= 0
    stint_late = left[stints.staff] & (stints.began > ended[stints.staff] + GRACE)
    accounts = len(ended)
    late = _counted(stints.staff, stint_late, accounts) > 0
    rate = _rates(left, late, ended // DAY)
    content = _content(stints, stint_late, accounts)
    new, told = _new(stints, stint_late, accounts)
    place = np.where(~told, 0.0, np.where(new, np.log(NEW / SELDOM), np.log((1 - NEW) / (1 - SELDOM))))
    log_e = np.where(late, np.log(LATE / rate) + content + place, np.log((1 - LATE) / (1 - rate)))
    log_e = np.where(late & (content <= 0), np.minimum(log_e, 0.0), log_e)
    day, _ = first_of(stints.staff, stints.began // DAY, stint_late.astype(np.int64))
    day = day[stint_late[day]]
    after = np.zeros(accounts, dtype=np.int64)
    np.maximum.at(after, stints.staff[stint_late], (stints.ended - ended[stints.staff])[stint_late] // DAY)
    return Left(
        left,
        late,
        rate,
        new,
        content,
        log_e,
        np.bincount(stints.staff[day], minlength=accounts),
        _counted(stints.staff, stints.acts * stint_late, accounts),
        _counted(stints.staff, stints.unexplained * stint_late, accounts),
        after,
    )


def _counted(staff: Longs, weight: Longs | Bools, accounts: int) -> Longs:
    return np.bincount(staff, weights=weight, minlength=accounts).astype(np.int64)


def _rates(left: Bools, late: Bools, day: Longs) -> Floats:
    """By account: the share of the others who left that act late, half a one more being added."""
    everybody = (late.sum() - late + 0.5) / (np.maximum(left.sum() - left, 0) + 1)
    _, batch = np.unique(np.where(left, day, -1), return_inverse=True)
    others = np.bincount(batch, weights=left)[batch] - left
    so_too = np.bincount(batch, weights=late)[batch] - late
    return np.asarray(np.where(others >= BATCH, np.maximum(everybody, (so_too + 0.5) / (others + 1)), everybody))


def _content(stints: Stints, late: Bools, accounts: int) -> Floats:
    """By account: the log likelihood ratio of what it did late, against its other months; 0 where there is nothing."""
    month = np.where(late, -1, (stints.began - stints.began.min(initial=0 if not len(stints) else 1 << 40)) // MONTH)
    first, group = first_of(stints.staff, month)
    staff, is_late = stints.staff[first], late[first]
    size, none = len(first), np.zeros(len(first), dtype=np.int64)
    months = Places(group, staff, ~is_late, is_late, none, none, none, none, np.zeros(accounts, dtype=bool))
    ratio = weigh_content(find_sittings(stints, months), months, stints.duty).ratio
    ratio = with_errands(ratio, errands(ratio, ~is_late, staff)) if size else ratio
    content = np.zeros(accounts)
    content[staff[is_late]] = ratio[is_late]
    return content


def _new(stints: Stints, late: Bools, accounts: int) -> tuple[Bools, Bools]:
    """By account: whether most late acts come from a new device or network; and whether that is known at all."""
    new, told = np.zeros(len(stints), dtype=bool), np.zeros(len(stints), dtype=bool)
    for name in (stints.device, stints.network):
        _, place = first_of(stints.staff, name)
        before = np.bincount(place, weights=~late) > 0
        known = name >= 0
        new |= known & ~before[place]
        told |= known
    acts = stints.acts * late
    odd, all_ = _counted(stints.staff, acts * new, accounts), _counted(stints.staff, acts * told, accounts)
    return 2 * odd > np.maximum(all_, 1), all_ > 0
