"""What responders do: go on duty and prove it, take an incident, hand it over, end it. And the screen that sounds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.alarms import duties, incidents
from alongside.alarms.actions import close_alarm
from alongside.alarms.beats import PARTS, Heart
from alongside.alarms.figures import rates_of
from alongside.alarms.models import Alarm, Duty, Incident, IncidentEvent
from alongside.alarms.plans import stages_for
from alongside.alarms.queries import cover_of
from alongside.alarms.runner import fire_due
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.errors import Refusal
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.sites.models import Program
from tests.alarms.watching import KIND, make_book, target, watch
from tests.programs import make_member, signed_in, site_of


@pytest.fixture
def responder(program: Program) -> User:
    """With two ways to be reached."""
    user = make_member(program, Role.RESPONDER)
    target(program, "webhook", {"url": "http://127.0.0.1:9/"}, name="Bell", user_id=user.pk)
    target(program, "email", {"to": "r@example.org"}, name="Mail", user_id=user.pk)
    return user


@pytest.fixture
def desk(client: Client, responder: User) -> Client:
    return signed_in(client, responder)


def on_duty(program: Program, user: User) -> None:
    duties.go_on_duty(hours=8, program_id=program.pk, by_id=user.pk)


def raised(program: Program) -> Incident:
    watch(program, *Target.objects.all())
    assert fire_due(DjangoStore()) == 1
    return Incident.objects.latest("raised_ms")


def link_to(message: Dispatch) -> str:
    return make_book().link(message.pk).removeprefix("https://alongside.example")


def everything_runs() -> None:
    for part in PARTS:
        Heart(part).beat(DjangoStore())


def test_cover_is_what_was_shown_to_work(program: Program, responder: User, client: Client) -> None:
    assert cover_of(program.pk).missing == "service"
    everything_runs()
    assert cover_of(program.pk).missing == "nobody"
    on_duty(program, responder)
    assert cover_of(program.pk).missing == "unproven"
    check = Dispatch.objects.filter(urgency=1).first()
    assert check is not None
    assert client.get(link_to(check)).status_code == 200
    assert cover_of(program.pk).missing == "unproven", "a preview of the link is no answer"
    client.post(link_to(check))
    assert cover_of(program.pk).missing == "one_way", "the other way has not been answered yet"
    other = Dispatch.objects.exclude(pk=check.pk).get()
    client.post(link_to(other))
    assert cover_of(program.pk).is_given
    with database_clock.set_to(DjangoStore().now_ms() + 31 * 24 * 3_600_000):
        everything_runs()
        Duty.objects.update(until_ms=DjangoStore().now_ms() + 1, proven_ms=DjangoStore().now_ms())
        assert cover_of(program.pk).missing == "unreachable", "what was answered a month ago shows nothing"
    everything_runs()
    Duty.objects.update(until_ms=DjangoStore().now_ms() + 10_000, proven_ms=DjangoStore().now_ms())
    Target.objects.filter(channel="email").update(failed_ms=1)
    assert cover_of(program.pk).missing == "one_way"
    Target.objects.update(failed_ms=1)
    assert cover_of(program.pk).missing == "unreachable"


def test_cover_ends_with_the_shift_and_with_the_proof(program: Program, responder: User) -> None:
    on_duty(program, responder)
    Duty.objects.update(proven_ms=DjangoStore().now_ms())
    Target.objects.update(proven_ms=DjangoStore().now_ms())
    for hours, missing in ((7.9, "service"), (8.1, "service")):
        with database_clock.set_to(DjangoStore().now_ms() + round(hours * 3_600_000)):
            assert cover_of(program.pk).missing == missing, "nothing has beaten since"
            everything_runs()
            assert cover_of(program.pk).missing == ("" if hours < 8 else "nobody")


def test_the_link_of_another_message_opens_nothing(program: Program, responder: User, client: Client) -> None:
    on_duty(program, responder)
    one, other = Dispatch.objects.all()
    token = link_to(one).rstrip("/").rsplit("/", 1)[1]
    assert client.post(reverse("desk:told", args=[other.pk, token])).status_code == 404


def test_who_follows_the_link_takes_it(program: Program, responder: User, client: Client) -> None:
    incident = raised(program)
    message = Dispatch.objects.filter(incident=incident.pk).first()
    assert message is not None
    assert "Nobody has taken it yet" in client.get(link_to(message)).content.decode()
    client.post(link_to(message))
    incident.refresh_from_db()
    assert incident.owner == responder
    assert incident.acknowledged_ms is not None
    assert Alarm.objects.get().state == "owned"


def test_after_an_outage_those_found_late_stand_together(program: Program, responder: User, desk: Client) -> None:
    for seconds in (0, 60):
        watch(program, *Target.objects.all(), in_seconds=seconds)
    with database_clock.set_to(max(Alarm.objects.values_list("due_ms", flat=True)) + 3_600_000):
        fire_due(DjangoStore())
    raised(program)
    page = desk.get(reverse("desk:alarms")).content.decode()
    late, others = page.split("Found late</h2>")[1].split("Open incidents</h2>")
    assert [time in late for time in ("Found 1:01:00 late", "Found 1:00:00 late")] == [True, True]
    assert late.index("1:01:00") < late.index("1:00:00")
    assert others.count('class="ticket ') == 1


def test_while_somebody_is_on_it_nobody_else_is_told(program: Program, responder: User) -> None:
    incident = raised(program)
    incidents.take_incident(incident.pk, program_id=program.pk, by_id=responder.pk)
    before = Dispatch.objects.count()
    with database_clock.set_to(incident.raised_ms + 299_000):
        assert fire_due(DjangoStore()) == 0
    assert Dispatch.objects.count() == before


def test_an_owner_who_falls_silent_loses_it_and_all_are_told(program: Program, responder: User) -> None:
    incident = raised(program)
    incidents.take_incident(incident.pk, program_id=program.pk, by_id=responder.pk)
    with database_clock.set_to(DjangoStore().now_ms() + 301_000):
        assert fire_due(DjangoStore()) == 1
    incident.refresh_from_db()
    assert incident.owner is None
    assert [event.action for event in IncidentEvent.objects.order_by("pk")] == ["raised", "taken", "owner_silent"]
    assert Dispatch.objects.filter(incident=incident.pk).count() == 4


def test_a_sign_of_life_keeps_it(program: Program, responder: User, desk: Client) -> None:
    incident = raised(program)
    desk.post(reverse("desk:incident_take", args=[incident.pk]))
    first_ms = Alarm.objects.get().next_ms
    with database_clock.set_to(DjangoStore().now_ms() + 200_000):
        desk.post(reverse("desk:incident_note", args=[incident.pk]), {"note": "At the door."})
        assert (Alarm.objects.get().next_ms or 0) >= (first_ms or 0) + 199_000


def test_a_shift_ends_only_when_somebody_else_has_it(program: Program, responder: User, desk: Client) -> None:
    colleague = make_member(program, Role.RESPONDER)
    bell = target(program, "webhook", {"url": "http://127.0.0.1:9/"}, name="Other bell", user_id=colleague.pk)
    on_duty(program, responder)
    on_duty(program, colleague)
    Duty.objects.update(proven_ms=DjangoStore().now_ms())
    incident = raised(program)
    desk.post(reverse("desk:incident_take", args=[incident.pk]))
    desk.post(reverse("desk:duty_end"))
    assert Duty.objects.filter(user=responder, ended_ms=None).exists()
    desk.post(reverse("desk:incident_offer", args=[incident.pk]), {"to": str(colleague.pk)})
    assert Incident.objects.get().owner == responder, "offered is not taken"
    offered = Dispatch.objects.filter(target=bell, incident=incident.pk).latest("made_ms")
    Client().post(link_to(offered))
    assert Incident.objects.get().owner == colleague
    desk.post(reverse("desk:duty_end"))
    assert not Duty.objects.filter(user=responder, ended_ms=None).exists()


def test_nobody_leaves_while_they_alone_are_counted_on(program: Program, responder: User) -> None:
    on_duty(program, responder)
    subject = watch(program, *Target.objects.all(), in_seconds=600)
    with pytest.raises(Refusal, match="count on you"):
        duties.go_off_duty(program_id=program.pk, by_id=responder.pk)
    close_alarm(subject, kind=KIND, program_id=program.pk, by_id=None)
    duties.go_off_duty(program_id=program.pk, by_id=responder.pk)


def test_an_end_is_written_down_and_stops_everything(program: Program, responder: User, desk: Client) -> None:
    incident = raised(program)
    assert desk.post(reverse("desk:incident_end", args=[incident.pk]), {}).status_code == 422
    desk.post(reverse("desk:incident_end", args=[incident.pk]), {"outcome": "ok", "about": "Was asleep."})
    incident.refresh_from_db()
    assert (incident.outcome, Alarm.objects.get().next_ms) == ("ok", None)
    page = desk.get(reverse("desk:incidents")).content.decode()
    assert "The person was all right" in page
    with pytest.raises(Refusal, match="ended already"):
        incidents.take_incident(incident.pk, program_id=program.pk, by_id=responder.pk)


def test_false_alarms_are_counted_and_cost_nobody_their_cover(program: Program, responder: User, desk: Client) -> None:
    for outcome in ("ok", "ok", "ok", "overdose"):
        incidents.end_incident(raised(program).pk, outcome, program_id=program.pk, by_id=responder.pk)
        Alarm.objects.all().delete()
    rates = rates_of(program.pk)
    assert (rates.ended, rates.false_alarms, rates.overdoses, rates.false_share) == (4, 3, 1, 0.75)
    page = " ".join(desk.get(reverse("desk:incidents")).content.decode().split())
    assert "<dt>The person was all right</dt><dd>3</dd>" in page
    everything_runs()
    on_duty(program, responder)
    Duty.objects.update(proven_ms=DjangoStore().now_ms())
    Target.objects.update(proven_ms=DjangoStore().now_ms())
    assert cover_of(program.pk).is_given


def test_the_standing_plan_tells_those_on_duty_first(program: Program, responder: User) -> None:
    other = target(program, "webhook", {"url": "http://127.0.0.1:9/"}, name="Backup", user_id=make_member(program).pk)
    (only,) = stages_for(program.pk)
    assert other.pk in only.target_ids
    assert only.after_seconds == 0
    on_duty(program, responder)
    first, last = stages_for(program.pk)
    assert set(first.target_ids) == set(Target.objects.filter(user=responder).values_list("pk", flat=True))
    assert other.pk in last.target_ids
    assert last.after_seconds == 60


def test_a_screen_sounds_until_somebody_has_it(program: Program, responder: User, desk: Client) -> None:
    site = site_of(program)
    page = desk.get(reverse("desk:sounder"), {"site": site.pk}).content.decode()
    address, token = (page.split(f'{name}="')[1].split('"')[0] for name in ("data-state", "data-screen"))
    assert token not in address
    screen = Client(headers={"X-Alongside-Screen": token})
    assert screen.get(address).json()["sounding"] == []
    sounder = Target.objects.get(channel="sounder")
    assert sounder.proven_ms is not None
    (first, *_rest) = stages_for(program.pk, site.pk)
    assert sounder.pk in first.target_ids
    incident = raised(program)
    assert screen.get(address).json()["sounding"] == [incident.words]
    assert Dispatch.objects.get(target=sounder).delivered_ms is not None
    incidents.take_incident(incident.pk, program_id=program.pk, by_id=responder.pk)
    assert screen.get(address).json()["quiet"] == [incident.words]
    assert Client(headers={"X-Alongside-Screen": f"x{token}"}).get(address).status_code == 404
    assert Client().get(address).status_code == 404


def test_setting_up_who_can_be_reached(program: Program, desk: Client) -> None:
    form = {"name": "Phone", "channel": "text", "written": "415 555 2671", "whose": "me", "is_backup": "on"}
    assert desk.post(reverse("desk:targets"), form).status_code == 302
    made = Target.objects.get(name="Phone")
    assert "2671" not in str(made.address)
    page = desk.get(reverse("desk:targets")).content.decode()
    assert "2671" not in page
    for wrong in ({"written": "12"}, {"channel": "email"}, {"channel": "webhook", "written": "http://far.example/"}):
        assert desk.post(reverse("desk:targets"), form | wrong).status_code == 422
    desk.post(reverse("desk:target_try", args=[made.pk]))
    assert Dispatch.objects.filter(target=made).count() == 1
    desk.post(reverse("desk:target_end", args=[made.pk]))
    made.refresh_from_db()
    assert made.address is None


@pytest.mark.parametrize(
    ("channel", "entered"),
    [
        ("email", {"host": "m.example", "port": "587", "security": "starttls", "sender": "a@example.org"}),
        ("call", {"url": "https://g.example/", "body": "json", "template": '{"n": "{number}", "t": "{text}"}'}),
        ("matrix", {"server": "https://m.example", "token": "wren"}),
    ],
)
def test_what_messages_go_through(program: Program, client: Client, channel: str, entered: dict[str, str]) -> None:
    boss = signed_in(client, make_member(program, Role.COORDINATOR))
    address = reverse("desk:carrier", args=[channel])
    assert boss.post(address, {}).status_code == 422
    assert boss.post(address, entered).status_code == 302
    assert "wren" not in boss.get(address).content.decode()
