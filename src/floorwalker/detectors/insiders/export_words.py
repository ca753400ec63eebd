"""From signs to findings: what was pulled without a task, what colleagues pull, and the acts themselves."""

from collections import Counter as Tally
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.insiders.export_signs import Pulls, Signs
from floorwalker.detectors.measured import Counter, Finding, Measured, assess

WORTH_WORDS = np.log(100.0)
TRUST = np.log(1e8)
MOST_CITED = 40
LARGE = 0.5
ORAL = Counter("A report may have been asked for across the desk, or for a project that no ticket tells of.", 0.0)
WHOSE = Counter("The tables do not say who got the reports: the seller may be their customer, or their victim.", 0.0)
MOVED = Counter("The agent may have moved to a team in which such reports are the work.", 0.0)


def tell(pulls: Pulls, staff: pa.Table, signs: Signs, explain: Mapping[str, str]) -> Measured:
    """Everybody who did anything, with words for those whose e-value is worth them."""
    told = {
        int(k): _finding(pulls, signs, int(k), explain["insider"]) for k in np.flatnonzero(signs.log_e > WORTH_WORDS)
    }
    return Measured(
        assess(
            "staff",
            "insider",
            staff["staff_id"].combine_chunks(),
            signs.log_p,
            effect=signs.pulled,
            log_e=signs.log_e,
            surprise=np.maximum(signs.log_e, 0.0),
            trust=TRUST,
            findings=told,
        )
    )


def _finding(pulls: Pulls, signs: Signs, agent: int, sentence: str) -> Finding:
    rows = np.flatnonzero((pulls.staff == agent) & ~pulls.standing)
    acts = pulls.rows["action_id"]
    words = {
        "pulled": counted(len(rows), "report"),
        "usual": _usual(signs, agent),
        "facts": "; ".join(_facts(pulls, signs, agent, rows)) or "nothing else was unusual",
        "chance": one_in(float(signs.log_p[agent])),
    }
    evidence = [("staff_actions", acts[int(k)].as_py()) for k in rows[:MOST_CITED]]
    counter = [ORAL, MOVED] if np.isnan(signs.count.expected[agent]) or signs.again[agent] < 2 else [ORAL, WHOSE, MOVED]
    return Finding(sentence.format(**words), evidence, counter)


def _usual(signs: Signs, agent: int) -> str:
    expected = signs.count.expected[agent]
    if np.isnan(expected):
        return "there are too few colleagues to compare with"
    return f"colleagues of the same role and team pull {significant(float(expected))} in as much time"


def _facts(pulls: Pulls, signs: Signs, agent: int, rows: np.ndarray) -> list[str]:
    said = []
    if signs.again[agent] >= 2 and signs.again[agent] > 1.5 * signs.same.expected[agent]:
        sellers = Tally(pulls.rows["seller_id"][int(k)].as_py() for k in rows if pulls.seller[k] >= 0)
        most = min(sellers, key=lambda seller: (-sellers[seller], seller))
        said.append(
            f"{sellers[most]} are about seller {most}; {int(signs.again[agent])} came again within sixty days "
            f"({significant(float(signs.same.expected[agent]))} expected)"
        )
    if signs.size[agent] > LARGE:
        said.append(f"they hold {significant(float(np.median(pulls.records[rows])))} records each, as few reports do")
    if signs.fields.log_e[agent] > 1:
        said.append("they keep to sellers of the same goods")
    return said
