"""The tables of a marketplace (contract, section 1)."""

from floorwalker.contract.table import Column, Table, choice, ident, link, money, text, when

ACCOUNTS = Table(
    "accounts",
    (
        ident("account_id"),
        choice("role", "buyer", "seller", required=True),
        when("created_at", required=True),
        text("name"),
        text("email"),
        text("phone"),
        text("country"),
        choice("status", "active", "suspended", "banned"),
        when("closed_at"),
        Column("canary", "flag", extra=True),
    ),
    key="account_id",
    since="created_at",
)
IDENTIFIERS = Table(
    "identifiers",
    (
        ident("account_id", "accounts"),
        choice(
            "kind",
            "email",
            "phone",
            "address",
            "device",
            "ip",
            "card",
            "bank_account",
            "payment_handle",
            "tax_id",
            required=True,
        ),
        text("value", required=True),
        when("first_seen_at"),
        when("last_seen_at"),
    ),
    since="first_seen_at",
)
PRODUCTS = Table(
    "products",
    (
        ident("product_id"),
        ident("seller_id", "accounts"),
        text("title"),
        text("brand"),
        text("category"),
        money("price"),
        text("currency"),
        when("listed_at"),
    ),
    key="product_id",
    since="listed_at",
)
ORDERS = Table(
    "orders",
    (
        ident("order_id"),
        ident("buyer_id", "accounts"),
        ident("product_id", "products"),
        link("seller_id", "accounts"),
        when("placed_at", required=True),
        when("delivered_at"),
        Column("quantity", "integer"),
        money("amount"),
        text("currency"),
        text("ship_postcode"),
        text("ship_address"),
        Column("shipped_weight_g", "number", low=0, extra=True),
        Column("delivered_postcode", extra=True),
        Column("code_confirmed", "flag", extra=True),
        Column("photo_taken", "flag", extra=True),
        Column("shipped_serial", extra=True),
    ),
    key="order_id",
    since="placed_at",
)
REVIEWS = Table(
    "reviews",
    (
        ident("review_id"),
        ident("product_id", "products"),
        ident("reviewer_id", "accounts"),
        Column("rating", "number", required=True, low=1, high=5),
        when("posted_at", required=True),
        link("order_id", "orders"),
        text("title"),
        text("body"),
        when("removed_at"),
    ),
    key="review_id",
    since="posted_at",
)
REFUNDS = Table(
    "refunds",
    (
        ident("refund_id"),
        ident("order_id", "orders"),
        ident("buyer_id", "accounts"),
        money("amount", required=True),
        text("currency"),
        when("requested_at", required=True),
        text("reason"),
        text("claim_text"),
        when("decided_at"),
        choice("outcome", "approved", "denied", "pending"),
        link("staff_id", "staff"),
        choice("channel", "self_service", "chat", "phone", "email"),
        Column("return_waived", "flag"),
        Column("session_device", extra=True),
    ),
    key="refund_id",
    since="requested_at",
)
RETURNS = Table(
    "returns",
    (
        ident("return_id"),
        ident("refund_id", "refunds"),
        text("carrier"),
        text("tracking_number"),
        Column("expected_weight_g", "number", low=0),
        Column("scanned_weight_g", "number", low=0),
        text("expected_postcode"),
        text("scanned_postcode"),
        when("scanned_at"),
        choice("inspection", "ok", "empty", "wrong_item", "none"),
        Column("label_created_at", "time", extra=True),
        Column("returned_serial", extra=True),
    ),
    key="return_id",
    since="scanned_at",
)
MESSAGES = Table(
    "messages",
    (
        ident("message_id"),
        ident("sender_id", "accounts"),
        ident("recipient_id", "accounts"),
        when("sent_at", required=True),
        text("body", required=True),
        link("thread_id"),
    ),
    key="message_id",
    since="sent_at",
)
STAFF = Table(
    "staff",
    (
        ident("staff_id"),
        text("team"),
        text("role"),
        text("site"),
        link("manager_id", "staff"),
        when("started_at"),
        when("ended_at"),
    ),
    key="staff_id",
    since="started_at",
)
STAFF_ACTIONS = Table(
    "staff_actions",
    (
        ident("action_id"),
        ident("staff_id", "staff"),
        when("at", required=True),
        text("action", required=True),
        choice("object_kind", "account", "order", "review", "refund", "product", "seller", required=True),
        ident("object_id"),
        link("ticket_id", "tickets"),
        Column("record_count", "integer", low=0),
        text("reason"),
        text("device"),
        text("ip"),
    ),
    key="action_id",
    since="at",
)
TICKETS = Table(
    "tickets",
    (
        ident("ticket_id"),
        when("opened_at", required=True),
        text("kind"),
        text("subject_kind"),
        link("subject_id"),
        link("assigned_to", "staff"),
        text("assigned_by"),
        when("closed_at"),
    ),
    key="ticket_id",
    since="opened_at",
)
ENFORCEMENTS = Table(
    "enforcements",
    (
        ident("enforcement_id"),
        text("subject_kind", required=True),
        ident("subject_id"),
        text("measure", required=True),
        when("at", required=True),
        text("policy"),
        text("decided_by"),
        when("ended_at"),
    ),
    key="enforcement_id",
    since="at",
)
POSTS = Table(
    "posts",
    (
        ident("post_id"),
        text("source", required=True),
        text("body", required=True),
        text("channel"),
        text("author"),
        when("posted_at"),
        link("reply_to"),
        text("attachment"),
    ),
    key="post_id",
    since="posted_at",
)
LABELS = Table(
    "labels",
    (
        text("subject_kind", required=True),
        ident("subject_id"),
        choice("label", "abusive", "legitimate", required=True),
        when("at", required=True),
        text("scheme"),
        text("source"),
    ),
    since="at",
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        ACCOUNTS,
        IDENTIFIERS,
        PRODUCTS,
        ORDERS,
        REVIEWS,
        REFUNDS,
        RETURNS,
        MESSAGES,
        STAFF,
        STAFF_ACTIONS,
        TICKETS,
        ENFORCEMENTS,
        POSTS,
        LABELS,
    )
}
