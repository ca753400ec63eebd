"""From a run's folder to its `report.html`."""

import base64
import hashlib
import os
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from floorwalker.contract.figures import plural
from floorwalker.report import words
from floorwalker.report.gather import SHOWN, gather
from floorwalker.report.network import draw_network
from floorwalker.report.records import Run
from floorwalker.report.timeline import draw_timeline

ROWS = 40
"""Rows of a case that are written out in each table; the others are counted and their file is named."""
FOLDED = 16
"""Members of one role in the table; the others are in a list that unfolds."""
_FILTERS = (
    words.count,
    words.day,
    words.figure,
    words.identity,
    words.label,
    words.likelihood,
    words.mark,
    words.moment,
    words.odds,
    words.p_value,
    plural,
    words.probability,
    words.series,
    words.share,
    words.shortened,
    words.stars,
    words.tag,
)


def write_report(run: Path) -> Path:
    """Write RUN/report.html from RUN's Parquet files and run.json, all at once or not at all.

    The same files give the same bytes. `RunError` when RUN is not a run or one of its files is broken.
    """
    run = Path(run)
    html = render(gather(run))
    page, unfinished = run / "report.html", run / ".report.html.unfinished"
    unfinished.write_bytes(html.encode())
    os.replace(unfinished, page)
    return page


def render(run: Run) -> str:
    """The page as text."""
    style = resources.files(__package__).joinpath("templates", "report.css").read_text("utf-8")
    shown = [(case, draw_timeline(case.events), draw_network(case)) for case in run.cases[:SHOWN]]
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            run=run,
            manifest=run.manifest,
            shown=shown,
            rows=ROWS,
            folded=FOLDED,
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            unknown=words.UNKNOWN,
            scale=words.SCALE,
            money=words.money,
            span=words.span,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({word.__name__: word for word in _FILTERS})
    return environment


def _harmless(value: object) -> object:
    """Whatever text comes from data is shown with its invisible characters written out; then it is escaped."""
    return words.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
