"""How a person's ways are switched on, shown to work, and known to be dead: notifications, receipts, STOP."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.alarms.auditor import audit
from alongside.alarms.duties import go_on_duty
from alongside.alarms.models import Duty
from alongside.alarms.queries import cover_of
from alongside.alarms.runner import fire_due
from alongside.encounters.texting.intake import take_text
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.channels.push import public_key, vapid_key
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.messaging.alerting.targets import keep_carrier
from alongside.messaging.lines import open_line
from alongside.messaging.models import TextLine
from alongside.messaging.webhooks import Message, delivery_in
from alongside.sites.models import Program
from tests.alarms.browsers import Subscribed
from tests.alarms.sinks import Sink
from tests.alarms.test_desk import everything_runs
from tests.alarms.watching import make_sender, target, watch
from tests.programs import make_member, signed_in

NUMBER = "+14155552671"


@pytest.fixture
def responder(program: Program) -> User:
    return make_member(program, Role.RESPONDER)


@pytest.fixture
def desk(client: Client, responder: User) -> Client:
    return signed_in(client, responder)


def switch_on(desk: Client, browser: Subscribed, *, name: str = "My phone") -> Target:
    answer = desk.post(reverse("desk:notifications"), browser.said | {"name": name})
    assert answer.status_code == 302, answer.content.decode()
    return Target.objects.get(channel="push", ended_ms=None)


def path_of(link: str) -> str:
    return link.removeprefix("https://alongside.example")


def test_a_notification_is_proven_by_an_answer(program: Program, desk: Client, sink: Sink) -> None:
    page = desk.get(reverse("desk:notifications")).content.decode()
    assert public_key(vapid_key(settings.PUSH_KEY())) in page
    browser = Subscribed(sink.url)
    phone = switch_on(desk, browser)
    make_sender().send_all()
    shown = browser.opened(sink.requests[0].body)
    assert "try-out" in shown["words"]
    stranger, link = Client(), path_of(shown["link"])
    assert stranger.post(f"{link[:-3]}xx/arrived/").status_code == 404
    assert stranger.post(f"{link}arrived/").status_code == 204
    message = Dispatch.objects.get()
    assert message.delivered_ms
    phone.refresh_from_db()
    assert (message.seen_ms, phone.proven_ms) == (None, None), "arrived is not seen"
    stranger.post(link)
    phone.refresh_from_db()
    assert phone.proven_ms


def test_switched_on_again_it_is_one_and_switched_off_none(desk: Client, sink: Sink) -> None:
    browser = Subscribed(sink.url)
    first, second = switch_on(desk, browser), switch_on(desk, browser)
    assert first != second
    assert Target.objects.get(pk=first.pk).address is None
    desk.post(reverse("desk:notifications_off"), {"endpoint": sink.url})
    assert not Target.objects.filter(ended_ms=None).exists()


@pytest.mark.parametrize(
    "wrong", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"endpoint": ""}, {"endpoint": "http://far.example/"}]
)
def test_a_browser_that_says_nothing_useful_is_told_so(desk: Client, sink: Sink, wrong: dict[str, str]) -> None:
    answer = desk.post(reverse("desk:notifications"), Subscribed(sink.url).said | {"name": "Mine"} | wrong)
    assert answer.status_code == 422
    assert "did not say how it is reached" in answer.content.decode()
    assert not Target.objects.exists()


def covered(program: Program, responder: User) -> None:
    """By what there is: on duty and answered."""
    go_on_duty(hours=8, program_id=program.pk, by_id=responder.pk)
    Duty.objects.update(proven_ms=DjangoStore().now_ms())
    Target.objects.update(proven_ms=DjangoStore().now_ms())
    everything_runs()
    assert cover_of(program.pk).is_given


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_no_cover(
    program: Program, responder: User, desk: Client, sink: Sink, status: int
) -> None:
    phone = switch_on(desk, Subscribed(sink.url))
    target(program, "webhook", {"url": "http://127.0.0.1:9/"}, user_id=responder.pk)
    covered(program, responder)
    sink.status = status
    watch(program, phone)
    fire_due(DjangoStore())
    make_sender().send_all()
    assert cover_of(program.pk).missing == "one_way"
    assert "dead_target" in {each.what for each in audit(DjangoStore())}, "staff are told"
    assert f"does not work: status {status}" in desk.get(reverse("desk:targets")).content.decode()


@pytest.fixture
def texted(program: Program, responder: User, sink: Sink) -> Target:
    """Somebody reached by a gateway's texts, and one message that it took."""
    sink.answer, sink.headers = b'{"sid": "SM77"}', {"Content-Type": "application/json"}
    template = '{"to": "{number}", "body": "{text}"}'
    carrier = {"url": sink.url, "body": "json", "template": template, "header": ""}
    keep_carrier("text", carrier, program_id=program.pk, by_id=responder.pk)
    mine = target(program, "text", {"number": NUMBER}, user_id=responder.pk)
    watch(program, mine)
    fire_due(DjangoStore())
    make_sender().send_all()
    return mine


@pytest.fixture
def report(program: Program, responder: User) -> Callable[..., int]:
    """The gateway tells what became of a message."""
    line, secret = open_line(program=program, by_id=responder.pk)

    def tell(secret: str = secret, **said: str) -> int:
        content, kind = urlencode(said), "application/x-www-form-urlencoded"
        headers = {"X-Alongside-Secret": secret}
        answer = Client().post(reverse("api:texts", args=[line.pk]), content, content_type=kind, headers=headers)
        return int(answer.status_code)

    return tell


def test_a_gateways_receipt_is_delivery_and_not_an_answer(
    program: Program, texted: Target, report: Callable[..., int]
) -> None:
    assert report(MessageSid="SM77", MessageStatus="delivered", secret="wrong") == 401
    assert report(MessageSid="SM77", MessageStatus="sent") == 200
    assert Dispatch.objects.get().delivered_ms is None
    assert report(MessageSid="SM78", MessageStatus="delivered") == 200, "nobody's message"
    assert report(MessageSid="SM77", MessageStatus="delivered") == 200
    message = Dispatch.objects.get()
    assert message.delivered_ms
    assert message.seen_ms is None


def test_what_was_not_delivered_is_no_way_until_somebody_answers(
    program: Program, texted: Target, report: Callable[..., int]
) -> None:
    report(MessageSid="SM77", MessageStatus="undelivered")
    texted.refresh_from_db()
    assert (bool(texted.failed_ms), texted.failure) == (True, "not delivered")
    report(MessageSid="SM77", MessageStatus="delivered")
    texted.refresh_from_db()
    assert texted.failed_ms is None
    report(MessageSid="SM77", MessageStatus="failed")
    texted.refresh_from_db()
    assert texted.failed_ms is None, "reports overtake each other"


def test_another_programs_receipt_changes_nothing(program: Program, texted: Target, report: Callable[..., int]) -> None:
    TextLine.objects.update(program=Program.objects.create(name="Elsewhere", slug="elsewhere"))
    report(MessageSid="SM77", MessageStatus="delivered")
    assert Dispatch.objects.get().delivered_ms is None


def test_stop_ends_texts_and_cover(program: Program, responder: User, texted: Target, sink: Sink) -> None:
    target(program, "webhook", {"url": "http://127.0.0.1:9/"}, user_id=responder.pk)
    line, _secret = open_line(program=program, by_id=responder.pk)
    covered(program, responder)

    def text(words: str) -> str:
        message = Message(number="(415) 555-2671", text=words, id=f"{words}{texted.failure}")
        return take_text(message, line=line, program=program).text

    assert "No alarm is texted to this number" in text("Stop")
    assert cover_of(program.pk).missing == "one_way"
    sink.requests.clear()
    watch(program, texted)
    fire_due(DjangoStore())
    make_sender().send_all()
    assert sink.requests == [], "stopped is stopped"
    assert "dead_target" in {each.what for each in audit(DjangoStore())}
    texted.refresh_from_db()
    assert (texted.failure, text("STOP")) == ("STOP", ""), "the first is answered, as carriers ask"
    assert "texted to this number again" in text("START")
    assert cover_of(program.pk).missing == "one_way", "shown to work it is when somebody has answered"


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "has_arrived"),
    [
        ({"MessageSid": "1", "MessageStatus": "delivered"}, True),
        ({"CallSid": "1", "CallStatus": "completed"}, True),
        ({"CallSid": "1", "CallStatus": "no-answer"}, False),
        ({"message-id": "1", "msisdn": "1", "status": "delivered"}, True),
        ({"event": "sms:delivered", "payload": {"messageId": "1"}}, True),
        ({"event": "sms:failed", "payload": {"messageId": "1"}}, False),
        ({"data": {"event_type": "message.finalized", "payload": {"id": "1", "to": [{"status": "delivered"}]}}}, True),
        ({"results": [{"messageId": "1", "status": {"groupName": "UNDELIVERABLE"}}]}, False),
        ({"MessageSid": "1", "MessageStatus": "queued"}, None),
        ({"From": "+1", "Body": "delivered 5 kits"}, None),
    ],
)
def test_how_gateways_say_it(said: dict[str, object], has_arrived: bool | None) -> None:
    found = delivery_in(json.dumps(said).encode(), content_type="application/json")
    assert (found and (found.id, found.has_arrived)) == (None if has_arrived is None else ("1", has_arrived))
