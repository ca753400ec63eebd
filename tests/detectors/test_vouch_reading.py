"""What posts say: which are vouches, of how much, how exactly, after how many days."""

from pathlib import Path

import numpy as np
import pytest

from floorwalker.detectors.refunds.vouch_reading import Reading, read, scheme_posts

Row = tuple[str, str, str, str, str]
LINES = (Path(__file__).parent / "vouch_posts.tsv").read_text(encoding="utf-8").splitlines()
ROWS: list[Row] = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]  # type: ignore[misc]


def written(reading: Reading) -> str:
    sums = (f"{a.cents} {(a.currencies or ('?',))[0]} {a.grain}" + (" ~" if a.about else "") for a in reading.amounts)
    return ",".join(sums) or "-"


def test_the_list_has_six_languages_and_enough_posts() -> None:
    assert len(ROWS) >= 60
    assert {"en", "de", "fr", "es", "it", "ru"} <= {row[1] for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=[row[4] for row in ROWS])
def test_a_post_is_read_as_a_reader_would(row: Row) -> None:
    kind, _, sums, days, body = row
    found = read(body)
    assert bool(found.amounts) == (kind == "vouch")
    without_grain = [" ".join(s.split()[:2]) for s in written(found).split(",")]
    assert without_grain == [" ".join(s.split()[:2]) for s in sums.split(",")]
    if "~" in sums:
        assert found.amounts[0].about
    elif kind == "vouch":
        assert written(found) == sums
    if days != "-":
        assert found.span is not None
        assert found.span.days == pytest.approx(float(days))


def test_percentages_dates_names_and_sizes_are_no_sums() -> None:
    for text in ("vouch 100% legit", "vouch @plug_500 12.05.2025 at 18:30", "vouch order #4411", "vouch 256 gb iphone"):
        assert read(text).amounts == ()


def test_hidden_letters_and_wide_digits_are_read_as_they_look() -> None:
    assert read("vouch １２４９ € b\u200back").amounts[0].cents == 124900


def test_the_thing_is_named_and_chat_is_not() -> None:
    assert read("laptop refund 1,249 EUR done in 3 days on my card, thanks").words == ("laptop",)


def test_a_group_of_shoppers_is_no_scheme_channel_though_money_came_back() -> None:
    glad = [read(f"finally got my {k} € refund after 2 weeks") for k in range(20, 60)]
    chat = [read("who tried air fryers lately?") for _ in range(40)]
    assert all(r.amounts for r in glad)
    assert not scheme_posts(np.zeros(80, dtype=np.int64), glad + chat).any()


def test_a_channel_of_vouches_and_adverts_is_one() -> None:
    posts = [read("ref service, all stores, fee 20%"), read("vouch @plug 300$ back"), read("legit, 80€ back")]
    channel = np.array([1, 1, 1, 0], dtype=np.int64)
    assert scheme_posts(channel, [*posts, read("hello")]).tolist() == [True, True, True, False]


def test_hostile_text_ends_soon() -> None:
    for text in ("1," * 5000, "$" * 5000, "1 " * 5000, "vouch " * 2000 + "300$", "about " * 3000):
        read(text)
