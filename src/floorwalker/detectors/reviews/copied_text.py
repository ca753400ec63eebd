"""The same text under several names: accounts that publish what others published before, and products that carry it.

How probable a text is by chance is judged by a model of how the market's other people write (see
`stats.word_chain`): "works as described, fast delivery" is written by many, and says nothing.

Known weaknesses. Texts that are reworded, translated or written anew by a machine are not near one another. Whoever
publishes a text strictly first is taken for its author, though it may be the ring's. A platform that shows reviews of
another shop under other names, or that offers ready-made sentences, makes honest copies; so does a person with two
accounts. Texts of fewer than five words are not read.
References: Broder, "On the resemblance and containment of documents" (1997); Yule, Phil. Trans. R. Soc. B 213 (1925).
"""

import numpy as np

from floorwalker.detectors.measured import Measured
from floorwalker.detectors.record import Detector, Rows
from floorwalker.detectors.reviews.copy_words import tell
from floorwalker.detectors.reviews.honest import SHARED_HOMES
from floorwalker.detectors.texts.copies import Copies, CopyTest, copies, judge_copies
from floorwalker.detectors.texts.wording import Wording, read_wording
from floorwalker.engine.step import Step

REVIEW_TEXTS = Step(
    "review_texts",
    """
    select review_id, reviewer_id, product_id, cast(epoch(date_trunc('second', posted_at)) as bigint) as second, body
    from reviews where length(body) >= 20
    """,
)
EXPLAIN = {
    "reviewer": (
        "{copies} of this account were published before under another name, or at the same time; of those with as "
        "many texts, peers have {expected}. The most telling text, of {words}, is under {names} on {products}{alike}; "
        "that its like, written independently, has so many names has a chance of {chance}."
    ),
    "product": (
        "{copies} on this product are also published under other names; of those with as many texts, peers have "
        "{expected}. The most telling one, of {words}, is under {names}, {here} of them here{alike}; "
        "by chance: {chance}."
    ),
}


def measure(rows: Rows) -> Measured:
    """Find near-equal texts, judge accounts and products by them, and tell."""
    texts = rows("review_texts", by=("review_id",)).rename_columns(["id", "author", "place", "second", "body"])
    world = read_wording(texts, rows("shared_homes", by=("account_id", "home")))
    found, here = copies(world), copies(world, apart=True)
    accounts, products = _judged(world, found, here)
    by_account, by_product = _judged(world, copies(world, allowance=0.0), copies(world, apart=True, allowance=0.0))
    return tell(world, found, here, (accounts, -by_account.log_p), (products, -by_product.log_p), EXPLAIN)


def _judged(world: Wording, found: Copies, here: Copies) -> tuple[CopyTest, CopyTest]:
    """Accounts by copies of what was there before; products by copies of what is anywhere, most of all on them."""
    accounts, products = len(world.author_ids), len(world.place_ids)
    own, every = np.flatnonzero(world.own), np.arange(len(world.text))
    log_later = np.where(found.later, found.log_p, 0.0)
    return (
        judge_copies(found, log_later, found.telling & found.later, world.account, own, accounts),
        judge_copies(found, here.log_p, found.telling, world.place, every, products),
    )


def _example(copied: bool) -> dict[str, str]:
    """Three hundred buyers with words of their own, and twelve accounts with one text, or with twelve."""
    nouns = ("handle", "lid", "colour", "box", "strap", "cable", "lamp", "sole", "zip", "screen", "motor", "seam")
    likes = ("holds", "shines", "creaks", "fits", "bends", "fades", "clicks", "warms", "slips", "folds", "glows")
    when = ("at home", "on trips", "in winter", "at work", "by the sea", "after rain", "in the car")
    lines = ["review_id,product_id,reviewer_id,rating,posted_at,body"]
    for k in range(600):
        words = f"The {nouns[k % 12]} {likes[k % 11]} {when[k % 7]} and its {nouns[(k * 5 + 3) % 12]} {k * k % 997} too"
        lines.append(
            f"h{k},p{k % 97},buyer{k % 300},{5 - k % 3},2025-{1 + k % 12:02}-{1 + k % 28:02}T08:00:00Z,{words}"
        )
    for k in range(12):
        number = 7 if copied else 1000 + k
        words = f"My aunt has had number {number} since spring and never once wished for anything better {number} times"
        lines.append(f"r{k},q{k % 3},other{k},5,2025-06-{1 + k:02}T09:00:00Z,{words}")
    return {"reviews": "\n".join(lines) + "\n"}


COPIED_TEXT = Detector(
    name="reviews.copied_text",
    family="reviews",
    scheme="review_ring",
    question="Which accounts publish texts that others published before, and which products carry them?",
    null=(
        "Independent writers, and honest copying: a text has a second name as often as texts that are as probable by "
        "chance, and each copy is copied again at that rate, at least one time in five; accounts and products have "
        "copies at rates drawn from their peers' beta distribution."
    ),
    explain=EXPLAIN,
    weight=0.25,
    weaknesses=(
        "texts that are reworded, translated or written anew by a machine are not near one another",
        "whoever publishes a text strictly first is taken for its author",
        "reviews taken over from another shop under other names, and sentences that a platform suggests, look copied",
        "texts of fewer than five words are not read",
    ),
    needs={"reviews": ("review_id", "product_id", "reviewer_id", "posted_at", "body")},
    steps=(REVIEW_TEXTS, SHARED_HOMES),
    measure=measure,
    fires=_example(copied=True),
    stays_quiet=_example(copied=False),
)
