from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scopes_disabled

from alongside.sites.models import Program
from tests.alarms.sinks import Sink, listening
from tests.alarms.watching import broken
from tests.emptying import forget_everything
from tests.programs import make_program


@pytest.fixture
def program(db: None) -> Iterator[Program]:
    """A program. The auditor's questions are asked after every test that has one, whatever it did."""
    with scopes_disabled():
        yield make_program()
        assert not broken() & {"no_incident", "told_nobody"}


@pytest.fixture
def live_program(transactional_db: None) -> Iterator[Program]:
    """The same, with rows that other connections and processes see."""
    with scopes_disabled():
        yield make_program()
        assert not broken() & {"no_incident", "told_nobody"}
        forget_everything()


@pytest.fixture
def sink() -> Iterator[Sink]:
    one = Sink()
    with listening(one):
        yield one
