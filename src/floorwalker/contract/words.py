"""The fixed words of a run."""

SCHEMES = (
    "review_ring",
    "review_sabotage",
    "insider_reviews",
    "insider_reinstate",
    "insider_data",
    "insider_refunds",
    "staff_takeover",
    "refund_gang",
    "refund_abuse",
    "ban_evasion",
    "solicitation",
)
SUBJECT_KINDS = ("account", "product", "staff", "review", "refund", "identifier", "post")
ROLES = (
    "reviewer",
    "seller",
    "product",
    "victim",
    "insider",
    "beneficiary",
    "client",
    "broker",
    "returned",
    "banned",
)
FAMILIES = ("reviews", "refunds", "insiders", "identity", "messages")
