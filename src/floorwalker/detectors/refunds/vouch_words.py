"""What is said of a buyer for whom somebody vouches, and what speaks against."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from floorwalker.contract.figures import counted, significant
from floorwalker.detectors.measured import Counter, Finding
from floorwalker.detectors.refunds.vouch_amount_law import EXACT, LESS_FEE, ROUNDED, VAGUE, Longs
from floorwalker.detectors.refunds.vouch_channels import Channels
from floorwalker.detectors.refunds.vouch_matching import Matching

AGREES = {EXACT: "to the unit", ROUNDED: "rounded", LESS_FEE: "less a fee", VAGUE: "roughly"}
LEAST_CITED = 0.1
RIVAL = 0.001
INVENTED = Counter("A vouch can be made up from public prices, or be written of somebody else's honest refund.", 0.0)
SILENT = Counter("The post says nothing of how the refund was got; the buyer may know nothing of it.", 0.0)


def tell(
    channels: Channels,
    table: pa.Table,
    matching: Matching,
    buyer: NDArray[np.int32],
    code: int,
    chances: tuple[float, float],
    explain: str,
) -> Finding:
    """The words, rows and doubts about one buyer.

    table: the rows of the refunds, by buyer; buyer: (refunds,) codes; chances: that the buyer is vouched for, and that
    by time alone. explain: a sentence with the fields filled here.
    """
    found = matching.found
    low, high = np.searchsorted(buyer, [code, code + 1])
    own = np.flatnonzero((found.refund >= low) & (found.refund < high) & (matching.chance >= LEAST_CITED))
    own = own[np.argsort(-np.round(matching.chance[own], 9), kind="stable")]
    top, vouches, refunds = own[0], np.unique(found.vouch[own]), np.unique(found.refund[own])
    vouch = channels.vouches[found.vouch[top]]
    currency = table["currency"][int(found.refund[top])].as_py()
    words = {
        "vouches": counted(len(vouches), "post"),
        "channel": channels.names[vouch.channel],
        "speaks": "speaks" if len(vouches) == 1 else "speak",
        "refunds": counted(len(refunds), "refund"),
        "said": f"{vouch.amount.cents / 100:,.2f} {currency}".strip(),
        "agrees": AGREES[int(found.kind[top])],
        "chance": significant(chances[0]),
        "expected": significant(chances[1]),
    }
    cited = [("posts", channels.post_ids[k]) for k in vouches]
    cited += [("refunds", table["refund_id"][int(k)].as_py()) for k in refunds]
    rivals = _rivals(matching, int(found.vouch[top]), refunds)
    return Finding(explain.format(**words), cited, [*rivals, INVENTED, SILENT])


def _rivals(matching: Matching, vouch: int, own: Longs) -> list[Counter]:
    """Other refunds that fit; they are in the chance already."""
    found = matching.found
    others = (found.vouch == vouch) & ~np.isin(found.refund, own) & (matching.chance >= RIVAL)
    number = int(others.sum())
    if not number:
        return []
    share = significant(float(matching.chance[others].sum()))
    return [Counter(f"{counted(number, 'other refund')} may be meant as well, with a chance of {share} together.", 0.0)]
