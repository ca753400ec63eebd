"""Which acts of staff the tables explain, and which they do not."""

import pyarrow as pa
import pytest

from floorwalker.detectors.insiders.explanations import EXPLAINED_COUNTS, EXPLAINING, RULES, WORDS
from floorwalker.detectors.measured import ASSESSED, Measured
from floorwalker.detectors.record import Detector, Rows
from floorwalker.pipeline.trial import tables_of, trial

MARKET = {
    "accounts": "account_id,role,created_at\nb1,buyer,2024-01-01\nb2,buyer,2024-01-01\ns1,seller,2024-01-01\n",
    "products": "product_id,seller_id\np1,s1\n",
    "orders": "order_id,buyer_id,product_id,seller_id,placed_at\no1,b1,p1,s1,2025-03-01\no2,b2,p1,s1,2025-03-01\n",
    "reviews": "review_id,product_id,reviewer_id,rating,posted_at\nr1,p1,b1,1,2025-03-02\n",
    "refunds": (
        "refund_id,order_id,buyer_id,amount,requested_at,decided_at,staff_id\n"
        "f2,o2,b2,9,2025-03-05T08:00:00Z,2025-03-05T12:00:00Z,ann\n"
    ),
    "staff": "staff_id,team,manager_id\nann,support,lea\nbob,support,lea\ncem,moderation,\nlea,support,\n",
    "tickets": (
        "ticket_id,opened_at,kind,subject_kind,subject_id,assigned_to,assigned_by,closed_at\n"
        "t1,2025-03-10T08:00:00Z,order_question,order,o1,ann,router,2025-03-10T12:00:00Z\n"
        "t2,2025-03-20T08:00:00Z,review_report,review,r1,cem,self,2025-03-20T09:00:00Z\n"
        "t3,2025-03-25T08:00:00Z,complaint,account,s1,cem,router,2025-03-26T08:00:00Z\n"
        "t4,2025-03-28T08:00:00Z,review_report,review,r1,,,\n"
    ),
    "enforcements": (
        "enforcement_id,subject_kind,subject_id,measure,at,decided_by\ne1,seller,s1,suspend,2025-06-10,cem\n"
    ),
}


def because(*acts: str) -> list[str]:
    """The rule that explains each act, given as "staff action kind object time [ticket]"."""
    lines = ["action_id,staff_id,action,object_kind,object_id,at,ticket_id"]
    for number, act in enumerate(acts):
        who, action, kind, what, at, *ticket = act.split()
        lines.append(f"a{number},{who},{action},{kind},{what},{at}Z,{''.join(ticket)}")
    found: list[str] = []

    def measure(rows: Rows) -> Measured:
        found.extend(rows("explained_acts", by=("action_id",))["because"].to_pylist())
        counts = rows("explained_counts", by=("rule",)).to_pylist()
        assert {row["rule"]: row["acts"] for row in counts} == {
            rule or "unexplained": found.count(rule) for rule in set(found)
        }
        return Measured(ASSESSED.empty_table())

    asks = {
        "question": "?",
        "null": "none",
        "explain": {},
        "weaknesses": (),
        "needs": {},
        "fires": {},
        "stays_quiet": {},
    }
    asked = Detector("insiders.asked", "insiders", "insider_data", steps=EXPLAINING, measure=measure, **asks)  # type: ignore[arg-type]
    tables: dict[str, pa.Table] = tables_of({**MARKET, "staff_actions": "\n".join(lines) + "\n"})
    trial(asked, tables)
    return found


def test_a_ticket_from_the_router_explains_its_object_and_whom_that_belongs_to_while_it_is_open() -> None:
    assert because(
        "ann view_order order o1 2025-03-10T09:00:00",
        "ann view_customer account b1 2025-03-10T09:00:00",
        "ann view_seller seller s1 2025-03-10T09:00:00",
        "ann view_customer account b2 2025-03-10T09:00:00",
        "ann view_customer account b1 2025-03-10T07:00:00",
        "ann view_customer account b1 2025-03-20T07:00:00",
        "ann view_customer account b1 2025-04-20T07:00:00",
    ) == ["assigned", "assigned", "assigned", "", "", "follow_up", ""]


def test_a_question_about_an_order_explains_no_decision_and_no_export_about_the_seller() -> None:
    assert because(
        "ann export_report seller s1 2025-03-10T09:00:00 t1",
        "ann reinstate_seller seller s1 2025-03-10T09:00:00 t1",
    ) == ["", ""]


def test_a_ticket_that_one_takes_for_oneself_is_the_weakest_of_the_rules() -> None:
    assert because(
        "cem delete_review review r1 2025-03-20T08:30:00 t2",
        "cem view_customer account b1 2025-03-20T08:30:00",
    ) == ["taken", "taken"]
    assert list(WORDS)[-2:] == ["taken", "unexplained"]


def test_a_ticket_that_the_act_names_explains_it_if_the_object_belongs_to_its_subject() -> None:
    assert because(
        "cem delete_review review r1 2025-03-25T09:00:00 t3",
        "ann delete_review review r1 2025-03-25T09:00:00 t3",
        "cem view_customer account b2 2025-03-25T09:00:00 t3",
        "ann delete_review review r1 2025-03-28T09:00:00 t4",
    ) == ["named", "", "", "named"]


def test_a_claim_explains_the_looks_of_whoever_decided_it() -> None:
    assert because(
        "ann view_customer account b2 2025-03-05T09:00:00",
        "bob view_customer account b2 2025-03-05T09:00:00",
        "ann approve_refund refund f2 2025-03-05T12:00:00",
        "ann delete_review review f2 2025-03-05T12:00:00",
    ) == ["claim", "", "claim", ""]


def test_colleagues_of_the_team_and_the_manager_may_look_and_not_decide() -> None:
    assert because(
        "ann view_customer account b1 2025-03-10T09:00:00",
        "bob view_customer account b1 2025-03-10T09:30:00",
        "cem view_customer account b1 2025-03-10T09:30:00",
        "bob reinstate_seller seller s1 2025-03-10T09:30:00",
        "lea view_customer account b1 2025-03-30T09:30:00",
        "lea view_customer account b1 2025-04-30T09:30:00",
    ) == ["assigned", "colleague", "", "", "supervision", ""]


def test_looks_around_a_measure_that_one_decided_are_explained() -> None:
    assert because(
        "cem view_seller seller s1 2025-06-09T09:00:00",
        "bob view_seller seller s1 2025-06-09T09:00:00",
        "cem reinstate_seller seller s1 2025-06-12T09:00:00",
        "cem view_seller seller s1 2025-07-12T09:00:00",
    ) == ["measure", "", "", ""]


@pytest.mark.parametrize("place", range(len(RULES)))
def test_each_rule_is_told_in_words_and_believed_in_its_order(place: int) -> None:
    assert RULES[place].name == f"explained_{list(WORDS)[place]}"
    assert EXPLAINED_COUNTS in EXPLAINING
