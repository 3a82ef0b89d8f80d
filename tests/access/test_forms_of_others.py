"""Another program's ids inside a form: nothing of theirs is touched, nothing of ours comes to point at it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from alongside.encounters.models import Encounter, Entry
from alongside.participants.models import Participant
from alongside.sites.models import Shift
from tests.access.addresses import CLOSED_WITH_PAGES
from tests.access.filled import (
    Filled,
    everything_in,
    keys_in,
    names_of,
    rows_that_cross_programs,
)
from tests.access.pages import PostForm, post_forms
from tests.programs import signed_in, site_of

pytestmark = pytest.mark.django_db
MOST_FORMS = 8
OF_EACH_PAGE = {"csrfmiddlewaretoken", "next"}


def twins(here: Filled, elsewhere: Filled) -> dict[str, set[str]]:
    """For each id in our program the ids of the rows in the same places of the other one, of whichever table."""
    found: dict[str, set[str]] = {}
    mine, theirs = keys_in(here.program), keys_in(elsewhere.program)
    for label, keys in mine.items():
        for one, other in zip(keys, theirs[label], strict=False):
            found.setdefault(str(one), set()).add(str(other))
    found.setdefault(str(here.worker.pk), set()).add(str(elsewhere.worker.pk))
    found.setdefault(str(here.boss.pk), set()).add(str(elsewhere.boss.pk))
    return found


def variants(form: PostForm, twin: dict[str, set[str]]) -> list[dict[str, list[str]]]:
    """The form as filled in, with one field after the other naming rows of the other program."""
    found = []
    for name, values in form.choices.items():
        for strange in sorted({each for value in values for each in twin.get(value, ())}):
            found.append({**form.data, name: [strange]})
    return found


def test_forms_with_ids_of_another_program(here: Filled, elsewhere: Filled, client: Client) -> None:
    """Each page's forms as they are, but for one field after the other. A form that stands on many pages, as the one
    that chooses a site does, is tried once: otherwise most of what is sent would be it.
    """
    before = everything_in(elsewhere.program)
    twin = twins(here, elsewhere)
    signed_in(client, here.boss)
    sent, known = 0, set[str]()
    for address in CLOSED_WITH_PAGES:
        with transaction.atomic():
            page = reverse(address.name, kwargs=names_of(address.name, here) if address.holds else {})
            sent += send_strange_forms(client, page, twin, known)
            assert rows_that_cross_programs() == [], address.name
            assert everything_in(elsewhere.program) == before, address.name
            transaction.set_rollback(True)
    assert sent > 80


def send_strange_forms(client: Client, page: str, twin: dict[str, set[str]], known: set[str]) -> int:
    answer = client.get(page)
    if answer.status_code != 200 or answer.streaming or "html" not in answer["Content-Type"]:
        return 0
    forms = new_forms(answer.content.decode(), page, known)
    strange = [(form.action or page, data) for form in forms for data in variants(form, twin)]
    chosen = strange[:: len(strange) // MOST_FORMS + 1]
    for action, data in chosen:
        client.post(action, data)
    return len(chosen)


def new_forms(html: str, page: str, known: set[str]) -> list[PostForm]:
    """Those that no page before had, with the same fields and the same to choose from."""
    found = [form for form in post_forms(html) if form.action != reverse("account_logout")]
    fresh = {what_is_sent(form, page): form for form in found}
    new = [form for what, form in fresh.items() if what not in known]
    known.update(fresh)
    return new


def what_is_sent(form: PostForm, page: str) -> str:
    choices = {name: values for name, values in form.choices.items() if name not in OF_EACH_PAGE}
    return f"{form.action or page} {choices}"


def test_somebody_elses_participant_on_a_form_is_nobody(here: Filled, elsewhere: Filled, client: Client) -> None:
    stranger = elsewhere.one(Participant)
    signed_in(client, here.boss)
    data = {
        "id": "01980000-0000-7000-8000-00000000abcd",
        "site": str(site_of(here.program).pk),
        "participant": str(stranger.pk),
        "visit": "on",
    }
    client.post(reverse("desk:record"), data)
    stored = Encounter._base_manager.get(pk=data["id"])
    assert stored.participant_id is None
    assert stored.program == here.program


def test_a_contact_of_another_program_is_not_corrected(here: Filled, elsewhere: Filled, client: Client) -> None:
    theirs = elsewhere.one(Encounter)
    signed_in(client, here.boss)
    data = {"site": str(site_of(here.program).pk), "corrects": str(theirs.pk), "visit": "on"}
    answer = client.post(reverse("desk:record"), data)
    assert answer.status_code == 422
    assert Encounter._base_manager.get(pk=theirs.pk).state == Encounter.State.LIVE


def test_a_site_of_another_program_is_not_recorded_at(here: Filled, elsewhere: Filled, client: Client) -> None:
    signed_in(client, here.boss)
    count = Encounter._base_manager.count()
    answer = client.post(reverse("desk:record"), {"site": str(site_of(elsewhere.program).pk), "visit": "on"})
    assert answer.status_code == 422
    assert Encounter._base_manager.count() == count
    assert Entry._base_manager.filter(program=here.program).exists()


def test_only_colleagues_work_a_shift(here: Filled, elsewhere: Filled, client: Client) -> None:
    shift = here.one(Shift)
    signed_in(client, here.boss)
    strangers = {"workers": [str(elsewhere.worker.pk), str(here.worker.pk)]}
    answer = client.post(reverse("desk:shift", kwargs={"pk": shift.pk}), strangers)
    assert answer.status_code == 422
    assert set(shift.workers.all()) == {here.boss}


def test_the_site_of_another_program_is_not_chosen(here: Filled, elsewhere: Filled, client: Client) -> None:
    signed_in(client, here.boss)
    answer = client.post(reverse("desk:choose_site"), {"site": str(site_of(elsewhere.program).pk)})
    assert answer.status_code == 404


def test_another_program_is_not_chosen(here: Filled, elsewhere: Filled, client: Client) -> None:
    signed_in(client, here.boss)
    answer = client.post(reverse("desk:choose_program"), {"program": str(elsewhere.program.pk)})
    assert answer.status_code == 404
    assert client.get(reverse("desk:account")).context["request"].member.program == here.program
