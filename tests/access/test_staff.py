"""Staff, sites, shifts and the program's settings, as an administrator sees them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django_scopes import scope, scopes_disabled

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.config.founding import set_roles as give_roles_at_the_terminal
from alongside.encounters.importing.queries import sender_for
from alongside.kernel.errors import Refusal
from alongside.sites.models import AuditEvent, Membership, Program, Shift, Site
from alongside.sites.staff import set_roles
from tests.programs import PASSWORD, add_role, make_member, make_program, signed_in, site_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def boss(program: Program) -> User:
    return make_member(program, Role.ADMINISTRATOR)


@pytest.fixture
def worker(program: Program) -> User:
    return make_member(program, Role.WORKER, name="Lou")


@pytest.fixture
def office(client: Client, boss: User) -> Client:
    return signed_in(client, boss)


def roles_at(program: Program, user: User) -> set[str]:
    with scope(program=program):
        return set(Membership.objects.filter(user=user, ended_at=None).values_list("role", flat=True))


def audited(program: Program) -> list[str]:
    with scope(program=program):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


NEW = {"name": "Kit", "username": "Kit.K", "roles": ["worker", "technician"]}


def test_somebody_new_gets_a_start_password_once(office: Client, program: Program) -> None:
    page = office.post(reverse("desk:staff_add"), NEW)
    [password] = re.findall(r"<code>([a-z0-9-]+)</code>", page.content.decode())
    assert "no-store" in page["Cache-Control"]
    assert password not in office.get(reverse("desk:staff")).content.decode()
    visit = Client()
    visit.post("/sign-in/", {"login": "kit.k", "password": password})
    assert visit.get(reverse("desk:record"))["Location"] == reverse("account_change_password")
    assert roles_at(program, User.objects.get(username="kit.k")) == {"worker", "technician"}
    assert "staff.added" in audited(program)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"username": ""},
        {"username": "two words"},
        {"username": "<script>"},
        {"username": "x" * 200},
        {"roles": []},
        {"roles": ["emperor"]},
        {"name": "x" * 1_000_000},
    ],
)
def test_what_was_entered_stays_with_a_sentence(office: Client, wrong: dict[str, object]) -> None:
    before = User.objects.count()
    answer = office.post(reverse("desk:staff_add"), NEW | wrong)
    assert answer.status_code == 422
    assert User.objects.count() == before
    assert 'role="alert"' in answer.content.decode()


def test_a_taken_user_name_is_said(office: Client, worker: User) -> None:
    answer = office.post(reverse("desk:staff_add"), NEW | {"username": worker.username.upper()})
    assert "taken" in answer.content.decode()


def test_roles_hold_from_the_next_page(office: Client, program: Program, worker: User) -> None:
    visit = signed_in(Client(), worker)
    assert visit.get(reverse("desk:record")).status_code == 200
    office.post(reverse("desk:staff_member", kwargs={"pk": worker.pk}), {"roles": ["planner"]})
    assert visit.get(reverse("desk:record")).status_code == 403
    office.post(reverse("desk:staff_member", kwargs={"pk": worker.pk}), {"roles": ["worker"]})
    assert visit.get(reverse("desk:record")).status_code == 200
    assert roles_at(program, worker) == {"worker"}


def test_switching_off_ends_sessions_and_deletes_nothing(office: Client, program: Program, worker: User) -> None:
    visit = signed_in(Client(), worker)
    assert office.get(reverse("desk:staff_off", kwargs={"pk": worker.pk})).status_code == 200
    office.post(reverse("desk:staff_off", kwargs={"pk": worker.pk}))
    assert visit.get(reverse("desk:record")).status_code == 302
    assert User.objects.filter(pk=worker.pk).exists()
    assert "switched off" in office.get(reverse("desk:staff")).content.decode()
    office.post(reverse("desk:staff_on", kwargs={"pk": worker.pk}))
    assert roles_at(program, worker) == {"worker"}
    assert signed_in(Client(), User.objects.get(pk=worker.pk)).get(reverse("desk:record")).status_code == 200
    assert {"staff.switched_off", "staff.switched_on"} <= set(audited(program))


def test_switching_on_somebody_who_works_here_brings_no_old_role_back(
    office: Client, program: Program, worker: User
) -> None:
    office.post(reverse("desk:staff_member", kwargs={"pk": worker.pk}), {"roles": ["planner"]})
    office.post(reverse("desk:staff_on", kwargs={"pk": worker.pk}))
    assert roles_at(program, worker) == {"planner"}


def test_a_reset_password_ends_every_session(office: Client, worker: User) -> None:
    visit = Client()
    visit.post("/sign-in/", {"login": worker.username, "password": PASSWORD})
    page = office.post(reverse("desk:staff_password", kwargs={"pk": worker.pk})).content.decode()
    assert re.search(r"<code>[a-z0-9-]{19}</code>", page)
    assert visit.get(reverse("desk:record")).status_code == 302


def test_a_reset_second_step_leaves_the_password(office: Client, worker: User) -> None:
    Authenticator.objects.create(user=worker, type=Authenticator.Type.TOTP, data={})
    office.post(reverse("desk:staff_second_step", kwargs={"pk": worker.pk}))
    assert not Authenticator.objects.filter(user=worker).exists()


def test_the_last_administrator_keeps_the_role(office: Client, program: Program, boss: User) -> None:
    own = reverse("desk:staff_member", kwargs={"pk": boss.pk})
    assert office.post(own, {"roles": ["worker"]}).status_code == 422
    office.post(reverse("desk:staff_off", kwargs={"pk": boss.pk}))
    assert roles_at(program, boss) == {"administrator"}
    second = make_member(program, Role.ADMINISTRATOR)
    User.objects.filter(pk=second.pk).update(is_active=False)
    assert office.post(own, {"roles": ["worker"]}).status_code == 422
    User.objects.filter(pk=second.pk).update(is_active=True)
    assert office.post(own, {"roles": ["worker"]}).status_code == 302


@pytest.mark.usefixtures("committing")
def test_two_administrators_cannot_unmake_each_other_at_once() -> None:
    program = make_program()
    pair = [make_member(program, Role.ADMINISTRATOR) for _ in range(2)]
    ready = Barrier(2)

    def unmake(number: int) -> bool:
        try:
            with scope(program=program):
                ready.wait()
                set_roles(pair[number], roles=[Role.WORKER], program=program, by_id=pair[1 - number].pk)
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(unmake, range(2))) == [False, True]
    with scopes_disabled():
        assert Membership.objects.filter(program=program, role=Role.ADMINISTRATOR, ended_at=None).count() == 1


def test_an_administrator_gets_into_no_other_program_by_a_reset(office: Client, worker: User) -> None:
    other = make_program("Elsewhere")
    add_role(worker, other, Role.ADMINISTRATOR)
    password = User.objects.get(pk=worker.pk).password
    for name in ("desk:staff_password", "desk:staff_second_step"):
        office.post(reverse(name, kwargs={"pk": worker.pk}))
    assert User.objects.get(pk=worker.pk).password == password
    office.post(reverse("desk:staff_off", kwargs={"pk": worker.pk}))
    assert User.objects.get(pk=worker.pk).is_active
    assert roles_at(other, worker) == {"administrator"}


def test_a_colleague_joins_from_a_program_one_manages_too(office: Client, program: Program, boss: User) -> None:
    other = make_program("Elsewhere")
    colleague = make_member(other, Role.WORKER)
    refused = office.post(reverse("desk:staff_add"), NEW | {"username": colleague.username})
    assert refused.status_code == 422
    add_role(boss, other, Role.ADMINISTRATOR)
    office.post(reverse("desk:staff_add"), NEW | {"username": colleague.username})
    assert roles_at(program, colleague) == {"worker", "technician"}


def test_somebody_at_two_programs_chooses(client: Client, program: Program, worker: User) -> None:
    other = make_program("Elsewhere")
    add_role(worker, other, Role.PLANNER)
    signed_in(client, worker)
    assert client.get(reverse("desk:record")).status_code == 200
    client.post(reverse("desk:choose_program"), {"program": str(other.pk)})
    assert client.get(reverse("desk:record")).status_code == 403
    assert "Elsewhere" in client.get(reverse("desk:account")).content.decode()


def test_sites_are_added_renamed_and_closed(office: Client, program: Program) -> None:
    office.post(reverse("desk:sites"), {"name": "Harbor", "kind": "room"})
    harbor = site_of(program, "Harbor")
    office.post(reverse("desk:site", kwargs={"pk": harbor.pk}), {"name": "Old harbor", "kind": "desk"})
    office.post(reverse("desk:site_close", kwargs={"pk": harbor.pk}))
    assert not site_of(program, "Old harbor").is_active
    office.post(reverse("desk:site_open", kwargs={"pk": harbor.pk}))
    assert site_of(program, "Old harbor").is_active
    assert [each for each in audited(program) if each.startswith("sites.")] == [
        "sites.added",
        "sites.changed",
        "sites.closed",
        "sites.opened",
    ]


def test_two_sites_do_not_share_a_name(office: Client, program: Program) -> None:
    answer = office.post(reverse("desk:sites"), {"name": "Van", "kind": "desk"})
    assert answer.status_code == 422
    assert "Another site has this name" in answer.content.decode()
    with scope(program=program):
        assert Site.objects.count() == 2


def test_a_shift_is_started_changed_and_ended(client: Client, program: Program, boss: User, worker: User) -> None:
    signed_in(client, worker)
    desk = site_of(program)
    start = {"site": str(desk.pk), "workers": [str(worker.pk)], "note": "Quiet"}
    client.post(reverse("desk:shifts"), start)
    again = client.post(reverse("desk:shifts"), start)
    assert "A shift is open at this site already" in again.content.decode()
    with scope(program=program):
        shift = Shift.objects.get()
    assert "Quiet" in client.get(reverse("desk:shifts")).content.decode()
    client.post(reverse("desk:shift", kwargs={"pk": shift.pk}), {"workers": [str(boss.pk)], "note": "Busy"})
    assert set(shift.workers.all()) == {boss}
    closing = signed_in(Client(), boss).post(reverse("desk:site_close", kwargs={"pk": desk.pk}), follow=True)
    assert "End it first" in closing.content.decode()
    client.post(reverse("desk:shift_end", kwargs={"pk": shift.pk}))
    shift.refresh_from_db()
    assert shift.ended_at is not None


def test_the_program_is_renamed_and_set(office: Client, program: Program) -> None:
    data = {"name": "Harbor & Friends", "timezone": "America/Chicago", "language": "es", "idle_minutes": "5"}
    data["name_es"] = "Puerto y Amigos"
    office.post(reverse("desk:program_settings"), data)
    program.refresh_from_db()
    with translation.override("es"):
        assert program.local_name == "Puerto y Amigos"
    assert (program.local_name, program.timezone, program.language, program.idle_minutes) == (
        "Harbor & Friends",
        "America/Chicago",
        "es",
        5,
    )


@pytest.mark.parametrize(
    "wrong", [{"timezone": "Mars/Olympus"}, {"language": "xx"}, {"idle_minutes": "-1"}, {"idle_minutes": "1e9"}]
)
def test_wrong_settings_are_refused(office: Client, program: Program, wrong: dict[str, str]) -> None:
    data = {"name": "X", "timezone": "America/Chicago", "language": "es", "idle_minutes": "5"}
    assert office.post(reverse("desk:program_settings"), data | wrong).status_code == 422
    program.refresh_from_db()
    assert program.name != "X"


def test_a_role_that_ended_is_no_role_at_any_door(office: Client, program: Program, worker: User) -> None:
    """Importing and the command line ask for roles by themselves."""
    add_role(worker, program, Role.COORDINATOR)
    assert "imports.run" in sender_for(program, user_id=worker.pk).permissions
    office.post(reverse("desk:staff_member", kwargs={"pk": worker.pk}), {"roles": ["planner"]})
    assert "imports.run" not in sender_for(program, user_id=worker.pk).permissions
    give_roles_at_the_terminal(worker, program, frozenset({Role.COORDINATOR}))
    assert roles_at(program, worker) == {"coordinator"}
    assert "imports.run" in sender_for(program, user_id=worker.pk).permissions
