"""Honest people who look like abusers, by name: found in a world's tables, less those whom its truth names."""

from pathlib import Path

import duckdb

Subject = tuple[str, str]

QUERIES = {
    "heavy returners": """
        select 'account', o.buyer_id from orders o left join refunds f on f.order_id = o.order_id
        group by o.buyer_id
        having count(distinct o.order_id) >= 6
            and count(distinct f.order_id) >= 0.2 * count(distinct o.order_id)
    """,
    "the courier's region": """
        with sent as (
            select o.buyer_id, left(o.ship_postcode, 2) as area, date_trunc('month', o.delivered_at) as month,
                f.reason = 'not_received' as missing
            from orders o left join refunds f on f.order_id = o.order_id where o.delivered_at is not null
        ),
        usual as (select avg(coalesce(missing, false)::int) as rate from sent),
        bad as (
            select area, month from sent, usual group by area, month, rate
            having sum(coalesce(missing, false)::int) >= 10
                and avg(coalesce(missing, false)::int) >= 4 * rate
        )
        select distinct 'account', buyer_id from sent join bad using (area, month) where missing
    """,
    "the recalled product's buyers": "select distinct 'account', buyer_id from refunds where reason = 'recall'",
    "the forwarder's address": """
        select distinct 'account', buyer_id from orders where ship_address in (
            select ship_address from orders group by ship_address having count(distinct buyer_id) >= 100
        )
    """,
    "the specialist queue": """
        select 'staff', s.staff_id from staff s left join refunds f on f.staff_id = s.staff_id
        group by s.staff_id, s.role
        having s.role = 'specialist' or avg((coalesce(f.reason, '') = 'recall')::int) >= 0.2
    """,
    "the night shift": """
        select 'staff', staff_id from staff_actions group by staff_id
        having avg((date_part('hour', staff_actions.at) < 8)::int) >= 0.8
    """,
    "who takes tickets from the queue": """
        select 'staff', assigned_to from tickets where assigned_to is not null group by assigned_to
        having sum((assigned_by = 'self')::int) >= 10
    """,
    "team leads": "select distinct 'staff', manager_id from staff where manager_id is not null",
    "a new laptop": """
        with used as (
            select staff_id, device, count(*) as acts from staff_actions where device is not null
            group by staff_id, device
        )
        select 'staff', staff_id from used where acts >= 20 group by staff_id having count(*) >= 2
    """,
    "at work from elsewhere": """
        with used as (
            select staff_id, ip, count(*) as acts from staff_actions where ip is not null group by staff_id, ip
        )
        select 'staff', staff_id from used where acts >= 20 group by staff_id having count(*) >= 2
    """,
    "with many unexplained looks": """
        with looks as (
            select staff_id, count(*) as acts, sum((ticket_id is null)::int) as loose
            from staff_actions where action like 'view%' group by staff_id
        )
        select 'staff', staff_id from looks where loose >= 5 and loose >= 0.02 * acts
    """,
}


def innocents(market: Path) -> dict[str, set[Subject]]:
    """The honest of each name as (kind, id)."""
    with duckdb.connect() as con:
        for table in ("orders", "refunds", "staff", "staff_actions", "tickets", "truth"):
            con.read_parquet(str(market / f"{table}.parquet")).create_view(table)
        guilty = set(con.execute("select distinct subject_kind, subject_id from truth").fetchall())
        return {name: set(con.execute(query).fetchall()) - guilty for name, query in QUERIES.items()}
