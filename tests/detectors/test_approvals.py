"""Bribed agents and their clients; and the desks, habits and queues for which no agent may be accused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from desks import SHIFTS, Desk, bribed, honest_desk
from floorwalker.detectors.refunds.approvals import APPROVALS
from floorwalker.pipeline.trial import listed, trial
from floorwalker.stats.calibration import share_below


def accused(tables: dict[str, pa.Table]) -> set[str]:
    return {name for _, name in listed(APPROVALS, trial(APPROVALS, tables))}


def right_and_wrong(found: set[str], agent: int) -> tuple[int, set[str]]:
    clients = {name for name in found if name.startswith("client")}
    return len(clients), found - clients - {f"agent{agent}"}


@pytest.mark.parametrize("agent", [5, 30])
def test_a_bribed_agent_and_most_clients_are_listed_and_nobody_else(agent: int) -> None:
    desk = honest_desk(seed=agent)
    bribed(desk, agent)
    found = accused(desk.tables())
    clients, others = right_and_wrong(found, agent)
    assert f"agent{agent}" in found
    assert clients >= 6
    assert not others


def test_decisions_alone_are_enough() -> None:
    desk = honest_desk(seed=3)
    bribed(desk, 5, clients=10, claims=5, steady=0.9)
    refunds = desk.tables()["refunds"].select([*list(APPROVALS.needs["refunds"]), "amount"])
    found = accused({"refunds": refunds})
    clients, others = right_and_wrong(found, 5)
    assert "agent5" in found
    assert clients >= 5
    assert not others


def test_agent_and_clients_hang_together_and_the_evidence_is_told() -> None:
    desk = honest_desk(seed=4)
    bribed(desk, 5)
    measured = trial(APPROVALS, desk.tables())
    links = measured.links.to_pylist()
    assert {(row["source_kind"], row["source_id"], row["link"]) for row in links} == {("staff", "agent5", "approved")}
    rows = {row["subject_id"]: row for row in measured.assessed.to_pylist()}
    agent, client = rows["agent5"], rows[links[0]["target_id"]]
    assert agent["ring"] == client["ring"] is not None
    assert "paid though no goods came back" in agent["explanation"]
    assert {cited["table"] for cited in agent["evidence"]} == {"refunds", "staff_actions", "tickets"}
    assert client["log_e"] <= agent["log_e"]


@pytest.mark.parametrize("seed", range(4))
def test_on_an_honest_desk_nobody_is_accused_and_p_values_keep_their_promise(seed: int) -> None:
    measured = trial(APPROVALS, honest_desk(seed).tables())
    assert not listed(APPROVALS, measured)
    rows = measured.assessed.to_pylist()
    for kind in ("staff", "account"):
        log_p = np.array([row["log_p"] for row in rows if row["subject_kind"] == kind])
        assert share_below(log_p).verdict != "too small"
        log_e = np.array([row["log_e"] for row in rows if row["subject_kind"] == kind])
        assert np.exp(log_e).mean() < 1.5


def specialist(desk: Desk) -> None:
    """One agent is the contact of a large seller, and has half of its claims; its customers claim often."""
    for who in range(40):
        for n in range(6):
            claim = replace(desk.ordinary(f"fan{who}", 20 + 40 * n + who % 9, 0), seller="large")
            desk.add(replace(claim, agent=7 if desk.rng.random() < 0.5 else claim.agent))


def night(desk: Desk) -> None:
    """Night owls always claim at night, when three are on."""
    for who in range(40):
        desk.add(*(desk.ordinary(f"owl{who}", 15 + 45 * n + who % 11, 2) for n in range(6)))


def recall(desk: Desk) -> None:
    """A recalled product: two agents take all its claims, and many bought several."""
    for who in range(60):
        for n in range(3):
            claim = desk.ordinary(f"owner{who}", 150 + 4 * n + who % 20, 0)
            desk.add(replace(claim, reason="recall", agent=1 + who % 2, amount=300.0, came_back=False))


def key_account(desk: Desk) -> None:
    """One business has its own contact, who decides all that it asks."""
    desk.add(*(replace(desk.ordinary("business", 9 * n, 0), agent=9, amount=250.0) for n in range(30)))


def known_faces(desk: Desk) -> None:
    """The router sends buyers back to whom they know, half of the time."""
    known: dict[str, int] = {}
    for n, claim in enumerate(sorted(desk.claims, key=lambda c: (c.day, c.hour))):
        if claim.buyer in known and n % 2 and desk.shift_of(known[claim.buyer]) == desk.shift_of(claim.agent):
            desk.claims[desk.claims.index(claim)] = replace(claim, agent=known[claim.buyer])
        known.setdefault(claim.buyer, claim.agent)


def lenient(desk: Desk) -> None:
    """One agent lets everybody keep the goods, picks work from the queue, and takes long."""
    for n, claim in enumerate(desk.claims):
        if claim.agent == 11:
            chosen = "self" if n % 2 else "router"
            desk.claims[n] = replace(claim, came_back=n % 3 == 0, chosen=chosen, minutes=300.0, outcome="approved")


def keepers(desk: Desk) -> None:
    """Some buyers never send anything back, whoever decides."""
    for who in range(12):
        for n in range(7):
            claim = desk.ordinary(f"keeper{who}", 12 + 40 * n + who)
            desk.add(replace(claim, came_back=False, reason="damaged", amount=300.0, outcome="approved"))


def baskets(desk: Desk) -> None:
    """Several claims at one sitting go to one agent."""
    for who in range(60):
        claim = desk.ordinary(f"basket{who}", 5 * who % 290, 0)
        desk.add(*(replace(claim, hour=claim.hour + 0.1 * n, amount=200.0 + n, chosen="self") for n in range(5)))


def weekend(desk: Desk) -> None:
    """Two agents work at weekends only, when few others do."""
    for n, claim in enumerate(desk.claims):
        if claim.day % 7 in (0, 1) and n % 3:
            desk.claims[n] = replace(claim, agent=20 + n % 2, hour=9 + claim.hour % 7)


def language(desk: Desk) -> None:
    """Two agents serve one country's telephone."""
    for who in range(40):
        for n in range(6):
            claim = desk.ordinary(f"caller{who}", 10 + 44 * n + who % 8, 1)
            desk.add(replace(claim, channel="phone", agent=30 + int(desk.rng.integers(0, 2))))


def portfolio(desk: Desk) -> None:
    """One agent looks after twelve customers, by an arrangement that no table tells of."""
    for who in range(12):
        desk.add(*(replace(desk.ordinary(f"kept{who}", 12 + 44 * n + who, 0), agent=9) for n in range(6)))


def long_hours(desk: Desk) -> None:
    """One agent is at work day and evening, every day, and decides a fifth of everything."""
    for n, claim in enumerate(desk.claims):
        if desk.shift_of(claim.agent) < 2 and n % 5 == 0:
            desk.claims[n] = replace(claim, agent=4)


def newcomer(desk: Desk) -> None:
    """One agent starts late and decides much in the last two months, when one seller's goods are bad."""
    for who in range(50):
        for n in range(3):
            claim = replace(desk.ordinary(f"late{who}", 245 + 17 * n + who % 9, 0), seller="bad", reason="damaged")
            desk.add(replace(claim, agent=2 if n % 2 else claim.agent, came_back=False, outcome="approved"))


LOOK_ALIKES = (
    specialist,
    night,
    recall,
    key_account,
    known_faces,
    lenient,
    keepers,
    baskets,
    weekend,
    language,
    portfolio,
    long_hours,
    newcomer,
)


@pytest.mark.parametrize("happens", LOOK_ALIKES, ids=lambda f: str(f.__name__))
@pytest.mark.parametrize("seed", [1, 2])
def test_honest_look_alikes_are_not_accused(happens: Callable[[Desk], None], seed: int) -> None:
    desk = honest_desk(seed)
    happens(desk)
    assert accused(desk.tables()) == set()


@pytest.mark.parametrize("happens", [specialist, night, known_faces, keepers], ids=lambda f: str(f.__name__))
def test_a_bribed_agent_is_found_beside_them_and_they_are_not_accused(happens: Callable[[Desk], None]) -> None:
    desk = honest_desk(seed=6)
    happens(desk)
    bribed(desk, 5, clients=10, claims=4, steady=0.9)
    found = accused(desk.tables())
    assert "agent5" in found
    assert not right_and_wrong(found, 5)[1]


def test_the_night_shift_hides_more_than_the_day_shift() -> None:
    """Meeting one of three again says little: the same clients are worth less there."""
    worth = []
    for agent in (SHIFTS[0][0], SHIFTS[2][0]):
        desk = honest_desk(seed=8)
        bribed(desk, agent)
        rows = trial(APPROVALS, desk.tables()).assessed.to_pylist()
        worth.append(next(row["effect"] for row in rows if row["subject_id"] == f"agent{agent}"))
    assert worth[1] < 0.5 * worth[0]


def test_where_no_person_decides_nobody_is_asked_about() -> None:
    tables = honest_desk(seed=2, claims=300).tables()
    refunds = tables["refunds"]
    alone = refunds.set_column(
        refunds.column_names.index("staff_id"), "staff_id", pa.nulls(refunds.num_rows, pa.string())
    )
    assert trial(APPROVALS, {**tables, "refunds": alone}).assessed.num_rows == 0


def test_a_desk_of_one_accuses_nobody() -> None:
    desk = honest_desk(seed=2, claims=800)
    desk.claims = [replace(claim, agent=1) for claim in desk.claims]
    bribed(desk, 1, steady=1.0)
    assert accused(desk.tables()) == set()
