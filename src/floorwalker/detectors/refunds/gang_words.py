"""From gangs to findings: words, cited claims, what speaks against, and links between the clients."""

import numpy as np
import pyarrow as pa

from floorwalker.contract.figures import counted, one_in, significant
from floorwalker.detectors.links import linked
from floorwalker.detectors.measured import LINKS, Counter, Finding, Measured, assess
from floorwalker.detectors.refunds.claims import Claims
from floorwalker.detectors.refunds.gang_search import SMALLEST
from floorwalker.detectors.refunds.membership import Gang
from floorwalker.detectors.refunds.methods import ELSEWHERE, FITS, LIGHTER, OFF, UNSEEN, Traits
from floorwalker.detectors.refunds.one_agent import agents, one_agent
from floorwalker.detectors.refunds.ties import Tie
from floorwalker.graph.slots import DAY, Bools, Floats, Ints, Longs

TRUST = float(np.log(1e7))
WORTH_WORDS = float(np.log(100.0))
MOST_CITED = 20
PARCEL = {
    LIGHTER: "a parcel of less than half the weight, or empty",
    ELSEWHERE: "a parcel scanned elsewhere",
    OFF: "a parcel of another weight or content",
    UNSEEN: "a parcel that was never scanned",
}
KNOWN = {"script": "claim text", "tracking_number": "tracking number", "ip": "network", "payment_handle": "purse"}
BORROWED = Counter(
    "Somebody else can have used the account, or its owner sold the login: the claims may be theirs.", 0.0
)
PROVEN = Counter("Goods of the right weight came back for {fits} of its claims in these weeks.", 0.0)


def tell(
    claims: Claims, traits: Traits, home: Ints, explained: Bools, asked: Bools, gangs: list[Gang], explain: str
) -> Measured:
    """Everybody of `asked`, a mask by buyer code."""
    size = len(claims.buyer_ids)
    log_e, nats, ring = np.full(size, -np.inf), np.zeros(size), np.full(size, -1)
    effect = np.zeros(size)
    for number, gang in enumerate(gangs):
        shown = len(np.unique(home[gang.buyer[gang.whole >= WORTH_WORDS]])) >= SMALLEST
        kept = gang.whole if shown else np.minimum(gang.whole, 0.0)
        log_e[gang.buyer] = np.logaddexp(log_e[gang.buyer], kept)
        better = (kept >= WORTH_WORDS) & (np.round(gang.log_e, 9) > np.round(nats[gang.buyer], 9))
        mine = gang.buyer[better]
        ring[mine], nats[mine], effect[mine] = number, gang.log_e[better], (gang.tied + gang.method)[better]
    log_e = np.where(np.isfinite(log_e), log_e - np.log(max(len(gangs), 1)), 0.0)
    codes = np.flatnonzero(asked)
    told = (log_e >= WORTH_WORDS) & asked & (ring >= 0)
    decided_by = agents(claims)
    findings = {}
    for place in np.flatnonzero(told[codes]).tolist():
        code = int(codes[place])
        findings[place] = _finding(claims, traits, explained, gangs[ring[code]], told, code, decided_by, explain)
    assessed = assess(
        "account",
        "client",
        claims.buyer_ids.take(pa.array(codes)),
        np.minimum(-log_e[codes], 0.0),
        log_e=log_e[codes],
        effect=effect[codes],
        surprise=np.maximum(log_e[codes], 0.0),
        ring=np.where(told, ring, -1)[codes],
        trust=TRUST,
        findings=findings,
    )
    return Measured(assessed, _links(claims, gangs, ring, told))


def _finding(
    claims: Claims,
    traits: Traits,
    explained: Bools,
    gang: Gang,
    told: Bools,
    code: int,
    decided_by: tuple[Ints, Floats],
    explain: str,
) -> Finding:
    rows = np.flatnonzero((claims.buyer == code) & (claims.requested >= gang.begin) & (claims.requested <= gang.end))
    place = int(np.searchsorted(gang.buyer, code))
    shared = [tie for tie in gang.ties if code in tie.buyers]
    clients = gang.buyer[told[gang.buyer]]
    words = {
        "claims": counted(len(rows), "claim"),
        "days": counted((gang.end - gang.begin) // DAY, "day"),
        "others": counted(len(clients) - 1, "other account"),
        "shared": _shared(shared),
        "parcels": _parcels(traits.parcel[rows]),
        "method": significant(float(np.exp(np.clip(gang.method[place], -20, 20)))),
        "chance": one_in(-float(np.clip(gang.log_e[place], 0, 20))),
    }
    against = [BORROWED]
    desk = None if shared else one_agent(*decided_by, np.flatnonzero(claims.buyer == code))
    if desk:
        against.append(desk)
    fits = int((traits.parcel[rows] == FITS).sum())
    if fits:
        against.append(Counter(PROVEN.text.format(fits=fits), 0.0))
    if explained[rows].any():
        lifted = counted(int(explained[rows].sum()), "claim")
        against.append(Counter(f"{lifted} came when many buyers of that product or area claimed alike.", 0.0))
    cited = np.concatenate((rows, *(np.setdiff1d(tie.rows, rows) for tie in shared)))[:MOST_CITED]
    return Finding(explain.format(**words), claims.cited(cited), against)


def _shared(ties: list[Tie]) -> str:
    if not ties:
        return "It shares no text and no tool with them."
    named = [f"a {KNOWN.get(tie.kind, tie.kind.replace('_', ' '))} with {len(tie.buyers) - 1}" for tie in ties]
    return f"It shares {', '.join(named)} of them."


def _parcels(states: Ints) -> str:
    seen = [f"{text}" for state, text in PARCEL.items() if (states == state).any()]
    return f" There was {' and '.join(seen)}." if seen else ""


def _links(claims: Claims, gangs: list[Gang], ring: Longs, told: Bools) -> pa.Table:
    """From the first holder of each shared thing to each other one, told of."""
    tables = []
    for number, gang in enumerate(gangs):
        for tie in gang.ties:
            mine = tie.buyers[told[tie.buyers] & (ring[tie.buyers] == number)]
            if len(mine) < 2:
                continue
            ids = claims.buyer_ids.take(pa.array(mine))
            cited = [claims.cited(tie.rows[claims.buyer[tie.rows] == other]) for other in mine[1:]]
            first = pa.repeat(ids[0], len(mine) - 1)
            tables.append(linked(number, ("account", first), ("account", ids[1:]), LINK.get(tie.kind, tie.kind), cited))
    return pa.concat_tables(tables) if tables else LINKS.empty_table()


LINK = {"script": "same_text"}
