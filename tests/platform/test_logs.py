"""A fault is logged by its kind and place, and by nothing that somebody entered."""

from __future__ import annotations

import logging

import pytest

from alongside.config.logs import Faults, PlaceOnly
from alongside.participants.rules import recipe_from


def _record(error: BaseException | None) -> logging.LogRecord:
    found = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "Internal Server Error: /people/CANARY77/", (), found
    )


def test_a_fault_says_its_kind_and_place_only() -> None:
    with pytest.raises(KeyError) as caught:
        recipe_from({"CANARY77": 1})
    record = _record(caught.value)
    said = PlaceOnly().format(record)
    assert Faults().filter(record)
    assert "KeyError in participants/rules.py line" in said
    assert "CANARY77" not in said


def test_a_refusal_is_not_logged() -> None:
    assert not Faults().filter(_record(None))
