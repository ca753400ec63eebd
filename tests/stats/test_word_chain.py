"""How probable a text is by chance."""

import numpy as np
import pytest

from floorwalker.stats.word_chain import log_chance


def chances(texts: list[list[int]], left_out: list[int] | None = None, spare: int = 0, times: int = 1) -> np.ndarray:
    words = np.array([int(w) * 0x9E3779B97F4A7C15 % 2**64 for text in texts for w in text], dtype=np.uint64)
    ptr = np.cumsum([0, *(len(text) for text in texts)])
    ones = np.ones(len(texts), dtype=np.int64)
    without = ones if left_out is None else np.array(left_out)
    return log_chance(words, ptr, ones * times, without * times, np.full(len(texts), float(spare)))


def test_what_many_write_is_probable_and_what_one_writes_is_not() -> None:
    rng = np.random.default_rng(1)
    texts = [[1, 2, 3, 4, 5]] * 500 + [list(rng.integers(100, 900, 5)) for _ in range(500)]
    log_p = chances(texts)
    assert np.exp(log_p[0]) == pytest.approx(0.5, rel=0.05)
    assert np.median(log_p[500:]) < -25


def test_the_chance_is_that_of_independent_parts() -> None:
    rng = np.random.default_rng(2)
    parts = [[10 * k + j for j in range(4)] for k in range(8)]
    texts = [parts[a] + [1000 + 10 * b + j for j in range(4)] for a, b in rng.integers(0, 8, (4000, 2))]
    log_p = chances(texts)
    assert np.median(log_p) == pytest.approx(-np.log(64), abs=0.2)


def test_a_text_and_those_like_it_do_not_make_themselves_probable() -> None:
    rng = np.random.default_rng(3)
    texts = [[7, 8, 9, 10, 11, 12]] * 30 + [list(rng.integers(100, 900, 6)) for _ in range(500)]
    assert chances(texts, left_out=[30] * 530)[0] < -25
    assert chances(texts)[0] > -5


def test_words_that_may_differ_make_it_more_probable() -> None:
    rng = np.random.default_rng(4)
    texts = [list(rng.integers(100, 130, 12)) for _ in range(300)]
    assert (chances(texts, spare=3) > chances(texts)).all()
    assert (chances(texts, spare=3) <= 0).all()


def test_figures_that_do_not_fit_the_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="one figure a text"):
        log_chance(np.ones(3, np.uint64), np.array([0, 3]), np.ones(2, np.int64), np.ones(1, np.int64), np.ones(1))
