"""Two filled programs."""

import pytest

from tests.access.filled import Filled, fill


@pytest.fixture
def here(db: None) -> Filled:
    return fill("Here")


@pytest.fixture
def elsewhere(db: None) -> Filled:
    return fill("Elsewhere")
