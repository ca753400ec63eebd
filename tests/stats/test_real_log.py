"""The peer baseline on a real log of privileged actions, where a moment fit flags hundreds of people."""

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from floorwalker.stats.discovery import benjamini_hochberg
from floorwalker.stats.peers import beta_binomial

DATA = Path(os.environ.get("FLOORWALKER_DATA", Path(__file__).parents[3] / "shared" / "data"))
LOG = DATA / "privileged_actions"
pytestmark = pytest.mark.skipif(not LOG.is_dir(), reason="the log of privileged actions is not here")


@pytest.fixture(scope="module")
def actors():
    months = pd.read_parquet(LOG / "actor_months.parquet")
    frame = months.groupby("actor").agg(actions=("n", "sum"), first=("month", "min"))
    frame = frame[frame.actions >= 20]
    years = pd.to_datetime(frame["first"]).dt.year
    frame["cohort"] = np.digitize(years, [2006, 2008, 2011])
    rows = pd.read_parquet(LOG / "reversals.parquet")
    for name, chosen in (("unblocks", rows.action == "unblock"), ("own", rows.own.eq(True))):
        frame[name] = rows[chosen].groupby("actor").size().reindex(frame.index, fill_value=0)
    return frame


@pytest.mark.parametrize("signal", ["unblocks", "own"])
@pytest.mark.parametrize("by_cohort", [False, True])
def test_about_one_person_in_twenty_is_below_five_percent_and_few_are_listed(actors, signal, by_cohort):
    group = actors.cohort if by_cohort else None
    test = beta_binomial(actors[signal], actors.actions, group)
    assert 0.03 < np.mean(test.log_p < math.log(0.05)) < 0.07
    assert np.sum(benjamini_hochberg(test.log_p) < math.log(0.1)) <= 20
