"""Staff accounts used from a strange device and a strange network, for work that no table explains.

What an account's own devices and networks are, its explained work says (`hands_places`): a new laptop, a journey and a
desk at home are tied to the rest by the tickets that are answered from there. What is not tied so is a strange place.
The e-value is the likelihood ratio of one strange place more, with somebody else at work in it, to the places that the
other accounts meet (`hands_evidence`): how often a device and a network are strange together, how unlike the account's
other work it is, and whether the account was at its usual place in the same minutes. One of these alone never lists.

Known weaknesses. Whoever works at the owner's own device is not to be told from the owner, and who uses the owner's
device elsewhere hardly from a journey. An account that was strange from its first days has no owner to compare with. A
stranger who answers tickets looks like the owner, one who stays for longer than six weeks like the owner's telephone. A
network from which five accounts or more are used counts as the house's, even if it is one stranger's. An agent who does
work without tickets on a spare computer elsewhere looks like a stranger. p-values are 1 / e, so
they are conservative.
References: Ramdas, Gruenwald, Vovk & Shafer 2023 (e-values), Statistical Science 38; Daley & Vere-Jones 2003, ch. 7.
"""

from datetime import datetime, timedelta

import numpy as np

from floorwalker.detectors.insiders.explanations import EXPLAINING
from floorwalker.detectors.insiders.hands_acts import HANDS_ACTS, HANDS_CITED, HANDS_STINTS, Stints, first_of
from floorwalker.detectors.insiders.hands_content import WEEK
from floorwalker.detectors.insiders.hands_evidence import weigh
from floorwalker.detectors.insiders.hands_places import FOREVER, find_places
from floorwalker.detectors.insiders.hands_sittings import find_sittings
from floorwalker.detectors.insiders.hands_words import tell
from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Rows

EXPLAIN = {
    "insider": (
        "On {days} within {span} the account was used from {place}: {acts}, of which {unexplained} have no "
        "explanation in the tables; elsewhere it is {own}. By the other accounts {expected} such places were to be "
        "expected of it, and {errand} honest places are used for other work than the owner's.{signs}"
    ),
}


def measure(rows: Rows) -> Measured:
    """One likelihood ratio for each account that was used for long enough that a place could be strange to it."""
    stints = Stints(rows)
    places = find_places(stints)
    sittings = find_sittings(stints, places)
    first, _ = first_of(stints.staff, (stints.began - stints.began.min(initial=FOREVER)) // WEEK)
    weeks = np.bincount(stints.staff[first], minlength=len(stints.staff_ids))
    found = weigh(sittings, places, stints.duty, weeks)
    return tell(rows, stints, places, found, weeks, EXPLAIN)


def _example(stranger: bool) -> dict[str, str]:
    """Sixty agents, some with a second network; one is away with a spare laptop for a week, or is not himself."""
    start, rng = datetime(2025, 1, 6), np.random.default_rng(11)
    acts = ["action_id,staff_id,at,action,object_kind,object_id,ticket_id,device,ip"]
    tickets = ["ticket_id,opened_at,subject_kind,subject_id,assigned_to,assigned_by,closed_at"]

    def act(agent: int, at: datetime, place: tuple[str, str], explained: bool) -> None:
        n = len(acts)
        acts.append(f"x{n},agent{agent},{at:%Y-%m-%dT%H:%M:%S}Z,view_customer,account,c{n},,{place[0]},{place[1]}")
        if explained:
            opened, closed = at - timedelta(minutes=9), at + timedelta(minutes=5)
            tickets.append(
                f"t{n},{opened:%Y-%m-%dT%H:%M:%S}Z,account,c{n},agent{agent},router,{closed:%Y-%m-%dT%H:%M:%S}Z"
            )

    for agent in range(60):
        for day in range(0, 84, 2):
            home = agent % 3 == 0 and day % 4 == 0
            place = f"d{agent}", f"84.7.{agent}.9" if home else "198.51.100.7"
            for k in range(6):
                act(agent, start + timedelta(days=day, hours=9 + agent % 8, minutes=4 * k), place, rng.random() > 0.03)
    for k in range(90):
        at = start + timedelta(days=41 + 2 * (k // 30), hours=13, minutes=2 * (k % 30))
        act(7, at, ("d900", f"45.9.3.{k % 9}"), not stranger)
    return {"staff_actions": "\n".join(acts) + "\n", "tickets": "\n".join(tickets) + "\n"}


STRANGE_HANDS = Detector(
    name="insiders.strange_hands",
    family="insiders",
    scheme="staff_takeover",
    question="Which staff accounts were used by somebody other than their owner?",
    null=(
        "An account meets strange devices and networks at a rate drawn from the gamma distribution of the other "
        "accounts, fitted without it; what is done from there varies as the account's weeks at its own places do, or "
        "is something else as seldom as at the doubtless places of others; and signs come as often as at theirs."
    ),
    explain=EXPLAIN,
    weaknesses=(
        "a stranger at the owner's own device cannot be told from the owner, elsewhere hardly from a journey",
        "an account that was in strange hands from its first days has no owner to compare with",
        "a stranger who answers the owner's tickets looks like the owner",
        "a stranger who stays for longer than six weeks cannot be told from the owner's telephone",
        "a network from which five accounts are used counts as the house's",
        "an agent who works without tickets on a spare computer elsewhere looks like a stranger",
    ),
    needs={"staff_actions": ("action_id", "staff_id", "at", "action", "object_kind", "object_id", "device", "ip")},
    steps=(*EXPLAINING, HANDS_ACTS, HANDS_STINTS, HANDS_CITED),
    measure=measure,
    fires=_example(stranger=True),
    stays_quiet=_example(stranger=False),
)
