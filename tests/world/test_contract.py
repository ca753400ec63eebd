import pandas as pd
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.tables import TABLES
from floorwalker.contract.words import ROLES, SCHEMES, SUBJECT_KINDS

World = dict[str, pd.DataFrame]
ENTITY = {
    "account": "accounts",
    "seller": "accounts",
    "order": "orders",
    "review": "reviews",
    "refund": "refunds",
    "product": "products",
    "staff": "staff",
    "post": "posts",
}
SUBJECTS = [("staff_actions", "object"), ("tickets", "subject"), ("enforcements", "subject"), ("labels", "subject")]


@pytest.mark.parametrize("name", TABLES)
def test_each_table_has_exactly_the_columns_of_the_contract(world, name):
    assert list(world[name].columns) == [column.name for column in TABLES[name].columns if not column.extra]


@pytest.mark.parametrize("name", TABLES)
def test_what_rows_need_is_there_and_words_are_those_of_the_contract(any_world, name):
    table = any_world[name]
    for column in TABLES[name].columns:
        if column.required:
            assert table[column.name].notna().all(), column.name
        if column.choices:
            assert set(table[column.name].dropna()) <= set(column.choices), column.name


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.key])
def test_ids_are_unique_and_rows_are_sorted_by_time_and_id(any_world, name):
    table, key = any_world[name], TABLES[name].key
    assert table[key].is_unique
    keys = table[[TABLES[name].since, key]]
    assert keys.equals(keys.sort_values([TABLES[name].since, key], kind="stable"))


@pytest.mark.parametrize("name", TABLES)
def test_references_point_to_rows_that_exist(any_world, name):
    for column in TABLES[name].columns:
        if column.refers:
            there = set(any_world[column.refers][TABLES[column.refers].key])
            assert set(any_world[name][column.name].dropna()) <= there, column.name


@pytest.mark.parametrize(("name", "prefix"), [*SUBJECTS, ("truth", "subject")])
def test_subjects_of_each_kind_exist(any_world, name, prefix):
    for kind, rows in any_world[name].groupby(f"{prefix}_kind"):
        entity = ENTITY[kind]
        assert set(rows[f"{prefix}_id"]) <= set(any_world[entity][TABLES[entity].key])


def test_types_are_those_that_readers_expect(folder, summary):
    for name, rows in summary.rows.items():
        file = pq.ParquetFile(folder / f"{name}.parquet")
        assert file.metadata.num_rows == rows
        for field in file.schema_arrow:
            assert str(field.type) in {"string", "int64", "bool", "timestamp[us]", "decimal128(18, 2)"}, field


def test_an_order_names_the_seller_and_the_currency_of_its_product(any_world):
    both = any_world["orders"].merge(any_world["products"], on="product_id", suffixes=("", "_listed"))
    assert (both["seller_id"] == both["seller_id_listed"]).all()
    assert (both["currency"] == both["currency_listed"]).all()


def test_a_refund_and_a_review_belong_to_the_buyer_of_their_order(any_world):
    orders = any_world["orders"].set_index("order_id")
    refunds, reviews = any_world["refunds"], any_world["reviews"].dropna(subset=["order_id"])
    assert (orders.loc[refunds["order_id"], "buyer_id"].to_numpy() == refunds["buyer_id"].to_numpy()).all()
    assert (orders.loc[reviews["order_id"], "buyer_id"].to_numpy() == reviews["reviewer_id"].to_numpy()).all()
    assert (orders.loc[reviews["order_id"], "product_id"].to_numpy() == reviews["product_id"].to_numpy()).all()


def test_nothing_happens_before_its_cause(any_world):
    accounts = any_world["accounts"].set_index("account_id")["created_at"]
    listed = any_world["products"].set_index("product_id")["listed_at"]
    orders, reviews, refunds = any_world["orders"], any_world["reviews"], any_world["refunds"]
    assert (orders["placed_at"].to_numpy() >= accounts[orders["buyer_id"]].to_numpy()).all()
    assert (orders["placed_at"].to_numpy() >= listed[orders["product_id"]].to_numpy()).all()
    assert not (orders["delivered_at"] <= orders["placed_at"]).any()
    bought = reviews.merge(orders, on="order_id")
    assert (bought["posted_at"] >= bought["delivered_at"]).all()
    claimed = refunds.merge(orders, on="order_id")
    assert (claimed["requested_at"] > claimed["placed_at"]).all()
    assert not (refunds["decided_at"] < refunds["requested_at"]).any()
    assert not (reviews["removed_at"] < reviews["posted_at"]).any()


def test_a_banned_account_is_quiet_after_the_ban(any_world):
    accounts = any_world["accounts"]
    banned = accounts[accounts["status"] == "banned"].set_index("account_id")["closed_at"]
    for table, who, when in (("orders", "buyer_id", "placed_at"), ("reviews", "reviewer_id", "posted_at")):
        rows = any_world[table]
        rows = rows[rows[who].isin(banned.index)]
        assert (rows[when].to_numpy() <= banned[rows[who]].to_numpy()).all()


def test_truth_speaks_in_the_words_of_the_contract(world):
    truth = world["truth"]
    assert set(truth["scheme"]) == set(SCHEMES)
    assert set(truth["role"]) <= set(ROLES)
    assert set(truth["subject_kind"]) <= set(SUBJECT_KINDS)
    assert set(truth["stealth"]) <= {"plain", "careful", "stealthy"}
    assert (truth["started_at"] <= truth["ended_at"]).all()
    assert not truth.duplicated(["subject_kind", "subject_id", "scheme", "role", "ring_id"]).any()
