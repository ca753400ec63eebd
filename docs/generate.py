"""Write docs/detectors/ from the detectors' records: `python docs/generate.py`.

What speaks against a finding is written by hand, in docs/detectors/against/NAME.md, and taken into the page.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path

import sqlglot

from floorwalker.detectors.insiders import explanations
from floorwalker.detectors.insiders.explanations import EXPLAINING, RULES, WORDS
from floorwalker.detectors.record import Detector
from floorwalker.detectors.registry import all_detectors
from floorwalker.engine.step import BoundStep, Step, bind
from floorwalker.pipeline.measure import bound_steps

FOLDER = Path(__file__).parent / "detectors"
AGAINST = FOLDER / "against"
EXPLAINED_FIRST = "Before them run the steps of [why staff touched a record](explanations.md)."


def pages() -> dict[Path, str]:
    """Every page of docs/detectors by its path. Raises FileNotFoundError where no word is said against a detector."""
    own = tuple(d for d in all_detectors() if d.measure.__module__.startswith("floorwalker."))
    told = {"README": _index(own), "explanations": _explanations(), **{d.name: _page(d) for d in own}}
    return {FOLDER / f"{name}.md": text for name, text in told.items()}


def _index(detectors: tuple[Detector, ...]) -> str:
    rows = [f"| [`{d.name}`]({d.name}.md) | `{d.scheme}` | {d.question} |" for d in detectors]
    text = "One page for each detector, made from its record by `python docs/generate.py`."
    return "\n".join(["# Detectors", "", text, "", "| detector | scheme | question |", "|---|---|---|", *rows, ""])


def _page(detector: Detector) -> str:
    bound = bound_steps((detector,))
    parts = [
        f"# {detector.name}",
        f"<!-- Made by docs/generate.py from {detector.measure.__module__}; do not edit. -->",
        f"**{detector.question}**",
        f"Scheme `{detector.scheme}`, family `{detector.family}`.",
        "## The null",
        detector.null,
        "## What it needs",
        "\n".join(f"- `{t}`: {', '.join(f'`{c}`' for c in columns)}" for t, columns in detector.needs.items()),
        _also_read(detector, bound),
        "## What it says",
        "\n".join(f"- {role}: {sentence}" for role, sentence in detector.explain.items()),
        "## What speaks against",
        (AGAINST / f"{detector.name}.md").read_text(encoding="utf-8").strip(),
        "## Known weaknesses",
        "\n".join(f"- {weakness}" for weakness in detector.weaknesses),
        "## The module's own words",
        _quoted(inspect.getdoc(inspect.getmodule(detector.measure)) or ""),
        "## Its SQL",
        "Each step as it is written (DuckDB's dialect), and as Spark is told it.",
        *([EXPLAINED_FIRST] if set(detector.steps) & set(EXPLAINING) else []),
        *(_step(s, bound[s.name], detector.step_parameters) for s in detector.steps if s not in EXPLAINING),
    ]
    return "\n\n".join(parts) + "\n"


def _explanations() -> str:
    """The rules that explain what staff did, each with its words and its SQL."""
    bound = {step.name: step for step in bind(EXPLAINING)}
    rules = [f"| `{rule}` | {WORDS[rule]} |" for rule in (step.name.removeprefix("explained_") for step in RULES)]
    parts = [
        "# Why staff touched a record",
        f"<!-- Made by docs/generate.py from {explanations.__name__}; do not edit. -->",
        _quoted(inspect.getdoc(explanations) or ""),
        "\n".join(["| rule | what explains the act |", "|---|---|", *rules]),
        "The first rule that holds counts. Each one's share of all acts is in `run.json` under `explained`, and in the "
        "report.",
        "## The SQL",
        *(_step(step, bound[step.name], {}) for step in EXPLAINING),
    ]
    return "\n\n".join(parts) + "\n"


def _also_read(detector: Detector, bound: dict[str, BoundStep]) -> str:
    tables = {table for step in bound.values() for table in step.reads} - set(bound) - set(detector.needs)
    if not tables:
        return "It reads nothing else."
    return f"It also reads, where they are there: {', '.join(f'`{table}`' for table in sorted(tables))}."


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _step(step: Step, bound: BoundStep, parameters: Mapping[str, float]) -> str:
    told = bound.text("spark", parameters)
    spark = sqlglot.parse_one(told, dialect="spark").sql(dialect="spark", pretty=True)
    return (
        f"### {step.name}\n\n```sql\n{inspect.cleandoc(step.sql)}\n```\n\n"
        f"<details><summary>For Spark</summary>\n\n```sql\n{spark}\n```\n\n</details>"
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(FOLDER.parent.parent))
