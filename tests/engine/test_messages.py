"""The messages that authors of steps meet, word for word: golden/messages.sql, a statement and its message."""

from pathlib import Path

import pytest

from floorwalker.contract.errors import DetectorError
from floorwalker.engine.step import Step, bind

LINES = [
    line
    for line in (Path(__file__).parent / "golden" / "messages.sql").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("--")
]


@pytest.mark.parametrize(("sql", "message"), list(zip(LINES[::2], LINES[1::2], strict=True)), ids=LINES[::2])
def test_a_wrong_step_is_refused_before_data_is_touched(sql: str, message: str) -> None:
    with pytest.raises(DetectorError) as refused:
        bind([Step("s", sql)])
    assert str(refused.value) == message
