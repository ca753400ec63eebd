"""The smallest table that has everything a review needs."""

REVIEWS = (
    "review_id,product_id,reviewer_id,rating,posted_at,body\n"
    "r1,p1,u1,5,2024-01-01T10:00:00Z,good\n"
    "r2,p1,u2,4,2024-01-02T10:00:00Z,fine\n"
    "r3,p2,u1,1,2024-01-03T10:00:00Z,bad\n"
)
