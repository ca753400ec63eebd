import pandas as pd
import pytest

World = dict[str, pd.DataFrame]


def test_a_clean_world_has_an_empty_truth_and_no_abusive_label(clean_world, world):
    assert len(clean_world["truth"]) == 0
    assert list(clean_world["truth"].columns) == list(world["truth"].columns)
    assert (clean_world["labels"]["label"] == "legitimate").all()


def test_abuse_is_added_to_the_same_honest_life(clean_world, world):
    for name, key in (("orders", "order_id"), ("reviews", "review_id"), ("tickets", "ticket_id")):
        assert set(clean_world[name][key]) <= set(world[name][key])
    extra = 1 - len(clean_world["orders"]) / len(world["orders"])
    assert 0 < extra < 0.03


def test_every_tenth_order_or_so_is_reviewed(any_world):
    share = any_world["reviews"]["order_id"].notna().sum() / len(any_world["orders"])
    assert 0.08 < share < 0.16
    assert 0.05 < any_world["reviews"]["order_id"].isna().mean() < 0.35


def test_stars_are_j_shaped(any_world):
    stars = any_world["reviews"]["rating"].value_counts(normalize=True)
    assert 0.5 < stars[5] < 0.72
    assert stars[1] > stars[2]
    assert stars[5] > stars[4] > stars[3] > stars[2]


@pytest.mark.parametrize(
    ("table", "who", "least"),
    [
        ("orders", "buyer_id", 0.25),
        ("orders", "product_id", 0.4),
        ("orders", "seller_id", 0.4),
        ("reviews", "product_id", 0.3),
    ],
)
def test_a_few_do_much_and_most_do_little(any_world, table, who, least):
    counts = any_world[table][who].value_counts()
    assert counts.median() < counts.mean()
    assert counts.iloc[: len(counts) // 20].sum() / counts.sum() > least


def test_most_buyers_never_review_and_some_review_nearly_all(any_world):
    bought = any_world["orders"]["buyer_id"].value_counts()
    told = any_world["reviews"].dropna(subset=["order_id"])["reviewer_id"].value_counts()
    told = told.reindex(bought.index, fill_value=0)
    assert (told == 0).mean() > 0.6
    busy = bought >= 8
    assert ((told / bought)[busy] > 0.6).sum() >= 3


def test_several_reviews_are_often_written_in_one_sitting(any_world):
    reviews = any_world["reviews"].sort_values(["reviewer_id", "posted_at"])
    gap = reviews.groupby("reviewer_id")["posted_at"].diff().dropna()
    assert 0.1 < (gap < pd.Timedelta(hours=1)).mean() < 0.7


def test_weekends_and_sale_days_are_busier_and_nights_are_quiet(any_world):
    placed = any_world["orders"]["placed_at"]
    days = placed.dt.date.value_counts()
    assert days[pd.Timestamp("2024-11-29").date()] > 2 * days.median()
    hours = placed.dt.hour.value_counts()
    assert hours[20] > 8 * hours[3]
    weekday = placed.dt.day_of_week.value_counts()
    assert weekday[6] > weekday[4]


def test_carriers_dormitories_and_forwarders_put_many_behind_one_value(any_world):
    many = any_world["identifiers"].groupby(["kind", "value"])["account_id"].nunique()
    assert many["ip"].max() > 500
    address = many["address"].sort_values(ascending=False)
    assert address.iloc[0] >= 140
    assert ((address >= 40) & (address < 140)).sum() >= 1
    assert (address == 2).sum() > 500
    accounts = any_world["accounts"].set_index("account_id")["country"]
    at_forwarder = any_world["identifiers"].query("kind == 'address' and value == @address.index[0]")["account_id"]
    assert accounts[at_forwarder].nunique() >= 4


def test_merged_listings_show_the_same_reviews_twice(any_world):
    same = any_world["reviews"].groupby(["reviewer_id", "posted_at", "body"])["product_id"].nunique()
    assert (same == 2).sum() > 30


def test_a_product_goes_viral_with_people_who_just_joined(any_world):
    reviews = (
        any_world["reviews"]
        .dropna(subset=["order_id"])
        .merge(any_world["accounts"], left_on="reviewer_id", right_on="account_id")
    )
    new = reviews[(reviews["posted_at"] - reviews["created_at"]).dt.days < 30]
    week = new.groupby(["product_id", new["posted_at"].dt.to_period("M")]).size()
    assert week.max() >= 15


def test_fans_buy_most_launches_of_their_brand_within_days_and_love_them(any_world):
    orders = any_world["orders"].merge(any_world["products"], on="product_id")
    soon = orders[(orders["placed_at"] - orders["listed_at"]).dt.days < 10]
    launches = soon.groupby(["buyer_id", "brand"])["product_id"].nunique().reset_index(name="launches")
    fans = launches[launches["launches"] >= 4]
    assert len(fans) >= 8
    reviews = any_world["reviews"].merge(any_world["products"], on="product_id")
    told = reviews.merge(fans, left_on=["reviewer_id", "brand"], right_on=["buyer_id", "brand"])
    assert (told["rating"] == 5).mean() > 0.75


def test_a_sampling_programme_sends_new_things_to_the_same_trusted_people_at_once(any_world):
    reviews = any_world["reviews"]
    free = reviews[reviews["order_id"].isna()].merge(any_world["products"], on="product_id")
    free = free[(free["posted_at"] - free["listed_at"]).dt.days < 75]
    tests = free["product_id"].value_counts()
    assert (tests >= 5).sum() >= 10
    panel = free[free["product_id"].isin(tests[tests >= 5].index)]["reviewer_id"].value_counts()
    assert (panel >= 5).sum() >= 8


def test_a_recall_sends_many_buyers_of_one_product_back(any_world):
    recalled = any_world["refunds"].query("reason == 'recall'").merge(any_world["orders"], on="order_id")
    assert recalled["product_id"].nunique() >= 1
    assert recalled["product_id"].value_counts().iloc[0] >= 15


def test_a_bad_courier_makes_one_area_complain_for_some_weeks(large_world):
    orders = large_world["orders"].merge(large_world["refunds"][["order_id", "reason"]], on="order_id", how="left")
    country = large_world["accounts"].set_index("account_id")["country"]
    orders["area"] = country[orders["buyer_id"]].to_numpy() + orders["ship_postcode"].str[:2]
    orders["missing"] = orders["reason"] == "not_received"
    cell = orders.groupby(["area", orders["placed_at"].dt.to_period("M")])["missing"].agg(["sum", "mean"])
    assert (cell["mean"][cell["sum"] >= 5] > 10 * orders["missing"].mean()).any()


def test_some_honest_buyers_send_much_back(clean_world):
    bought = clean_world["orders"]["buyer_id"].value_counts()
    back = clean_world["refunds"]["buyer_id"].value_counts().reindex(bought.index, fill_value=0)
    heavy = (back / bought)[bought >= 10] > 0.2
    assert 0.005 < heavy.mean() < 0.1


def test_one_person_may_handle_all_cases_of_a_seller_and_some_work_at_night(any_world):
    actions = any_world["staff_actions"]
    night = actions[actions["at"].dt.hour < 6].groupby("staff_id").size() / actions.groupby("staff_id").size()
    assert (night > 0.4).sum() >= 2
    recall = any_world["tickets"].query("kind == 'recall'")
    assert recall["assigned_to"].value_counts(normalize=True).iloc[0] > 0.3


def test_honest_sellers_appeal_and_come_back(clean_world):
    suspended = clean_world["enforcements"].query("measure == 'suspend'")
    assert 0.3 < suspended["ended_at"].notna().mean() < 0.9
    back = clean_world["staff_actions"].query("action == 'reinstate_seller'")
    assert set(suspended.dropna(subset=["ended_at"])["subject_id"]) == set(back["object_id"])


def test_staff_without_any_plot_still_work_without_tickets_now_and_then(clean_world):
    actions = clean_world["staff_actions"]
    bare = actions["ticket_id"].isna().groupby(actions["action"]).mean()
    assert 0.01 < bare["view_customer"] < 0.1
    assert 0.03 < bare["delete_review"] < 0.5
    assert 0.03 < (clean_world["tickets"]["assigned_by"] == "self").mean() < 0.12


def test_reviews_are_written_in_several_languages_and_mostly_in_own_words(any_world):
    bodies = any_world["reviews"].drop_duplicates(["reviewer_id", "posted_at", "body"])["body"]
    assert bodies.nunique() / len(bodies) > 0.8
    for word in ("the", "und", "très", "muy"):
        assert bodies.str.contains(rf"\b{word}\b", case=False).any()
