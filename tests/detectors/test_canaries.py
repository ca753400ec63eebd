"""Looks at made-up customers: one may be a slip, several are not."""

import pytest

from floorwalker.detectors.insiders.canaries import CANARIES, _example
from floorwalker.pipeline.trial import listed, tables_of, trial

HEAD = "message_id,sender_id,recipient_id,sent_at,body\n"


def accused(touched: int = 3, messages: str = "", tickets: str = "") -> set[str]:
    tables = dict(_example(touched))
    tables["tickets"] += tickets
    if messages:
        tables["messages"] = HEAD + messages
    return {name for _, name in listed(CANARIES, trial(CANARIES, tables_of(tables)))}


def test_three_different_canaries_name_who_looked_at_them() -> None:
    assert accused() == {"agent3"}


def test_a_case_explains_a_look_at_a_canary() -> None:
    cases = [f"k{n},2025-01-31T00:00:00Z,test,account,b{n},agent3,router\n" for n in range(3)]
    assert accused(tickets="".join(cases)) == set()


@pytest.mark.parametrize(
    ("sent_at", "names"),
    [("2025-02-20T10:00:00Z", {"agent3"}), ("2025-01-20T10:00:00Z", set()), ("2025-09-20T10:00:00Z", set())],
)
def test_two_touches_name_nobody_unless_somebody_writes_to_one_after_it(sent_at: str, names: set[str]) -> None:
    assert accused(2, f"m1,shop,b0,{sent_at},hello\n") == names


def test_one_touch_names_nobody_even_if_somebody_writes() -> None:
    assert accused(1, "m1,shop,b0,2025-02-20T10:00:00Z,hello\n") == set()
