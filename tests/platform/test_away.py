"""The page for a database that can't answer: it says so, gives back what was entered, and hides our own faults."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from alongside.accounts.doors import open_to_all
from alongside.config.away import Trouble, trouble_behind

pytestmark = pytest.mark.once


def caused(error: Exception, **details: str) -> Exception:
    error.__cause__ = type("Cause", (Exception,), details)()
    return error


FULL = caused(OperationalError("database or disk is full"), sqlite_errorname="SQLITE_FULL")
AWAY = OperationalError("connection refused")
failure = SimpleNamespace(error=AWAY)


@open_to_all
def fail(request: HttpRequest) -> HttpResponse:
    raise failure.error


urlpatterns = [path("contact/", fail), path("api/contact/", fail)]
handler500 = "alongside.config.away.server_error"


@pytest.fixture(autouse=True)
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(failure, "error", AWAY)
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True, headers={"accept": "text/html"})


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (FULL, Trouble.FULL),
        (caused(OperationalError("no space"), sqlstate="53100"), Trouble.FULL),
        (OSError(errno.ENOSPC, "No space left on device"), Trouble.FULL),
        (caused(OperationalError("disk I/O error"), sqlite_errorname="SQLITE_IOERR_WRITE"), Trouble.AWAY),
        (caused(OperationalError("unable to open"), sqlite_errorname="SQLITE_CANTOPEN"), Trouble.AWAY),
        (caused(OperationalError("locked"), sqlite_errorname="SQLITE_BUSY"), Trouble.BUSY),
        (OperationalError("The database is busy: something else has been writing"), Trouble.BUSY),
        (AWAY, Trouble.AWAY),
        (InterfaceError("connection already closed"), Trouble.AWAY),
        (caused(OperationalError("no such table: x"), sqlite_errorname="SQLITE_ERROR"), None),
        (ProgrammingError("relation does not exist"), None),
        (OSError(errno.ENOENT, "No such file"), None),
        (ValueError("ours"), None),
        (None, None),
    ],
)
def test_weather_is_told_from_our_own_mistakes(error: Exception | None, trouble: Trouble | None) -> None:
    assert trouble_behind(error) is trouble


def test_the_page_says_what_is_wrong(visitor: Client) -> None:
    response = visitor.get("/contact/")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "The database does not answer." in response.text


def test_a_full_disk_is_named(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure, "error", FULL)
    response = visitor.get("/contact/")
    assert response.status_code == 503
    assert "disk of the computer that runs Alongside is full" in response.text


def test_machines_get_json(visitor: Client) -> None:
    response = visitor.get("/api/contact/")
    assert (response.status_code, response.json()["reason"]) == (503, "away")


def post(visitor: Client, url: str, *, is_ours: bool = True) -> HttpResponse:
    token = "a" * 32
    visitor.cookies["alongside_csrf"] = token
    entered = {"item": ["12", "13"], "note": '<b>"kept"</b>', "password": "paper lantern", "pin": "4711"}
    return visitor.post(url, entered | ({"csrfmiddlewaretoken": token} if is_ours else {}))  # type: ignore[return-value]


def test_what_was_entered_is_given_back(visitor: Client) -> None:
    page = post(visitor, "/contact/?day=today").text
    assert 'action="/contact/?day=today"' in page
    assert page.count('name="item"') == 2
    assert "&lt;b&gt;&quot;kept&quot;&lt;/b&gt;" in page
    assert 'name="csrfmiddlewaretoken"' in page


def test_secrets_are_not_given_back(visitor: Client) -> None:
    page = post(visitor, "/contact/").text
    assert "paper lantern" not in page
    assert "4711" not in page


def test_another_sites_form_is_not_given_back(visitor: Client) -> None:
    """Otherwise a wicked page could have its form sent with one press and our token."""
    response = post(visitor, "/contact/", is_ours=False)
    assert "kept" not in response.text


def in_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        raise AWAY

    return answer


def test_errors_of_middleware_are_shown_too(visitor: Client) -> None:
    with override_settings(MIDDLEWARE=[f"{__name__}.in_middleware"]):
        page = post(visitor, "/contact/")
    assert page.status_code == 503
    assert "kept" in page.text


def test_our_own_mistakes_stay_500(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure, "error", ValueError("ours"))
    assert visitor.get("/contact/").status_code == 500
