"""The mapping files in examples/ fit the real data that they were made for."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


def real(name: str) -> tuple[Path, Path]:
    if not (DATA / name).is_dir():
        pytest.skip(f"the real data set {name} is not at {DATA}")
    return DATA / name, ROOT / "examples" / name / "floorwalker.toml"


def test_beauty_reviews(take):
    folder, mapping = real("amazon_beauty")
    taken = take(folder, mapping=mapping)
    assert taken["reviews"].rows_read == 5269
    assert set(taken.problems("reviews")) == {("review_id", "duplicate id")}


def test_trust_ratings(take):
    folder, mapping = real("bitcoin_otc")
    taken = take(folder, mapping=mapping)
    assert (taken["reviews"].rows_read, taken["reviews"].rows_kept) == (35592, 35592)
    ratings = taken.column("reviews", "rating")
    assert (min(ratings), max(ratings)) == (1.0, 5.0)


def test_shop_invoices(take):
    folder, mapping = real("online_retail")
    taken = take(folder, mapping=mapping)
    assert taken["orders"].rows_read == taken["refunds"].rows_read == 541909
    assert taken["refunds"].rows_kept > 8000
    assert {reason for _, reason in taken.problems("orders")} == {"duplicate id"}
