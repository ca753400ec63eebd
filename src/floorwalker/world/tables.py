"""The tables of the contract as this package writes them: columns, vocabularies, references."""

from dataclasses import dataclass

from floorwalker.contract.words import ROLES, SCHEMES

COUNTRIES = ("US", "GB", "DE", "FR", "ES", "PL", "IN", "BR", "MX", "AT", "CN")
CURRENCIES = ("USD", "GBP", "EUR", "PLN")
KINDS = ("account", "product", "staff", "review", "refund", "identifier", "post", "order", "seller")
STEALTH = ("plain", "careful", "stealthy")
CATEGORIES = (
    *("apparel", "shoes", "phones", "audio", "computers", "kitchen", "home", "garden", "toys", "games"),
    *("beauty", "health", "grocery", "pets", "baby", "sports", "outdoor", "tools", "automotive", "books"),
    *("office", "jewellery", "lighting", "crafts"),
)
PREFIXES = {
    "account": "A",
    "product": "P",
    "order": "O",
    "review": "R",
    "refund": "F",
    "return": "T",
    "message": "M",
    "staff": "S",
    "action": "X",
    "ticket": "K",
    "enforcement": "E",
    "post": "N",
    "ring": "G",
}


@dataclass(frozen=True)
class Field:
    """A column: what it holds, which entity or column it refers to, which words it may take."""

    name: str
    holds: str  # key, ref, any, time, money, word, text, number, flag, home, postcode, token
    of: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table: its fields, and the time by which its rows are sorted."""

    name: str
    time: str
    fields: tuple[Field, ...]

    @property
    def order(self) -> list[str]:
        """The columns that the rows are sorted by: the time, then what tells rows of one moment apart."""
        if self.fields[0].holds == "key":
            return [self.time, self.fields[0].name]
        return [self.time, *(field.name for field in self.fields if field.name != self.time)]


def _key(name: str, entity: str) -> Field:
    return Field(name, "key", entity)


def _ref(name: str, entity: str) -> Field:
    return Field(name, "ref", entity)


def _word(name: str, *words: str) -> Field:
    return Field(name, "word", words=words)


def _all(holds: str, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, holds) for name in names)


_SUBJECT = (_word("subject_kind", *KINDS), Field("subject_id", "any", "subject_kind"))
_CURRENCY = _word("currency", *CURRENCIES)

_ACCOUNTS = (
    _key("account_id", "account"),
    _word("role", "buyer", "seller"),
    *_all("time", "created_at"),
    *_all("text", "name", "email", "phone"),
    _word("country", *COUNTRIES),
    _word("status", "active", "suspended", "banned"),
    *_all("time", "closed_at"),
)
_IDENTIFIERS = (
    _ref("account_id", "account"),
    _word(
        "kind",
        *("email", "phone", "address", "device", "ip", "card", "bank_account", "payment_handle", "tax_id"),
    ),
    Field("value", "token", "kind"),
    *_all("time", "first_seen_at", "last_seen_at"),
)
_PRODUCTS = (
    _key("product_id", "product"),
    _ref("seller_id", "account"),
    *_all("text", "title", "brand"),
    _word("category", *CATEGORIES),
    *_all("money", "price"),
    _CURRENCY,
    *_all("time", "listed_at"),
)
_ORDERS = (
    _key("order_id", "order"),
    _ref("buyer_id", "account"),
    _ref("product_id", "product"),
    _ref("seller_id", "account"),
    *_all("time", "placed_at", "delivered_at"),
    *_all("number", "quantity"),
    *_all("money", "amount"),
    _CURRENCY,
    Field("ship_postcode", "postcode", "ship_address"),
    Field("ship_address", "home"),
)
_REVIEWS = (
    _key("review_id", "review"),
    _ref("product_id", "product"),
    _ref("reviewer_id", "account"),
    *_all("number", "rating"),
    *_all("time", "posted_at"),
    _ref("order_id", "order"),
    *_all("text", "title", "body"),
    *_all("time", "removed_at"),
)
_REFUNDS = (
    _key("refund_id", "refund"),
    _ref("order_id", "order"),
    _ref("buyer_id", "account"),
    *_all("money", "amount"),
    _CURRENCY,
    *_all("time", "requested_at"),
    _word(
        "reason",
        *("changed_mind", "not_received", "damaged", "not_as_described", "defective", "wrong_item"),
        *("empty_box", "recall"),
    ),
    *_all("text", "claim_text"),
    *_all("time", "decided_at"),
    _word("outcome", "approved", "denied", "pending"),
    _ref("staff_id", "staff"),
    _word("channel", "self_service", "chat", "phone", "email"),
    *_all("flag", "return_waived"),
)
_RETURNS = (
    _key("return_id", "return"),
    _ref("refund_id", "refund"),
    _word("carrier", "swiftpost", "parcelway", "nordship", "bluebox"),
    *_all("text", "tracking_number"),
    *_all("number", "expected_weight_g", "scanned_weight_g"),
    *_all("text", "expected_postcode", "scanned_postcode"),
    *_all("time", "scanned_at"),
    _word("inspection", "ok", "empty", "wrong_item", "none"),
)
_MESSAGES = (
    _key("message_id", "message"),
    _ref("sender_id", "account"),
    _ref("recipient_id", "account"),
    *_all("time", "sent_at"),
    *_all("text", "body", "thread_id"),
)
_STAFF = (
    _key("staff_id", "staff"),
    _word("team", "support", "moderation", "seller_performance", "risk"),
    _word("role", "agent", "specialist", "supervisor"),
    _word("site", "dublin", "krakow", "manila", "san_jose"),
    _ref("manager_id", "staff"),
    *_all("time", "started_at", "ended_at"),
)
_STAFF_ACTIONS = (
    _key("action_id", "action"),
    _ref("staff_id", "staff"),
    *_all("time", "at"),
    _word(
        "action",
        *("view_customer", "view_order", "export_report", "delete_review", "restore_review", "keep_review"),
        *("suspend_seller", "reinstate_seller", "deny_appeal", "approve_refund", "deny_refund", "view_seller"),
    ),
    _word("object_kind", *KINDS),
    Field("object_id", "any", "object_kind"),
    _ref("ticket_id", "ticket"),
    *_all("number", "record_count"),
    *_all("text", "reason", "device", "ip"),
)
_TICKETS = (
    _key("ticket_id", "ticket"),
    *_all("time", "opened_at"),
    _word("kind", "refund", "order_question", "review_report", "seller_appeal", "account_access", "recall"),
    *_SUBJECT,
    _ref("assigned_to", "staff"),
    _word("assigned_by", "router", "self"),
    *_all("time", "closed_at"),
)
_ENFORCEMENTS = (
    _key("enforcement_id", "enforcement"),
    *_SUBJECT,
    _word("measure", "suspend", "ban"),
    *_all("time", "at"),
    _word(
        "policy",
        *("late_shipment", "documents", "payment_fraud", "review_manipulation", "refund_policy", "conduct"),
    ),
    _ref("decided_by", "staff"),
    *_all("time", "ended_at"),
)
_POSTS = (
    _key("post_id", "post"),
    _word("source", "telegram", "discord", "facebook"),
    *_all("text", "body", "channel", "author"),
    *_all("time", "posted_at"),
    _ref("reply_to", "post"),
    *_all("text", "attachment"),
)
_LABELS = (
    *_SUBJECT,
    _word("label", "abusive", "legitimate"),
    *_all("time", "at"),
    _word("scheme", *SCHEMES),
    _word("source", "manual_review", "appeal", "user_report"),
)
_TRUTH = (
    *_SUBJECT,
    _word("scheme", *SCHEMES),
    _word("role", *ROLES),
    _ref("ring_id", "ring"),
    _word("stealth", *STEALTH),
    *_all("time", "started_at", "ended_at"),
)

TABLES = {
    table.name: table
    for table in (
        Table("accounts", "created_at", _ACCOUNTS),
        Table("identifiers", "first_seen_at", _IDENTIFIERS),
        Table("products", "listed_at", _PRODUCTS),
        Table("orders", "placed_at", _ORDERS),
        Table("reviews", "posted_at", _REVIEWS),
        Table("refunds", "requested_at", _REFUNDS),
        Table("returns", "scanned_at", _RETURNS),
        Table("messages", "sent_at", _MESSAGES),
        Table("staff", "started_at", _STAFF),
        Table("staff_actions", "at", _STAFF_ACTIONS),
        Table("tickets", "opened_at", _TICKETS),
        Table("enforcements", "at", _ENFORCEMENTS),
        Table("posts", "posted_at", _POSTS),
        Table("labels", "at", _LABELS),
        Table("truth", "started_at", _TRUTH),
    )
}
_CODES = {
    (table.name, field.name): {word: code for code, word in enumerate(field.words)}
    for table in TABLES.values()
    for field in table.fields
    if field.words
}


def code(column: str, word: str) -> int:
    """Return the number that stands for `word` in a `table.column`."""
    table, name = column.split(".")
    return _CODES[table, name][word]


def codes(column: str, words: tuple[str, ...]) -> list[int]:
    """Return the numbers that stand for `words` in a `table.column`."""
    return [code(column, word) for word in words]
