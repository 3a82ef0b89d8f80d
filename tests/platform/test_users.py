"""Staff from the command line: the way in when nobody can sign in yet."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result
from django_scopes import scopes_disabled

from alongside.accounts.models import User
from alongside.config.cli import main
from alongside.sites.models import Membership, Program, Site
from alongside.supplies.models import Item

pytestmark = pytest.mark.django_db


def tell(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["users", *arguments], input=typed)


def begin(slug: str = "harbor") -> None:
    told = tell("add-program", "Harbor Exchange", "--slug", slug, "--timezone", "America/New_York")
    assert told.exit_code == 0, told.output


def roles_of(username: str) -> set[str]:
    with scopes_disabled():
        return set(Membership.objects.filter(user__username=username, ended_at=None).values_list("role", flat=True))


def test_a_program_begins_ready_to_record() -> None:
    begin()
    program = Program.objects.get()
    assert (program.name, program.timezone) == ("Harbor Exchange", "America/New_York")
    with scopes_disabled():
        assert Site.objects.count() == 1
        assert Item.objects.count() > 50


@pytest.mark.parametrize(
    ("slug", "zone", "sentence"),
    [("harbor", "America/New_York", "short name harbor already"), ("other", "Mars/Olympus", "is not a time zone")],
)
def test_a_program_that_can_not_be(slug: str, zone: str, sentence: str) -> None:
    begin()
    told = tell("add-program", "Again", "--slug", slug, "--timezone", zone)
    assert told.exit_code == 1
    assert sentence in told.output


def test_somebody_new_can_sign_in_with_a_start_password() -> None:
    begin()
    told = tell("add", "rosa", "--name", "Rosa", "--role", "administrator", "--role", "worker")
    assert told.exit_code == 0, told.output
    password = re.search(r"Start password: (\S+)", told.output)
    user = User.objects.get(username="rosa")
    assert password
    assert user.check_password(password[1])
    assert user.start_password_until
    assert roles_of("rosa") == {"administrator", "worker"}
    assert "rosa  Rosa\n    Harbor Exchange: administrator, worker" in tell("list").output


def test_a_name_is_taken_once() -> None:
    begin()
    tell("add", "rosa")
    assert "There is somebody called Rosa already" in tell("add", "Rosa").output


def test_a_new_start_password_replaces_the_old_one() -> None:
    begin()
    first = tell("add", "rosa").output
    second = tell("password", "rosa").output
    passwords = [re.findall(r"Start password: (\S+)", output)[0] for output in (first, second)]
    user = User.objects.get(username="rosa")
    assert [user.check_password(password) for password in passwords] == [False, True]


def test_a_pin() -> None:
    begin()
    tell("add", "rosa")
    assert tell("pin", "rosa", typed="4711\n4711\n").exit_code == 0
    assert User.objects.get(username="rosa").has_pin("4711")
    refused = tell("pin", "rosa", typed="1234\n1234\n")
    assert refused.exit_code == 1
    assert "first that anybody would try" in refused.output


def test_roles_are_exactly_those_given() -> None:
    begin()
    tell("add", "rosa", "--role", "worker")
    tell("roles", "rosa", "--role", "planner", "--role", "coordinator")
    assert roles_of("rosa") == {"planner", "coordinator"}
    tell("roles", "rosa")
    assert roles_of("rosa") == set()


def test_several_programs_have_to_be_named() -> None:
    begin()
    begin("second")
    told = tell("add", "rosa")
    assert told.exit_code == 1
    assert "Say which with --program: " in told.output
    assert tell("add", "rosa", "--program", "second").exit_code == 0


def test_somebody_can_be_stopped_and_let_in_again() -> None:
    begin()
    tell("add", "rosa")
    tell("deactivate", "rosa")
    assert not User.objects.get(username="rosa").is_active
    assert "(may not sign in)" in tell("list").output
    tell("activate", "rosa")
    assert User.objects.get(username="rosa").is_active


@pytest.mark.parametrize("command", ["password", "pin", "roles", "deactivate", "activate"])
def test_nobody_of_that_name(command: str) -> None:
    told = tell(command, "nobody", typed="4711\n4711\n")
    assert told.exit_code == 1
    assert "There is nobody called nobody." in told.output


def test_nothing_can_be_added_without_a_program() -> None:
    assert "There is no program yet." in tell("add", "rosa").output
