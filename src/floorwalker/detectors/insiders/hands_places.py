"""Which devices and networks are an account's own, and which hang together without being so.

An account's own are the device and the network of most of its days, those that the house uses, and whatever is tied to
them by explained work on two days: a new laptop in the usual office, the usual laptop on a journey. What is left falls
into strange places: devices and networks that were met together, and with none of the own but in passing.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from floorwalker.detectors.insiders.hands_acts import Stints, first_of
from floorwalker.graph.slots import DAY, Bools, Longs

HOUSE = 4
"""A device or network that so many other accounts use is the house's."""
TIED_DAYS = 2
SETTLED = 5
"""Days that an account must have been used elsewhere before a place can be strange to it."""
BRIEF = 45 * DAY
FOREVER = 1 << 35
LIVES = ("brief", "beside", "after")
KINDS = ("device", "network", "both")
DEVICE, NETWORK, BOTH = range(3)
BESIDE, AFTER = 1, 2


@dataclass(frozen=True, slots=True)
class Places:
    """Groups of stints of one account: its home, its other own places, and its strange ones.

    group: (stints,) code. By group: staff; home; strange; kind, a code of KINDS; life, of LIVES: over within six
    weeks while the account goes on elsewhere, longer beside its other places, or in their stead; began, ended: s.
    By account: settled, whether it was used at its own places for long enough that another could be strange to it.
    """

    group: Longs
    staff: Longs
    home: Bools
    strange: Bools
    kind: Longs
    life: Longs
    began: Longs
    ended: Longs
    settled: Bools


def find_places(stints: Stints) -> Places:
    """Divide the stints of every account."""
    device, devices = _nodes(stints.staff, stints.device)
    network, networks = _nodes(stints.staff, stints.network)
    own_device, own_network = _owned(stints, (device, devices), (network, networks))
    new_device, new_network = ~own_device[device], ~own_network[network]
    top = _top(stints, device, devices)[device], _top(stints, network, networks)[network]
    group = _groups(device, network, new_device, new_network, top, len(devices), len(networks))
    code = np.unique(group, return_inverse=True)[1].astype(np.int64)
    return _described(stints, code, new_device, new_network, top[0] & top[1])


def _nodes(staff: Longs, name: Longs) -> tuple[Longs, Longs]:
    """The code of each account's device (or network), and a stint of each."""
    first, code = first_of(staff, name)
    return code, first


def _days(stints: Stints, *keys: Longs) -> tuple[Longs, Longs]:
    """By combination of keys: a stint of it, and on how many days it was met."""
    day, _ = first_of(*keys, stints.began // DAY)
    first, code = first_of(*keys)
    return first, np.bincount(code[day], minlength=len(first))


def _top(stints: Stints, node: Longs, first: Longs) -> Bools:
    """By node: whether it is the one of most days of its account; unknown names count with it."""
    _, days = _days(stints, node)
    owner, name = stints.staff[first], node[first]
    order = np.lexsort((stints.began[first], -days, owner))
    best = np.ones(len(order), dtype=bool)
    best[1:] = owner[order][1:] != owner[order][:-1]
    top = np.zeros(len(first), dtype=bool)
    top[name[order][best]] = True
    return top


def _owned(stints: Stints, devices: tuple[Longs, Longs], networks: tuple[Longs, Longs]) -> tuple[Bools, Bools]:
    """By device and by network of an account: whether it is one of its own."""
    own = []
    for (node, first), name in ((devices, stints.device), (networks, stints.network)):
        used = np.bincount(name[first] + 1)[name[first] + 1]
        own.append(_top(stints, node, first) | (used > HOUSE) | (name[first] < 0))
    first, place = first_of(devices[0], networks[0])
    day_first, day = first_of(place, stints.began // DAY)
    plain = np.bincount(day, weights=stints.acts - 2 * stints.unexplained) > 0
    tied = np.bincount(place[day_first], weights=plain, minlength=len(first)) >= TIED_DAYS
    one, two = devices[0][first[tied]], networks[0][first[tied]]
    while True:
        linked = own[0][one] | own[1][two]
        if bool(np.all(own[0][one[linked]] & own[1][two[linked]])):
            return own[0], own[1]
        own[0][one[linked]] = True
        own[1][two[linked]] = True


def _groups(
    device: Longs, network: Longs, new_device: Bools, new_network: Bools, top: tuple[Bools, Bools], n: int, m: int
) -> Longs:
    """A name for each stint's group: what hangs together by strange names; else by what is not of most days."""
    both = new_device & new_network
    ends = device[both], network[both] + n
    _, part = connected_components(coo_array((np.ones(len(ends[0])), ends), shape=(n + m, n + m)), directed=False)
    strange = np.where(new_device, part[device], part[network + n])
    known = np.where(~top[1], network + n, device)
    return np.where(new_device | new_network, n + m + strange, known).astype(np.int64)


def _described(stints: Stints, group: Longs, new_device: Bools, new_network: Bools, home: Bools) -> Places:
    size = int(group.max(initial=-1)) + 1
    count = [
        np.bincount(group, weights=stints.acts * mark, minlength=size)
        for mark in (new_device & new_network, new_device, new_network, home, np.ones(len(group), dtype=bool))
    ]
    first = np.unique(group, return_index=True)[1]
    staff = stints.staff[first].astype(np.int64)
    began, ended = stints.began[first].copy(), stints.ended[first].copy()
    np.minimum.at(began, group, stints.began)
    np.maximum.at(ended, group, stints.ended)
    odd, everybody = new_device | new_network, np.arange(len(stints.staff_ids))
    strange = (count[1] + count[2] > 0) & (_days_before(stints, odd, staff, began) >= SETTLED)
    kind = np.where(count[0] * 3 >= count[4], BOTH, np.where(count[2] > count[1], NETWORK, DEVICE))
    last = _last_elsewhere(stints, odd, len(everybody))[staff]
    brief = (ended - began <= BRIEF) & (2 * last > began + ended)
    life = np.where(last <= began, AFTER, np.where(brief, 0, BESIDE))
    settled = _days_before(stints, odd, everybody, np.full(len(everybody), FOREVER)) >= SETTLED
    return Places(group, staff, count[3] > 0, strange, kind, life, began, ended, settled)


def _last_elsewhere(stints: Stints, odd: Bools, accounts: int) -> Longs:
    """By account: when it was last used at a place of its own."""
    last = np.full(accounts, np.iinfo(np.int64).min)
    np.maximum.at(last, stints.staff[~odd], stints.ended[~odd])
    return last


def _days_before(stints: Stints, odd: Bools, staff: Longs, at: Longs) -> Longs:
    """On how many days each account was used at its own places before a time."""
    rows = np.flatnonzero(~odd)
    day, _ = first_of(stints.staff[rows], stints.began[rows] // DAY)
    span = FOREVER // DAY + 1
    ordered = np.sort(stints.staff[rows][day].astype(np.int64) * span + stints.began[rows][day] // DAY)
    low, high = np.searchsorted(ordered, staff * span), np.searchsorted(ordered, staff * span + at // DAY)
    return np.asarray(high - low, dtype=np.int64)
