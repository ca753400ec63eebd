"""The made desk is what it says, keeps the contract, and knows nothing of floorwalker."""

import ast
import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from floorwalker.edge.cli.main import run

ROOT = Path(__file__).parents[2]
SIZE = {"staff": 60, "weeks": 24, "orders_each": 25}


@pytest.fixture(scope="module")
def desk() -> Iterator[SimpleNamespace]:
    names = ("staff_desk", "desk_book", "desk_kinds", "desk_abuse", "desk_care", "honest_staff")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        modules = [importlib.import_module(f"benchmarks.{name}") for name in names]
        yield SimpleNamespace(**{key: value for module in modules for key, value in vars(module).items()})


@pytest.fixture(scope="module")
def honest(desk):
    return desk.made(desk.Plan(1, **SIZE))


@pytest.fixture(scope="module")
def abused(desk) -> Callable[[str], tuple]:
    def planted(level: str) -> tuple:
        there = desk.made(desk.Plan(2, **SIZE), after=lambda one: desk.planted(one, desk.LEVELS[level]))
        return there, desk.tables(there)

    return planted


def test_the_same_seed_makes_the_same_desk_and_another_one_another(desk, honest):
    first = desk.tables(honest)
    again, other = (desk.tables(desk.made(desk.Plan(seed, **SIZE))) for seed in (1, 3))
    assert all(first[name].equals(again[name]) for name in first)
    assert not first["staff_actions"].equals(other["staff_actions"])


@pytest.mark.parametrize("level", ["", "plain", "hidden"])
def test_the_tables_keep_the_contract(desk, honest, abused, level, tmp_path):
    tables = abused(level)[1] if level else desk.tables(honest)
    desk.kept(tables, tmp_path)
    assert run(["check", str(tmp_path), "--strict"]) == 0


def test_everybody_acts_on_duty_but_for_overtime_and_while_employed(honest):
    acts, crew = np.concatenate(honest.acts), honest.crew
    hour = np.minimum(acts["at"] // 3600, len(crew.duty) - 1)
    back = [crew.duty[np.maximum(hour - k, 0), acts["staff"]] for k in range(4)]
    assert np.logical_or.reduce(back).mean() > 0.97
    assert (np.bincount(acts["staff"], minlength=crew.size) > 0).mean() > 0.9


def test_the_router_mostly_keeps_to_the_queue_and_some_cases_leave_no_ticket(desk, honest):
    rows, crew = honest.tickets, honest.crew
    kept = crew.team[rows["staff"]] == rows["queue"]
    assert 0.9 < kept.mean() < 1
    assert 0.04 < 1 - rows["logged"].mean() < 0.08
    by = Counter(desk.tables(honest)["tickets"]["assigned_by"].to_pylist())
    assert by["router"] > 0.85 * by.total()
    assert by["self"] > 0.02 * by.total()


def test_ten_times_the_trainer_s_looks_are_ten_times_the_usual(desk):
    looks = []
    for times in (1, 10):
        there, trainers = desk.desk_with("trainer", times, desk.Plan(4, **SIZE))
        looks.append(int(np.isin(np.concatenate(there.acts)["staff"], trainers).sum()))
    assert 7 < looks[1] / looks[0] < 12


def test_what_is_usual_is_stated_of_every_kind(desk):
    stated = importlib.import_module("benchmarks.desk_kinds").__doc__ or ""
    assert [name for name in desk.KINDS if name != "nothing unusual" and f"| {name} |" not in stated] == []


def test_every_kind_of_honest_work_has_people_and_keeps_the_contract(desk, tmp_path):
    for name in ("night shift", "spam wave", "business trip", "office network"):
        there, whom = desk.desk_with(name, 10, desk.Plan(4, **SIZE))
        assert len(whom)
        desk.kept(desk.tables(there), tmp_path / name)
        assert run(["check", str(tmp_path / name), "--strict"]) == 0


@pytest.mark.parametrize("level", ["plain", "careful"])
def test_who_is_planted_did_it(abused, level):
    there, tables = abused(level)
    sellers, staff = (
        {
            name: {f"{letter}{one}" for scheme, what, one in there.truth if (scheme, what) == (name, kind)}
            for name in ("insider_data", "insider_reviews", "insider_reinstate", "staff_takeover")
        }
        for kind, letter in (("account", "u"), ("staff", "s"))
    )
    assert [len(whom) for whom in staff.values()] == [2, 2, 1, 2]
    acts = tables["staff_actions"].to_pylist()
    bought = {(row["buyer_id"], row["seller_id"]) for row in tables["orders"].to_pylist()}
    for scheme, least in (("insider_data", 15), ("insider_reinstate", 3)):
        for who in staff[scheme]:
            mine = [row for row in acts if row["staff_id"] == who]
            for_seller = [
                row
                for row in mine
                if row["object_id"] in sellers[scheme]
                or any((row["object_id"], seller) in bought for seller in sellers[scheme])
            ]
            assert len(for_seller) >= least
    strange = {row["device"] for row in acts if row["staff_id"] in staff["staff_takeover"]}
    assert {f"d-{7_000_000 + int(who[1:])}" for who in staff["staff_takeover"]} <= strange


def test_the_desk_knows_neither_the_detectors_nor_the_worlds():
    for path in [*ROOT.glob("benchmarks/desk_*.py"), ROOT / "benchmarks" / "staff_desk.py"]:
        tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {node.module or "" for node in tree if isinstance(node, ast.ImportFrom)}
        names |= {one.name for node in tree if isinstance(node, ast.Import) for one in node.names}
        known = {name for name in names if name.startswith("floorwalker")}
        assert known <= ({"floorwalker"} if path.stem == "desk_scans" else set())
