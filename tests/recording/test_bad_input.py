"""What can be typed, tampered with or torn: a sentence that says what to do, and nothing that was entered is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alongside.encounters.models import Attempt, Encounter
from alongside.kernel.ids import uuid7
from alongside.participants.models import Participant
from tests.pages import read
from tests.places import NALOXONE, SYRINGE, Place, facts
from tests.programs import make_program, scope, site_of
from tests.recording.forms import form_on, kept_on, opened, post, send, sentences_on

pytestmark = pytest.mark.django_db

ITEM = f"items.{SYRINGE}"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
REVERSAL = "naloxone.reversal_reported"
LOT = "naloxone.kit_given.lot"

# One field, what is typed, and part of the sentence that answers it.
FAULTS: list[tuple[str, str, str]] = [
    (ITEM, "ten", "Write a whole number"),
    (ITEM, "1.5", "Write a whole number"),
    (ITEM, "1e3", "Write a whole number"),
    (ITEM, "--5", "Write a whole number"),
    (ITEM, "-", "Write a whole number"),
    (ITEM, "½", "Write a whole number"),
    (ITEM, "0x10", "Write a whole number"),
    (ITEM, SCRIPT, "Write a whole number"),
    (ITEM, "-3", "from 0 to 100000"),
    (ITEM, "100001", "from 0 to 100000"),
    (ITEM, "9" * 5000, "from 0 to 100000"),
    ("items.no-such-item", "3", "is not in the catalogue"),
    ("items.", "3", "is not in the catalogue"),
    (f"items.{SCRIPT}", "3", "is not in the catalogue"),
    ("people", "0", "from 1 to 100000"),
    ("people", "-2", "from 1 to 100000"),
    ("people", "000000000000000001" + "9" * 5000, "from 1 to 100000"),
    ("people", "many", "Write a whole number"),
    ("reached", "-1", "from 0 to 100000"),
    ("reached", "some", "Write a whole number"),
    ("day", "1900-01-01", "before the year 2000"),
    ("day", "2100-01-01", "in the future"),
    ("day", "0001-01-01", "before the year 2000"),
    ("day", "9999-12-31", "in the future"),
    ("day", "31/03/2026", "Write a date"),
    ("day", "2026-02-30", "Write a date"),
    ("day", SCRIPT, "Write a date"),
    ("time", "25:00", "Write a time"),
    ("time", "noon", "Write a time"),
    ("site", "", "Choose the site"),
    ("site", "999999999999999999", "Choose another"),
    ("site", "9" * 400, "Choose the site"),
    ("site", "desk", "Choose the site"),
    ("id", "not-a-number", "lost its number"),
    ("corrects", "zzz", "lost its number"),
    ("corrects", "019a0000-0000-7000-8000-000000000000", "already corrected or undone"),
    ("participant", "zzz", "lost its number"),
    ("precision", "x", "answers offered"),
    ("code", "not a code", "code"),
    ("code", "x" * 5000, "code"),
    ("syringes.returned.count", "-7", "0 or more"),
    ("syringes.returned.count", "9999999", "1000000 or less"),
    ("syringes.returned.count", "some", "Write a whole number"),
    ("syringes.returned.containers.quart", "-0.5", "0 or more"),
    ("syringes.returned.containers.quart", "half", "Write a number, such as"),
    ("syringes.returned.containers.quart", "NaN", "Write a number, such as"),
    ("syringes.returned.containers.quart", "Infinity", "Write a number, such as"),
    ("syringes.returned.containers.quart", "0.333", "Write a number, such as"),
    ("syringes.returned.weight", "3", "is not known here"),
    ("naloxone.people_trained.people", "-4", "0 or more"),
    ("naloxone.people_trained.people", "70000", "10000 or less"),
    (f"{REVERSAL}.doses", "0", "1 or more"),
    (f"{REVERSAL}.doses", "lots", "Write a whole number"),
    (f"{REVERSAL}.survived", "yes", "This is needed"),
    (f"{REVERSAL}.happened_on", "soon", "Write a date"),
    (f"{REVERSAL}.area", "Main Street 17, second floor", "Shorten this to 10 characters"),
]


@pytest.mark.parametrize(("name", "typed", "part"), FAULTS, ids=lambda value: str(value)[:30])
def test_a_fault_is_answered_with_a_sentence_and_every_field_is_kept(
    place: Place, desk: Client, name: str, typed: str, part: str
) -> None:
    good = {"items.foil": "7", "reached": "3", "syringes.returned.count": "20", "people": "2", "day": "2026-03-31"}
    wanted = opened(desk) | good | {name: typed}
    answer = post(desk, wanted)
    assert answer.status_code == 422
    sentences = sentences_on(answer)
    assert any(part in sentence for sentence in sentences), sentences
    assert all(sentence.endswith((".", "!", "?")) for sentence in sentences), sentences
    kept = {key: values[0] for key, values in kept_on(answer).items()}
    asked = said_again(answer, wanted)
    assert {key: kept.get(key) for key in asked} == asked
    assert not Encounter.objects.exists()


def said_again(answer: Any, wanted: dict[str, Any]) -> dict[str, str]:
    """What was entered into fields that the form really has, and that can hold it."""
    fields = {node.attributes.get("name", ""): node for node in form_on(answer).all("input", "select", "textarea")}
    typed = {name: value[0] if isinstance(value, list) else value for name, value in wanted.items()}
    return {
        name: value
        for name, value in typed.items()
        if value
        and name in fields
        and name != "csrfmiddlewaretoken"
        and fields[name].tag == "input"
        and fields[name].attributes.get("type") not in {"radio", "checkbox"}
    }


def test_several_faults_are_all_named_at_once(place: Place, desk: Client) -> None:
    answer = send(desk, {ITEM: "ten", "people": "0", "day": "2100-01-01", f"{REVERSAL}.survived": "yes"})
    assert len(sentences_on(answer)) == 4
    links = [link.attributes["href"] for link in form_on(answer).all("a")]
    ids = {node.attributes.get("id") for node in read(answer.content).walk()}
    assert {link.removeprefix("#") for link in links} <= ids, "a sentence leads to its field"


def test_nothing_entered_says_so(place: Place, desk: Client) -> None:
    answer = send(desk, {})
    assert answer.status_code == 422
    assert any("Nothing is entered yet" in sentence for sentence in sentences_on(answer))


def test_script_in_text_is_text(place: Place, desk: Client) -> None:
    typed = {f"items.{NALOXONE}": "1", LOT: SCRIPT[:55], "code": SCRIPT, "day": SCRIPT}
    answer = send(desk, typed)
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert kept_on(answer)["code"] == [SCRIPT]
    stored = send(desk, {f"items.{NALOXONE}": "1", LOT: SCRIPT[:55]})
    for url in (stored["location"], "/today/"):
        assert "<script>alert" not in desk.get(url).content.decode()


def test_a_megabyte_of_text_is_answered_and_kept(place: Place, desk: Client) -> None:
    answer = send(desk, {f"items.{NALOXONE}": "1", LOT: "ñ" * 2**19})
    assert answer.status_code == 422
    assert any("Shorten this to 60 characters" in sentence for sentence in sentences_on(answer))
    assert kept_on(answer)[LOT] == ["ñ" * 2**19]


def test_a_form_too_large_to_read_is_answered_with_a_page(place: Place, desk: Client) -> None:
    answer = post(desk, {ITEM: "1", LOT: "y" * (6 * 2**20)})
    assert answer.status_code == 400
    assert "Go back" in read(answer.content).text
    many = {f"items.thing-{number}": "1" for number in range(5000)}
    assert post(desk, many).status_code == 400


def test_a_zero_character_is_left_out(place: Place, desk: Client) -> None:
    answer = send(desk, {f"items.{NALOXONE}": "1", LOT: "A\x001", "syringes.returned.cou\x00nt": "4"})
    assert answer.status_code == 302
    assert {entry.payload.get("lot", "A1") for entry in Encounter.objects.get().entries.all()} == {"A1"}


def test_bytes_that_are_no_text_are_answered(place: Place, desk: Client) -> None:
    body = b"id=&site=%d&items.foil=2&naloxone.kit_given.lot=%%ff%%fe&day=%%c3%%28" % place.site.pk
    answer = desk.post("/record/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_a_body_of_another_kind_is_answered(place: Place, desk: Client, content_type: str) -> None:
    answer = desk.generic("POST", "/record/", b'{"items": {"foil": 1}}', content_type=content_type)
    assert answer.status_code in {400, 422}


def test_a_repeated_field_takes_the_last_and_loses_nothing(place: Place, desk: Client) -> None:
    answer = send(desk, {"items.foil": ["2", "3"], "people": ["1", "4"]})
    assert answer.status_code == 302
    assert facts()["Given"][0]["quantity"] == 3


def test_another_programs_ids_are_nobodys(place: Place, desk: Client) -> None:
    elsewhere = make_program("Elsewhere")
    with scope(program=elsewhere):
        stranger = Participant.objects.create(program=elsewhere, made_on="2026-01-01")
    assert send(desk, {ITEM: "1", "site": str(site_of(elsewhere).pk)}).status_code == 422
    assert send(desk, {ITEM: "1", "participant": str(stranger.pk)}).status_code == 302
    assert Encounter.objects.get().participant is None


def test_an_id_that_another_program_used_is_a_conflict_and_says_nothing_of_it(place: Place, desk: Client) -> None:
    elsewhere = make_program("Elsewhere")
    theirs = Encounter._base_manager.model(
        id=uuid7(), program=elsewhere, site=site_of(elsewhere), recorded_by=place.worker, door="desk", digest=b"x" * 32,
        occurred_at="2026-03-31T12:00Z", received_at="2026-03-31T12:00Z", day="2026-03-31",
    )  # fmt: skip
    theirs.save()
    answer = send(desk, {ITEM: "1", "id": str(theirs.pk)})
    assert answer.status_code == 422
    assert "Elsewhere" not in answer.content.decode()
    assert Attempt.objects.get().word == "conflict"


def test_a_form_without_its_token_is_refused_with_a_page_that_says_what_to_do(place: Place, desk: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(place.worker)
    answer = strict.post("/record/", {ITEM: "1", "site": str(place.site.pk)})
    assert answer.status_code == 403
    assert "Nothing was saved yet" in read(answer.content).text
