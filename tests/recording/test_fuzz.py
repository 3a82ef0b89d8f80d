"""Whatever is posted: never a broken page, and never a contact that is neither counted, nor kept, nor shown again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.encounters.models import Attempt, Encounter
from alongside.encounters.registry import registry
from tests.conformance.schemas import fields_of
from tests.places import NALOXONE, SYRINGE, Place
from tests.recording.forms import kept_on, post, saved, sentences_on

pytestmark = pytest.mark.django_db

FIELDS = [f"{kind.name}.{name}" for kind in registry.kinds.values() for name in fields_of(kind)]
NAMES = st.one_of(
    st.sampled_from(["id", "site", "day", "time", "people", "each", "reached", "code", "corrects", "visit"]),
    st.sampled_from(["participant", "precision", "uncounted", "bag", "repeat", "items.foil", f"items.{SYRINGE}"]),
    st.sampled_from([*FIELDS, f"items.{NALOXONE}", "syringes.returned.containers.quart"]),
    st.builds(lambda name, more: f"{name}.{more}", st.sampled_from(FIELDS), st.text(max_size=8)),
    st.text(max_size=20),
)
VALUES = st.one_of(
    st.sampled_from(["", "0", "1", "10", "-1", "1.5", "on", "unknown", "declined", "yes", "first", "2026-03-31", "d"]),
    st.integers(-(10**20), 10**20).map(str),
    st.dates().map(str),
    st.times().map(str),
    st.uuids().map(str),
    st.text(max_size=40),
)
FORMS = st.dictionaries(NAMES, st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=12)
GOOD = {f"items.{SYRINGE}": "10", "syringes.returned.count": "3"}


@contextmanager
def tried() -> Iterator[None]:
    """What an example does to the database is taken back after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(form=FORMS)
def test_any_form_is_answered(place: Place, desk: Client, form: dict[str, str | list[str]]) -> None:
    with tried():
        answer = post(desk, {"site": str(place.site.pk)} | form)
        assert answer.status_code in {200, 302, 400, 422}
        if answer.status_code == 302:
            saved(answer)
        if answer.status_code == 422:
            assert sentences_on(answer)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(noise=FORMS)
def test_a_contact_among_noise_is_counted_or_kept_or_shown_again(
    place: Place, desk: Client, noise: dict[str, str | list[str]]
) -> None:
    with tried():
        answer = post(desk, {"site": str(place.site.pk)} | noise | GOOD)
        if answer.status_code == 302:
            assert saved(answer).entries.filter(payload__items__has_key=SYRINGE).exists()
        elif not Attempt.objects.exists():
            assert answer.status_code in {200, 422}
            kept = kept_on(answer)
            assert int(kept[f"items.{SYRINGE}"][0]) >= 10
            assert kept["syringes.returned.count"] == ["3"]
            assert not Encounter.objects.exists()
