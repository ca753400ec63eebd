"""Every function and construct that a step may use gives the same rows on DuckDB and Spark.

Values are compared by their Python text (so 0.0 is not -0.0, and NaN is NaN), types as the Arrow types that
leave the engine's door, exactly. The table is `awkward`. What is not listed here is not in `ALLOWED`.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from awkward import SCHEMA, awkward

from floorwalker.engine.door import Engine
from floorwalker.engine.portable import ALLOWED, functions
from floorwalker.engine.step import Step, Value, bind


def on_spark(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.spark(pytest.mark.xdist_group("spark")(test))


BY_ROW = """
abs(n) ; abs(x) ; abs(money) ; coalesce(n, m, 0) ; coalesce(x, n) ; nullif(n, 3) ; if(n > 0, s, t)
case when n > 0 then 1 when n < 0 then 2 end ; case n when 3 then 'x' else s end
greatest(n, m) ; least(n, m) ; greatest(x, n) ; least(x, n) ; greatest(s, t)
greatest(k.at, cast('1970-01-01' as timestamp)) ; sqrt(x) ; sqrt(abs(x))
cast(floor(x) as bigint) ; cast(ceil(x) as bigint) ; cast(floor(x * 100 + 0.5e0) as bigint)
concat(s, t) ; concat(s, '-', cast(n as varchar)) ; concat_ws('-', s, t) ; s || t ; md5(s)
length(s) ; length(t) ; left(s, 2) ; substring(s, 1, 2) ; substring(s, 2) ; replace(s, 'a', 'xx') ; replace(s, '', 'x')
starts_with(s, 'a') ; contains(s, 'b') ; contains(s, '') ; s like 'a%' ; s like '_' ; s not like '%b%'
date_trunc('second', k.at) ; date_trunc('minute', k.at) ; date_trunc('hour', k.at) ; date_trunc('day', k.at)
date_trunc('week', k.at) ; date_trunc('month', k.at) ; date_trunc('quarter', k.at) ; date_trunc('year', k.at)
cast(epoch(date_trunc('second', k.at)) as bigint) ; k.at + interval 3 day ; k.at - interval 36 hour
k.at + interval 1 month ; k.at > timestamp '1970-01-01' ; cast(k.at as date) ; cast(k.at as date) = date '1970-01-01'
cast(cast(k.at as date) as timestamp) ; cast(k.at as varchar) ; cast(cast(k.at as date) as varchar)
cast(n as double) ; cast(n as varchar) ; cast(b as bigint) ; cast(b as varchar)
cast(money as double) ; cast(money as varchar) ; cast(floor(cast(money as double)) as bigint)
n + m ; n - m ; n * x ; -n ; n * 1e0 / 7 ; 1e0 / 3 ; 0.1e0 + 0.2e0 ; n / nullif(m, 0) ; x / nullif(m, 0) ; n / 7
n // nullif(m, 0) ; n // 2 ; n // -2 ; n % nullif(m, 0) ; x % nullif(m, 0) ; n % 3 ; n % -3
cast(money as double) / nullif(cast(money as double), 0) ; money + money ; money > 1 ; money = 1
n between m and 5 ; n not between m and 5 ; n in (3, 7) ; n not in (3, 7) ; s in ('ab', 'z') ; n is null
n is distinct from m ; n is not distinct from m ; s is distinct from t ; s < t ; x > n ; b and n > 0
b or n is null ; not b
n > $least ; k.at < $until ; x * $factor ; x > $factor ; n = $nothing
"""
OVER_ALL = """
count(*) ; count(n) ; count(distinct n) ; count(distinct s) ; count(distinct case when n > 0 then s end)
count(*) filter (where n > 0) ; count_if(n > 0) ; bool_or(b) ; bool_and(b)
sum(n) ; sum(m) ; sum(distinct m) ; sum(money) ; sum(x) filter (where x < 100) ; sum(case when b then 1 else 0 end)
sum(m) filter (where n > 1000000000000000000)
min(s) ; max(s) ; min(k.at) ; max(k.at) ; min(x) ; max(b) ; min(money) ; max(cast(k.at as date))
median(n) ; median(m) ; median(x) ; median(cast(money as double))
"""
OVER_WINDOWS = """
row_number() over (order by s, id) ; row_number() over (partition by b order by k.at desc, id)
rank() over (order by n) ; dense_rank() over (order by n) ; rank() over (order by s desc nulls first)
rank() over (order by s nulls first) ; rank() over (order by x desc)
lag(n) over (order by id) ; lag(n, 2, 0) over (order by id) ; lead(s) over (order by id)
lag(k.at) over (partition by s order by k.at, id) ; max(k.at) over (partition by s)
first_value(s) over (order by id) ; last_value(s) over (order by id)
first_value(s ignore nulls) over (order by id desc)
last_value(s) over (order by id rows between unbounded preceding and unbounded following)
count(*) over (partition by b) ; sum(money) over (partition by b) ; min(n) over ()
count(n) over (order by id rows between 2 preceding and current row)
sum(m) over (order by id rows between unbounded preceding and 1 preceding)
count(*) over (order by m range between 1 preceding and 1 following)
count(*) over (order by k.at range between interval 3 day preceding and current row)
"""
STEPS = {
    "inner join": "select a.id, b.id as other from k as a join k as b on a.n = b.n and a.id < b.id",
    "left join": "select a.id, b.id as other from k as a left join k as b on a.n = -b.n",
    "semi join": "select a.id from k as a semi join k as b on a.n = -b.n",
    "anti join": "select a.id from k as a anti join k as b on a.n = -b.n",
    "exists": "select a.id from k as a where not exists (select 1 from k as b where b.n = -a.n)",
    "in a subquery": "select id from k where n in (select m + 1 from k where m is not null)",
    "time window join": "select a.id, b.id as c from k as a join k as b on b.at between a.at and a.at + interval 9 day",
    "with": """
        with c as (select s, count(*) as n from k group by s), d as (select max(n) as top from c)
        select c.s from c join d on c.n = d.top
    """,
    "having": "select s, count(*) as c from k group by s having count(*) > 1",
    "group by all": "select s, b, count(*) as c from k group by all",
    "group by an expression": "select n % 2 as odd, count(distinct s) as c from k group by n % 2",
    "qualify": "select id, s from k qualify row_number() over (partition by s order by k.at desc, id) = 1",
    "distinct": "select distinct s, b from k",
    "distinct on": "select distinct on (s) s, id from k order by s, id desc",
    "lateral alias": "select id, n + 1 as o, o * 2 as p from k",
    "union all": "select n as v from k union all select m from k",
    "union": "select n as v from k union select m from k",
    "except": "select n from k except select m from k",
    "order by with limit": "select id, s from k order by s desc, id limit 3",
    "order by nulls": "select id, s from k order by s nulls first, id limit 3",
    "order of text is that of its bytes": "select id, row_number() over (order by t, id) as place from k",
    "a value of its own": "select id, n - (select min(n) from k) as above from k",
    "no rows": "select s, count(*) as c, sum(n) as total from k where id < 0 group by s",
    "nothing to add up": "select count(*) as c, sum(n) as total, max(k.at) as latest from k where id < 0",
}
PARAMS: dict[str, Value] = {"least": 2, "until": datetime(1970, 1, 1, 0, 0, 0, 500000), "factor": 0.1, "nothing": None}


def listed(text: str) -> list[str]:
    return [one.strip() for line in text.strip().splitlines() for one in line.split(";")]


def in_one_step(name: str, expressions: list[str], rest: str) -> Step:
    numbered = ", ".join(f"{one} as c{number}" for number, one in enumerate(expressions))
    return Step(name, f"select {numbered} from k {rest}")  # noqa: S608


BUNDLES = {
    "by_row": (in_one_step("by_row", ["id", *listed(BY_ROW)], "order by id"), ["id", *listed(BY_ROW)]),
    "over_all": (in_one_step("over_all", listed(OVER_ALL), ""), listed(OVER_ALL)),
    "over_windows": (
        in_one_step("over_windows", ["id", *listed(OVER_WINDOWS)], "order by id"),
        ["id", *listed(OVER_WINDOWS)],
    ),
}
CASES = [(bundle, at, one) for bundle, (_, many) in BUNDLES.items() for at, one in enumerate(many)]


@pytest.fixture(scope="module")
def both(duckdb: Engine, spark: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Engine]:
    path = tmp_path_factory.mktemp("k") / "k.parquet"
    pq.write_table(awkward(), path)
    for engine in (duckdb, spark):
        engine.bind("k", path)
    return duckdb, spark


def rows_of(engines: tuple[Engine, Engine], step: Step) -> list[pa.Table]:
    [bound] = bind([step], SCHEMA)
    return [engine.arrow(step.name, bound.text(engine.dialect, PARAMS)) for engine in engines]


@pytest.fixture(scope="module")
def bundles(both: tuple[Engine, Engine]) -> dict[str, list[pa.Table]]:
    return {name: rows_of(both, step) for name, (step, _) in BUNDLES.items()}


@on_spark
@pytest.mark.parametrize(("bundle", "at", "expression"), CASES, ids=[one for _, _, one in CASES])
def test_duckdb_and_spark_mean_the_same_by(
    bundles: dict[str, list[pa.Table]], bundle: str, at: int, expression: str
) -> None:
    duck, spark = (table.column(at) for table in bundles[bundle])
    assert (spark.type, repr(spark.to_pylist())) == (duck.type, repr(duck.to_pylist())), expression


@on_spark
@pytest.mark.parametrize("name", STEPS)
def test_duckdb_and_spark_select_the_same_rows_with(both: tuple[Engine, Engine], name: str) -> None:
    duck, spark = rows_of(both, Step("found", STEPS[name]))
    assert spark.schema.types == duck.schema.types
    assert spark.column_names == duck.column_names
    assert sorted(map(repr, spark.to_pylist())) == sorted(map(repr, duck.to_pylist()))


def test_a_function_is_allowed_only_when_it_is_compared_here() -> None:
    texts = [step.sql for step, _ in BUNDLES.values()] + list(STEPS.values())
    compared = {name for text in texts for name in functions(sqlglot.parse_one(text, dialect="duckdb"))}
    assert compared == ALLOWED


@on_spark
@pytest.mark.parametrize("name", ["duckdb", "spark"])
def test_duckdb_and_spark_save_what_they_fetch(
    both: tuple[Engine, Engine], tmp_path: Path, name: str, bundles: dict[str, list[pa.Table]]
) -> None:
    engine = both[name == "spark"]
    [bound] = bind([BUNDLES["over_windows"][0]], SCHEMA)
    engine.save("saved", bound.text(engine.dialect, PARAMS), tmp_path / "saved.parquet")
    saved = pq.read_table(tmp_path / "saved.parquet").sort_by("c0")
    fetched = bundles["over_windows"][0]
    assert saved.schema.types == fetched.schema.types
    assert repr(saved.to_pylist()) == repr(fetched.to_pylist())
