"""What brokers, sellers and gangs write."""

RECRUIT = (
    ("Need reviewers!", "FREE product for review", "US/UK/DE testers wanted", "Refund after review", "New item today"),
    ("{what}", "Product: {what}", "{what} - search and buy", "order {what}"),
    (
        "full refund + $10 PayPal after 5 star review.",
        "refund via PayPal in 24h when review is live.",
        "we pay back 100% and commission.",
        "PP refund after screenshot.",
    ),
    (
        "DM me for details",
        "inbox @{who}",
        "only buyers with old accounts",
        "write me on WhatsApp",
        "limited, 5 per day",
    ),
)
RECRUIT_VAGUE = (
    ("Looking for people who like to try new things.", "Some of you asked again:", "New list is out."),
    ("{kind} and more this week.", "{kind}, small quantity.", "Mostly {kind}."),
    ("You keep it, you know how it works.", "Terms as always.", "Ask me in private."),
)
PAYBACK = (
    ("Hi dear,", "Hello friend,", "Hi,"),
    (
        "send me the order number and a screenshot when the review is online,",
        "when your 5 stars are live send me the link,",
    ),
    (
        "then I refund all by PayPal plus 10.",
        "and your PayPal, I pay back same day.",
        "money comes back to your pay handle in one day.",
    ),
)
SOLICIT = (
    (
        ("Dear customer,", "Hello dear friend,", "Hi,"),
        (
            "leave us a 5 star review and get a $15 gift card.",
            "we give you full refund if you post five stars with a photo.",
            "change your review to 5 stars and we pay back your order by PayPal.",
        ),
        ("Send us the screenshot.", "Write to us after posting.", "Do not mention the gift in the review."),
    ),
    (
        ("Dear customer,", "Thank you for shopping with us."),
        (
            "we have a free gift for you,",
            "you won a small present in our shop,",
            "join our testers and get new items for nothing,",
        ),
        (
            "please contact us on WhatsApp +44 7700 900{n}.",
            "write to service{n}@mailbox.example with your order number.",
            "add our assistant on Telegram @care_{n}.",
        ),
    ),
    (
        ("We saw your order and hope all is well.", "Hope that you enjoy it.", "Thanks for your trust."),
        (
            "Happy customers matter to us, and we like to say thank you to those who tell others.",
            "If you share how happy you are we would love to do something nice for you as well.",
            "Should anything keep you from the top mark let us make it good between us first.",
        ),
        ("Just answer here.", "Let us know.", ""),
    ),
)
GANG_CLAIM = (
    ("Hello, I am very upset.", "Good day."),
    (
        "The parcel was marked as delivered but I was at home all day and nothing was handed to me.",
        "When I opened the box it was empty, only the filling paper was in it, I have a video.",
    ),
    ("I already filed a police report with the number 44-{n}.", "I have asked all neighbours and the reception."),
    ("Please refund the full amount today.", "I expect the refund to my original payment method."),
)
REFUND_ADVERT = (
    ("Refunds again open,", "Taking orders:", "Ref service,"),
    ("all stores, up to 5k,", "phones and consoles no problem,", "limit 4 items per order,"),
    ("fee 20%, pay after success.", "25% after refund, vouches in channel.", "only old accounts, DM @{who}."),
)
VOUCH = (
    ("Vouch for @{who},", "+1 @{who}", "Legit, @{who}"),
    ("got {amount} back in {n} days,", "{amount} refunded,", "full {amount} on my card after {n} days,"),
    ("thanks bro", "fast as always", "will use again", ""),
)
