"""How brokers look for people: adverts outside the marketplace, payments arranged inside it."""

import numpy as np

from floorwalker.world.abuse.plot import Plot, convict, moments
from floorwalker.world.abuse.scripts import PAYBACK, RECRUIT, RECRUIT_VAGUE
from floorwalker.world.calendar import DAY, END
from floorwalker.world.draw import Column, Ints, Rng, chance, one, sample, seeds, whole
from floorwalker.world.letters import post, write_letters
from floorwalker.world.market import Market
from floorwalker.world.people import recruits
from floorwalker.world.phrases import NOUNS
from floorwalker.world.words import filled

_CHANNELS = ("review_exchange_uk", "free_tests_eu", "amz_style_buyers", "testers_hub")


def worded(body: Column, **values: Column) -> Column:
    """Fill the named gaps of each text."""
    rows = zip(*values.values(), strict=True)
    return np.array(
        [text.format(**dict(zip(values, row, strict=True))) for text, row in zip(body, rows, strict=True)],
        dtype=object,
    )


def nickname(rng: Rng) -> str:
    """Return a name as brokers use them outside."""
    return f"{rng.choice(['lily', 'kevin', 'amy', 'mr_refund', 'nina', 'boss', 'sunny'])}_{one(rng, 10, 9999)}"


def advertise(market: Market, rng: Rng, plot: Plot, product: Ints) -> None:
    """Post adverts: plainly with the product's id, with care by its title, else only hinting."""
    if not chance(rng, plot.pick(1.0, 0.6, 0.25), 1)[0]:
        return
    size = one(rng, 4, 20)
    which = product[rng.integers(0, len(product), size)]
    who = np.full(size, nickname(rng), dtype=object)
    if plot.stealth == 0:
        what: Column = np.asarray(market.public_ids("product", which).to_numpy(zero_copy_only=False))
    else:
        what = market["products"]["title"][which]
    kind = np.array([nouns[0] for nouns in NOUNS], dtype=object)[market.goods.category[which]]
    script = RECRUIT_VAGUE if plot.stealth == 2 else RECRUIT
    body = worded(filled(script, seeds(rng, size)), what=what, who=who, kind=kind)
    at = np.maximum(moments(market, rng, plot, size) - 4 * DAY, plot.start - 7 * DAY)
    rows = post(market, rng, "facebook" if size % 2 else "telegram", str(rng.choice(_CHANNELS)), who, at, body)
    convict(market, plot, "broker", "post", rows, scheme="solicitation")


def pay_back(market: Market, rng: Rng, plot: Plot, shills: Ints) -> Ints:
    """Let a broker with an account arrange payments by message; return the broker, if there is one."""
    if not chance(rng, plot.pick(0.8, 0.4, 0), 1)[0]:
        return whole([])
    broker = recruits(market, rng, 1, start=plot.start, end=plot.end, new=0)
    met = sample(rng, shills, max(1, round(plot.pick(0.3, 0.12, 0) * len(shills))))
    sent = np.minimum(moments(market, rng, plot, len(met)), END - 1)
    write_letters(market, rng, np.full(len(met), broker[0]), met, sent, filled(PAYBACK, seeds(rng, len(met))))
    return broker
