import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from floorwalker.contract.errors import InputError
from floorwalker.world import make_world
from floorwalker.world.make import build

World = dict[str, pd.DataFrame]
SCALE = 0.02


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("first")
    make_world(out, scale=SCALE, seed=5)
    return out


def test_the_same_arguments_give_the_same_bytes_on_one_core_or_many(first, tmp_path):
    cores = pa.cpu_count()
    pa.set_cpu_count(1 if cores > 1 else 2)
    try:
        make_world(tmp_path, scale=SCALE, seed=5)
    finally:
        pa.set_cpu_count(cores)
    assert _digests(tmp_path) == _digests(first)


def test_another_seed_gives_another_world(first, tmp_path):
    make_world(tmp_path, scale=SCALE, seed=6)
    other, own = _digests(tmp_path), _digests(first)
    assert other.keys() == own.keys()
    assert not [name for name in own if own[name] == other[name]]


def test_a_world_written_over_another_leaves_nothing_behind(first, tmp_path):
    make_world(tmp_path, scale=0.01, seed=1)
    make_world(tmp_path, scale=SCALE, seed=5)
    assert _digests(tmp_path) == _digests(first)


@pytest.mark.parametrize("scale", [0.01, 0.05])
def test_the_number_of_orders_follows_the_scale(tmp_path, scale):
    orders = make_world(tmp_path, scale=scale, seed=2).rows["orders"]
    assert abs(orders / (600_000 * scale) - 1) < 0.1


def test_even_the_smallest_world_has_people_who_buy_and_review(tmp_path):
    for seed in range(3):
        rows = make_world(tmp_path, scale=0.0001, seed=seed).rows
        assert min(rows["orders"], rows["reviews"], rows["staff_actions"]) > 0


def test_a_ring_is_there_from_scale_two_hundredths_on(tmp_path):
    for seed in range(2):
        assert make_world(tmp_path, scale=0.02, seed=seed).planted["review_ring"] == 1


def test_a_small_world_is_made_quickly(tmp_path):
    begin = time.process_time()
    make_world(tmp_path, scale=0.05, seed=3)
    assert time.process_time() - begin < 10


def test_the_summary_counts_what_is_in_the_truth(summary, world):
    truth = world["truth"]
    assert summary.subjects == truth["scheme"].value_counts().to_dict()
    assert summary.planted == truth.groupby("scheme")["ring_id"].nunique().to_dict()


def test_progress_runs_from_the_first_step_to_the_end(tmp_path):
    told: list[tuple[str, float]] = []
    make_world(tmp_path, scale=0.001, progress=lambda step, done: told.append((step, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert (shares[0], told[-1]) == (0.0, ("done", 1.0))


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_a_scale_that_makes_no_sense_is_refused(tmp_path, scale):
    with pytest.raises(InputError, match="scale"):
        make_world(tmp_path, scale=scale)


def test_a_negative_seed_or_a_file_as_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="seed"):
        make_world(tmp_path, scale=0.01, seed=-1)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match="is a file"):
        make_world(file, scale=0.01)
    assert file.read_text() == "x"


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory, read: Callable[[Path], World]) -> World:
    out = tmp_path_factory.mktemp("blocks")
    build(out, blocks=3, size=0.02, seed=5, clean=False, tell=lambda step, done: None)
    return read(out)


def test_blocks_of_a_large_world_share_no_id_and_are_sorted_as_one(blocks):
    for name, key, when in (
        ("accounts", "account_id", "created_at"),
        ("orders", "order_id", "placed_at"),
        ("reviews", "review_id", "posted_at"),
        ("staff_actions", "action_id", "at"),
        ("returns", "return_id", "scanned_at"),
    ):
        table = blocks[name]
        assert table[key].is_unique
        keys = table[[when, key]]
        assert keys.equals(keys.sort_values([when, key], kind="stable"))
    assert blocks["accounts"]["email"].is_unique
    assert blocks["truth"].query("scheme == 'review_ring'")["ring_id"].nunique() == 3


def test_the_first_block_of_a_large_world_is_a_world_of_its_own(blocks, first, read):
    alone = read(first)
    for name, key in (("orders", "order_id"), ("reviews", "review_id")):
        inside = blocks[name][blocks[name][key].isin(alone[name][key])].reset_index(drop=True)
        pd.testing.assert_frame_equal(inside, alone[name])


def test_any_whole_number_may_be_a_seed(tmp_path):
    assert make_world(tmp_path, scale=0.001, seed=10**30).rows["orders"] > 0
