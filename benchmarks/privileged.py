"""What the tests for insiders say of a real log of privileged actions. Aggregates only; nobody is named.

`python -m benchmarks.privileged DATA`: DATA holds reversals.parquet and actor_months.parquet. Rates against peers, by
maximum likelihood, pooled and by the year of the first action; the same of agents permuted within kind of action, week
and eight hours of the day; concentration of administrators on targets; and a scan of the prepared tables.
"""

import argparse
import json
import math
import runpy
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

import floorwalker as fw
from benchmarks.proportions import proportion
from floorwalker.stats.arguments import Floats, Ints
from floorwalker.stats.combine import p_to_e
from floorwalker.stats.concentration import Concentration, concentration, permuted
from floorwalker.stats.discovery import benjamini_hochberg, e_benjamini_hochberg
from floorwalker.stats.peers import beta_binomial, gamma_poisson
from floorwalker.stats.permutation import shuffles
from floorwalker.stats.tail import EXACT

PREPARE = Path(__file__).parents[1] / "examples" / "privileged_actions" / "prepare.py"
LOG = """
    with seen as (
        select *, lag(actor) over own_history as actor_before, lag(action) over own_history as before,
            lag(acted_at) over own_history as at_before, lead(actor) over own_history as actor_after,
            lead(action) over own_history as after, lead(acted_at) over own_history as at_after
        from log window own_history as (partition by target order by acted_at, id)
    )
    select coalesce(actor, '') as actor, target, action, cast(epoch(acted_at) as bigint) as second, own,
        reason_length = 0 as silent,
        coalesce(before, '') in ('block', 'reblock') as restricted,
        coalesce(after, '') in ('block', 'reblock') as again,
        epoch(acted_at) - epoch(at_before) as since, epoch(at_after) - epoch(acted_at) as until,
        coalesce(actor_before, '') as actor_before, coalesce(actor_after, '') as actor_after,
        sum(case when action = 'block' and coalesce(before, 'unblock') = 'unblock' then 1 else 0 end)
            over (partition by target order by acted_at, id) as episode
    from seen order by acted_at, id
"""
WEEK, HOUR, DAY = 604_800, 3600, 86_400
SIGNALS = (
    ("reversals", "actions", ".046 (12)"),
    ("overrules", "actions", ".046 (10)"),
    ("within 24 h", "actions", ".053 (4)"),
    ("on oneself", "actions", ".040 (4)"),
    ("reversed again", "reversals", ".051 (1)"),
    ("no reason", "reversals", ".042 (1)"),
)


def flagged(log_p: Floats, log_e: Floats) -> str:
    """Share below .05 with its interval, and how many are discovered."""
    share = proportion(int(np.sum(log_p < math.log(0.05))), len(log_p))
    bh = int(np.sum(benjamini_hochberg(np.minimum(log_p, 0.0)) <= math.log(0.1)))
    e_bh = [int(np.sum(e_benjamini_hochberg(log_e) <= math.log(level))) for level in (0.1, 0.05)]
    return f"{share} | {bh} | {e_bh[0]} | {e_bh[1]}"


def counted(log: pd.DataFrame, who: pd.Series) -> dict[str, pd.Series]:
    """How many acts of each kind each actor has; `who` acted, row by row."""
    lifts = log.action == "unblock"
    undoes = lifts & log.restricted & (log.actor_before != who)
    chosen = {
        "reversals": lifts,
        "overrules": undoes,
        "within 24 h": undoes & (log.since < DAY),
        "on oneself": log.own,
        "reversed again": lifts & log.again & (log.actor_after != who) & (log.until < 90 * DAY),
        "no reason": lifts & log.silent,
    }
    return {name: who[rows].value_counts() for name, rows in chosen.items()}


def rates(log: pd.DataFrame, months: pd.DataFrame) -> Iterator[str]:
    """One line for each signal, pooled and in cohorts."""
    actors = months.groupby("actor").agg(actions=("n", "sum"), first=("month", "min"))
    actors = actors[actors.actions >= 20]
    cohort = np.digitize(pd.to_datetime(actors["first"]).dt.year, [2006, 2008, 2011])
    found = {"actions": actors.actions, **counted(log, log.actor)}
    found = {name: of.reindex(actors.index, fill_value=0).to_numpy(float) for name, of in found.items()}
    for seen, trials, field in SIGNALS:
        for name, group in (("all", None), ("cohorts", cohort)):
            mid = beta_binomial(found[seen], found[trials], group)
            exact = beta_binomial(found[seen], found[trials], group, tie=EXACT)
            told = flagged(mid.log_p, np.where(found[trials] > 0, p_to_e(exact.log_p), 0.0))
            yield f"| {seen} / {trials} | {name} | {told} | {field if group is not None else ''} |"


def by_month(months: pd.DataFrame) -> str:
    """Reversals of all actions, month by month, where a hundred administrators were at work."""
    wide = months.pivot_table(index=["month", "actor"], columns="action", values="n", aggfunc="sum", fill_value=0)
    code = wide.index.get_level_values("month").factorize()[0]
    test = beta_binomial(wide.unblock.to_numpy(float), wide.sum(axis=1).to_numpy(float), code)
    size = np.bincount(code)
    share = (np.bincount(code, weights=test.log_p < math.log(0.05)) / size)[size >= 100]
    error = 2 * np.sqrt(0.05 * 0.95 / size[size >= 100])
    inside = int(np.sum(np.abs(share - 0.05) <= error))
    low, middle, high = np.quantile(share, [0, 0.5, 1])
    return (
        f"{len(share)} months of 100 administrators or more: share below .05 is {middle:.3f} in the middle month, "
        f"{low:.3f} to {high:.3f} in all; {inside} lie within two standard errors of .05"
    )


def strata(log: pd.DataFrame) -> Ints:
    """Kind of action, week, and eight hours of the day."""
    kind = log.action.factorize(sort=True)[0]
    second = log.second.to_numpy()
    eighth = second // (8 * HOUR) % 3
    return np.asarray(((second // WEEK) * 3 + eighth) * 3 + kind, dtype=np.int64)


def permuted_rates(log: pd.DataFrame, rounds: int) -> Iterator[str]:
    """Overrules within the extract, as they were and with agents permuted."""
    for name, who in [("real", log.actor), *(("permuted", pd.Series(a, index=log.index)) for a in _dealt(log, rounds))]:
        acts = who.value_counts()
        for signal in ("overrules", "within 24 h"):
            seen = counted(log, who)[signal].reindex(acts.index, fill_value=0).to_numpy(float)
            mid, exact = (beta_binomial(seen, acts.to_numpy(float), tie=tie) for tie in (0.5, EXACT))
            yield f"| {signal} / decisions in the extract | {name} | {flagged(mid.log_p, p_to_e(exact.log_p))} |"


def _dealt(log: pd.DataFrame, rounds: int) -> Iterator[object]:
    return shuffles(log.actor.to_numpy(), strata(log), rounds, seed=1)


def returns(log: pd.DataFrame, rounds: int) -> Iterator[str]:
    """Pairs of administrator and target that met again: nulls that know more and more, and agents permuted."""
    agent, target = log.actor.factorize(sort=True)[0], log.target.factorize(sort=True)[0]
    case = np.unique(np.stack([target, log.episode.to_numpy().astype(np.int64)]), axis=1, return_inverse=True)[1]
    month = pd.to_datetime(log.second, unit="s").dt.year * 12 + pd.to_datetime(log.second, unit="s").dt.month
    for name, stratum, ownership in (
        ("share of the month", month.to_numpy() - int(month.min()), False),
        ("share of kind, week and hours", strata(log), False),
        ("the same, and case ownership", strata(log), True),
    ):
        columns = agent, target, case, stratum
        yield _line(f"{name} | real", concentration(*columns, ownership=ownership))
        for found in permuted(*columns, rounds=rounds, seed=1, ownership=ownership):
            yield _line(f"{name} | permuted", found)


def _line(name: str, found: Concentration) -> str:
    below, met = found.log_p < math.log(0.05), found.again > 0
    pairs = np.flatnonzero(benjamini_hochberg(found.log_p) <= math.log(0.1))
    e_pairs = int(np.sum(e_benjamini_hochberg(found.log_e) <= math.log(0.1)))
    size = int(found.agent.max(initial=0)) + 1
    again, expected = (np.bincount(found.agent, weights=w, minlength=size) for w in (found.again, found.expected))
    asked = expected > 0
    mid, exact = (gamma_poisson(again[asked], expected[asked], tie=tie) for tie in (0.5, EXACT))
    return (
        f"| {name} | {len(met):,} | {met.sum():,} | {np.sum(below & met):,} | {len(pairs):,} | {e_pairs:,} | "
        f"{len(np.unique(found.agent[pairs])):,} | {found.owner[0]:.2f} | {flagged(mid.log_p, p_to_e(exact.log_p))} |"
    )


def scanned(data: Path) -> Iterator[str]:
    """What a scan of the prepared tables lists."""
    with tempfile.TemporaryDirectory() as folder:
        made, out = Path(folder, "tables"), Path(folder, "run")
        runpy.run_path(str(PREPARE))["prepare"](data, made)
        run = fw.scan(fw.open(made), out=out)
        yield f"{run.subjects.num_rows} subjects listed, {run.findings.num_rows} findings"
        told = json.loads((out / "run.json").read_text(encoding="utf-8"))
        for detector in told["detectors"]["run"]:
            yield f"{detector['name']}: {json.dumps(detector['health'])}"


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    extract = duckdb.connect()
    extract.read_parquet(str(asked.data / "reversals.parquet")).create("log")
    log = extract.sql(LOG).df()
    months = pd.read_parquet(asked.data / "actor_months.parquet")
    print("| signal | peers | share below .05 | BH .1 | e-BH .1 | e-BH .05 | field |")
    print("\n".join(rates(log, months)))
    print(by_month(months))
    log = log[log.actor != ""].reset_index(drop=True)
    print("\n".join(permuted_rates(log, asked.rounds)))
    print("| null | agents | pairs | met again | p < .05 | BH .1 | e-BH .1 | administrators | owner | by person |")
    print("\n".join(returns(log, asked.rounds)))
    print("\n".join(scanned(asked.data)))


if __name__ == "__main__":
    main()
