"""The pause test of a case, in words."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from floorwalker.cases.pauses import PAIRS, STEPS, pauses
from floorwalker.engine.step import bind
from floorwalker.pipeline.measure import opened, rows_of
from floorwalker.pipeline.trial import tables_of
from floorwalker.sources.dataset import open_data
from floorwalker.sources.intake import take_in

START = datetime(2025, 1, 1, 12)
LEAVE = (*range(50, 71), *range(160, 175), *range(240, 261))


def told(tmp_path: Path, removed: set[int], leave: tuple[int, ...] = LEAVE) -> list[str]:
    """Sentences on ann, who works every day but on her leave, and a seller with a bad review every third day."""
    work = ["action_id,staff_id,action,object_kind,object_id,at"]
    work += [f"a{d},ann,view_order,order,o1,{START + timedelta(days=d)}Z" for d in range(320) if d not in leave]
    reviews = ["review_id,product_id,reviewer_id,rating,posted_at,removed_at"]
    for d in range(0, 320, 3):
        gone = f"{START + timedelta(days=d + 3)}Z" if d in removed else ""
        reviews.append(f"r{d},p1,b{d},1,{START + timedelta(days=d)}Z,{gone}")
    market = {
        "products": "product_id,seller_id\np1,s1\n",
        "reviews": "\n".join(reviews),
        "staff_actions": "\n".join(work),
    }
    tables = tables_of({name: text.rstrip("\n") + "\n" for name, text in market.items()})
    take_in(open_data(tables), tmp_path / "tables", rejects=None, spill=tmp_path / "spill", memory="1GB")
    names = list(PAIRS["insider_pairs"])
    pair = pa.table([[value] for value in ("C-1", "insider_reviews", "ann", "s1")], names=names)
    with opened(tmp_path, "test", engine="duckdb", memory="1GB") as workspace:
        workspace.keep("insider_pairs", lambda: pair)
        workspace.run(bind(STEPS, PAIRS), {})
        return pauses(rows_of(workspace)).get("C-1", [])


def test_reviews_that_go_only_while_the_agent_works_are_told_with_their_chance(tmp_path: Path) -> None:
    (sentence,) = told(tmp_path, {d for d in range(320) if d not in LEAVE})
    assert sentence.startswith("Pause test: while ann was away for 7 days or longer, 0 of ")
    assert "were removed, otherwise 9" in sentence or "were removed, otherwise 8" in sentence
    assert "with a chance of 1 in " in sentence


def test_reviews_that_go_whoever_works_are_told_to_speak_for_no_tie(tmp_path: Path) -> None:
    (sentence,) = told(tmp_path, set(range(0, 320, 6)))
    assert sentence.endswith("it does not speak for a tie.")


@pytest.mark.parametrize("leave", [(), (5,), (10, 11, 12, 13, 14, 15)])
def test_an_agent_who_was_hardly_away_is_not_spoken_of(tmp_path: Path, leave: tuple[int, ...]) -> None:
    assert told(tmp_path, set(range(320)), leave) == []
