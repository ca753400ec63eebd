"""Real testers of free products, in a larger market: in step, and honest."""

import os
from pathlib import Path

import pyarrow as pa
import pytest

from floorwalker.detectors.reviews.lockstep import LOCKSTEP
from floorwalker.pipeline.trial import listed, trial

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("FLOORWALKER_DATA", ROOT.parent / "shared" / "data")) / "amazon_beauty"


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the All Beauty reviews are not on this machine (FLOORWALKER_DATA)")
def test_people_who_test_free_products_are_not_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    larger_market = __import__("benchmarks.larger_market").larger_market
    people = larger_market.real(FOLDER)
    market = pa.concat_tables([people, larger_market.drawn(60_000)])
    market = market.append_column("review_id", pa.array([f"r{k}" for k in range(market.num_rows)]))
    named = {name for _, name in listed(LOCKSTEP, trial(LOCKSTEP, {"reviews": market.drop_columns(["order_id"])}))}
    assert not named & set(people["reviewer_id"].to_pylist())
