"""A form that is posted when the session has ended, or with a page's old token: it is there after signing in."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from alongside.encounters.models import Encounter
from alongside.kernel.ids import uuid7
from alongside.participants.models import Code
from alongside.participants.rules import random_code
from alongside.sites.models import Session
from tests.access.stores import everything_logged, everything_stored
from tests.places import Place
from tests.programs import PASSWORD, make_member

pytestmark = pytest.mark.django_db
GO_ON = "/account/go-on/"


@pytest.fixture
def there(place: Place) -> Client:
    """Signed in through the page, as a person does."""
    cache.clear()
    client = Client()
    sign_in(client, place.worker)
    return client


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": user.username, "password": password, **more})


def entered(place: Place, card: str = "") -> dict[str, str]:
    return {"id": str(uuid7()), "site": str(place.site.pk), "people": "1", "items.cooker": "7", "code": card}


def sent_on(client: Client, **token: str) -> Any:
    """Press the button of the page that gives the form back."""
    page = client.get(GO_ON).content.decode()
    fields = dict(re.findall(r'<textarea name="([^"]+)" hidden>([^<]*)</textarea>', page))
    assert 'action="/record/"' in page
    return client.post("/record/", fields | token)


def test_it_is_filled_in_after_signing_in(place: Place, there: Client) -> None:
    card = random_code()
    Session.objects.all().delete()
    with everything_logged() as heard:
        turned_away = there.post(reverse("desk:record"), entered(place, card))
        assert turned_away["Location"] == f"/sign-in/?next={GO_ON}"
        assert card not in everything_stored()
        sign_in(there, place.worker, "wrong", next=GO_ON)
        assert sign_in(there, place.worker, next=GO_ON)["Location"] == GO_ON
        assert sent_on(there).status_code == 302
        assert card not in everything_stored() + heard.getvalue()
    assert Encounter.objects.count() == Code.objects.count() == 1
    assert there.get(GO_ON)["Location"] == "/"
    assert there.session.get_expiry_age() > 24 * 3600


def test_nobody_else_gets_it(place: Place, there: Client) -> None:
    Session.objects.all().delete()
    there.post(reverse("desk:record"), entered(place))
    sign_in(there, make_member(place.program))
    assert there.get(GO_ON)["Location"] == "/"


def test_a_browser_where_nobody_worked_is_only_asked_to_sign_in(place: Place) -> None:
    stranger = Client()
    answer = stranger.post(reverse("desk:record"), entered(place))
    assert answer["Location"] == "/sign-in/?next=/record/"
    assert not Session.objects.exists()


def test_after_an_hour_it_is_gone(place: Place, there: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    Session.objects.all().delete()
    there.post(reverse("desk:record"), entered(place))
    sign_in(there, place.worker)
    later = time.time() + 3700
    monkeypatch.setattr("time.time", lambda: later)
    assert there.get(GO_ON)["Location"] == "/"


def test_what_a_script_sends_by_itself_is_not_kept(place: Place, there: Client) -> None:
    Session.objects.all().delete()
    headers = {"Sec-Fetch-Mode": "cors"}
    assert "go-on" not in there.post(reverse("desk:here"), headers=headers)["Location"]


def test_a_page_with_an_old_token(place: Place) -> None:
    cache.clear()
    client = Client(enforce_csrf_checks=True)
    client.force_login(place.worker)
    answer = client.post(reverse("desk:record"), entered(place), headers={"Origin": "http://testserver"})
    assert answer["Location"] == GO_ON
    assert client.session.get_expiry_age() > timedelta(days=1).total_seconds()
    client.get(GO_ON)
    token = {"csrfmiddlewaretoken": client.cookies["alongside_csrf"].value}
    assert sent_on(client, **token).status_code == 302
    assert Encounter.objects.count() == 1


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", ""])
def test_a_page_of_another_site_is_not_kept(place: Place, origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(place.worker)
    headers = {"Origin": origin} if origin else {}
    assert client.post(reverse("desk:record"), entered(place), headers=headers).status_code == 403
    assert client.get(GO_ON)["Location"] == "/"
