"""Runs made by hand, after contract/run.py: a ring, an empty run, a hostile one, a crowded one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from floorwalker.contract.run import FILES

Rows = dict[str, list[dict[str, Any]]]
START = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; drop table reviews; --",
    "{{ 7 * 7 }}{% raw %}",
    "</title></style></svg><svg onload=alert(1)>",
    "long" * 900,
    "مرحبا\u202egnp.exe\u202c",
    "z\u0335\u0334\u0336\u0337" * 30,
    "../../etc/passwd\x00\r\n<b>",
    "javascript:alert(1)",
)


def write_run(folder: Path, rows: Rows, manifest: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in FILES.items():
        pq.write_table(pa.Table.from_pylist(rows.get(name, []), schema=schema), folder / f"{name}.parquet")
    (folder / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def manifest_of(**changes: Any) -> dict[str, Any]:
    return {
        "floorwalker": "0.1.0",
        "engine": "duckdb",
        "parameters": {"fdr": 0.05, "seed": 0, "as_of": "2024-06-01T00:00:00Z", "memory": "8GB"},
        "inputs": {
            name: {
                "rows": rows,
                "kept": rows - 12,
                "set_aside": 12,
                "files": [{"name": f"{name}.parquet", "sha256": "0123456789abcdef" * 4, "bytes": rows * 31}],
            }
            for name, rows in (("accounts", 4211), ("orders", 60_112), ("products", 812), ("reviews", 18_004))
        },
        "absent_tables": ["refunds", "returns", "messages", "staff_actions"],
        "detectors": {
            "run": [
                {
                    "name": "lockstep",
                    "question": "Which accounts reviewed the same products at the same time, again and again?",
                    "null": "Accounts review as often as they do, products are as popular as they are on each day,"
                    " and who meets whom is chance.",
                    "scheme": "review_ring",
                    "health": {
                        "share_below_05": 0.0512,
                        "low": 0.046,
                        "high": 0.0568,
                        "tested": 3188,
                        "verdict": "uniform",
                    },
                }
            ],
            "skipped": [{"name": "text_twins", "reason": "needs reviews.body"}],
        },
        "steps": [{"name": "pairs", "seconds": 1.25, "peak_memory_mb": 512}],
        "assessed": {"account": 3188, "product": 640},
    } | changes


def ring_rows(
    case_id: str, accounts: list[str], products: list[str], sellers: list[str], *, exposure: str, probability: float
) -> Rows:
    rows: Rows = {name: [] for name in FILES}
    pushes = [
        (a, p, n) for n, (a, p) in enumerate((a, p) for p in products for a in accounts) if (n * 7 + n // 5) % 10 < 9
    ]
    times = {(a, p): START + timedelta(days=9 * products.index(p) + n % 3, hours=(n * 5) % 14) for a, p, n in pushes}
    for a, p, n in pushes:
        stars = 5 if n % 9 else 4
        text = "Great product, came fast. My wife loves it and the neighbours have asked where I found it. " * 3
        row = {"case_id": case_id, "actor_kind": "account", "actor_id": a, "object_kind": "product", "object_id": p}
        rows["events"].append(
            row
            | {"table": "reviews", "id": f"{case_id}-v{n:03}", "at": times[a, p], "what": f"{stars} stars"}
            | {"detail": text[: 40 + 37 * (n % 6)]}
        )
        if n % 4 == 0:
            rows["events"].append(
                row
                | {"table": "orders", "id": f"{case_id}-o{n:03}", "at": times[a, p] - timedelta(days=4)}
                | {"what": "ordered", "detail": "34.90 EUR"}
            )
        rows["links"].append(link(case_id, ("account", a), ("product", p), "reviewed", 1.0 + n % 3))
    for n, product in enumerate(products):
        rows["links"].append(link(case_id, ("account", sellers[n % len(sellers)]), ("product", product), "sells", 1.0))
    members = (
        [("account", a, "reviewer", 0.9991 - 0.013 * n) for n, a in enumerate(accounts)]
        + [("account", s, "seller", 0.95) for s in sellers]
        + [("product", p, "product", 0.97) for p in products]
    )
    for kind, name, role, likely in members:
        rows["case_members"].append(
            {"case_id": case_id, "subject_kind": kind, "subject_id": name, "role": role, "probability": likely}
        )
        if role != "product":
            rows["subjects"].append(
                {"subject_kind": kind, "subject_id": name, "scheme": "review_ring", "role": role}
                | {"probability": likely, "q_value": 0.00041 * (1 + len(rows["subjects"])), "case_id": case_id}
            )
    for n, a in enumerate(accounts):
        rows["findings"].append(
            {"finding_id": f"{case_id}-f{n}", "detector": "lockstep", "scheme": "review_ring"}
            | {
                "subject_kind": "account",
                "subject_id": a,
                "p_value": min(1.2e-12 * 40**n, 1.0),
                "q_value": min(4.1e-9 * 40**n, 1.0),
            }
            | {"effect": 23.4 - 2 * n, "evidence": [{"table": "reviews", "id": f"{case_id}-v000"}]}
            | {
                "explanation": f"{a} reviewed {len(products)} products within 3 days of the same "
                f"{len(accounts) - 1} accounts; chance gives 0.17 such meetings."
            }
            | {"counter_evidence": ["Two of the products were on the front page that week."] if n % 2 else []}
        )
    for product in products:
        paid = [times[a, p] for a, p in times if p == product]
        rows["removals"].append(
            {"case_id": case_id, "product_id": product, "reviews": len(paid) + 10 * products.index(product)}
            | {"suspect": len(paid), "first_at": min(paid), "last_at": max(paid), "stars_with": 4.568}
            | {"stars_without": 3.214 if products.index(product) else None}
        )
    dated = [event["at"] for event in rows["events"]]
    rows["cases"].append(
        {
            "case_id": case_id,
            "scheme": "review_ring",
            "title": f"{len(accounts)} accounts pushed {len(products)} products of {len(sellers)} sellers",
            "probability": probability,
        }
        | {
            "summary": f"Between {min(dated):%Y-%m-%d} and {max(dated):%Y-%m-%d}, {len(accounts)} accounts wrote "
            f"{len(pushes)} reviews of the same {len(products)} products, most within three days of each other. "
            "If each had kept its own pace and each product its own popularity, chance would have brought about "
            "0.17 such meetings; there were 24. All but four gave five stars."
        }
        | {"exposure": Decimal(exposure), "currency": "EUR", "members": len(members)}
        | {"first_seen_at": min(dated), "last_seen_at": max(dated)}
    )
    return rows


def link(case_id: str, source: tuple[str, str], target: tuple[str, str], word: str, weight: float) -> dict[str, Any]:
    return {
        "case_id": case_id, "source_kind": source[0], "source_id": source[1], "target_kind": target[0],
        "target_id": target[1], "link": word, "weight": weight, "evidence": [{"table": "reviews", "id": "v"}],
    }  # fmt: skip


def joined(*parts: Rows) -> Rows:
    return {name: [row for part in parts for row in part[name]] for name in FILES}


def a_ring(number: int, *, accounts: int = 8, products: int = 4, exposure: str, probability: float) -> Rows:
    return ring_rows(
        f"case-{number:04}",
        [f"acct-{number}{n:05}" for n in range(accounts)],
        [f"B00{number}{n:04}X" for n in range(products)],
        [f"seller-{number}{n:02}" for n in range(2)],
        exposure=exposure,
        probability=probability,
    )


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """A run of one ring with another run.json, or with none of its keys."""

    def make(manifest: dict[str, Any], *, rings: int = 1) -> Path:
        rows = joined(*(a_ring(n, exposure=f"{500 - n}.00", probability=0.9) for n in range(1, rings + 1)))
        return write_run(tmp_path / "made", rows, manifest)

    return make


@pytest.fixture
def stated() -> Callable[..., dict[str, Any]]:
    """A run.json in full, with changes."""
    return manifest_of


@pytest.fixture
def ring_run(tmp_path: Path) -> Path:
    """A ring of 8 accounts, 4 products and 2 sellers, and two lesser ones."""
    rings = (
        a_ring(1, exposure="48210.50", probability=0.9968),
        a_ring(2, accounts=5, products=3, exposure="9120.00", probability=0.93),
        a_ring(3, accounts=4, products=1, exposure="310.75", probability=0.71),
    )
    rows = joined(*rings)
    for row in (r for r in rows["findings"] if r["subject_id"].startswith("acct-3")):
        row["counter_evidence"] = []
    return write_run(tmp_path / "run", rows, manifest_of())


@pytest.fixture
def empty_run(tmp_path: Path) -> Path:
    """Detectors ran and found nothing."""
    return write_run(tmp_path / "run", {}, manifest_of())


@pytest.fixture
def crowded_run(tmp_path: Path) -> Path:
    """Forty cases, the first with 60 accounts on 20 products."""
    first = a_ring(100, accounts=60, products=20, exposure="1500000.00", probability=0.99999)
    rest = [a_ring(n, accounts=3, products=2, exposure=f"{900 - n}.00", probability=0.5) for n in range(101, 140)]
    return write_run(tmp_path / "run", joined(first, *rest), manifest_of())


@pytest.fixture
def hostile_run(tmp_path: Path) -> Path:
    """Every text that data can bring in is an attack."""
    products = [f"P{n}{text}" for n, text in enumerate(HOSTILE)]
    rows = ring_rows("<script>alert(2)</script>", list(HOSTILE), products, [HOSTILE[0] + "s", HOSTILE[5] + "s"],
                     exposure="1.00", probability=1.0)  # fmt: skip
    texts = {"title", "summary", "explanation", "what", "detail", "link", "currency", "detector", "role", "table"}
    for group in rows.values():
        for n, row in enumerate(group):
            row |= {name: HOSTILE[(n + k) % len(HOSTILE)] for k, name in enumerate(sorted(texts & row.keys()))}
    for finding in rows["findings"]:
        finding["counter_evidence"] = list(HOSTILE)
    attack = HOSTILE[0]
    detector = {"name": attack, "question": HOSTILE[1], "null": HOSTILE[4], "health": {"verdict": attack}}
    return write_run(
        tmp_path / "run",
        rows,
        manifest_of(
            floorwalker=attack,
            engine=attack,
            parameters={attack: HOSTILE[1], "fdr": attack, "as_of": HOSTILE[6]},
            inputs={attack: {"rows": 1, "files": [{"name": "../" + attack, "sha256": attack}]}},
            absent_tables=[attack, HOSTILE[6]],
            detectors={"run": [detector], "skipped": [{"name": attack, "reason": HOSTILE[5]}]},
            assessed={attack: 3},
        ),
    )
