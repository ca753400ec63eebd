"""Small grammars: names, brands, titles and the texts that buyers, sellers and staff write."""

import numpy as np

from floorwalker.world.draw import Column, Ints, Rng, seeds
from floorwalker.world.phrases import BRAND_ENDS, BRAND_STARTS, FIRST_NAMES, LAST_NAMES, MODELS, NOUNS
from floorwalker.world.sayings import CLAIMS, DETAILS, REVIEWS, TITLES


def _texts(words: tuple[str, ...]) -> Column:
    return np.array(words, dtype=object)


def picked(words: tuple[str, ...], numbers: Ints) -> Column:
    """Return the word for each number, going round the list."""
    return _texts(words)[numbers % len(words)]


def filled(slots: tuple[tuple[str, ...], ...], seed: Ints) -> Column:
    """Return one text per seed: a phrase from each slot, joined by spaces; equal seeds give equal texts."""
    text: Column = np.full(len(seed), "", dtype=object)
    rest = seed.astype(np.uint64)
    for slot in slots:
        phrase = _texts(slot)[(rest % np.uint64(len(slot))).astype(np.int64)]
        rest = rest // np.uint64(len(slot))
        text = text + np.where((text != "") & (phrase != ""), " ", "").astype(object) + phrase
    return text


def person_names(rng: Rng, country: Ints) -> tuple[Column, Column]:
    """Return first and last names as they are common in each country (a code of `accounts.country`)."""
    first = np.full(len(country), None, dtype=object)
    last = first.copy()
    for place in np.unique(country):
        here = np.flatnonzero(country == place)
        # Names are Zipf-like too: a few are very common.
        for names, out in ((FIRST_NAMES[place], first), (LAST_NAMES[place], last)):
            rank = (len(names) * rng.random(len(here)) ** 1.6).astype(np.int64)
            out[here] = _texts(names)[rank]
    return first, last


def brand_names(rng: Rng, count: int) -> Column:
    """Return invented brand names."""
    starts, ends = _texts(BRAND_STARTS), _texts(BRAND_ENDS)
    number = rng.permutation(max(count, len(starts) * len(ends)))[:count]
    name = starts[number % len(starts)] + ends[number // len(starts) % len(ends)]
    again = number // (len(starts) * len(ends))
    return np.where(again > 0, name + " " + _texts(MODELS)[again % len(MODELS)], name)


def product_titles(rng: Rng, brand: Column, category: Ints) -> Column:
    """Return titles such as "Valdora wireless earbuds X3"."""
    title: Column = np.full(len(brand), None, dtype=object)
    for place, nouns in enumerate(NOUNS):
        here = np.flatnonzero(category == place)
        title[here] = picked(nouns, rng.integers(0, 1000, len(here)))
    model = picked(MODELS, rng.integers(0, 10_000, len(brand)))
    return brand + " " + title + " " + model


def review_texts(language: Column, rating: Ints, category: Ints, seed: Ints) -> tuple[Column, Column]:
    """Return (title, body) of reviews; mood follows the rating, and equal seeds give equal texts."""
    title: Column = np.full(len(rating), None, dtype=object)
    body = title.copy()
    mood = np.where(rating >= 4, 2, np.where(rating == 3, 1, 0))
    for tongue, moods in REVIEWS.items():
        for feeling, slots in enumerate(moods):
            here = np.flatnonzero((language == tongue) & (mood == feeling))
            title[here] = picked(TITLES[tongue][feeling], seed[here] >> 40)
            body[here] = filled((*slots, *DETAILS[tongue]), seed[here])
    noun = _texts(tuple(nouns[0] for nouns in NOUNS))[category]
    for row in np.flatnonzero(language == "en"):
        body[row] = body[row].replace("{noun}", noun[row])
    return title, body


def claim_texts(rng: Rng, reason: Ints, seed: Ints | None = None) -> Column:
    """Return what buyers write when they ask for their money back, by code of `refunds.reason`."""
    seed = seeds(rng, len(reason)) if seed is None else seed
    text: Column = np.full(len(reason), None, dtype=object)
    for why, slots in enumerate(CLAIMS):
        here = np.flatnonzero(reason == why)
        text[here] = filled(slots, seed[here])
    return text
