"""The staff of a made desk as the contract's tables: people, tickets, measures, actions with laptop and network."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.desk_book import OWN, ROUTER, Desk
from benchmarks.desk_cells import ids, times, words
from benchmarks.desk_crew import AWAY
from benchmarks.desk_words import ACTIONS, ALL_TEAMS, DAY, OBJECTS, PREFIX, REASONS, SITES, TICKETS, Ints


def staff_table(desk: Desk) -> pa.Table:
    crew = desk.crew
    last = crew.queue[-1]
    return pa.table(
        {
            "staff_id": ids("s", np.arange(crew.size)),
            "team": words(ALL_TEAMS, last),
            "role": pa.array(crew.role),
            "site": words(SITES, crew.site),
            "manager_id": ids("s", crew.lead),
            "started_at": times(crew.begin),
            "ended_at": times(crew.end, known=crew.end >= 0),
        }
    )


def tickets_table(desk: Desk) -> pa.Table:
    rows = desk.tickets
    kept = np.flatnonzero(rows["logged"] & (rows["opened"] < desk.end))
    rows = rows[kept]
    by = np.where(rows["by"] == ROUTER, 0, 1)
    who = pc.if_else(pa.array(rows["by"] >= 0), ids("s", rows["by"]), words(("router", "self"), by))
    subject = [ids(prefix, np.where(rows["about"] == k, rows["subject"], -1)) for k, prefix in enumerate(PREFIX)]
    table = pa.table(
        {
            "ticket_id": ids("t", kept),
            "opened_at": times(rows["opened"]),
            "kind": words(TICKETS, rows["kind"]),
            "subject_kind": words(OBJECTS, rows["about"]),
            "subject_id": pc.coalesce(*subject),
            "assigned_to": ids("s", rows["staff"]),
            "assigned_by": who,
            "closed_at": times(rows["closed"], known=(rows["closed"] >= 0) & (rows["closed"] < desk.end)),
        }
    )
    return table.take(pa.array(np.lexsort((kept, rows["opened"]))))


def enforcements_table(desk: Desk) -> pa.Table:
    rows = sorted((one for one in desk.measures if one["at"] < desk.end), key=lambda one: (one["at"], one["subject"]))
    ended = np.array([one["ended"] for one in rows], dtype=np.int64)
    return pa.table(
        {
            "enforcement_id": ids("e", np.arange(len(rows))),
            "subject_kind": pa.array(["account"] * len(rows)),
            "subject_id": ids("u", [one["subject"] for one in rows]),
            "measure": pa.array([one["measure"] for one in rows], pa.string()),
            "at": times(np.array([one["at"] for one in rows], dtype=np.int64)),
            "policy": pa.array(["4.2"] * len(rows)),
            "decided_by": ids("s", [one["by"] for one in rows]),
            "ended_at": times(ended, known=(ended >= 0) & (ended < desk.end)),
        }
    )


def actions_table(desk: Desk) -> pa.Table:
    rows = np.concatenate(desk.acts)
    crew = desk.crew
    gone = (crew.end[rows["staff"]] >= 0) & (rows["at"] > crew.end[rows["staff"]]) & (rows["network"] == OWN)
    rows = rows[(rows["at"] >= 0) & (rows["at"] < desk.end) & ~gone]
    rows = rows[np.lexsort((rows["object"], rows["action"], rows["staff"], rows["at"]))]
    device, network = _hardware(desk, rows["staff"], rows["at"])
    device = np.where(rows["laptop"] == OWN, device, rows["laptop"])
    network = np.where(rows["network"] == OWN, network, rows["network"])
    what = [ids(prefix, np.where(rows["kind"] == k, rows["object"], -1)) for k, prefix in enumerate(PREFIX)]
    return pa.table(
        {
            "action_id": ids("a", np.arange(len(rows))),
            "staff_id": ids("s", rows["staff"]),
            "at": times(rows["at"]),
            "action": words(ACTIONS, rows["action"]),
            "object_kind": words(OBJECTS, rows["kind"]),
            "object_id": pc.coalesce(*what),
            "ticket_id": ids("t", rows["ticket"]),
            "record_count": rows["count"],
            "reason": words(REASONS, rows["reason"]),
            "device": ids("d-", device),
            "ip": ids("net-", network),
        }
    )


def _hardware(desk: Desk, staff: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Laptop and network of each act: an office's few gateways, a line at home that changes, hotels, a phone."""
    crew = desk.crew
    day = np.clip(at // DAY, 0, len(crew.place) - 1)
    place = crew.place[day, staff]
    office = 10_000_000 + crew.site[staff] * 1000 + crew.gateways[day, crew.site[staff]] * 10 + staff % 3
    home = 20_000_000 + staff * 1000 + (day + 17 * staff) // (20 + staff % 90)
    hotel = 30_000_000 + crew.trip[day, staff] * 1000 + staff % 7
    network = np.where(place == AWAY, hotel, np.where(place == 1, home, office))
    phone = (staff * 7 + day * 13) % 97 == 0
    return crew.laptop[day, staff], np.where(phone, 40_000_000 + staff, network)
