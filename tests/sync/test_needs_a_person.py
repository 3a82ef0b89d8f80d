"""What waits for a person: shown without codes, opened in the form, put right; and phones that are lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.encounters.erasure import erase
from alongside.encounters.models import Attempt, Encounter
from alongside.encounters.outbox import envelopes
from alongside.encounters.outbox.models import Phone as PhoneRow
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.participants.models import Participant
from alongside.participants.rules import random_code
from alongside.sites.models import AuditEvent
from tests.access.stores import everything_logged, everything_stored
from tests.places import Place
from tests.programs import make_member, signed_in
from tests.sync.conftest import Send, words
from tests.sync.phone import Phone, seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(place: Place) -> Client:
    return signed_in(Client(), make_member(place.program, Role.COORDINATOR))


def waiting(office: Client) -> str:
    return office.get(reverse("desk:attempts")).content.decode()


def opened(office: Client) -> dict[str, str]:
    """The form that "Put it right" fills."""
    answer = office.post(reverse("desk:put_right", args=[Attempt.objects.get().pk]))
    assert answer.status_code == 200
    return dict(answer.context["form"].items())


def test_a_refused_contact_is_put_right_by_hand(phone: Phone, send: Send, office: Client) -> None:
    card, made_at = random_code(), now() - timedelta(hours=30)
    send(phone.contact(people="0", code=card, made_at=made_at, **{"items.cooker": "2"}))
    page = waiting(office)
    assert "items.cooker" in page
    assert card not in page
    form = opened(office)
    assert (form["items.cooker"], form["code"], form["id"]) == ("2", card, str(phone.made[0]))
    assert office.post(reverse("desk:record"), form | {"people": "1"}).status_code == 302
    stored = Encounter.objects.get(pk=phone.made[0])
    assert abs(stored.occurred_at - made_at) < timedelta(minutes=1)
    assert stored.participant_id
    assert "Nothing waits here" in waiting(office)


def test_a_held_contact_is_taken_as_it_is(phone: Phone, send: Send, office: Client) -> None:
    phone.worker = "nobody:knows"
    assert words(send(phone.contact())) == ["held"]
    office.post(reverse("desk:record"), opened(office))
    assert Encounter.objects.get().entries.count() == 3
    assert "Nothing waits here" in waiting(office)


def test_a_conflict_is_recorded_beside_the_other(phone: Phone, send: Send, office: Client) -> None:
    first = uuid7()
    send(phone.contact(contact_id=first), phone.contact(contact_id=first, visit="on"))
    office.post(reverse("desk:record"), opened(office))
    assert Encounter.objects.count() == 2


def test_what_cannot_be_opened_says_so(phone: Phone, send: Send, office: Client) -> None:
    send({**phone.contact(), "kid": "nobody"})
    answer = office.post(reverse("desk:put_right", args=[Attempt.objects.get().pk]), follow=True)
    assert "can’t be opened here" in answer.content.decode()


def test_forgetting_somebody_forgets_what_was_kept(place: Place, phone: Phone, send: Send, office: Client) -> None:
    card, number = random_code(), uuid7()
    send(phone.contact(contact_id=number, code=card, visit="on"))
    send(phone.contact(contact_id=number, code=card, reached="4"))
    assert Attempt.objects.get().word == "conflict"
    erase(Participant.objects.get(), program=place.program, by_id=place.worker.pk)
    assert Attempt.objects.get().content == '{"sealed": null}'
    assert office.post(reverse("desk:put_right", args=[Attempt.objects.get().pk])).status_code == 302


def test_a_lost_phone_is_taken_off_the_list(place: Place, phone: Phone, send: Send, office: Client) -> None:
    send(phone.contact())
    assert place.worker.name in office.get(reverse("desk:phones")).content.decode()
    office.post(reverse("desk:phone_revoke", args=[PhoneRow.objects.get().pk]))
    assert AuditEvent.objects.filter(action="phones.revoked").exists()
    assert words(send(phone.contact())) == ["held"]
    assert "Off the list" in office.get(reverse("desk:phones")).content.decode()


def test_a_code_is_found_nowhere(place: Place, phone: Phone, send: Send, desk: Client) -> None:
    card = random_code()
    plain = phone.plain({"site": str(phone.site), "code": card, "people": "0"})
    with everything_logged() as heard:
        send(
            phone.contact(code=card, visit="on"),
            phone.contact(code=card, people="0"),
            {"id": str(uuid7()), "v": 1, "open": plain},
            seal({**plain, "worker": "forged"}, contact_id=str(uuid7()), key=phone.key),
            seal({**plain, "made_at": "never"}, contact_id=str(uuid7()), key=phone.key),
        )
    assert Attempt.objects.count() == 4
    assert card not in heard.getvalue() + everything_stored() + repr(dict(desk.session))


def test_a_contact_that_came_open_and_cannot_be_read_is_closed_before_it_is_kept(phone: Phone, send: Send) -> None:
    card = random_code()
    broken = {"id": str(uuid7()), "v": 1, "open": {**phone.plain(f"code={card}"), "made_at": "yesterday"}}
    strange = [broken, {**broken, "v": 9}, {**broken, "id": "x"}, [card], {**phone.contact(), "kid": "?", "note": card}]
    for _again in range(2):
        assert words(send(*strange)) == ["held"] * 5
    assert Attempt.objects.count() == 5
    assert card not in everything_stored()


def test_what_an_older_server_could_not_read_a_newer_one_opens(
    phone: Phone, send: Send, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send({**phone.contact(), "v": 2, "new": "field"})
    first = envelopes.READERS[1]
    monkeypatch.setitem(envelopes.READERS, 2, first)
    assert opened(office)["syringes.returned.count"] == "8"
