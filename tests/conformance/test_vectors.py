"""Every recorded input is understood, does what it did, and can be taken back without a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override

from alongside.encounters.changes import bring_back, undo
from alongside.encounters.erasure import redacted
from alongside.encounters.ingest import ingest
from alongside.encounters.judging import readable
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said, Word
from alongside.supplies.queries import catalogue
from tests.conformance.schemas import free_text_fields
from tests.conformance.vectors import Vector, all_vectors
from tests.places import Place, facts

CANARY = "zq7canary"
WITH_FORM = [vector for vector in all_vectors() if vector.form]

pytestmark = pytest.mark.django_db


def as_json(value: object) -> Any:
    """As a file would hold it: tuples are lists."""
    return json.loads(json.dumps(value))


def test_a_vector_is_accepted_with_its_facts_and_stock(place: Place, vector: Vector) -> None:
    receipt = ingest([place.submission(vector.said, **vector.contact)], sender=place.sender)[0]
    assert receipt.word is Word.ACCEPTED, receipt
    assert facts() == vector.facts
    assert place.levels() == vector.stock


def test_a_repeat_is_harmless(place: Place, vector: Vector) -> None:
    said = place.submission(vector.said, **vector.contact)
    words = [ingest([said], sender=place.sender)[0].word for _ in range(3)]
    assert words == [Word.ACCEPTED, Word.DUPLICATE, Word.DUPLICATE]
    assert ingest([said, said], sender=place.sender)[1].word is Word.DUPLICATE
    assert facts() == vector.facts
    assert place.levels() == vector.stock


def test_undo_leaves_nothing_and_bring_back_equals_the_first_time(place: Place, vector: Vector) -> None:
    said = place.submission(vector.said, **vector.contact)
    ingest([said], sender=place.sender)
    for _round in range(2):
        undo([said.id], sender=place.sender)
        assert (facts(), place.levels()) == ({}, {})
        assert Entry.objects.get().payload == as_json(vector.payload), "what was said stays"
        bring_back([said.id], sender=place.sender)
        assert (facts(), place.levels()) == (vector.facts, vector.stock)


def test_a_vector_is_described_in_words(place: Place, vector: Vector) -> None:
    kind = registry.kinds[vector.kind]
    payload, items = readable(kind, vector.said), catalogue(place.program)
    with override("en"):
        assert kind.describe(payload, items) == vector.words
    with override("es"):
        assert kind.describe(payload, items)


def test_redacting_takes_out_whatever_was_typed_and_keeps_the_rest_countable(place: Place, vector: Vector) -> None:
    kind = registry.kinds[vector.kind]
    typed = vector.payload | {name: CANARY[:longest] for name, longest in free_text_fields(kind)}
    left = redacted(Said(vector.kind, vector.version, typed))
    assert CANARY not in json.dumps(left.payload)
    receipt = ingest([place.submission(left, **vector.contact)], sender=place.sender)[0]
    assert receipt.word is Word.ACCEPTED
    assert facts() == vector.facts


@pytest.mark.parametrize("vector", WITH_FORM, ids=str)
def test_a_post_through_the_page_equals_the_same_payload_through_ingest(
    place: Place, desk: Client, vector: Vector
) -> None:
    form = {"site": str(place.site.pk), **vector.form}
    answer = desk.post(reverse("desk:record"), form)
    assert answer.status_code == 302, answer.content.decode()
    [entry] = Entry.objects.all()
    assert (entry.kind, entry.version, entry.payload) == (vector.kind, vector.version, as_json(vector.payload))
    for name, value in vector.contact.items():
        assert getattr(Encounter.objects.get(), name) == value
    assert (facts(), place.levels()) == (vector.facts, vector.stock)


@pytest.mark.parametrize("vector", WITH_FORM, ids=str)
def test_a_stored_contact_fills_the_form_that_says_it_again(place: Place, desk: Client, vector: Vector) -> None:
    said = place.submission(vector.said, **vector.contact)
    ingest([said], sender=place.sender)
    page = desk.get(reverse("desk:correct", args=[said.id]))
    shown: QueryDict = page.context["form"]
    wanted = MultiValueDict({name: [v] if isinstance(v, str) else list(v) for name, v in vector.form.items() if v})
    assert {name: shown.getlist(name) for name in wanted} == dict(wanted.lists())
