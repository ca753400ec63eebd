"""What customers write when they ask for their money back, and what a gang hands out to be copied."""

import re
import tomllib
from pathlib import Path

import numpy as np

PHRASES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
SILENT, TERSE, LONG, CARELESS = 0.2, 0.25, 0.4, 0.25


def free_words(reason: str, title: str, chance: np.random.Generator) -> str | None:
    """What somebody writes in words of their own: nothing, a few words, or a small letter."""
    if chance.random() < SILENT:
        return None
    text = chance.choice(PHRASES["said"][reason])
    if chance.random() > TERSE:
        middle = chance.choice(PHRASES["middles"]) if chance.random() < LONG else ""
        text = f"{chance.choice(PHRASES['openings'])} {text}. {middle} {chance.choice(PHRASES['endings'])}"
    said = _filled(re.sub(r"\(([^()]*)\)", lambda one: str(chance.choice(one[1].split("|"))), text), title, chance)
    return _mistyped(said, chance) if chance.random() < CARELESS else said


def _mistyped(text: str, chance: np.random.Generator) -> str:
    """With one letter missing, or all in small letters."""
    k = int(chance.integers(len(text)))
    return text.lower() if chance.random() < 0.5 else text[:k] + text[k + 1 :]


def from_script(reason: str, which: int, chance: np.random.Generator) -> str:
    """One of the texts that a gang hands out, with a number of the customer's own."""
    return _filled(PHRASES["scripts"][reason][which], "", chance)


def _filled(text: str, title: str, chance: np.random.Generator) -> str:
    item = title.lower() if chance.random() < 0.7 else " ".join(title.lower().split()[-2:])
    small, long = chance.integers(2, 60), chance.integers(100_000, 10_000_000)
    for slot, word in (("{item}", item), ("{day}", chance.choice(DAYS)), ("{n}", small), ("{number}", long)):
        text = text.replace(slot, str(word))
    return " ".join(text.split())
