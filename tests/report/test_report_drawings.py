"""The drawings show what is there, in its order, and say what they leave out."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from floorwalker.report.network import EDGES, MOST, draw_network
from floorwalker.report.records import Case, Event, Link, Member, Subject
from floorwalker.report.timeline import DOTS, LANES, draw_timeline

START = datetime(2024, 1, 1, tzinfo=UTC)
SUBJECTS = st.builds(
    Subject, st.sampled_from(["account", "product", "staff", "identifier"]), st.text("abc", min_size=1)
)


def event(hours: int | None, actor: str = "A", product: str = "P", what: str = "5 stars") -> Event:
    at = None if hours is None else START + timedelta(hours=hours)
    return Event("reviews", f"r{hours}", at, Subject("account", actor), Subject("product", product), what, "")


def case(links: list[Link], members: list[Member]) -> Case:
    return Case(
        rank=1,
        case_id="c",
        scheme="review_ring",
        title="A ring",
        summary="",
        probability=None,
        exposure=None,
        currency=None,
        first_seen_at=None,
        last_seen_at=None,
        members=tuple(members),
        findings=(),
        events=(),
        links=tuple(links),
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50_000), st.sampled_from("PQRS")), min_size=1, max_size=60))
def test_dots_stand_in_order_of_time_inside_the_drawing(rows: list[tuple[int, str]]) -> None:
    timeline = draw_timeline([event(hours, product=p) for hours, p in sorted(rows)])
    assert timeline is not None
    dots = [dot for lane in timeline.lanes for dot in lane.dots]
    assert len(dots) == timeline.drawn == timeline.dated == len(rows)
    assert all(0 <= dot.x <= 100 and 0 < dot.y < timeline.height for dot in dots)
    for lane in timeline.lanes:
        assert [dot.x for dot in lane.dots] == sorted(dot.x for dot in lane.dots)
    assert 1 <= len(timeline.ticks) <= 4
    assert all(0 <= x <= 100 for x, _, _ in timeline.ticks)


def test_a_lane_is_a_product_or_an_account_when_there_is_one_product() -> None:
    many = draw_timeline([event(1, "A", "P"), event(2, "A", "Q")])
    one = draw_timeline([event(1, "A", "P"), event(2, "B", "P")])
    assert many is not None
    assert one is not None
    assert [lane.subject.id for lane in many.lanes] == ["P", "Q"]
    assert [lane.subject.id for lane in one.lanes] == ["A", "B"]


def test_stars_have_shapes_and_the_legend_names_those_that_occur() -> None:
    timeline = draw_timeline([event(1, what="5 stars"), event(2, what="1 star"), event(3, what="ordered")])
    assert timeline is not None
    assert [dot.shape for dot in timeline.lanes[0].dots] == ["high", "low", "other"]
    assert list(timeline.shapes.values()) == ["4 or 5 stars", "1 or 2 stars", "no stars given"]


def test_what_the_timeline_leaves_out_is_counted() -> None:
    crowd = [event(n, product=f"P{n % 30:02}") for n in range(900)]
    timeline = draw_timeline([*crowd, event(None)])
    assert timeline is not None
    assert (len(timeline.lanes), timeline.lanes_left_out) == (LANES, 10)
    assert (timeline.drawn, timeline.dated, timeline.undated) == (DOTS, 900, 1)


def test_no_lane_is_left_empty_when_there_are_too_many_events_to_draw() -> None:
    timeline = draw_timeline([event(n // 500, product=f"P{n % 5}") for n in range(5000)])
    assert timeline is not None
    assert [len(lane.dots) for lane in timeline.lanes] == [DOTS // 5] * 5
    assert {dot.x for lane in timeline.lanes for dot in lane.dots} >= {2.0, 98.0}


def test_without_a_dated_event_there_is_no_timeline() -> None:
    assert draw_timeline([event(None)]) is None
    assert draw_timeline([]) is None


@settings(deadline=None)
@given(st.lists(st.builds(Link, SUBJECTS, SUBJECTS, st.just("tied"), st.floats(0, 9)), min_size=1, max_size=150))
def test_every_edge_joins_nodes_that_are_drawn_and_the_rest_is_counted(links: list[Link]) -> None:
    network = draw_network(case(links, []))
    assert network is not None
    assert len(network.edges) + network.edges_left_out == len(links)
    assert len(network.nodes) <= sum(MOST) <= 60
    ends = {end for link in links for end in (link.source, link.target)}
    assert len(network.nodes) + network.nodes_left_out == len(ends)
    places = {(node.x, node.y) for node in network.nodes}
    assert len(places) == len(network.nodes)
    assert all({edge.source, edge.target} <= set(network.nodes) for edge in network.edges)
    assert all(0 < node.y < network.height for node in network.nodes)


def test_a_crowd_is_drawn_in_part_with_the_most_probable_members() -> None:
    members = [Member(Subject("account", f"a{n:03}"), "reviewer", 1 - n / 200, None) for n in range(100)]
    links = [Link(m.subject, Subject("product", f"p{n}"), "reviewed", 1.0) for m in members for n in range(MOST[1])]
    network = draw_network(case(links, members))
    assert network is not None
    drawn = {node.subject.id for node in network.nodes if node.subject.kind == "account"}
    assert drawn == {f"a{n:03}" for n in range(MOST[0])}
    assert len(network.edges) == MOST[0] * MOST[1] <= EDGES
    assert network.nodes_left_out == 100 - MOST[0]


def test_sellers_stand_behind_products_and_products_behind_accounts() -> None:
    account, product, seller = Subject("account", "a"), Subject("product", "p"), Subject("account", "s")
    members = [Member(account, "reviewer", 0.9, 0.01), Member(seller, "seller", 0.9, 0.01)]
    links = [Link(account, product, "reviewed", 1.0), Link(seller, product, "sells", 1.0)]
    network = draw_network(case(links, members))
    assert network is not None
    place = {node.subject: node.x for node in network.nodes}
    assert place[account] < place[product] < place[seller]
    assert [heading for _, heading in network.headings] == ["Reviewers", "Products", "Sellers"]


def test_without_links_there_is_no_network() -> None:
    assert draw_network(case([], [])) is None
