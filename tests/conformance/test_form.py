"""The one form that every service brings its part to."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from alongside.encounters.registry import registry
from alongside.kernel.services import EntryKind
from tests.conformance.schemas import fields_of
from tests.pages import Node, called, fields_in, read, said_by
from tests.places import Place

pytestmark = pytest.mark.django_db

THE_CONTACTS_OWN = {"site", "day", "time", "people", "each", "reached", "code", "visit"}


def recording_form(page: Node) -> Node:
    [form] = [form for form in page.all("form") if "data-recording" in form.attributes]
    return form


@pytest.fixture
def shown(desk: Client) -> Node:
    return read(desk.get(reverse("desk:record")).content)


@pytest.fixture
def form(shown: Node) -> Node:
    return recording_form(shown)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_question_has_a_label(desk: Client, language: str) -> None:
    page = read(desk.get(reverse("desk:record"), headers={"accept-language": language}).content)
    form = recording_form(page)
    nameless = [node.attributes for node in fields_in(form) if not called(node, page)]
    assert nameless == []


def test_no_two_questions_have_the_same_label(shown: Node, form: Node) -> None:
    labels: dict[str, Node] = {}
    for node in fields_in(form):
        other = labels.setdefault(called(node, shown), node)
        assert other is node, f"{other.attributes} and {node.attributes} are both called “{called(node, shown)}”"


def test_every_question_is_one_that_its_kind_understands(form: Node) -> None:
    for node in fields_in(form):
        name = node.attributes.get("name", "")
        if not name or name in THE_CONTACTS_OWN or name.startswith("items."):
            continue
        kind = registry.kinds[".".join(name.split(".")[:2])]
        assert name.split(".")[2] in fields_of(kind), name


@pytest.mark.parametrize("kind", registry.kinds.values(), ids=lambda kind: kind.name)
def test_every_field_of_a_kind_is_on_the_form_or_known_to_be_beside_it(form: Node, kind: EntryKind) -> None:
    """A correction loses nothing: the form shows a field, or the field comes along unseen."""
    names = [node.attributes.get("name", "") for node in fields_in(form)]
    asked = {name.split(".")[2] for name in names if name.startswith(f"{kind.name}.")}
    given = {"items"} if kind.gives_items else set()
    assert asked | given | kind.beside_form == set(fields_of(kind))
    assert asked & kind.beside_form == set()


def test_nothing_on_the_form_is_required(form: Node) -> None:
    assert [node.attributes for node in fields_in(form) if "required" in node.attributes] == []


def test_a_form_says_nothing_of_its_own(place: Place, form: Node) -> None:
    """Nobody is asked by default: no answer is chosen before somebody gave it."""
    said = {name: values for name, values in said_by(form).items() if any(values)}
    assert set(said) == {"csrfmiddlewaretoken", "id", "site", "people"}
    assert (said["people"], said["site"]) == (["1"], [str(place.site.pk)])
