"""In a real browser: no width makes the page scroll sideways, and no value of the data becomes markup."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from floorwalker.report import write_report

WIDTHS = (360, 1280, 1920)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH")

MEASURE = """
<script>
addEventListener("load", () => {
  const seen = [...document.querySelectorAll("iframe")].map((frame) => {
    const page = frame.contentDocument, root = page.documentElement;
    page.querySelectorAll("details").forEach((part) => { part.open = true; });
    const edge = (node) => node.getBoundingClientRect().right;
    const outside = [...page.querySelectorAll("h1, h2, h3, h4, p, li, dd, dt, svg.drawing, .side, .scroll")]
      .filter((node) => edge(node) > root.clientWidth + 1 && !node.closest(".skip"))
      .map((node) => node.outerHTML.slice(0, 90));
    return {
      width: frame.width, inner: root.clientWidth, scroll: root.scrollWidth, outside, mode: page.compatMode,
      title: page.title, styled: getComputedStyle(page.querySelector(".page")).paddingLeft,
      active: page.querySelectorAll("script, img, iframe, object, [onload], [onerror], [style]").length,
      loads: frame.contentWindow.performance.getEntriesByType("resource").length,
    };
  });
  document.body.textContent = "SEEN" + JSON.stringify(seen) + "SEEN";
});
</script>
"""


def measured(report: Path, folder: Path) -> list[dict[str, Any]]:
    page = html.escape(report.read_text(encoding="utf-8"), quote=True)
    frames = "".join(f'<iframe width="{width}" height="900" srcdoc="{page}"></iframe>' for width in WIDTHS)
    stage = folder / "stage.html"
    stage.write_text(f'<!doctype html><meta charset="utf-8"><body>{frames}{MEASURE}', encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    command = [str(CHROMIUM), *flags, f"--user-data-dir={folder / 'profile'}", "--dump-dom", stage.as_uri()]
    answer = subprocess.run(command, capture_output=True, check=True, timeout=180, text=True, encoding="utf-8")
    found = re.search("SEEN(.*)SEEN", answer.stdout)
    assert found is not None, answer.stderr[-500:]
    return list(json.loads(html.unescape(found.group(1))))


@pytest.mark.parametrize("name", ["ring_run", "empty_run", "hostile_run", "crowded_run"])
def test_no_width_scrolls_sideways_and_nothing_runs(
    name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = write_report(request.getfixturevalue(name))
    frames = measured(report, tmp_path_factory.mktemp("browser"))
    assert [int(frame["width"]) for frame in frames] == list(WIDTHS)
    for frame in frames:
        assert frame["mode"] == "CSS1Compat"
        assert frame["title"].startswith("floorwalker report")
        assert frame["styled"] == ("16px" if frame["inner"] < 960 else "32px"), "the policy must let the style in"
        assert frame["scroll"] <= frame["inner"], frame
        assert frame["outside"] == []
        assert frame["active"] == 0
        assert frame["loads"] == 0
