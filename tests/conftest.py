"""What holds for all tests: the same examples on every run, and one Spark session.

Tests that need Spark run on one worker; the others are spread.
"""

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


class OneSpark(LoadScopeScheduling):
    """Tests with `spark` in their id make one scope, every other test its own."""

    def _split_scope(self, nodeid: str) -> str:
        return "spark" if "spark" in nodeid else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneSpark:
    return OneSpark(config, log)
