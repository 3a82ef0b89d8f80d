"""Killed at any moment, "covered" was never said without a deadline that is on the disk (property 1).

Every day half of the places where it can die, another half on the other database; `make faults` takes them all.
"""

from __future__ import annotations

import os

from tests.faults.conftest import Program, in_home
from tests.faults.dying import AGO_MS, GRACE_MS, End

NEARLY_MS = 5_000


def assert_whole(end: End) -> None:
    """Whatever there is of a check-in, all of it is there."""
    assert end["check_ins"] == end["alarms"] == end["plans"]
    assert all(abs(apart - GRACE_MS) < NEARLY_MS for apart in end["apart_ms"]), "a deadline moved without its alarm"


def test_killed_at_any_place_what_was_promised_is_on_the_disk(program: Program, database_kind: str) -> None:
    places = ("1", "1") if os.environ.get("FIGURES") else ("1" if database_kind == "sqlite" else "2", "2")
    ends = in_home(program.home, *places, database_url=program.database_url, module="tests.faults.dying")
    for end in [*ends["start"], *ends["more"]]:
        assert_whole(end)
    *killed, last = ends["start"]
    assert len(killed) > 10, "it was not killed in many places"
    assert last["answered"][1] in last["check_ins"]
    assert killed[0]["check_ins"] == []
    assert len(ends["more"]) > 5
    before, after = ends["more"][0], ends["more"][-1]
    assert after["newest_ms"] > before["newest_ms"] - AGO_MS / 2, "more time was promised and not given"
