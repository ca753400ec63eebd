import pandas as pd
import pytest

from floorwalker.contract.words import SCHEMES

World = dict[str, pd.DataFrame]
POPULATION = {  # who could have been in a scheme: the rows of a table that count as one subject each
    "review_ring": ("reviews", "reviewer_id"),
    "review_sabotage": ("reviews", "reviewer_id"),
    "refund_gang": ("refunds", "buyer_id"),
    "refund_abuse": ("refunds", "buyer_id"),
    "ban_evasion": ("accounts", "account_id"),
    "insider_reviews": ("staff", "staff_id"),
    "insider_reinstate": ("staff", "staff_id"),
    "insider_data": ("staff", "staff_id"),
    "insider_refunds": ("staff", "staff_id"),
    "staff_takeover": ("staff", "staff_id"),
}


def _part(world: World, scheme: str, role: str) -> pd.DataFrame:
    return world["truth"].query("scheme == @scheme and role == @role")


def _jobs(world: World) -> pd.DataFrame:
    """Reviews that shills wrote on the products of their own ring."""
    shills = _part(world, "review_ring", "reviewer")
    pushed = _part(world, "review_ring", "product").rename(columns={"subject_id": "product_id"})
    jobs = world["reviews"].merge(shills, left_on="reviewer_id", right_on="subject_id")
    return jobs.merge(pushed[["product_id", "ring_id"]], on=["product_id", "ring_id"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_happens_in_a_world_of_a_tenth(world, scheme):
    assert (world["truth"]["scheme"] == scheme).any()


@pytest.mark.parametrize("scheme", POPULATION)
def test_abuse_is_rare(large_world, scheme):
    table, who = POPULATION[scheme]
    rows = large_world["truth"]
    guilty = rows[(rows["scheme"] == scheme) & rows["subject_id"].isin(large_world[table][who])]
    guilty = guilty[~guilty["role"].isin(["banned", "broker"])]
    assert 0 < guilty["subject_id"].nunique() / large_world[table][who].nunique() <= 0.03


def test_pushed_products_and_their_sellers_are_rare(large_world):
    sellers = (large_world["accounts"]["role"] == "seller").sum()
    assert len(_part(large_world, "review_ring", "seller")) <= 0.03 * sellers
    assert len(_part(large_world, "review_ring", "product")) <= 0.03 * len(large_world["products"])


@pytest.mark.parametrize(("stealth", "low", "high"), [("plain", 8, 15), ("careful", 4, 6), ("stealthy", 1, 4)])
def test_shills_do_as_many_jobs_as_their_care_allows(large_world, stealth, low, high):
    jobs = _jobs(large_world)
    jobs = jobs[jobs["stealth"] == stealth]
    pushed = _part(large_world, "review_ring", "product")["ring_id"].value_counts()
    each = jobs.groupby(["reviewer_id", "ring_id"]).size()
    assert each.quantile(0.95) <= high  # a camouflage purchase may be one of the ring's own
    room = each.index.get_level_values("ring_id").map(pushed) >= high
    if room.any():
        assert 0.7 * low <= each[room].mean() <= high


@pytest.mark.parametrize(("stealth", "days"), [("plain", 45), ("careful", 90), ("stealthy", 230)])
def test_the_campaign_of_a_product_is_as_long_as_its_care_allows(large_world, stealth, days):
    jobs = _jobs(large_world)
    posted = jobs[jobs["stealth"] == stealth].groupby(["ring_id", "product_id"])["posted_at"]
    length = (posted.quantile(0.9) - posted.quantile(0.1)).dt.days
    assert length.median() <= days


def test_shills_buy_what_they_praise(large_world):
    jobs = _jobs(large_world)
    assert (jobs["order_id"].notna()).mean() > 0.95
    assert (jobs["rating"] >= 4).mean() > 0.98


def test_shills_are_buyers_with_a_life_of_their_own(large_world):
    shills = _part(large_world, "review_ring", "reviewer")
    pushed = _part(large_world, "review_ring", "product")
    orders = large_world["orders"]
    ordinary = orders[orders["buyer_id"].isin(shills["subject_id"]) & ~orders["product_id"].isin(pushed["subject_id"])]
    assert ordinary["buyer_id"].nunique() / len(shills) > 0.6
    created = large_world["accounts"].set_index("account_id")["created_at"]
    old = (shills["started_at"].to_numpy() - created[shills["subject_id"]].to_numpy()) > pd.Timedelta(days=90)
    assert 0.3 < old.mean() < 0.95


def test_what_shills_leave_behind_looks_like_what_others_leave(large_world):
    """Identifiers, deliveries, prices paid and hours of the day carry no mark of the maker."""
    shills = set(_part(large_world, "review_ring", "reviewer")["subject_id"])
    identifiers = large_world["identifiers"].merge(large_world["accounts"], on="account_id").query("role == 'buyer'")
    late = (identifiers["first_seen_at"] > identifiers["created_at"]).groupby(identifiers["account_id"].isin(shills))
    assert late.mean()[True] < 2 * late.mean()[False]
    orders = large_world["orders"].merge(large_world["products"][["product_id", "price"]], on="product_id")
    guilty = orders["buyer_id"].isin(shills)
    days = (orders["delivered_at"] - orders["placed_at"]).dt.total_seconds() / 86_400
    unit = orders["amount"].astype(float) / orders["quantity"] / orders["price"].astype(float)
    for measure, room in ((days, 0.4), (unit, 0.02), (orders["quantity"], 0.1), (orders["placed_at"].dt.hour, 1.0)):
        assert abs(measure[guilty].mean() - measure[~guilty].mean()) < room


@pytest.mark.parametrize("role", ["reviewer", "seller", "product", "returned", "client", "insider"])
def test_ids_do_not_tell_who_is_guilty(large_world, role):
    truth = large_world["truth"].query("role == @role")
    everyone = pd.concat(
        [large_world["accounts"]["account_id"], large_world["products"]["product_id"], large_world["staff"]["staff_id"]]
    )
    everyone = everyone[everyone.str[0].isin(truth["subject_id"].str[0].unique())]
    rank = everyone.rank(pct=True)[everyone.isin(truth["subject_id"])]
    assert abs(rank.mean() - 0.5) < 4 * (1 / 12) ** 0.5 / len(rank) ** 0.5


def test_a_buyer_plays_a_part_in_one_story_only(large_world):
    truth = large_world["truth"]
    buyers = large_world["accounts"].query("role == 'buyer'")["account_id"]
    stories = truth[truth["subject_id"].isin(buyers)].groupby("subject_id")["ring_id"].nunique()
    assert (stories == 1).all()


def test_some_sellers_of_rings_have_other_stories_too(large_world):
    sellers = _part(large_world, "review_ring", "seller")["subject_id"]
    others = large_world["truth"].query("scheme != 'review_ring'")
    assert others[others["subject_id"].isin(sellers)]["scheme"].nunique() >= 2


def test_nobody_guilty_was_cleared_and_nobody_innocent_was_labelled_abusive(large_world):
    labels, truth = large_world["labels"], large_world["truth"]
    guilty = truth[truth["role"] != "victim"]["subject_id"]
    assert not labels.query("label == 'legitimate'")["subject_id"].isin(guilty).any()
    assert labels.query("label == 'abusive'")["subject_id"].isin(guilty).all()
    found = labels.query("label == 'abusive'")["subject_id"].nunique()
    assert 0 < found < 0.3 * guilty.nunique()


def test_saboteurs_give_one_or_two_stars_to_their_victims(large_world):
    crowd = _part(large_world, "review_sabotage", "reviewer")
    victims = _part(large_world, "review_sabotage", "victim").rename(columns={"subject_id": "product_id"})
    hits = large_world["reviews"].merge(crowd, left_on="reviewer_id", right_on="subject_id")
    hits = hits.merge(victims[["product_id", "ring_id"]], on=["product_id", "ring_id"])
    assert hits["reviewer_id"].nunique() > 0.7 * len(crowd)
    assert (hits["rating"] <= 2).mean() > 0.9


def test_a_bribed_moderator_deletes_for_the_beneficiary(large_world):
    insider = _part(large_world, "insider_reviews", "insider")
    sellers = _part(large_world, "insider_reviews", "beneficiary")["subject_id"]
    deleted = large_world["staff_actions"].query("action == 'delete_review'")
    deleted = deleted.merge(large_world["reviews"], left_on="object_id", right_on="review_id")
    deleted = deleted.merge(large_world["products"], on="product_id")
    theirs = deleted["seller_id"].isin(sellers).groupby(deleted["staff_id"]).mean()
    assert theirs[insider["subject_id"]].min() > theirs.drop(insider["subject_id"]).mean()


def test_the_returned_open_their_account_after_the_ban(large_world):
    banned = _part(large_world, "ban_evasion", "banned").set_index("ring_id")["subject_id"]
    returned = _part(large_world, "ban_evasion", "returned").set_index("ring_id")
    accounts = large_world["accounts"].set_index("account_id")
    assert (accounts.loc[banned, "status"] == "banned").all()
    opened = accounts.loc[returned["subject_id"], "created_at"].to_numpy()
    assert (opened > accounts.loc[banned[returned.index], "closed_at"].to_numpy()).all()
    plain = returned[returned["stealth"] == "plain"]
    both = pd.concat([plain["subject_id"], banned])
    identifiers = large_world["identifiers"]
    values = identifiers[identifiers["account_id"].isin(both)].groupby("account_id")["value"].agg(set)
    shared = [bool(values[new] & values[banned[ring]]) for ring, new in plain["subject_id"].items()]
    assert sum(shared) / len(shared) > 0.9


def test_gangs_are_refunded_for_goods_that_came(large_world):
    clients = _part(large_world, "refund_gang", "client")
    claims = large_world["refunds"].merge(large_world["orders"], on=["order_id", "buyer_id"])
    claims = claims[claims["buyer_id"].isin(clients["subject_id"])]
    assert claims["buyer_id"].nunique() / len(clients) > 0.9
    assert claims["delivered_at"].notna().mean() > 0.95
    rest = large_world["orders"]["amount"].astype(float).median()
    assert claims["amount_y"].astype(float).median() > 2 * rest


def test_a_stolen_staff_account_is_used_from_elsewhere(large_world):
    victim = _part(large_world, "staff_takeover", "insider").iloc[0]
    actions = large_world["staff_actions"].query("staff_id == @victim.subject_id")
    before = actions[actions["at"] < victim["started_at"]]
    during = actions[actions["at"].between(victim["started_at"], victim["ended_at"] + pd.Timedelta(days=2))]
    assert (~during["ip"].isin(set(before["ip"]))).sum() >= 15


def test_sellers_who_solicit_write_to_their_own_buyers(large_world):
    sellers = _part(large_world, "solicitation", "seller")["subject_id"]
    sent = large_world["messages"].query("sender_id in @sellers")
    assert sent["sender_id"].nunique() == sellers.nunique()
    bought = set(zip(large_world["orders"]["seller_id"], large_world["orders"]["buyer_id"], strict=True))
    assert [pair in bought for pair in zip(sent["sender_id"], sent["recipient_id"], strict=True)].count(False) == 0


def test_brokers_advertise_outside(large_world):
    adverts = large_world["truth"].query("subject_kind == 'post'")["subject_id"]
    posts = large_world["posts"]
    assert 0 < len(adverts) < 0.5 * len(posts)
    pushed = _part(large_world, "review_ring", "product")["subject_id"]
    named = posts[posts["post_id"].isin(adverts)]["body"].str.extract(r"\b(P[0-9A-Z]{12})\b")[0].dropna()
    assert named.isin(pushed).all()
