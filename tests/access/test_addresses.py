"""Every address says who may open it, and keeps everybody else out."""

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, reverse

from alongside.accounts.roles import PERMISSIONS, Role
from tests.access.addresses import Address, closed_addresses, every_address
from tests.access.filled import NO_ROWS, SAMPLES, STAFF, Filled, everything_in, names_of, rows_that_cross_programs
from tests.programs import make_member, make_program, signed_in

CLOSED = closed_addresses()
WITH_ROWS = [each for each in CLOSED if each.holds and each.name not in NO_ROWS]
METHODS = ("get", "post")


def ids(address: Address) -> str:
    return address.name


def ask(client: Client, method: str, address: Address, names: dict[str, object]) -> HttpResponseBase:
    answer: HttpResponseBase = getattr(client, method)(reverse(address.name, kwargs=names))
    return answer


def made_up(address: Address) -> dict[str, object]:
    """Something the address can hold; who may not enter does not learn whether it exists."""
    if address.name in NO_ROWS:
        return NO_ROWS[address.name]
    for value in (987_654_321, "01980000-0000-7000-8000-000000000000", "x"):
        try:
            reverse(address.name, kwargs=dict.fromkeys(address.holds, value))
        except NoReverseMatch:
            continue
        return dict.fromkeys(address.holds, value)
    raise AssertionError(f"Say in NO_ROWS what {address.name} can hold.")


@pytest.mark.once
@pytest.mark.parametrize("address", every_address(), ids=ids)
def test_a_view_declares_a_permission_or_is_open(address: Address) -> None:
    assert address.is_open or address.permission in PERMISSIONS
    assert not address.holds or address.is_open or address.name in {*SAMPLES, *NO_ROWS, *STAFF}, (
        f"Say in tests/access/filled.py which row {address.name} names, so that another program's can be tried."
    )


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_strangers_are_sent_to_sign_in(client: Client, method: str) -> None:
    for address in CLOSED:
        answer = ask(client, method, address, made_up(address))
        if reverse(address.name, kwargs=made_up(address)).startswith("/api/"):
            assert answer.status_code == 401, address.name
        else:
            assert answer.status_code == 302, address.name
            assert answer["Location"].startswith("/sign-in/?next="), address.name


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_the_wrong_role_is_refused_everywhere(client: Client, role: Role) -> None:
    signed_in(client, make_member(make_program(), role))
    for address in CLOSED:
        assert address.permission is not None
        if role in PERMISSIONS[address.permission]:
            continue
        for method in METHODS:
            answer = ask(client, method, address, made_up(address))
            assert answer.status_code == 403, f"{role} {method} {address.name}"


@pytest.mark.django_db
def test_the_right_role_is_let_in(here: Filled, client: Client) -> None:
    signed_in(client, here.boss)
    for address in CLOSED:
        names = names_of(address.name, here) if address.holds else {}
        answer = ask(client, "get", address, names)
        has_nothing_yet = address.name.startswith("mfa_") and answer.status_code == 404
        assert answer.status_code in {200, 302, 405} or has_nothing_yet, f"{address.name}: {answer.status_code}"


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_ids_of_another_program_do_not_exist_here(here: Filled, elsewhere: Filled, client: Client, method: str) -> None:
    before = everything_in(elsewhere.program)
    signed_in(client, here.boss)
    for address in WITH_ROWS:
        answer = ask(client, method, address, names_of(address.name, elsewhere))
        expected = {404} if method == "post" else {404, 405}
        assert answer.status_code in expected, f"{method} {address.name}: {answer.status_code}"
    assert everything_in(elsewhere.program) == before
    assert rows_that_cross_programs() == []
