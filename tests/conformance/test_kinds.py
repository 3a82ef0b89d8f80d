"""Each kind of record says all that the rest of the program has to know of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.functional import Promise
from django.utils.translation import override

from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.registry import registry
from alongside.encounters.texting.rules import is_taken
from alongside.kernel.services import EntryKind, Payload, ServiceSpec
from tests.baselines import compare
from tests.conformance.schemas import fields_of
from tests.conformance.vectors import all_vectors

DOCS = Path(__file__).resolve().parents[2] / "docs" / "services"
NEVER_ASKED = {"name", "surname", "first_name", "last_name", "ssn", "phone", "address", "email", "photo", "latitude"}

KINDS = [pytest.param(kind, id=kind.name) for kind in registry.kinds.values()]
SERVICES = [pytest.param(service, id=service.name) for service in registry]

pytestmark = pytest.mark.once


def test_the_schemas_of_all_kinds_are_as_committed() -> None:
    """Phones hold forms of these kinds. A change here is a new version, with an upgrade and vectors."""
    schemas = {
        kind.name: {"version": kind.version, "permission": kind.permission, "payload": kind.payload.model_json_schema()}
        for kind in registry.kinds.values()
    }
    compare("kinds", schemas)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_can_be_read_asked_for_and_named(kind: EntryKind) -> None:
    assert issubclass(kind.payload, Payload)
    assert kind.payload.model_config["extra"] == "forbid"
    assert kind.permission in PERMISSIONS
    assert isinstance(kind.title, Promise), "titles are translated when they are shown"
    with override("en"):
        assert str(kind.title).strip()


@pytest.mark.parametrize("kind", [each for each in KINDS if each.values[0].text])  # type: ignore[union-attr]
def test_what_texts_may_say_of_a_kind_can_be_recorded(kind: EntryKind) -> None:
    assert kind.text
    for figure in kind.text.figures:
        assert not [word for word in figure.words if is_taken(word)], "the text line's grammar needs these for itself"
        for number in (0, 3):
            for payload in kind.text.payloads({figure.name: number}):
                kind.payload.model_validate(payload)


@pytest.mark.parametrize("kind", KINDS)
def test_every_version_of_a_kind_has_vectors(kind: EntryKind) -> None:
    seen = {vector.version for vector in all_vectors() if vector.kind == kind.name}
    assert seen == set(range(1, kind.version + 1))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_is_in_a_vector(kind: EntryKind) -> None:
    said = {
        name
        for vector in all_vectors()
        if vector.kind == kind.name and vector.version == kind.version
        for name in vector.payload
    }
    assert set(fields_of(kind)) - said == set()


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_asks_who_somebody_is(kind: EntryKind) -> None:
    assert set(fields_of(kind)) & NEVER_ASKED == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_a_page_in_the_docs(service: ServiceSpec) -> None:
    page = DOCS / f"{service.name.replace('_', '-')}.md"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# ")
    with override("en"):
        for kind in service.kinds:
            assert str(kind.title).lower() in text.lower(), f"{page.name} says nothing about “{kind.title}”"
