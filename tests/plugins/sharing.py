"""Which tests stay together on one of xdist's workers: those that share something dear. Others go where there is room.

(`--dist loadgroup` would do this by a mark; xdist 3.8 loses the mark with pytest 9.2.)
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "src/alongside/supplies/tests/test_forecasting.py",
    "tests/packaging/test_wheel.py",
    "tests/texting/test_running.py",
}
"""Files whose module fixture takes longer than their tests."""


class _Sharing(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _Sharing(config, log)
