"""Does learning from past decisions find more? On later acts of other people, learned against unlearned.

`python -m benchmarks.learned [--seeds 3] [--scale 1] [--first 0] [--own]` prints a table in Markdown. Decisions end
three quarters through the market's two years. Ranked are those who were active later, about whom nothing was decided,
and who are in no true ring with anybody decided; the truth says who of them is guilty. Those guilty of what no detector
of the family asks about count neither way.

The decisions are drawn from the truth, and stated as such: half of the rings are found, and in each one in three of
the guilty, four to twelve weeks after they began; twice as many honest are cleared, half of them at random and half of
those who rank highest unlearned; one decision in twenty is wrong. With `--own` they are those that the market itself
took: fewer, and found by luck. Beside it stands gradient boosting with monotone constraints, on the same columns and
decisions.

Intervals are bootstrap percentiles at 95 %, by ring and subject. The last column is how the probabilities do: of those
given 0.5 or more, their mean, and the share that is guilty.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier

from floorwalker.cases.decisions import ORDER, decisions
from floorwalker.cases.judge import Judged, judge
from floorwalker.cases.learned import Learning, Model
from floorwalker.cases.learning import learn
from floorwalker.cases.signals import Ranking, Signals, families, ranking, signals, ties
from floorwalker.contract.tables import TABLES
from floorwalker.detectors.registry import choose
from floorwalker.engine.door import open_engine
from floorwalker.engine.workspace import Workspace
from floorwalker.pipeline.manifest import present
from floorwalker.pipeline.measure import measure, run_steps
from floorwalker.pipeline.scan import plan
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in
from floorwalker.stats.ranking import Interval, compare
from floorwalker.world import make_world

UNTIL = datetime(2025, 7, 1)
RINGS, MEMBERS, WRONG, FIRST, FDR = 1 / 2, 1 / 3, 1 / 20, 100, 0.05

Subject = tuple[str, str]


@dataclass(frozen=True)
class Market:
    """What was measured, what is true, what the market itself decided, and who was active after the decisions."""

    judged: Judged
    links: pa.Table
    truth: list[dict[str, Any]]
    own: pa.Table
    active: set[Subject]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--own", action="store_true")
    asked = parser.parse_args()
    head = ("seed, family", "decided (abusive)", "ranked (guilty)", "AUPRC unlearned", "learned", "boosting")
    print(
        "| " + " | ".join([*head, f"of the first {FIRST}: unlearned", "learned", "boosting", "of 0.5 or more"]) + " |"
    )
    print("|---" * 10 + "|")
    for seed in range(asked.first, asked.first + asked.seeds):
        market = _market(seed, asked.scale)
        ranked = ranking(market.judged)
        known = market.own if asked.own else _drawn(market, ranked, np.random.default_rng(seed))
        known = known.filter(pc.less(known["second"], int((UNTIL - datetime(1970, 1, 1)).total_seconds())))
        learning = learn(market.judged, market.links, known, FDR, seed)
        for line in _lines(market, ranked, known, learning, seed):
            print(line, flush=True)


def _market(seed: int, scale: float) -> Market:
    folder = Path(tempfile.mkdtemp(prefix="floorwalker-learned-"))
    data = folder / "market"
    try:
        make_world(data, scale=scale, seed=seed)
        truth = pq.read_table(data / "truth.parquet").to_pylist()
        (data / "truth.parquet").unlink()
        intake = take_in(open_data(data), folder / "tables", rejects=None, spill=folder / "spill")
        engine = open_engine("duckdb", memory="2GB", spill=folder / "spill", master=None)
        try:
            for table in TABLES:
                engine.bind(table, folder / "tables" / f"{table}.parquet")
            workspace = Workspace(folder / "steps", engine, "learned")
            detectors = plan(choose(None), present(intake)).run
            run_steps(workspace, detectors)
            measured = [(detector, measure(workspace, detector)) for detector in detectors]
        finally:
            engine.close()
        judged = judge([(detector, one.assessed) for detector, one in measured])
        links = pa.concat_tables([one.links for _, one in measured])
        return Market(judged, links, truth, _labels(pq.read_table(data / "labels.parquet").to_pylist()), _active(data))
    finally:
        shutil.rmtree(folder)


def _active(data: Path) -> set[Subject]:
    """Who did or got something after the decisions: by reviews, orders and messages."""
    seen: set[Subject] = set()
    columns = {
        ("reviews", "posted_at"): (("account", "reviewer_id"), ("product", "product_id")),
        ("orders", "placed_at"): (("account", "buyer_id"), ("account", "seller_id"), ("product", "product_id")),
        ("messages", "sent_at"): (("account", "sender_id"),),
        ("staff_actions", "at"): (("staff", "staff_id"),),
    }
    for (name, when), whom in columns.items():
        table = pq.read_table(data / f"{name}.parquet")
        late = table.filter(pc.greater_equal(table[when], pa.scalar(UNTIL, table.schema.field(when).type)))
        seen |= {(kind, one) for kind, column in whom for one in late[column].unique().to_pylist()}
    return seen


def _labels(rows: list[dict[str, Any]]) -> pa.Table:
    names = ("subject_kind", "subject_id", "label", "scheme")
    second = [int((row["at"] - datetime(1970, 1, 1)).total_seconds()) for row in rows]
    table = pa.table({**{n: pa.array([row[n] for row in rows], pa.string()) for n in names}, "second": second})
    return table.sort_by([(name, "ascending") for name in ORDER])


def _drawn(market: Market, ranked: Ranking, rng: np.random.Generator) -> pa.Table:
    """Decisions as the module says."""
    guilty = [row for row in market.truth if row["role"] != "victim"]
    blamed = {(row["subject_kind"], row["subject_id"]) for row in market.truth}
    found = {ring for ring in sorted({row["ring_id"] for row in guilty}) if rng.random() < RINGS}
    rows = []
    for row in guilty:
        at = row["started_at"] + timedelta(weeks=float(rng.uniform(4, 12)))
        if row["ring_id"] in found and rng.random() < MEMBERS and at < UNTIL:
            rows.append({**row, "label": "abusive", "at": at})
    kinds, ids = (ranked.subjects[name].to_pylist() for name in ("subject_kind", "subject_id"))
    honest = np.array([k for k, whom in enumerate(zip(kinds, ids, strict=True)) if whom not in blamed])
    highest = honest[np.argsort(-ranked.nats[honest], kind="stable")][: 5 * len(rows)]
    cleared = [rng.choice(highest, len(rows), replace=False), rng.choice(honest, len(rows), replace=False)]
    begin = min(row["started_at"] for row in guilty) + timedelta(weeks=8)
    for k in np.concatenate(cleared):
        at = begin + (UNTIL - begin) * float(rng.random())
        rows.append({"subject_kind": kinds[k], "subject_id": ids[k], "label": "legitimate", "scheme": None, "at": at})
    other = {"abusive": "legitimate", "legitimate": "abusive"}
    return _labels([{**row, "label": other[row["label"]] if rng.random() < WRONG else row["label"]} for row in rows])


def _lines(market: Market, ranked: Ranking, known: pa.Table, learning: Learning, seed: int) -> Iterator[str]:
    tied = ties(market.judged, market.links)
    learned = learning.nats()
    for outcome in learning.outcomes:
        places = families(ranked)[outcome.family]
        seen = signals(market.judged, ranked, places)
        subjects = ranked.subjects.slice(places.start, places.stop - places.start)
        schemes = {scheme for _, _, scheme, _ in seen.columns}
        tested, guilty, group = _tested(market, subjects, schemes, known)
        start = f"| {seed}, {outcome.family} | {outcome.abusive + outcome.legitimate} ({outcome.abusive}) "
        start += f"| {tested.sum()} ({guilty[tested].sum()}) |"
        if outcome.model is None or learned is None or guilty[tested].sum() < 10:
            yield f"{start} {outcome.words if outcome.model is None else 'too few guilty'} |"
            continue
        decided = decisions(known, subjects, schemes, tied, seed)
        boosted = _boosted(seen, decided.subject, decided.guilty)
        scores = [ranked.nats[places], learned[places], boosted]
        both = [compare(s[tested], scores[0][tested], guilty[tested], group[tested], FIRST, seed) for s in scores]
        figures = [_figure(one.average_precision[0]) for one in both] + [_figure(one.precision[0]) for one in both]
        yield f"{start} {' | '.join(figures)} | {_kept(outcome.model, tested, guilty, schemes)} |"


def _tested(
    market: Market, subjects: pa.Table, schemes: set[str], known: pa.Table
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the subjects of a family: who is ranked, who is guilty, and the true ring of each, or a number of its own."""
    whom = list(zip(*(subjects[name].to_pylist() for name in ("subject_kind", "subject_id")), strict=True))
    decided = set(zip(known["subject_kind"].to_pylist(), known["subject_id"].to_pylist(), strict=True))
    rings: dict[Subject, set[str]] = {}
    for row in market.truth:
        rings.setdefault((row["subject_kind"], row["subject_id"]), set()).add(row["ring_id"])
    known_rings = set().union(*(rings.get(one, set()) for one in decided))
    of_scheme = {
        (row["subject_kind"], row["subject_id"])
        for row in market.truth
        if row["scheme"] in schemes and row["role"] != "victim"
    }
    guilty = np.array([one in of_scheme for one in whom])
    other = np.array([one not in decided and not rings.get(one, set()) & known_rings for one in whom])
    plain = guilty | np.array([one not in rings for one in whom])
    active = np.array([one in market.active for one in whom])
    names = {name: k for k, name in enumerate(sorted({min(r) for r in rings.values() if r}))}
    group = np.array([names[min(rings[one])] if rings.get(one) else len(names) + k for k, one in enumerate(whom)])
    return other & plain & active, guilty, group


def _boosted(seen: Signals, subject: np.ndarray, guilty: np.ndarray) -> np.ndarray:
    boosting = HistGradientBoostingClassifier(
        monotonic_cst=[1] * len(seen.columns), min_samples_leaf=5, max_iter=50, early_stopping=False, random_state=0
    )
    return np.asarray(boosting.fit(seen.of(subject), guilty).decision_function(seen.values.toarray()))


def _kept(model: Model, tested: np.ndarray, guilty: np.ndarray, schemes: set[str]) -> str:
    chance = np.array([max(model.probability(k, scheme) for scheme in schemes) for k in np.flatnonzero(tested)])
    high = chance >= 0.5
    if not high.any():
        return "nobody"
    return f"{chance[high].mean():.2f}, {guilty[tested][high].mean():.2f} of {high.sum()}"


def _figure(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f}–{interval.high:.3f})"


if __name__ == "__main__":
    main()
