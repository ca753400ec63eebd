"""One Spark session serves all tests that need Spark, so they run on one worker; the others are spread."""

import pytest
from xdist.scheduler import LoadScopeScheduling


class OneSpark(LoadScopeScheduling):
    """Tests with `spark` in their id make one scope, every other test its own."""

    def _split_scope(self, nodeid: str) -> str:
        return "spark" if "spark" in nodeid else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneSpark:
    return OneSpark(config, log)
