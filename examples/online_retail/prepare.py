"""Invoice lines of a web shop into accounts, products, orders and refunds.

`python examples/online_retail/prepare.py ONLINE_RETAIL.csv.gz OUT` writes four tables as Parquet into the folder OUT,
and `_set_aside.parquet` with every line that is in none of them and why. It prints how many lines there were of each
kind. A cancelled line names no invoice that it cancels, so the purchase is looked for: same customer and item, made
before, with at least the cancelled quantity left; of several one at the same price, then the latest. One purchase may
be cancelled in parts; one cancellation is never spread over two purchases.
"""

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")

LINES = """
create table lines as
with read as (
    select line, InvoiceNo as invoice, upper(trim(StockCode)) as item, Description as description,
        try_cast(Quantity as bigint) as quantity, try_cast(UnitPrice as decimal(14, 4)) as price,
        try_cast(InvoiceDate as timestamp) as booked, split_part(CustomerID, '.', 1) as customer, Country as country,
        InvoiceNo like 'C%' as cancels,
        InvoiceNo || '-' || row_number() over (partition by InvoiceNo order by line) as id
    from csv
)
select *, case
    when quantity is null or price is null or booked is null then 'unreadable'
    when item in ('POST', 'DOT', 'C2') then 'postage or carriage'
    when item = 'D' then 'discount'
    when item in ('BANK CHARGES', 'AMAZONFEE', 'CRUK') then 'bank charge, fee or commission'
    when item in ('M', 'B') then 'adjustment by hand or bad debt'
    when item = 'S' then 'samples'
    when item like 'GIFT\\_%' escape '\\' then 'gift voucher'
    when cancels and customer is null then 'cancellation without a customer'
    when cancels then 'cancellation'
    when quantity <= 0 then 'negative quantity, no cancellation'
    when customer is null then 'sale without a customer'
    when price <= 0 then 'sale free of charge'
    else 'order' end as kind
from read
"""
MATCHABLE = """
select line, kind, customer || ' ' || item as what, abs(quantity) as quantity, price
from lines semi join (select customer, item from lines where kind = 'cancellation') as c using (customer, item)
where kind in ('order', 'cancellation') order by booked, line
"""
TABLES = {
    "accounts": """
        select customer as account_id, 'buyer' as role, min(booked) as created_at, arg_min(country, line) as country
        from lines where customer is not null and booked is not null group by customer
        union all select 'shop', 'seller', min(booked), 'United Kingdom' from lines order by role, account_id""",
    "products": """
        select item as product_id, 'shop' as seller_id, arg_min(description, line) as title,
            cast(quantile_disc(price, 0.5) as decimal(14, 2)) as price, 'GBP' as currency, min(booked) as listed_at
        from lines where kind = 'order' group by item order by product_id""",
    "orders": """
        select id as order_id, customer as buyer_id, item as product_id, 'shop' as seller_id, booked as placed_at,
            quantity, cast(quantity * price as decimal(14, 2)) as amount, 'GBP' as currency, invoice
        from lines where kind = 'order' order by line""",
    "refunds": """
        select c.id as refund_id, p.id as order_id, c.customer as buyer_id,
            cast(-c.quantity * c.price as decimal(14, 2)) as amount, 'GBP' as currency, c.booked as requested_at,
            'approved' as outcome, -c.quantity as quantity, c.invoice
        from lines as c join matched as m on m.line = c.line join lines as p on p.line = m.purchase order by c.line""",
    "_set_aside": """
        select l.line, coalesce(u.why, l.kind) as why, l.* exclude (line, kind, id, cancels)
        from lines as l left join unmatched as u on u.line = l.line
        where l.kind <> 'order' and l.line not in (select line from matched) order by l.line""",
}
MATCHED = pa.schema([("line", pa.int64()), ("purchase", pa.int64())])
UNMATCHED = pa.schema([("line", pa.int64()), ("why", pa.string())])
NEVER, LATER, MORE = (
    f"cancellation of {what}"
    for what in ("an item never bought", "an item bought only later", "more than any purchase has left")
)


@dataclass(slots=True)
class Purchase:
    """What is left of one line of an invoice."""

    line: int
    price: Decimal
    left: int


def prepare(source: Path, out: Path) -> dict[str, int]:
    """Write the tables; how many lines there were of each kind. Raises ValueError where `source` has other columns."""
    csv = _read(source)
    shop = duckdb.connect()
    shop.execute("set TimeZone = 'UTC'")
    shop.register("csv", csv.append_column("line", pa.array(np.arange(2, csv.num_rows + 2))))
    shop.execute(LINES)
    matched, unmatched = match(shop.execute(MATCHABLE).fetchall())
    shop.register("matched", pa.table({"line": list(matched), "purchase": list(matched.values())}, MATCHED))
    shop.register("unmatched", pa.table({"line": list(unmatched), "why": list(unmatched.values())}, UNMATCHED))
    out.mkdir(parents=True, exist_ok=True)
    for name, query in TABLES.items():
        shop.sql(query).write_parquet(str(out / f"{name}.parquet"))
    kinds = Counter(dict(shop.execute("select kind, count(*) from lines group by kind").fetchall()))
    del kinds["cancellation"]
    return {**kinds, "refund: cancellation of an earlier purchase": len(matched), **Counter(unmatched.values())}


def match(lines: list[tuple[int, str, str, int, Decimal]]) -> tuple[dict[int, int], dict[int, str]]:
    """The purchase of each cancelled line, and why the others have none.

    lines: (line, kind, customer and item, quantity, price), the earlier first.
    """
    ever = {what for _, kind, what, _, _ in lines if kind == "order"}
    bought: dict[str, list[Purchase]] = defaultdict(list)
    matched, unmatched = {}, {}
    for line, kind, what, quantity, price in lines:
        if kind == "order":
            bought[what].append(Purchase(line, price, quantity))
            continue
        enough = [purchase for purchase in reversed(bought[what]) if purchase.left >= quantity]
        if enough:
            purchase = next((one for one in enough if one.price == price), enough[0])
            purchase.left -= quantity
            matched[line] = purchase.line
        else:
            unmatched[line] = MORE if bought[what] else LATER if what in ever else NEVER
    return matched, unmatched


def _read(source: Path) -> pa.Table:
    texts = pa_csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()), strings_can_be_null=True)
    csv = pa_csv.read_csv(source, convert_options=texts, parse_options=pa_csv.ParseOptions(newlines_in_values=True))
    if missing := [name for name in COLUMNS if name not in csv.column_names]:
        raise ValueError(f"{source}: there is no column {', '.join(missing)}")
    return csv.select(COLUMNS)


def main() -> None:
    """Prepare, and print what the lines were."""
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/online_retail/prepare.py ONLINE_RETAIL.csv.gz OUT")
    kinds = prepare(Path(sys.argv[1]), Path(sys.argv[2]))
    for kind, lines in sorted(kinds.items(), key=lambda one: (-one[1], one[0])):
        print(f"{lines:>9,}  {kind}")
    print(f"{sum(kinds.values()):>9,}  lines")


if __name__ == "__main__":
    main()
