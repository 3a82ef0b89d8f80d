"""Signing in: passwords, start passwords, second steps, limits. No address of a visitor is kept anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from alongside.accounts.actions import give_start_password
from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.accounts.sign_in import BY_PIN, OPENED_AT, STILL_FRESH_SECONDS
from alongside.config import settings
from alongside.kernel import clock
from alongside.sites.models import Program
from tests.access.stores import everything_logged, everything_stored
from tests.programs import PASSWORD, make_member, make_program, signed_in

pytestmark = pytest.mark.django_db

LOGIN = "/sign-in/"
NEW_PASSWORD = "seven green bicycles"


@pytest.fixture(autouse=True)
def no_limits_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def worker(program: Program) -> User:
    return make_member(program, Role.WORKER)


def sign_in(client: Client, user: User, password: str = PASSWORD, **headers: str) -> int:
    answer = client.post(LOGIN, {"login": user.username, "password": password}, headers=headers)
    return answer.status_code


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("desk:account")).status_code == 200


def test_a_password_signs_in(client: Client, worker: User) -> None:
    assert sign_in(client, worker) == 302
    assert is_signed_in(client)


def test_capital_letters_in_the_user_name_do_not_matter(client: Client, worker: User) -> None:
    client.post(LOGIN, {"login": worker.username.upper(), "password": PASSWORD})
    assert is_signed_in(client)


def test_a_wrong_password_does_not(client: Client, worker: User) -> None:
    data = {"login": worker.username, "password": "wrong"}
    for language, sentence in (("en", "belong together. Check both"), ("es", "no van juntos")):
        answer = client.post(LOGIN, data, headers={"accept-language": language})
        assert sentence in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.once
def test_passwords_are_argon2() -> None:
    """Tests themselves run with a quick hash."""
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_the_sixth_wrong_password_is_not_even_tried(client: Client, worker: User) -> None:
    for _ in range(5):
        sign_in(client, worker, "wrong")
    sign_in(client, worker)
    assert not is_signed_in(client)


def test_nobody_signs_up_or_leaves_an_address() -> None:
    for name in ("account_signup", "account_email", "account_confirm_email", "account_set_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_start_password_is_replaced_at_the_first_sign_in(client: Client, worker: User) -> None:
    password = give_start_password(worker)
    sign_in(client, worker, password)
    answer = client.get(reverse("desk:record"))
    assert answer["Location"] == reverse("account_change_password")
    data = {"oldpassword": password, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(reverse("account_change_password"), data)
    worker.refresh_from_db()
    assert worker.start_password_until is None
    assert client.get(reverse("desk:record")).status_code == 200


def test_a_start_password_ends_after_a_week(client: Client, worker: User) -> None:
    password = give_start_password(worker)
    with clock.set_to(clock.now() + timedelta(days=8)):
        answer = client.post(LOGIN, {"login": worker.username, "password": password})
        assert answer["Location"] == reverse("account_start_password_over")
        assert not is_signed_in(client)


def test_an_account_that_is_switched_off_is_out_at_once(client: Client, worker: User) -> None:
    signed_in(client, worker)
    assert is_signed_in(client)
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert not is_signed_in(client)
    assert sign_in(client, worker) != 200
    assert not is_signed_in(client)


def test_an_app_code_is_the_second_step_and_its_secret_is_stored_sealed(client: Client, worker: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(worker, secret)
    stored = Authenticator.objects.get(user=worker).data["secret"]
    assert secret not in stored
    answer = client.post(LOGIN, {"login": worker.username, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post(reverse("mfa_authenticate"), {"code": format_hotp_value(hotp_value(secret, counter))})
    assert is_signed_in(client)


def asks_again(client: Client) -> bool:
    answer = client.get(reverse("mfa_add_webauthn"))
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_reauthenticate"))


def test_who_just_signed_in_is_not_asked_again_before_a_change_of_sign_in(client: Client, worker: User) -> None:
    sign_in(client, worker)
    assert not asks_again(client)
    session = client.session
    session[OPENED_AT] -= STILL_FRESH_SECONDS + 1
    session.save()
    assert asks_again(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert not asks_again(client)


def test_a_pin_is_not_enough_for_a_change_of_sign_in(client: Client, worker: User) -> None:
    sign_in(client, worker)
    session = client.session
    session[BY_PIN] = True
    session.save()
    assert client.get(reverse("mfa_add_webauthn")).status_code in {302, 403}


def test_the_language_of_the_last_person_is_not_the_next_ones(client: Client, program: Program, worker: User) -> None:
    other = make_member(program, Role.WORKER)
    User.objects.filter(pk=other.pk).update(language="es")
    sign_in(client, other)
    assert client.cookies["alongside_language"].value == "es"
    client.post(reverse("account_logout"))
    sign_in(client, worker)
    assert client.cookies["alongside_language"].value == ""


def test_without_a_choice_pages_speak_the_programs_language(client: Client, program: Program, worker: User) -> None:
    Program.objects.filter(pk=program.pk).update(language="es")
    signed_in(client, worker)
    assert b'<html lang="es"' in client.get(reverse("desk:account")).content


ADDRESS = "203.0.113.77"
BROWSER = "Canary-Browser/7.7 (peculiar)"


def test_no_address_and_no_browser_is_kept_anywhere(client: Client, worker: User) -> None:
    with everything_logged() as heard:
        visit = Client(REMOTE_ADDR=ADDRESS)
        headers = {"user-agent": BROWSER, "x-forwarded-for": ADDRESS}
        sign_in(visit, worker, "wrong", **headers)
        sign_in(visit, worker, **headers)
        visit.get(reverse("desk:account"), headers=headers)
        visit.get("/nothing-here/", headers=headers)
        kept = everything_stored()
        visit.post(reverse("account_logout"), headers=headers)
    kept += everything_stored() + repr(getattr(cache, "_cache", "")) + heard.getvalue()
    assert len(kept) > 1000
    assert ADDRESS not in kept
    assert BROWSER not in kept
    assert "peculiar" not in kept
