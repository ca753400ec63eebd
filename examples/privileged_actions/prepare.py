"""A log of administrators' blocks and unblocks into staff and staff_actions.

`python examples/privileged_actions/prepare.py PRIVILEGED_ACTIONS OUT` reads reversals.parquet and actor_months.parquet
and writes two tables as Parquet into the folder OUT. It prints counts only: hashed names stay hashed, and unseen.
"""

import sys
from pathlib import Path

import duckdb

TABLES = {
    "staff_actions": """
        with self as (select target, min(actor) as actor from log where own group by target)
        select lpad(cast(l.id as varchar), 9, '0') as action_id, l.actor as staff_id, l.acted_at as at,
            case l.action when 'block' then 'suspend_seller' when 'unblock' then 'reinstate_seller'
                when 'reblock' then 'restrict_seller' end as action,
            'seller' as object_kind, coalesce(s.actor, l.target) as object_id,
            case when l.reason_length > 0 then l.reason_length || ' characters' end as reason, l.indefinite
        from log as l left join self as s on s.target = l.target
        where l.actor is not null order by l.acted_at, l.id""",
    "staff": """
        select actor as staff_id, cast(min(month) as timestamp) as started_at
        from months where actor is not null group by actor order by actor""",
}
"""Who acts on oneself shows which target one is: that object gets the staff member's own (hashed) id."""


def prepare(source: Path, out: Path) -> dict[str, int]:
    """Write the tables; how many rows each has, and how many were set aside for want of an actor."""
    log = duckdb.connect()
    log.execute("set TimeZone = 'UTC'")
    for name, file in (("log", "reversals"), ("months", "actor_months")):
        log.read_parquet(str(source / f"{file}.parquet")).create(name)
    out.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, query in TABLES.items():
        log.sql(query).write_parquet(str(out / f"{name}.parquet"))
        rows[name] = log.sql(query).aggregate("count(*)").fetchall()[0][0]
    nobody = log.execute("select count(*) from log where actor is null").fetchall()[0][0]
    return {**rows, "set aside: no actor": nobody}


def main() -> None:
    """Prepare, and print how many rows there are."""
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/privileged_actions/prepare.py PRIVILEGED_ACTIONS OUT")
    for name, rows in prepare(Path(sys.argv[1]), Path(sys.argv[2])).items():
        print(f"{rows:>9,}  {name}")


if __name__ == "__main__":
    main()
