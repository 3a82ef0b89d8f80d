"""A program, and a browser in which its coordinator is signed in."""

from __future__ import annotations

import pytest

from alongside.accounts.roles import Role
from tests.programs import make_member, make_program, signed_in


@pytest.fixture
def program():
    return make_program()


@pytest.fixture
def desk(client, program):
    """A browser in which a coordinator is signed in."""
    return signed_in(client, make_member(program, Role.COORDINATOR))
