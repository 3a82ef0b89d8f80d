"""A database that several threads write to."""

from collections.abc import Iterator

import pytest

from tests.emptying import forget_everything


@pytest.fixture
def committing(transactional_db: None) -> Iterator[None]:
    """What the test writes is committed, so that other threads see it, and gone afterwards."""
    yield
    forget_everything()
