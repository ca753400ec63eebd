"""A run of yes/no choices against the choices of others: how much likelier they are if somebody steers them."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, logsumexp

from floorwalker.graph.slots import Floats
from floorwalker.stats.peers import beta_binomial

BULK = 0.9


@dataclass(frozen=True, slots=True)
class Steered:
    """Choices of n people. log_p: against the others' beta-binomial; log_e: see `steered`; expected: by the others."""

    log_p: Floats
    log_e: Floats
    expected: Floats


def steered(
    yes: Floats, asked: Floats, *, rarest: float, unlike: float, aims: tuple[float, ...], least_peers: int
) -> Steered:
    """Test `yes` out of `asked` (n,) of each person, left out of the baseline.

    log_e: the likelihood of the run if each choice were a yes at one of the rates `aims`, mixed, to that under the
    others' beta distribution (maximum likelihood), whose mean is not believed below `rarest` nor its spread
    (intraclass correlation) below `unlike`. Where peers are too few, a third at a spread of a fifth is taken. Mixed
    half and half with 1. Griffiths 1973, Biometrics 29.
    """
    test = beta_binomial(yes, asked, bulk=BULK, least_peers=least_peers)
    known = np.isfinite(test.mean)
    mean = np.clip(np.where(known, test.mean, 1 / 3), rarest, 0.95)
    spread = np.clip(np.where(known, test.spread, 0.2), unlike, 0.9)
    size = 1 / spread - 1
    alpha, beta = mean * size, (1 - mean) * size
    null = betaln(alpha + yes, beta + asked - yes) - betaln(alpha, beta)
    told = [yes * math.log(aim) + (asked - yes) * math.log1p(-aim) - null for aim in aims]
    ratio = logsumexp(np.stack(told), axis=0) - math.log(len(aims))
    log_e = np.where(asked > 0, np.logaddexp(ratio, 0.0) - math.log(2), 0.0)
    return Steered(test.log_p, np.asarray(log_e, dtype=np.float64), np.where(known, test.expected, mean * asked))


def supported(parts: list[Floats], total: Floats, alone: float) -> Floats:
    """Log e-values (n,), none above `alone` and twice what the second strongest of their parts says.

    One sign alone has too many honest reasons that no table tells of; two seldom meet by chance.
    """
    second = np.sort(np.stack(parts), axis=0)[-2]
    return np.asarray(np.minimum(total, alone + 2 * np.maximum(second, 0.0)), dtype=np.float64)
