"""The pages of the line as a browser without JavaScript sees them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.texting.models import TextWord
from alongside.messaging.lines import line_of
from alongside.messaging.models import Peer, TextLine
from alongside.sites.models import Program
from alongside.supplies.models import Bag
from tests.programs import item_of, make_member, make_program, signed_in, site_of
from tests.texting.conftest import NUMBER, STRANGER, Line


@pytest.fixture
def boss(line: Line, client: Client) -> Client:
    return signed_in(client, line.boss)


@pytest.fixture
def coordinator(line: Line) -> Client:
    return signed_in(Client(), make_member(line.program, Role.COORDINATOR))


@pytest.fixture
def bare(db: None) -> Iterator[Program]:
    program = make_program()
    with scope(program=program):
        yield program


def test_a_line_is_opened_and_its_secret_shown_once(bare: Program, client: Client) -> None:
    signed_in(client, make_member(bare, Role.ADMINISTRATOR))
    assert "no line yet" in page(client, "desk:texts")
    assert client.get(reverse("desk:text_enrol")).status_code == 302
    assert "Open the line" in page(client, "desk:text_line")
    opened = client.post(reverse("desk:text_line_open"))
    line = line_of(bare)
    assert line is not None
    secret = line.opened("secret")
    assert secret in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert secret not in page(client, "desk:text_line") + page(client, "desk:texts")
    assert client.post(reverse("desk:text_line_open"), follow=True).status_code == 200
    assert TextLine.objects.count() == 1
    assert not User.objects.get(pk=line.keeper_id).is_active


def page(client: Client, name: str, **names: object) -> str:
    answer = client.get(reverse(name, kwargs=names or None))
    assert answer.status_code == 200
    return answer.content.decode()


def settings(**said: str) -> dict[str, str]:
    return {
        "is_on": "on",
        "region": "MX",
        "answer": "gateway",
        "gateway_url": "https://gateway.example/send",
        "gateway_body": "json",
        "gateway_template": '{"to": "{number}", "body": "{text}"}',
        "gateway_header": "Authorization: Basic c2VjcmV0",
        **said,
    }


def test_settings_are_kept_and_the_header_is_never_shown(line: Line, boss: Client) -> None:
    assert boss.post(reverse("desk:text_line"), settings()).status_code == 302
    assert boss.post(reverse("desk:text_line"), settings(gateway_header="")).status_code == 302
    kept = TextLine.objects.get()
    assert (kept.region, kept.answer) == ("MX", "gateway")
    assert kept.opened("gateway_header") == "Authorization: Basic c2VjcmV0"
    assert b"c2VjcmV0" not in bytes(kept.gateway_header or b"")
    assert "c2VjcmV0" not in page(boss, "desk:text_line")


@pytest.mark.parametrize(
    "wrong",
    [
        {"gateway_url": "http://gateway.example/"},
        {"gateway_url": ""},
        {"gateway_template": '{"to": "{number}"}'},
        {"gateway_template": "{number}{text}"},
        {"gateway_header": "Basic x"},
        {"gateway_header": "A: b\r\nC: d"},
        {"region": "XX"},
        {"answer": "pigeon"},
    ],
    ids=str,
)
def test_settings_that_can_not_work_are_refused(line: Line, boss: Client, wrong: dict[str, str]) -> None:
    answer = boss.post(reverse("desk:text_line"), settings(**wrong))
    assert answer.status_code == 422
    assert TextLine.objects.get().answer == TextLine.Answer.XML


def test_a_coordinator_enrols_but_does_not_touch_the_line(line: Line, coordinator: Client) -> None:
    assert coordinator.get(reverse("desk:text_line")).status_code == 403
    said = {"name": "Ana", "number": STRANGER, "language": "es", "site": str(site_of(line.program).pk)}
    assert coordinator.post(reverse("desk:text_enrol"), said).status_code == 302
    line.text("5 personas 3 agujas", number=STRANGER)
    [contact] = line.contacts()
    assert str(contact.recorded_by) == "Ana"
    digits = "5552699"
    for name, names in (("desk:texts", {}), ("desk:text_peer", {"pk": Peer.objects.get(name="Ana").pk})):
        assert digits not in page(coordinator, name, **names)
    assert "Ana" in page(coordinator, "desk:today")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Ten"},
        {"name": "needles"},
        {"name": "SAM2"},
        {"name": ""},
        {"number": "12"},
        {"number": "call me"},
        {"number": NUMBER},
        {"site": "999"},
        {"language": "xx"},
    ],
    ids=str,
)
def test_an_enrolment_that_can_not_work_is_refused(line: Line, coordinator: Client, wrong: dict[str, str]) -> None:
    said = {"name": "Ana", "number": STRANGER, "language": "es", "site": str(site_of(line.program).pk), **wrong}
    answer = coordinator.post(reverse("desk:text_enrol"), said)
    assert answer.status_code == 422
    assert "no-store" in answer["Cache-Control"]
    assert Peer.objects.count() == 1


def test_a_peer_changes_phones_name_and_site_and_ends(line: Line, coordinator: Client) -> None:
    names = {"pk": line.sam.pk}
    said = {"name": "Sammy", "language": "es", "site": str(site_of(line.program).pk)}
    assert coordinator.post(reverse("desk:text_peer", kwargs=names), said).status_code == 302
    for number in ("nothing", "", STRANGER):
        coordinator.post(reverse("desk:text_peer_number", kwargs=names), {"number": number})
    line.text("Sammy 3 agujas")
    assert line.contacts() == [], "the old phone is unknown"
    line.text("Sammy 3 agujas", number=STRANGER)
    assert [str(contact.recorded_by) for contact in line.contacts()] == ["Sammy"]
    coordinator.post(reverse("desk:text_peer_end", kwargs=names))
    line.text("Sammy 3 agujas", number=STRANGER)
    assert len(line.contacts()) == 1
    assert "No longer enrolled" in page(coordinator, "desk:texts")


def test_words_are_added_and_removed(line: Line, coordinator: Client) -> None:
    assert "naloxona" in page(coordinator, "desk:text_words")
    kit, bag = item_of(line.program, "kit-needle"), Bag.objects.get(key="bag-injecting-10")
    add = reverse("desk:text_words")
    assert coordinator.post(add, {"phrase": "kits", "thing": str(kit.pk)}).status_code == 302
    assert coordinator.post(add, {"phrase": "bags", "thing": f"bag-{bag.pk}"}).status_code == 302
    for phrase in ("Kit", "people", "5 kits", "", "💉", "x" * 41):
        assert coordinator.post(add, {"phrase": phrase, "thing": str(kit.pk)}).status_code == 422
    assert coordinator.post(add, {"phrase": "boxes", "thing": "bag-999999"}).status_code == 422
    assert "kits" in page(coordinator, "desk:text_card")
    line.text("2 kits 1 bag")
    assert line.said(line.contacts()[0])["distribution.supplies_given"]["items"]["kit-needle"] == 2
    word = TextWord.objects.get(plain="kit")
    coordinator.post(reverse("desk:text_word_remove", kwargs={"pk": word.pk}))
    line.text("2 kits")
    assert len(line.contacts()) == 1


def test_the_card_speaks_both_languages_and_names_nobody(line: Line, coordinator: Client) -> None:
    card = page(coordinator, "desk:text_card")
    assert "15 NEEDLES" in card
    assert "15 AGUJAS" in card
    inside = card.partition("<main")[2].partition("</main>")[0]
    assert line.program.name not in inside


def test_what_the_card_says_can_be_read(line: Line) -> None:
    for language in ("en", "es"):
        with translation.override(language):
            report = translation.gettext("SAM 5 PEOPLE 15 NEEDLES 2 NARCAN NO RETURNS")
        line.text(report)
        answer = line.text("HELP")
        example = answer.partition(": ")[2].partition(".")[0]
        line.text(example)
        Peer.objects.update(language="es")
    first, *others = [line.said(contact) for contact in line.contacts()]
    assert len(others) == 3
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    ("report", "kind", "payload"),
    [
        ("12 PEOPLE 6 CONDOMS EACH", "distribution.supplies_given", {"items": {"condom": 6}}),
        ("12 PERSONAS 6 CONDONES CADA UNA", "distribution.supplies_given", {"items": {"condom": 6}}),
        ("10 BACK YESTERDAY", "syringes.returned", {"count": 10}),
        ("10 DEVUELTAS el LUNES", "syringes.returned", {"count": 10}),
        ("1 reversal", "naloxone.reversal_reported", {"doses": "unknown"}),
        ("3 personas capacitadas", "naloxone.people_trained", {"people": 3}),
    ],
)
def test_other_examples_can_be_read(line: Line, report: str, kind: str, payload: dict[str, object]) -> None:
    line.text(report)
    assert line.said(line.contacts()[0]) == {kind: payload}


def test_a_text_that_waits_is_read_recorded_and_dealt_with(line: Line, coordinator: Client) -> None:
    line.text("SAM 5 people <b>spaceships</b>")
    waiting = page(coordinator, "desk:attempts")
    assert "SAM 5 people &lt;b&gt;spaceships&lt;/b&gt;" in waiting
    assert reverse("desk:record") in waiting
    assert "Sam" in waiting
    coordinator.post(reverse("desk:settle_attempt", kwargs={"pk": line.waiting()[0].pk}))
    assert "spaceships" not in page(coordinator, "desk:attempts")


def test_a_worker_does_not_read_texts_that_wait(line: Line, client: Client) -> None:
    line.text("SAM 5 people 3 spaceships")
    signed_in(client, make_member(line.program, Role.WORKER))
    assert client.get(reverse("desk:attempts")).status_code == 403
    assert "spaceships" not in page(client, "desk:today")


def test_a_peers_account_opens_nothing(line: Line, client: Client) -> None:
    user = User.objects.get(pk=line.sam.user_id)
    for password in ("", "!", user.password):
        client.post("/sign-in/", {"login": user.username, "password": password})
        assert client.get(reverse("desk:today")).status_code == 302
    assert not user.has_usable_password()
