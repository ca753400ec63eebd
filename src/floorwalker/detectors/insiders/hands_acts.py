"""From where an account was used: its acts as stints at one device and one address, with what no table explains."""

import ipaddress

import numpy as np
import pyarrow as pa

from floorwalker.detectors.codes import coded
from floorwalker.detectors.record import Rows
from floorwalker.engine.step import Step
from floorwalker.graph.slots import Longs

GAP = 1800
"""Acts of one account from one place within half an hour are one sitting."""
MOST_CITED = 30

HANDS_ACTS = Step(
    "hands_acts",
    """
    select e.action_id, e.staff_id, e.second, coalesce(a.device, '') as device, coalesce(a.ip, '') as ip,
        e.role || '/' || e.team as duty, case when e.because = '' then 1 else 0 end as unexplained
    from explained_acts as e join staff_actions as a on a.action_id = e.action_id
    """,
)
"""One row for each act, with its place."""

HANDS_STINTS = Step(
    "hands_stints",
    """
    with ordered as (
        select staff_id, action_id, second, device, ip, duty, unexplained,
            lag(second) over (partition by staff_id order by second, action_id) as last_second,
            lag(device) over (partition by staff_id order by second, action_id) as last_device,
            lag(ip) over (partition by staff_id order by second, action_id) as last_ip
        from hands_acts
    ),
    marked as (
        select staff_id, action_id, second, device, ip, duty, unexplained,
            case when last_second is null or second - last_second > 1800 or device <> last_device or ip <> last_ip
                then 1 else 0 end as starts
        from ordered
    ),
    numbered as (
        select staff_id, second, device, ip, duty, unexplained,
            sum(starts) over (
                partition by staff_id order by second, action_id rows between unbounded preceding and current row
            ) as stint
        from marked
    )
    select staff_id, device, ip, duty, min(second) as began, max(second) as ended, count(*) as acts,
        cast(sum(unexplained) as bigint) as unexplained, cast(stint as bigint) as stint
    from numbered group by staff_id, stint, device, ip, duty
    """,
)
"""One row for each unbroken run of acts of an account at one place."""

HANDS_CITED = Step(
    "hands_cited",
    """
    with ranked as (
        select action_id, staff_id, device, ip, second,
            row_number() over (partition by staff_id, device, ip order by second, action_id) as place
        from hands_acts where unexplained = 1
    )
    select action_id, staff_id, device, ip, second from ranked where place <= 30
    """,
)
"""The first unexplained acts of an account at each place."""


class Stints:
    """Stints ordered by (account, time), as arrays (n,).

    staff, device, network: codes; unknown devices and networks are -1. began, ended: seconds since 1970, UTC.
    acts, unexplained: counts. staff_ids, device_names, network_names: by code. duty: by account, a code.
    """

    def __init__(self, rows: Rows) -> None:
        """Read the stints."""
        table = rows("hands_stints", by=("staff_id", "stint"))
        staff, self.staff_ids = coded(table["staff_id"])
        self.staff = staff.astype(np.int64)
        self.device, self.device_names = known(table["device"])
        self.network, self.network_names = networks(table["ip"])
        numbers = ("began", "ended", "acts", "unexplained")
        self.began, self.ended, self.acts, self.unexplained = (
            table[name].to_numpy().astype(np.int64) for name in numbers
        )
        duty, _ = coded(table["duty"])
        self.duty = np.zeros(len(self.staff_ids), dtype=np.int64)
        self.duty[self.staff] = duty

    def __len__(self) -> int:
        """How many stints there are."""
        return len(self.staff)


def known(column: pa.ChunkedArray) -> tuple[Longs, list[str]]:
    """Codes, -1 where the text is empty, and the texts by code."""
    code, names = coded(column)
    texts = [str(name) for name in names.to_pylist()]
    return np.where(np.isin(code, [k for k, text in enumerate(texts) if not text]), -1, code).astype(np.int64), texts


def networks(column: pa.ChunkedArray) -> tuple[Longs, list[str]]:
    """Codes of the networks of addresses, -1 where there is none, and the networks by code."""
    code, names = coded(column)
    texts = [network(str(name)) for name in names.to_pylist()]
    ordered = sorted(set(texts))
    place = {text: k if text else -1 for k, text in enumerate(ordered)}
    by_address = np.array([place[text] for text in texts], dtype=np.int64)
    return (by_address[code] if len(by_address) else np.zeros(0, dtype=np.int64)), ordered


def network(address: str) -> str:
    """The /24 (or, of a v6 address, the /48) that it belongs to; what is no address is a network by itself."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()
    size = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{size}", strict=False))


def first_of(*keys: Longs) -> tuple[Longs, Longs]:
    """Of rows (n,) by several keys: a row of each combination, in their order, and each row's combination."""
    code = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        _, part = np.unique(key, return_inverse=True)
        _, code = np.unique(code * (int(part.max(initial=0)) + 1) + part, return_inverse=True)
    _, first = np.unique(code, return_index=True)
    return first.astype(np.int64), code.astype(np.int64)
