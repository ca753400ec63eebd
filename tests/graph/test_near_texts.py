"""Near-equal texts against their definition."""

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from floorwalker.graph.near_texts import Ragged, distinct, near_pairs, take, words_of


def ragged(texts: list[str]) -> Ragged:
    encoded = [text.encode() for text in texts]
    letters = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    return words_of(letters, np.cumsum([0, *(len(one) for one in encoded)]))


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[k : k + 3]) for k in range(max(len(words) - 2, 1))}


def likeness(one: str, two: str) -> float:
    a, b = shingles(one), shingles(two)
    return len(a & b) / len(a | b)


def found(texts: list[str], least: float) -> dict[frozenset[str], float]:
    words = ragged(texts)
    _, sample = distinct(words)
    pairs = near_pairs(take(words, sample), least=least)
    names = [texts[k] for k in sample]
    return {
        frozenset((names[a], names[b])): round(float(like), 9)
        for a, b, like in zip(pairs.first, pairs.second, pairs.likeness, strict=True)
    }


def test_words_are_runs_of_letters_and_digits_or_characters_that_are_words_by_themselves() -> None:
    words = ragged(["one, two-3.", " «très\xa0bien»…", "", "“…”", "很好。ok 👍", "one two 3"])
    assert np.diff(words.ptr).tolist() == [3, 2, 0, 0, 4, 3]
    assert words.value[:3].tolist() == words.value[-3:].tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=6).map(" ".join), max_size=12))
def test_every_pair_found_has_its_exact_likeness_and_none_is_found_twice(texts: list[str]) -> None:
    for pair, like in found(texts, 0.5).items():
        one, two = sorted(pair)
        assert like == round(likeness(one, two), 9)
        assert like >= 0.5


def test_pairs_that_differ_in_a_word_are_found_and_unlike_ones_are_not() -> None:
    rng = np.random.default_rng(5)
    texts = [" ".join(f"w{k}" for k in rng.integers(0, 5000, 40)) for _ in range(400)]
    changed = [text.replace(text.split()[7], "other") for text in texts[:200]]
    expected = {frozenset(pair) for pair in zip(texts[:200], changed, strict=True)}
    got = set(found([*texts, *changed], 0.7))
    assert len(got & expected) >= 198
    assert got <= expected


def test_the_order_of_texts_changes_nothing() -> None:
    rng = np.random.default_rng(6)
    texts = [" ".join(f"w{k}" for k in rng.integers(0, 3, 9)) for _ in range(300)]
    shuffled = [texts[k] for k in rng.permutation(len(texts))]
    assert found(texts, 0.6) == found(shuffled, 0.6)


def test_equal_texts_have_one_code() -> None:
    code, sample = distinct(ragged(["a b c", "x y z", "A".lower() + " b, c!", ""]))
    assert code[0] == code[2]
    assert len(sample) == 3
    assert sample[code].tolist() == [0, 1, 0, 3]


def test_boilerplate_that_thousands_vary_costs_no_square() -> None:
    near_pairs(ragged(["a b c d", "a b c e"]), least=0.7)
    texts = [
        f"works exactly as described fast delivery great seller would buy again any time number {k}"
        for k in range(20000)
    ]
    words = ragged(texts)
    words = take(words, distinct(words)[1])
    started = time.process_time()
    pairs = near_pairs(words, least=0.7)
    assert time.process_time() - started < 5
    assert len(pairs.first) <= 20000 * 20 * 20


def test_no_texts_give_no_pairs() -> None:
    words = ragged([])
    assert len(distinct(words)[0]) == 0
    assert len(near_pairs(words, least=0.7).first) == 0
