"""Codes and words of the made staff desk: objects, acts, tickets, teams, languages, messages."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HOUR, DAY, WEEK = 3600, 86_400, 604_800
START = np.datetime64("2025-01-06T00:00:00", "s")
"""A Monday; all times of the desk are seconds after it."""

OBJECTS = ("account", "order", "review", "refund", "product", "seller")
ACCOUNT, ORDER, REVIEW, REFUND, PRODUCT, SELLER = range(6)
PREFIX = ("u", "o", "rv", "rf", "p", "u")
"""A seller is an account, so both count together."""

ACTIONS = """
    view_customer view_order view_seller view_product view_review export_report delete_review restore_review
    keep_review suspend_seller reinstate_seller uphold_suspension approve_refund deny_refund add_note
""".split()  # noqa: SIM905
(
    SEE_CUSTOMER,
    SEE_ORDER,
    SEE_SELLER,
    SEE_PRODUCT,
    SEE_REVIEW,
    EXPORT,
    DELETE,
    RESTORE,
    KEEP,
    SUSPEND,
    REINSTATE,
    UPHOLD,
    APPROVE,
    DENY,
    NOTE,
) = range(15)

TICKETS = """
    where_is_it refund_request account_help payment seller_complaint seller_help review_report risk_alert appeal
    second_appeal
""".split()  # noqa: SIM905
WHERE, REFUNDED, HELP, PAYMENT, COMPLAINT, SHOP_HELP, REPORTED, ALERT, APPEAL, AGAIN = range(10)

LANGUAGES = ("en", "de", "fr", "es", "pl")
COUNTRIES = ("GB", "DE", "FR", "MX", "PL")
EARLIER = (0, -1, -1, 6, -1)
"""Hours to add to local time to get UTC."""
TEAMS = (*(f"Support {name.upper()}" for name in LANGUAGES), "Moderation", "Seller Support", "Risk", "Appeals")
MODERATION, SHOPS, RISK, APPEALS = range(5, 9)
BESIDE = ("Training and Quality", "Analytics", "Key Accounts", "Operations")
"""Teams without a queue."""
TRAINING, ANALYTICS, KEY, OPERATIONS = range(9, 13)
ALL_TEAMS = (*TEAMS, *BESIDE)
SITES = ("Leeds", "Porto", "Cebu", "Remote")

REASONS = ("", "spam", "off-topic", "abusive language", "not about the product", "policy 4.2", "appeal granted")
NO_REASON, SPAM, OFF_TOPIC, ABUSIVE, NOT_ABOUT, POLICY, GRANTED = range(7)
WHY = ("Item not received", "Arrived damaged", "Wrong item sent", "Faulty", "No longer wanted", "Not as described")
ASKED = (
    "Hello, when will my parcel arrive?",
    "The parcel has not come yet. Can you help?",
    "The item came with a scratch, what now?",
    "Could you send me an invoice please?",
    "Which size would fit me, if I am between two?",
    "Ich warte noch auf meine Bestellung.",
    "Bonjour, où en est mon colis ?",
    "¿Cuándo llega mi pedido?",
    "Dzień dobry, gdzie jest moja paczka?",
)
ANSWERED = (
    "Thank you for your order. It left our warehouse today.",
    "Sorry for the delay, it should be with you in two days.",
    "We have sent a replacement.",
    "The invoice is attached to the parcel.",
    "Is everything all right with your order?",
    "Ihre Bestellung ist unterwegs.",
    "Votre colis est parti ce matin.",
    "Su pedido ya está en camino.",
    "Paczka została nadana dzisiaj.",
)
WON_BACK = (
    "We have new colours of what you bought last time.",
    "A small discount for our returning customers, until Sunday.",
    "We saw that you were not happy. Tell us what went wrong, we want to put it right.",
    "May we send you a new one, free of charge?",
)


def drawn(chance: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Places (size,) drawn with these weights (n,)."""
    edges = np.cumsum(weights)
    places: Ints = np.searchsorted(edges, chance.random(size) * edges[-1], side="right").clip(max=len(weights) - 1)
    return places
