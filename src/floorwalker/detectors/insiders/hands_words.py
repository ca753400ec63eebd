"""From verdicts on accounts and places to findings: words and cited rows."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.insiders.hands_acts import MOST_CITED, Stints, known, networks
from floorwalker.detectors.insiders.hands_evidence import Verdicts
from floorwalker.detectors.insiders.hands_places import BOTH, NETWORK, Places
from floorwalker.detectors.measured import Counter, Finding, Measured, assess
from floorwalker.detectors.record import Rows
from floorwalker.graph.slots import DAY, Floats, Longs

WORTH_WORDS = np.log(100.0)
TRUST = np.log(1e8)
BORROWED = Counter("A spare or private computer on a journey looks the same, if it is used for other work.", 0.0)
UNNAMED = Counter(
    "Work without a ticket, as a project, a lesson or a test is, leaves no explanation in the tables.", 0.0
)
SAME_DAYS = Counter("A desk and a telephone, or two windows and a switched network, can be used by one person.", 0.0)


class Acts:
    """Unexplained acts by account, device and network, to be cited."""

    def __init__(self, rows: Rows, stints: Stints) -> None:
        """Read them, by the codes of the stints."""
        table = rows("hands_cited", by=("staff_id", "second", "action_id"))
        self.action = table["action_id"]
        self.second = table["second"].to_numpy()
        self.staff = _codes(table["staff_id"].to_pylist(), stints.staff_ids.to_pylist())
        device, device_names = known(table["device"])
        network, network_names = networks(table["ip"])
        self.device = _renamed(device, device_names, stints.device_names)
        self.network = _renamed(network, network_names, stints.network_names)

    def cited(self, stints: Stints, chosen: Longs) -> list[tuple[str, str]]:
        """The first unexplained acts at the places, and in the time, of chosen stints of one account."""
        place = set(zip(stints.device[chosen].tolist(), stints.network[chosen].tolist(), strict=True))
        low, high = stints.began[chosen].min(), stints.ended[chosen].max()
        rows = np.flatnonzero((self.staff == stints.staff[chosen[0]]) & (self.second >= low) & (self.second <= high))
        met = [int(r) for r in rows if (int(self.device[r]), int(self.network[r])) in place][:MOST_CITED]
        return [("staff_actions", self.action[r].as_py()) for r in met]


def _codes(names: list[str], by_code: list[str]) -> Longs:
    place = {name: k for k, name in enumerate(by_code)}
    return np.array([place[name] for name in names], dtype=np.int64)


def _renamed(code: Longs, names: list[str], other: list[str]) -> Longs:
    place = {name: k for k, name in enumerate(other)}
    to = np.array([place.get(name, -1) for name in names], dtype=np.int64)
    return np.where(code < 0, -1, to[np.maximum(code, 0)]) if len(to) else code


def tell(
    rows: Rows, stints: Stints, places: Places, found: Verdicts, weeks: Longs, explain: Mapping[str, str]
) -> Measured:
    """Every account that was used for long enough that a place could be strange to it."""
    asked = np.flatnonzero(found.asked)
    best = _best(places, found, len(found.asked))
    worth = [int(a) for a in asked if found.log_e[a] > WORTH_WORDS]
    told: dict[int, Finding] = {}
    if worth:
        acts = Acts(rows, stints)
        for account in worth:
            chosen = np.flatnonzero(places.group == best[account])
            place = int(np.searchsorted(asked, account))
            told[place] = _finding(stints, places, found, acts, chosen, explain["insider"])
    return Measured(
        assess(
            "staff",
            "insider",
            stints.staff_ids.take(pa.array(asked)),
            -np.maximum(found.log_e[asked], 0.0),
            effect=_shares(stints, places, best)[asked],
            log_e=found.log_e[asked],
            surprise=np.maximum(found.log_e[asked], 0.0),
            trust=float(TRUST),
            findings=told,
        )
    )


def _best(places: Places, found: Verdicts, accounts: int) -> Longs:
    """By account: its strange place that says most, -1 where it has none."""
    best = np.full(accounts, -1, dtype=np.int64)
    strange = np.flatnonzero(places.strange)
    order = strange[np.lexsort((strange, np.round(found.term[strange], 9)))]
    best[places.staff[order]] = order
    return best


def _shares(stints: Stints, places: Places, best: Longs) -> Floats:
    """By account: the share of the acts at its strangest place that nothing explains."""
    acts, odd = (np.bincount(places.group, weights=w) for w in (stints.acts, stints.unexplained))
    return np.asarray(np.where(best < 0, 0.0, odd[best] / np.maximum(acts[best], 1)), dtype=np.float64)


def _finding(stints: Stints, places: Places, found: Verdicts, acts: Acts, chosen: Longs, sentence: str) -> Finding:
    group = int(places.group[chosen[0]])
    rest = np.flatnonzero((stints.staff == stints.staff[chosen[0]]) & (places.group != group))
    odd, all_, own, others = (
        int(v) for v in (
            stints.unexplained[chosen].sum(), stints.acts[chosen].sum(),
            stints.unexplained[rest].sum(), stints.acts[rest].sum(),
        )
    )  # fmt: skip
    days = len(np.unique(stints.began[chosen] // DAY))
    words = {
        "days": counted(days, "day"),
        "span": counted(int(places.ended[group] // DAY - places.began[group] // DAY) + 1, "day"),
        "place": _place(stints, chosen, int(places.kind[group])),
        "acts": counted(all_, "act"),
        "unexplained": f"{odd:,}",
        "own": f"{own:,} of {others:,}",
        "expected": significant(float(found.expected[group])),
        "errand": one_in(float(np.log(found.errand[group]))),
        "signs": _signs(found, group),
    }
    counter = [BORROWED, UNNAMED, *([SAME_DAYS] if found.once[group] else [])]
    return Finding(sentence.format(**words), acts.cited(stints, chosen), counter)


def _signs(found: Verdicts, group: int) -> str:
    said = []
    if found.once[group]:
        said.append("The account was used there and at its usual place within the same minutes.")
    if found.odd[group]:
        said.append("Most of it lies at hours when the account is hardly ever used.")
    return "".join(f" {text}" for text in said)


def _place(stints: Stints, chosen: Longs, kind: int) -> str:
    devices = [stints.device_names[d] for d in np.unique(stints.device[chosen]) if d >= 0]
    networks = [stints.network_names[n] for n in np.unique(stints.network[chosen]) if n >= 0]
    device, network = _listed("device", devices), _listed("network", networks)
    if kind == BOTH:
        return f"{device} and {network}, neither of which it otherwise uses"
    return f"{network}, which it does not otherwise use" if kind == NETWORK else f"{device}, which is not its usual one"


def _listed(noun: str, names: list[str]) -> str:
    return f"{noun} {names[0]}" if len(names) == 1 else f"{len(names)} {noun}s"
