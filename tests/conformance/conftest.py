"""Tests that every service has to pass on the day it is listed in config/services.py."""

import pytest

from tests.conformance.vectors import Vector, all_vectors
from tests.places import desk, place
from tests.platform.conftest import plain_assets

__all__ = ["desk", "place", "plain_assets", "vector"]


@pytest.fixture(params=all_vectors(), ids=str)
def vector(request: pytest.FixtureRequest) -> Vector:
    found: Vector = request.param
    return found
