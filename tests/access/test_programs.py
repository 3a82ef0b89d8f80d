"""The fixtures everybody leans on."""

import pytest
from django.test import Client
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.supplies.models import Bag, Item, KitPart
from alongside.supplies.queries import catalogue
from tests.programs import add_role, make_member, make_program, signed_in

pytestmark = pytest.mark.django_db


def test_a_program_has_the_shipped_catalogue() -> None:
    program = make_program()
    with scope(program=program):
        assert Item.objects.count() > 90
        assert KitPart.objects.exists()
        assert Bag.objects.count() == 5
    assert catalogue(program).by_key


def test_a_member_is_signed_in(client: Client) -> None:
    program = make_program()
    user = make_member(program, Role.PLANNER)
    add_role(user, program, Role.WORKER)
    assert "_auth_user_id" in signed_in(client, user).session
