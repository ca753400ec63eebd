"""A case in words: one title, one paragraph of plain English."""

import math
from collections import Counter as Counts
from collections.abc import Sequence
from datetime import datetime

from floorwalker.cases.grouping import Case
from floorwalker.cases.judge import Judged
from floorwalker.contract.figures import counted, one_in
from floorwalker.detectors.measured import MOST_EVIDENCE

MOST_REASONS = 3
REFUNDED = ("refund_gang", "refund_abuse", "insider_refunds")
SURE = math.log(0.001)
HOLD = "rather than deny, hold the next refund until the goods are back and checked."
OF_STAFF = (
    "Of staff this says what no table explains, not that anybody did wrong: ask for the reason, and let a second "
    "person decide a sample of these acts anew, before anything else."
)

SCHEME_WORDS = {
    "review_ring": "Review ring",
    "review_sabotage": "Review sabotage",
    "insider_reviews": "Reviews removed without a known reason",
    "insider_reinstate": "Sellers reinstated outside the way of cases",
    "insider_data": "Customers looked at without a known reason",
    "insider_refunds": "Refunds approved beside the routing",
    "staff_takeover": "Staff account used as its owner does not",
    "refund_gang": "Refund gang",
    "refund_abuse": "Refund abuse by one buyer",
    "ban_evasion": "Banned person back",
    "solicitation": "Solicitation",
}
"""Of staff a title says what no table explains, never what somebody is guilty of."""
ROLE_WORDS = {"insider": "staff member"}


def title(case: Case) -> str:
    """Such as "Review ring: 12 reviewers, 5 products, 1 seller"."""
    return f"{SCHEME_WORDS[case.scheme]}: {_cast(case)}"


def summary(
    case: Case, judged: Judged, events: int, seen: tuple[datetime, datetime] | None, said: Sequence[str] = ()
) -> str:
    """Who, when, on how much evidence, why it is no accident, and what speaks against.

    events: how many rows are cited. seen: the first and last of them. said: what else was found out about the case.
    """
    surest = min(case.listed, key=lambda m: (m.log_q, m.kind, m.subject_id))
    row = judged.rows.slice(surest.row, 1).to_pylist()[0]
    chance = one_in(max(row["log_p"], -MOST_EVIDENCE))
    when = f" between {seen[0]:%Y-%m-%d} and {seen[1]:%Y-%m-%d}" if seen else ""
    text = [
        f"{_cast(case)}, tied together by {counted(events, 'row')} of evidence{when}.",
        f"The surest of them, {ROLE_WORDS.get(surest.role, surest.role)} {surest.subject_id}: {row['explanation']}",
        f"Were the stated null true, so strong a pattern would arise with a chance of {chance} or less; "
        f"listed at a q-value of {one_in(surest.log_q)}.",
    ]
    others = len(case.members) - len(case.listed)
    if others:
        text.append(
            f"{counted(others, 'more subject')} of the same pattern more likely than not take part, "
            "but cannot be listed at the promised level."
        )
    text += said
    text += _measure(case)
    against = _against(case, judged)
    text.append(
        "What speaks against: " + " ".join(against) if against else "No honest reason was found of those looked for."
    )
    return " ".join(text)


def _measure(case: Case) -> list[str]:
    """Which of the graded measures suits the evidence: money can be held and goods be checked before it is denied."""
    asked = [OF_STAFF] if any(m.kind == "staff" for m in case.listed) else []
    clients = [m for m in case.listed if m.role == "client" and m.scheme in REFUNDED]
    thin = sum(m.log_q > SURE for m in clients)
    if thin:
        whom = f"For {thin} of {len(clients)} clients the" if len(clients) > 1 else "The"
        asked.append(f"{whom} evidence is thin: {HOLD}")
    elif clients:
        asked.append("The evidence is strong enough to propose that open claims be denied; a second person decides.")
    return asked


def _against(case: Case, judged: Judged) -> list[str]:
    """The reasons said of most members of the case, the most frequent first."""
    lists = judged.rows["counter_evidence"].take([member.row for member in case.members]).to_pylist()
    found = Counts(text for reasons in lists for text in reasons or ())
    return sorted(found, key=lambda text: (-found[text], text))[:MOST_REASONS]


def _cast(case: Case) -> str:
    roles = sorted({m.role for m in case.listed}, key=lambda role: (-len(case.ids(role)), role))
    return ", ".join(counted(len(case.ids(role)), ROLE_WORDS.get(role, role)) for role in roles)
