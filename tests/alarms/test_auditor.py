"""The auditor believes nothing that the others say, and tells people when it finds something."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.alarms import auditor
from alongside.alarms.auditor import audit, keep_auditing
from alongside.alarms.beats import PARTS, Heart
from alongside.alarms.canary import canary_figures, let_canaries_fly
from alongside.alarms.models import Alarm, Beat, Finding
from alongside.alarms.runner import fire_due
from alongside.alarms.wording import said
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.jobs.specs import Work
from alongside.kernel.ids import uuid7
from alongside.messaging.alerting.models import Dispatch
from alongside.sites.models import Program
from tests.alarms.sinks import Sink
from tests.alarms.watching import make_sender, watch, webhook
from tests.programs import make_member, signed_in

WORK = Work(job_id=uuid7(), payload={}, attempt=1, report_progress=lambda _done, _total: None)


def everything_runs() -> None:
    for part in PARTS:
        Heart(part).beat(DjangoStore())


def found() -> set[str]:
    return {each.what for each in audit(DjangoStore())}


def test_when_all_is_well_it_finds_nothing(program: Program, sink: Sink) -> None:
    everything_runs()
    watch(program, webhook(program, sink.url))
    fire_due(DjangoStore())
    make_sender().send_all()
    assert found() == set()


@pytest.mark.parametrize("part", ["runner", "sender"])
def test_a_part_that_stopped_is_found_and_the_staff_are_told(program: Program, sink: Sink, part: str) -> None:
    webhook(program, sink.url)
    everything_runs()
    Beat.objects.filter(part=part).update(at_ms=DjangoStore().now_ms() - 16_000)
    assert found() == {f"{part}_silent"}
    assert found() == {f"{part}_silent"}
    make_sender().send_all()
    (request,) = sink.requests
    assert request.content["words"].startswith("Alongside: Nothing ")
    everything_runs()
    assert found() == set()
    assert Finding.objects.get().ended_ms is not None


def test_what_is_overdue_unsent_or_told_to_nobody_is_found(program: Program, sink: Sink) -> None:
    hook = webhook(program, sink.url)
    everything_runs()
    watch(program, hook)
    due_ms = Alarm.objects.get().due_ms
    with database_clock.set_to(due_ms + 5_100):
        everything_runs()
        assert found() - {"clocks_apart"} == {"unclaimed"}
    with database_clock.set_to(due_ms):
        fire_due(DjangoStore())
    Alarm.objects.update(next_ms=due_ms + 10**9)
    with database_clock.set_to(due_ms + 31_000):
        everything_runs()
        assert "unsent" in found()
    with transaction.atomic():
        Dispatch.objects.filter(incident__isnull=False).delete()
        assert "told_nobody" in found()
        transaction.set_rollback(True)


def test_a_wrong_clock_and_a_dead_address_are_found(program: Program, sink: Sink) -> None:
    hook = webhook(program, sink.url)
    everything_runs()
    Beat.objects.filter(part="runner").update(skew_ms=2_100)
    type(hook).objects.update(failed_ms=1)
    assert found() == {"clocks_apart", "dead_target"}


def test_it_tells_again_after_ten_minutes(program: Program, sink: Sink) -> None:
    webhook(program, sink.url)
    everything_runs()
    Beat.objects.filter(part="runner").delete()
    now_ms = DjangoStore().now_ms()
    for minutes in (0, 5, 11):
        with database_clock.set_to(now_ms + minutes * 60_000):
            Heart("sender").beat(DjangoStore())
            audit(DjangoStore())
    assert Dispatch.objects.filter(words__contains="watches over").count() == 2


def test_the_heartbeat_stops_when_something_is_wrong(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditor, "ROUND_SECONDS", 0.05)
    beats = []

    def rounds(seconds: float) -> int:
        stopping, before = threading.Event(), len(beats)
        count = [0]

        def tick(_store: object) -> None:
            count[0] += 1
            if count[0] == 3:
                stopping.set()

        keep_auditing(DjangoStore, stopping, tick=tick, send_yourself=lambda: None, heartbeat=lambda: beats.append(1))
        return len(beats) - before

    everything_runs()
    assert rounds(0.5) == 3
    Beat.objects.filter(part="runner").delete()
    assert rounds(0.5) == 0


def test_the_staff_are_told_in_their_language() -> None:
    sentence = auditor.SILENT["runner"]
    assert said(sentence, "en") == sentence
    assert said(sentence, "es") != sentence


def test_canaries_take_the_real_path_and_are_counted(program: Program, sink: Sink, client: Client) -> None:
    webhook(program, sink.url)
    let_canaries_fly(WORK)
    let_canaries_fly(WORK)
    due_ms = max(Alarm.objects.values_list("due_ms", flat=True))
    with database_clock.set_to(due_ms):
        assert fire_due(DjangoStore()) == 2
        make_sender().send_all()
    assert sink.requests == [], "nobody is told of a try-out"
    with database_clock.set_to(due_ms + 61_000):
        figures = canary_figures(program.pk)
        assert (figures.count, figures.lost) == (2, 0)
        Dispatch.objects.update(accepted_ms=None, next_ms=1)
        assert canary_figures(program.pk).lost == 2
        let_canaries_fly(WORK)
    desk = signed_in(client, make_member(program, Role.RESPONDER))
    assert "A try-out" not in desk.get(reverse("desk:alarms")).content.decode()
