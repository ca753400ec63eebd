"""How well messages that offer something for a review are told from those that do not.

    python benchmarks/solicitation.py [DATA]

The hand-written test messages by language and spelling; the messages learnt from, each language judged by a classifier
that never saw it; and the share of real messages (DATA/messages, by default ../shared/data beside the repository) that
would be taken for one.
"""

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from benchmarks.proportions import proportion
from floorwalker.detectors.messages.classifier import read, teach, training
from floorwalker.detectors.messages.offering import LIKELY, SURE, is_lure, is_solicitation

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "tests" / "detectors" / "solicitation_messages.tsv"
Row = tuple[bool, str, str, str]


def test_messages() -> list[Row]:
    """(whether a solicitation, language, spelling, text), the escapes resolved."""
    lines = [line for line in MESSAGES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    split = [line.split("\t") for line in lines]
    return [
        (label == "solicitation", language, spelling, text.replace("\\u200b", "\u200b").replace("\\u200d", "\u200d"))
        for label, language, spelling, text in split
    ]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    rows = test_messages()
    found = [is_solicitation(answer) for answer in read([text for *_, text in rows])]
    print("\n| messages | solicitations | precision | recall |\n|---|---|---|---|")
    _print("all", rows, found, lambda _: True)
    for spelling in ("plain", "evasive"):
        _print(f"{spelling} spelling", rows, found, partial(_has, 2, spelling))
    for language in sorted({language for _, language, _, _ in rows}):
        _print(language, rows, found, partial(_has, 1, language))
    _print_unlearnt_languages()
    if (folder / "messages").is_dir():
        _print_real(folder / "messages")


def _has(place: int, value: str, row: Row) -> bool:
    return row[place] == value


def _print_unlearnt_languages() -> None:
    known = training()
    judged = []
    for left_out in sorted({language for _, language, _ in known}):
        rest = [(label, text) for label, language, text in known if language != left_out]
        classifier = teach([label for label, _ in rest], [text for _, text in rest])
        own = [(label, text) for label, language, text in known if language == left_out]
        found = read([text for _, text in own], classifier)
        judged += [(label, answer.log_odds) for (label, _), answer in zip(own, found, strict=True)]
    print("\n| log odds at least | solicitations found | honest look-alikes taken for one |\n|---|---|---|")
    for least in (0.0, LIKELY, 1.5, SURE, 3.0, 4.0):
        offers, others = ([found >= least for label, found in judged if label == kind] for kind in (True, False))
        print(f"| {least} | {proportion(sum(offers), len(offers))} | {proportion(sum(others), len(others))} |")
    beyond = [found - LIKELY for label, found in judged if not label and found >= LIKELY]
    print(f"\nlook-alikes beyond {LIKELY} exceed it by {sum(beyond) / max(len(beyond), 1):.2f} on average")


def _print(name: str, rows: list[Row], found: list[bool], wanted: Callable[[Row], bool]) -> None:
    chosen = [(row[0], answer) for row, answer in zip(rows, found, strict=True) if wanted(row)]
    right = sum(label and answer for label, answer in chosen)
    flagged, bad = sum(answer for _, answer in chosen), sum(label for label, _ in chosen)
    print(f"| {name} | {bad} of {len(chosen)} | {proportion(right, flagged)} | {proportion(right, bad)} |")


def _print_real(folder: Path) -> None:
    print("\n| real messages, each text once | taken for an offer for a review | for a lure |\n|---|---|---|")
    texts, look_alikes = 0, 0
    start = time.perf_counter()
    for name, lines in _real(folder):
        answers = read(sorted(set(lines)))
        texts += len(answers)
        look_alikes += sum(bool(answer.meanings) for answer in answers)
        offers, lures = sum(map(is_solicitation, answers)), sum(map(is_lure, answers))
        print(f"| {name} | {proportion(offers, len(answers))} | {proportion(lures, len(answers))} |")
    print(f"\nof all {texts:,}, {look_alikes} speak of a gain or a way out, and of a review or both")
    print(f"{texts / (time.perf_counter() - start):,.0f} messages a second on one core")


def _real(folder: Path) -> Iterable[tuple[str, list[str]]]:
    for path in sorted(folder.glob("*.txt")):
        yield path.stem.replace("_", " "), _lines(path)
    sms = [line.split("\t", 1) for line in _lines(folder / "sms_spam.tsv")]
    for label in ("ham", "spam"):
        yield f"sms {label}", [text for found, text in sms if found == label]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


if __name__ == "__main__":
    main()
