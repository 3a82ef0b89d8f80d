"""A fault is logged by its kind and place, and by nothing that somebody entered."""

from __future__ import annotations

import logging

import pytest

from alongside.config.logs import Faults, PlaceOnly
from alongside.encounters.registry import registry


def _record(error: BaseException | None) -> logging.LogRecord:
    found = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "Internal Server Error: /people/CANARY77/", (), found
    )


def test_a_fault_says_its_kind_and_place_only() -> None:
    with pytest.raises(KeyError) as caught:
        registry.service_of("CANARY77.given")
    record = _record(caught.value)
    said = PlaceOnly().format(record)
    assert Faults().filter(record)
    assert "KeyError in encounters/registry.py line" in said
    assert "CANARY77" not in said


def test_a_refusal_is_not_logged() -> None:
    assert not Faults().filter(_record(None))
