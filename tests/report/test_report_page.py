"""What report.html promises: complete, in order, offline, harmless, the same bytes each time."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.errors import RunError
from floorwalker.contract.run import CASES, NAMING, REMOVALS
from floorwalker.report import write_report

START = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
VOID = {"meta", "br", "link", "img", "input", "hr"}
Make = Callable[..., Any]


class Page(HTMLParser):
    """The tags, attributes, ids and text of a page; fails when a tag is left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)


def read(run: Path) -> Page:
    return Page(write_report(run).read_text(encoding="utf-8"))


def test_every_case_is_listed_in_the_order_of_its_rank(crowded_run: Path) -> None:
    html = write_report(crowded_run).read_text(encoding="utf-8")
    queue = html[html.index('id="cases"') : html.index("The cases one by one")]
    assert [int(n) for n in re.findall(r'class="rank"><div>(\d+)</div>', queue)] == list(range(1, 41))
    exposed = [float(m.replace(",", "")) for m in re.findall(r'class="number"><div>([\d,.]+) EUR', queue)]
    assert exposed == [1_500_000.0] + [900.0 - n for n in range(101, 140)]


def test_cases_beyond_the_first_thirty_are_said_to_be_in_the_table_only(crowded_run: Path) -> None:
    page = read(crowded_run)
    assert len([1 for tag, _ in page.tags if tag == "article"]) == 30
    assert "the other 10 are in this table only" in page.text


def test_what_is_left_out_is_counted_and_its_file_is_named(crowded_run: Path) -> None:
    text = read(crowded_run).text
    assert re.search(r"And [\d,]+ more in events\.parquet", text)
    assert "44 more with probability and q" in text
    assert "And 20 more in findings.parquet" in text
    assert re.search(r"36 of 82 members are drawn, the most probable of each column, with \d+ of [\d,]+ links", text)


def test_a_case_says_how_sure_who_when_and_what(ring_run: Path) -> None:
    text = read(ring_run).text
    for words in (
        "3 cases to look at",
        "8 accounts pushed 4 products of 2 sellers",
        "48,210.50 EUR",
        "57,641.25 EUR",
        "virtually certain 0.997",
        "p = 1.2 × 10⁻¹² (1 in 830 billion by chance alone)",
        "8 reviewers",
        "2 sellers",
        "who meets whom is chance.",
        "case-0001",
        "as known at 2024-06-01 00:00 UTC",
    ):
        assert words in text


def test_the_promise_is_one_plain_sentence(ring_run: Path) -> None:
    promise = "Of the subjects listed here at most 5 in 100 are expected to be wrong, if the stated null holds."
    assert promise in read(ring_run).text


def test_without_a_level_nothing_is_promised(make_run: Make) -> None:
    text = read(make_run({})).text
    assert "nothing is promised about its errors" in text
    assert "expected to be wrong" not in text


def test_what_speaks_against_is_said_once_with_its_count(ring_run: Path) -> None:
    text = read(ring_run).text
    assert text.count("Two of the products were on the front page that week. (said of 4 findings)") == 1


def test_what_removing_the_suspect_reviews_would_do_is_said_product_by_product(ring_run: Path) -> None:
    text = read(ring_run).text
    assert "If these reviews were removed Suspect: 30 reviews cited for listed subjects of this case" in text
    assert "B0010000X 2024-03-01 – 2024-03-03 8 8 4.57 none" in text
    assert "B0010001X 2024-03-10 – 2024-03-12 17 7 4.57 3.21" in text


def test_a_case_without_suspect_reviews_says_nothing_of_removing_any(ring_run: Path) -> None:
    pq.write_table(REMOVALS.empty_table(), ring_run / "removals.parquet")
    assert "If these reviews were removed" not in read(ring_run).text


@pytest.mark.parametrize(
    ("first", "half", "days", "words"),
    [
        (14, 21, 14, "within 14 days of its first evidence row; half of its subjects by 2024-03-22"),
        (1, None, 1, "within 1 day of its first evidence row; fewer than half of its subjects before its last"),
        (None, None, None, "not before its last evidence row"),
    ],
)
def test_how_soon_a_case_would_have_been_named_is_said_where_it_was_asked_for(
    ring_run: Path, first: int | None, half: int | None, days: int | None, words: str
) -> None:
    assert "Would have been named" not in read(ring_run).text
    at = [None if late is None else START + timedelta(days=late) for late in (first, half)]
    row = {"case_id": "case-0001", "campaign_start": START, "first_named_at": at[0], "half_named_at": at[1]}
    pq.write_table(pa.Table.from_pylist([row | {"days": days}], schema=NAMING), ring_run / "naming.parquet")
    assert f"Would have been named {words}" in read(ring_run).text


def test_when_nothing_speaks_against_that_is_said(ring_run: Path) -> None:
    words = "Nothing was found that speaks against, of the explanations that were looked for."
    assert read(ring_run).text.count(words) == 1


def test_a_member_that_is_not_on_the_list_is_not_called_a_suspect(ring_run: Path) -> None:
    text = read(ring_run).text
    assert "B0010000X very likely, 0.97 no: part of the story only" in text
    assert "acct-100000 virtually certain, > 0.999 yes, q = 0.00041" in text


def test_no_cases_says_what_was_looked_at_and_what_could_not_be(empty_run: Path) -> None:
    text = read(empty_run).text
    for words in (
        "No cases",
        "This is no proof that there is no abuse",
        "83,139 rows of 4 tables",
        "3,188 accounts",
        "text_twins was skipped: needs reviews.body",
        "1,011 of 4,199 accounts: not assessed",
        "160 of 800 products: not assessed",
        "48 rows that could not be used: set aside in the folder rejects",
        "Tables that were not there: refunds , returns , messages , staff_actions",
    ):
        assert words in text


def test_no_data_never_looks_like_no_abuse(make_run: Make, stated: Make) -> None:
    skipped = [{"name": "lockstep", "reason": "needs reviews"}]
    text = read(make_run(stated(detectors={"run": [], "skipped": skipped}), rings=0)).text
    assert "Nothing was looked at" in text
    assert "neither that there is any nor that there is none" in text
    assert "No cases" not in text


def test_too_little_data_to_assess_anyone_is_not_called_no_cases(make_run: Make, stated: Make) -> None:
    text = read(make_run(stated(assessed={}), rings=0)).text
    assert "Nothing could be assessed" in text
    assert "No subject has enough rows in these tables to be assessed." in text
    assert "No cases" not in text


def test_a_run_that_does_not_say_what_it_missed_is_not_said_to_have_missed_nothing(make_run: Make) -> None:
    text = read(make_run({})).text
    assert "What could not be looked at The run does not say." in text
    assert "Every detector ran" not in text


def test_a_null_that_does_not_fit_is_said_beside_the_promise(make_run: Make, stated: Make) -> None:
    health = {"share_below_05": 0.19, "low": 0.17, "high": 0.21, "tested": 900, "verdict": "too small"}
    text = read(make_run(stated(detectors={"run": [{"name": "lockstep", "null": "n", "health": health}]}))).text
    assert "Read the findings of lockstep with caution: 0.19 of its p-values are below 0.05" in text


def test_a_suspended_detector_is_said_to_list_nobody_and_why(make_run: Make, stated: Make) -> None:
    off = {"staff": 400, "share": 0.11, "highest": 0.072}
    text = read(make_run(stated(detectors={"run": [{"name": "insiders.x", "null": "n", "suspended": off}]}))).text
    assert "insiders.x lists nobody: its alerts are suspended." in text
    assert "Of 400 staff members whom nobody lists, 11 in 100 have a p-value below 0.05" in text


def test_why_staff_touched_records_is_told_by_rule_with_its_share(make_run: Make, stated: Make) -> None:
    rule = {"rule": "assigned", "words": "a ticket from the router", "acts": 9300, "share": 0.93}
    text = read(make_run(stated(explained=[rule]))).text
    assert "a ticket from the router 9,300 93 %" in text
    assert "Unexplained is no accusation" in text
    assert "Why staff touched" not in read(make_run(stated())).text


def test_what_a_detector_is_known_to_miss_is_said(make_run: Make, stated: Make) -> None:
    detector = {"name": "lockstep", "null": "n", "weaknesses": ["A ring that takes a year over one product."]}
    text = read(make_run(stated(detectors={"run": [detector]}))).text
    assert "lockstep : A ring that takes a year over one product." in text


def test_money_that_was_not_counted_is_not_called_nothing(make_run: Make, stated: Make) -> None:
    run = make_run(stated())
    cases = pq.read_table(run / "cases.parquet").to_pylist()
    unknown = [case | {"exposure": 0, "currency": ""} for case in cases]
    pq.write_table(pa.Table.from_pylist(unknown, schema=CASES), run / "cases.parquet")
    text = read(run).text
    assert "Money exposed not known" in text
    assert not re.search(r"\b0\.00 ", text)


def test_a_run_json_with_nothing_in_it_still_makes_a_page(make_run: Make) -> None:
    text = read(make_run({"engine": None, "inputs": None, "detectors": {"run": None}})).text
    assert "1 case to look at" in text
    assert "the null is not stated in the run" in text


def test_the_same_run_gives_the_same_bytes_in_every_process(ring_run: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from floorwalker.report import write_report as w; w(Path(sys.argv[1]))"
    )
    here = write_report(ring_run).read_bytes()
    subprocess.run(
        [sys.executable, "-c", code, str(ring_run)],
        check=True,
        timeout=120,
        env=os.environ | {"PYTHONHASHSEED": "1", "TZ": "UTC+9"},
    )
    assert (ring_run / "report.html").read_bytes() == here


def test_seconds_and_memory_do_not_change_the_page(make_run: Make, stated: Make) -> None:
    one = write_report(make_run(stated(steps=[{"name": "pairs", "seconds": 1.0}]))).read_bytes()
    assert write_report(make_run(stated(steps=[{"name": "pairs", "seconds": 77.0}]))).read_bytes() == one


@pytest.mark.parametrize("name", ["ring_run", "empty_run", "hostile_run"])
def test_nothing_is_fetched_and_nothing_can_run(name: str, request: pytest.FixtureRequest) -> None:
    page = read(request.getfixturevalue(name))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "embed", "form", "input", "base"}
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on") or key in ("src", "style", "xlink:href")], tag
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    html = (request.getfixturevalue(name) / "report.html").read_text(encoding="utf-8")
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_hostile_values_are_shown_as_they_are_written(hostile_run: Path) -> None:
    html = write_report(hostile_run).read_text(encoding="utf-8")
    text = Page(html).text
    assert "<script>alert(1)</script>" in text
    assert "'; drop table reviews; --" in text
    assert "{{ 7 * 7 }}{% raw %}" in text
    assert "\\u202egnp.exe\\u202c" in text
    assert "\u202e" not in html
    assert "\x00" not in html
    assert max(len(word) for word in text.split()) < 450


@pytest.mark.parametrize("name", ["ring_run", "empty_run", "hostile_run", "crowded_run"])
def test_ids_are_unique_and_every_reference_leads_somewhere(name: str, request: pytest.FixtureRequest) -> None:
    page = read(request.getfixturevalue(name))
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    wanted = {(a["href"] or "")[1:] for _, a in page.tags if "href" in a}
    wanted |= {key for _, a in page.tags for key in (a.get("aria-labelledby") or "").split()}
    assert wanted <= set(ids)


def test_headings_step_down_one_at_a_time_and_tables_have_scopes(ring_run: Path) -> None:
    page = read(ring_run)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert any(a.get("class") == "skip" and (a.get("href") or "").startswith("#") for _, a in page.tags)
    drawings = [attributes for tag, attributes in page.tags if tag == "svg" and attributes.get("role") == "img"]
    assert len(drawings) == 6
    assert all(drawing.get("aria-labelledby") for drawing in drawings)


def test_print_is_light_and_opens_what_is_folded(ring_run: Path) -> None:
    html = write_report(ring_run).read_text(encoding="utf-8")
    assert "@media screen and (prefers-color-scheme: dark)" in html
    printed = html[html.index("@media print") :]
    assert "details::details-content { content-visibility: visible" in printed
    assert "size: A4" in html


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_aa_in_light_and_dark(scheme: str, empty_run: Path) -> None:
    html = write_report(empty_run).read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{([^}]*--bg[^}]*)\}", html)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))
    for ground in ("bg", "surface"):
        for name in ("text", "muted", "accent"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for name in ("critical", "high"):
        assert contrast(colours[f"on-{name}"], colours[name]) >= 4.5, name
    for name in ("accent", "low-stars", "other", "account", "product", "seller-ring"):
        assert contrast(colours[name], colours["bg"]) >= 3, name


def test_a_folder_that_is_no_run_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"is not a run: run\.json cannot be read"):
        write_report(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"inputs": 3}', '{"detectors": {"run": [{}]}}', "\xff\xfe"])
def test_a_broken_run_json_is_refused_in_one_sentence(ring_run: Path, text: str) -> None:
    (ring_run / "run.json").write_text(text, encoding="latin-1")
    with pytest.raises(RunError, match=r"run\.json: .*; scan again"):
        write_report(ring_run)


@pytest.mark.parametrize(
    "name", ["cases", "case_members", "findings", "subjects", "links", "events", "scores", "removals", "naming"]
)
def test_a_broken_file_is_named_and_the_old_page_stays(ring_run: Path, name: str) -> None:
    before = write_report(ring_run).read_bytes()
    path = ring_run / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RunError, match=rf"{name}\.parquet cannot be read"):
        write_report(ring_run)
    path.unlink()
    with pytest.raises(RunError, match=rf"{name}\.parquet cannot be read"):
        write_report(ring_run)
    assert (ring_run / "report.html").read_bytes() == before
    assert not list(ring_run.glob(".report*"))


def test_a_finding_belongs_to_the_case_that_the_list_of_subjects_names(ring_run: Path) -> None:
    html = write_report(ring_run).read_text(encoding="utf-8")
    second = html[html.index('id="case-2"') : html.index('id="case-3"')]
    assert "acct-200000" in second
    assert "acct-100000" not in second
