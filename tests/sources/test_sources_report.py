"""What `check` prints and says as JSON."""

import io
import json

from rich.console import Console

from floorwalker.sources.report import check_table
from three_reviews import REVIEWS


def printed(taken, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    console.print(check_table(taken.intake))
    return console.file.getvalue()


def test_the_report_fits_into_eighty_columns_and_names_each_problem(data, take):
    (data / "reviews.csv").write_text(
        REVIEWS + "r4,p1,u1,7,2024-01-01,\n" + "r5,p1,u1,5,[bold]x[/bold]" + "z" * 99 + ",\n"
    )
    text = printed(take())
    assert max(map(len, text.splitlines())) <= 80
    assert "reviews.rating: out of range" in text
    assert "row 4: 7" in text
    assert "[bold]x[/bold]" in text
    assert "not there: accounts" in text


def test_values_cannot_steer_the_terminal(data, take):
    (data / "reviews.ndjson").write_text(
        json.dumps(
            {"review_id": "\x1b[2J", "product_id": "p", "reviewer_id": "u", "rating": 9, "posted_at": "\x1b]0;x\x07"}
        )
        + "\n"
        + json.dumps({"review_id": "r", "product_id": "p", "reviewer_id": "u", "rating": 5, "posted_at": "2024-01-01"})
    )
    assert "\x1b" not in printed(take())


def test_the_json_is_the_same_each_time(data, take):
    (data / "reviews.csv").write_text(REVIEWS + "r4,p1,u1,7,2024-01-01,\n,p1,u1,1,2024-01-01,\n")
    first, second = (json.dumps(take().intake.to_json()) for _ in range(2))
    assert first == second


def test_the_files_written_are_the_same_bytes_each_time(data, take):
    (data / "reviews.csv").write_text(
        REVIEWS * 1 + "".join(f"x{i % 900},p1,u1,{i % 7},2024-01-01,{i}\n" for i in range(3000))
    )
    runs = []
    for _ in range(2):
        taken = take()
        files = sorted(taken.out.glob("*.parquet")) + sorted(taken.rejects_folder.glob("*.parquet"))
        runs.append({path.name: path.read_bytes() for path in files})
    assert runs[0] == runs[1]
