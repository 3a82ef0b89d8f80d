"""The page shell shows what a member may open, and the pages for trouble ask nothing of the database."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from alongside.accounts.roles import Role
from alongside.desk.context import DOORS, Navigation, Place, url_or_none
from alongside.desk.templatetags.look import initials
from tests.programs import make_member, make_program, signed_in, site_of


def places(count: int) -> list[Place]:
    return [Place(label=str(n), icon="x", url=f"/{n}/", is_current=n == count - 1) for n in range(count)]


@pytest.mark.parametrize(("count", "tabs", "more"), [(0, 0, 0), (3, 3, 0), (5, 5, 0), (6, 4, 2), (8, 4, 4)])
def test_a_phone_has_room_for_five(count: int, tabs: int, more: int) -> None:
    navigation = Navigation(places(count))
    assert (len(navigation.tabs), len(navigation.more)) == (tabs, more)
    assert navigation.is_in_more is (more > 0)


def test_a_page_that_is_not_installed_is_left_out() -> None:
    assert url_or_none("desk:not_there") is None


@pytest.mark.parametrize(("name", "letters"), [("Ana Maria Cruz", "AC"), ("sam", "S"), ("", "?")])
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_the_navigation_shows_what_the_role_permits(client: Client, role: Role) -> None:
    program = make_program()
    response = signed_in(client, make_member(program, role)).get("/look/")
    member = response.wsgi_request.member
    expected = [url for door in DOORS if member.can(door.permission) and (url := url_or_none(door.url_name))]
    assert [place.url for place in response.context["navigation"].places] == expected


@pytest.mark.django_db
def test_a_site_is_chosen_in_two_taps(client: Client) -> None:
    program = make_program()
    signed_in(client, make_member(program))
    van = site_of(program, "Van")
    response = client.post("/chosen/site/", {"site": van.pk, "next": "/look/"})
    assert response.headers["Location"] == "/look/"
    assert client.get("/look/").context["site_choice"].current == van


@pytest.mark.django_db
@pytest.mark.parametrize("site", ["", "x", "-1", "9" * 40, "²"])
def test_a_site_that_is_not_there(client: Client, site: str) -> None:
    signed_in(client, make_member(make_program()))
    assert client.post("/chosen/site/", {"site": site}).status_code == 404


@pytest.mark.django_db
def test_another_programs_site_is_not_there(client: Client) -> None:
    signed_in(client, make_member(make_program()))
    other = site_of(make_program("Elsewhere"), "Van")
    assert client.post("/chosen/site/", {"site": other.pk}).status_code == 404


@pytest.mark.django_db
def test_the_theme_is_drawn_by_the_server(client: Client) -> None:
    client.post("/chosen/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/look/").content.decode().split("<head>")[0]
    client.post("/chosen/theme/", {"theme": "auto"})
    assert "data-theme" not in client.get("/look/").content.decode().split("<head>")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_here(client: Client, wanted: str) -> None:
    assert client.post("/chosen/theme/", {"theme": "dark", "next": wanted}).headers["Location"] == "/"


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"])
def test_trouble_is_told_without_the_database(name: str) -> None:
    """No `django_db` mark: a query would fail this test."""
    page = render_to_string(name, {"sentence": "The disk is full."})
    assert "<h1>" in page
    assert 'href="/"' in page


def test_what_was_entered_can_be_sent_again() -> None:
    page = render_to_string(
        "503.html", {"sentence": "Wait.", "fields": [("note", "<b>")], "address": "/record/", "csrf_token": "t"}
    )
    assert '<textarea name="note" hidden>&lt;b&gt;</textarea>' in page
    assert 'action="/record/"' in page
