-- What authors of steps meet. Each pair of lines: a statement, and the message that it gets.

select reviewer from reviews
step s: Column 'reviewer' could not be resolved. Line: 1, Col: 15

select r.raiting from reviews as r
step s: Unknown column: raiting

with five as (select reviewer_id from reviews where rating = 5) select product_id from five
step s: Column 'product_id' could not be resolved. Line: 1, Col: 81

select * from review
step s: there is no table review

select * from read_text('/etc/passwd')
step s: there is no table (a function)

select review_id from reviews; drop table reviews
step s: exactly one SELECT is allowed

drop table reviews
step s: exactly one SELECT is allowed

copy reviews to 'elsewhere.parquet'
step s: exactly one SELECT is allowed

select review_id from
step s: cannot be read as SQL. Line: 1, Col: 21

select round(rating, 1) as stars from reviews
step s: ROUND has not been shown to agree on DuckDB and Spark; use cast(floor(x * 100 + 0.5e0) as bigint), or round in stats

select lower(title) as title from reviews
step s: LOWER has not been shown to agree on DuckDB and Spark; use text folded in Python on its way in

select hash(review_id) as h from reviews
step s: HASH has not been shown to agree on DuckDB and Spark; use another function, or do it on arrays in stats or graph

select sampled(review_id) as h from reviews
step s: SAMPLED has not been shown to agree on DuckDB and Spark; use another function, or do it on arrays in stats or graph

select rating * 0.5 as half from reviews
step s: 0.5: write 0.5e0 (a decimal is no double)

select cast(rating as int) as stars from reviews
step s: CAST(rating AS INT): cast to bigint, through floor() where the value has a fraction

select cast(rating as bigint) as stars from reviews
step s: CAST("reviews"."rating" AS BIGINT): one engine rounds, the other cuts; write cast(floor(…) as bigint)

select amount * 2 as double_amount from orders
step s: "orders"."amount" * 2: cast the decimal to double before this

select rating / quantity as share from reviews join orders using (order_id)
step s: rating / quantity: what is divided by may be zero; write nullif(…, 0)

select epoch(posted_at) as second from reviews
step s: EPOCH(posted_at): write cast(epoch(date_trunc('second', …)) as bigint)

select product_id, count(*) as n from reviews
step s: Binder Error: column "product_id" must appear in the GROUP BY clause or must be part of an aggregate function.

select posted_at - posted_at as gap from reviews
step s: column gap is INTERVAL; give it a plain type, as cast(… as bigint)

select review_id from reviews where rating = 'five'
step s: "reviews"."rating" = 'five': compare text with text and numbers with numbers

select review_id from reviews where title = 5
step s: "reviews"."title" = 5: compare text with text and numbers with numbers

select review_id from reviews where title like body
step s: title LIKE body: write the pattern out, without a backslash

select title || rating as words from reviews
step s: "reviews"."title" || "reviews"."rating": join text with text; cast to varchar first

select substring(title, 0, 2) as start from reviews
step s: SUBSTRING(title, 0, 2): count from 1, with positive numbers written out

select review_id from reviews where posted_at > $since and nonsense = 1
step s: Column 'nonsense' could not be resolved. Line: 1, Col: 67

select $since as since from reviews
step s: column since is "NULL"; give it a plain type, as cast(… as bigint)

select count(*) as n, count(*) as n from reviews
step s: two columns have one name

select $since + 1 as later, $from_day as day from reviews
step s: column day is "NULL"; give it a plain type, as cast(… as bigint)

select ' unclosed from reviews
step s: Error tokenizing 'select ' unclosed from review'
