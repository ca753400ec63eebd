"""What every detector promises, asked of each one that is there."""

import string
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from floorwalker.contract.tables import TABLES
from floorwalker.detectors.measured import ASSESSED, LINKS, Measured
from floorwalker.detectors.record import Detector
from floorwalker.detectors.registry import all_detectors
from floorwalker.pipeline.measure import bound_steps
from floorwalker.pipeline.trial import listed, tables_of, trial
from floorwalker.stats.calibration import share_below
from markets import honest_market

DETECTORS = [pytest.param(d, id=d.name) for d in all_detectors()]
each = pytest.mark.parametrize("detector", DETECTORS)


def comparable(measured: Measured) -> list[tuple[object, ...]]:
    names = ["subject_kind", "subject_id", "role", "log_p", "log_e", "effect", "surprise", "explanation"]
    rows = measured.assessed.select(names).to_pylist()
    return sorted(tuple(round(v, 9) if isinstance(v, float) else v or "" for v in row.values()) for row in rows)


@each
def test_its_record_names_what_it_asks_its_null_its_needs_and_its_weaknesses(detector: Detector) -> None:
    assert detector.name.startswith(detector.family + ".")
    assert detector.question.endswith("?")
    assert len(detector.null) > 30
    assert all(len(weakness) > 10 for weakness in detector.weaknesses)
    assert detector.needs
    for table, columns in detector.needs.items():
        assert set(columns) <= {c.name for c in TABLES[table].columns}
    assert all(text[0].isupper() or text[0] == "{" for text in detector.explain.values())


@each
def test_its_steps_pass_the_checks_and_read_what_it_says_it_needs(detector: Detector) -> None:
    steps = bound_steps((detector,))
    read = {table for step in steps.values() for table in step.reads}
    assert set(detector.needs) <= read


@each
def test_its_example_fires_and_its_quiet_example_does_not(detector: Detector) -> None:
    assert listed(detector, trial(detector, tables_of(detector.fires)))
    assert not listed(detector, trial(detector, tables_of(detector.stays_quiet)))


@each
def test_it_hands_on_the_agreed_columns_and_p_values_between_0_and_1(detector: Detector) -> None:
    measured = trial(detector, tables_of(detector.fires))
    assert measured.assessed.schema.equals(ASSESSED)
    assert measured.links.schema.equals(LINKS)
    log_p = measured.assessed["log_p"].to_numpy()
    assert (log_p <= 0).all()
    assert not np.isnan(measured.assessed["log_e"].to_numpy()).any()


@each
def test_its_words_are_whole_and_its_evidence_exists(detector: Detector) -> None:
    tables = tables_of(detector.fires)
    rows = trial(detector, tables).assessed.to_pylist()
    told = [row for row in rows if row["explanation"]]
    assert told
    for row in told:
        assert not set(row["explanation"]) & set("{}")
        assert row["evidence"]
        for cited in row["evidence"]:
            assert cited["id"] in tables[cited["table"]][TABLES[cited["table"]].key].to_pylist()
    for text in detector.explain.values():
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))


@each
def test_empty_tables_give_nothing(detector: Detector) -> None:
    spare = {name: table.slice(0, 1) for name, table in tables_of(detector.fires).items()}
    measured = trial(detector, spare)
    assert not listed(detector, measured)


@each
def test_the_order_of_rows_changes_nothing(detector: Detector) -> None:
    rng = np.random.default_rng(3)
    tables = tables_of(detector.fires)
    shuffled = {name: table.take(rng.permutation(table.num_rows)) for name, table in tables.items()}
    assert comparable(trial(detector, shuffled)) == comparable(trial(detector, tables))


@each
def test_other_names_change_nothing_but_the_names(detector: Detector) -> None:
    tables = tables_of(detector.fires)
    other = {name: renamed(name, table) for name, table in tables.items()}
    one, two = trial(detector, tables), trial(detector, other)
    assert {(k, new_name(i)) for k, i in listed(detector, one)} == listed(detector, two)
    assert sorted(np.round(one.assessed["log_p"].to_numpy(), 9)) == sorted(
        np.round(two.assessed["log_p"].to_numpy(), 9)
    )


@each
def test_a_month_later_everything_is_the_same(detector: Detector) -> None:
    tables = tables_of(detector.fires)
    later = {name: shifted(name, table) for name, table in tables.items()}
    assert comparable(trial(detector, later)) == comparable(trial(detector, tables))


@each
def test_what_it_needs_and_does_not_find_is_named(detector: Detector) -> None:
    for table, columns in detector.needs.items():
        for column in columns:
            present = {t: frozenset(cs) - ({column} if t == table else set()) for t, cs in detector.needs.items()}
            assert detector.missing(present) == [f"{table}.{column}"]


@each
@pytest.mark.parametrize("seed", [1, 2])
def test_on_an_honest_market_it_accuses_nobody_and_its_p_values_keep_their_promise(
    detector: Detector, seed: int
) -> None:
    measured = trial(detector, honest_market(seed))
    assert not listed(detector, measured)
    assert share_below(measured.assessed["log_p"].to_numpy()).verdict in ("uniform", "conservative", "not enough")


def new_name(name: str) -> str:
    return f"z{name[::-1]}"


def renamed(table: str, rows: pa.Table) -> pa.Table:
    for place, name in enumerate(rows.column_names):
        column = TABLES[table].column(name)
        if column and column.kind == "id":
            values = [None if v is None else new_name(v) for v in rows[name].to_pylist()]
            rows = rows.set_column(place, name, pa.array(values, pa.string()))
    return rows


def shifted(table: str, rows: pa.Table) -> pa.Table:
    for place, name in enumerate(rows.column_names):
        column = TABLES[table].column(name)
        if column and column.kind == "time":
            times = pc.cast(pc.replace_substring(rows[name], "Z", ""), pa.timestamp("us"))
            rows = rows.set_column(place, name, pc.add(times, pa.scalar(timedelta(days=30))))
    return rows


def test_detectors_do_not_import_one_another() -> None:
    import ast
    import inspect
    import sys

    from floorwalker.detectors import registry

    modules = {vars_of: m for m in list(sys.modules.values()) for vars_of in [getattr(m, "__name__", "")]}
    holding = {
        name
        for name, module in modules.items()
        if name.startswith("floorwalker.detectors.") and any(isinstance(v, Detector) for v in vars(module).values())
    }
    assert holding
    assert registry.__name__ not in holding
    for name in holding:
        for node in ast.walk(ast.parse(inspect.getsource(sys.modules[name]))):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in holding - {name}
