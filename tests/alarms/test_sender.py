"""What waits in the outbox reaches its server; a bad server is its own lane's trouble and nobody else's."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from alongside.alarms.queries import incident_of
from alongside.alarms.runner import fire_due
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.messaging.alerting.sender import LEASE_SECONDS
from alongside.sites.models import Program
from tests.alarms.sinks import Sink, listening
from tests.alarms.watching import KIND, make_engine, make_sender, running, watch, webhook


def raise_and_send(*, seconds: float = 5) -> None:
    while fire_due(DjangoStore()):
        pass
    make_sender().send_all(seconds=seconds)


def one() -> Dispatch:
    return Dispatch.objects.get()


def test_a_message_carries_its_incident_and_nothing_more(program: Program, sink: Sink) -> None:
    subject = watch(program, webhook(program, sink.url), words="A check-in has no answer.")
    raise_and_send()
    incident = incident_of(subject, kind=KIND)
    assert incident is not None
    (request,) = sink.requests
    assert request.content["incident"] == incident.pk.hex
    assert request.content["words"] == f"A check-in has no answer. ({incident.code})"
    assert request.content["link"].startswith("https://alongside.example/told/")
    assert one().accepted_ms is not None
    assert one().delivered_ms is one().seen_ms is one().next_ms is None


def test_accepted_is_not_an_answer(program: Program, sink: Sink) -> None:
    """A server that takes everything and shows nothing stops no stage."""
    watch(program, webhook(program, sink.url))
    raise_and_send()
    time.sleep(2.1)
    raise_and_send()
    assert len(sink.requests) == 2
    assert set(sink.incidents().values()) == {2}


def test_a_refusal_is_tried_again_and_the_next_stage_comes_all_the_same(program: Program, sink: Sink) -> None:
    sink.status = 500
    watch(program, webhook(program, sink.url))
    raise_and_send(seconds=0.3)
    assert (one().error, one().attempts, one().accepted_ms) == ("status 500", 1, None)
    assert one().next_ms is not None
    sink.status = 200
    time.sleep(2.2)
    raise_and_send()
    assert Dispatch.objects.exclude(accepted_ms=None).count() == 2


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone_is_said_to_be_dead(program: Program, sink: Sink, status: int) -> None:
    sink.status = status
    watch(program, webhook(program, sink.url))
    raise_and_send()
    assert one().gave_up_ms is not None
    dead = Target.objects.get()
    assert (dead.failure, dead.failed_ms is None) == (f"status {status}", False)


def test_an_unsealed_or_moved_address_is_no_address(program: Program, sink: Sink) -> None:
    """A row that somebody copied another's address into opens nothing."""
    mine, other = webhook(program, sink.url), webhook(program, sink.url, name="Other")
    Target.objects.filter(pk=mine.pk).update(address=other.address)
    watch(program, mine)
    raise_and_send()
    assert sink.requests == []
    assert one().error == "no address"


def test_a_sender_that_died_lets_go_of_what_it_held(program: Program, sink: Sink) -> None:
    watch(program, webhook(program, sink.url))
    fire_due(DjangoStore())
    held_until = DjangoStore().now_ms() + round(LEASE_SECONDS * 1000)
    Dispatch.objects.update(next_ms=held_until, attempts=1)
    make_sender().send_all(seconds=0.2)
    assert sink.requests == []
    Dispatch.objects.update(next_ms=held_until - round(LEASE_SECONDS * 1000))
    make_sender().send_all()
    assert len(sink.requests) == 1


def test_what_is_urgent_overtakes(program: Program, sink: Sink) -> None:
    hook = webhook(program, sink.url)
    for _each in range(30):
        watch(program, hook)
    fire_due(DjangoStore())
    late = Dispatch.objects.order_by("pk")[20:]
    Dispatch.objects.exclude(pk__in=[each.pk for each in late]).update(urgency=2)
    make_sender().send_all()
    urgent = {each.pk.hex for each in late}
    first = [request.content["message"] for request in sink.requests[:10]]
    assert len(urgent & set(first)) >= 5  # several threads, so the order within a handful may differ
    assert len(sink.requests) == 30


@pytest.fixture
def ten() -> Iterator[list[Sink]]:
    sinks = [Sink() for _each in range(10)]
    sinks[0].wait_seconds, sinks[1].status, sinks[2].wait_seconds = 60, 503, 0.7
    with listening(*sinks):
        yield sinks


def test_one_hangs_one_refuses_one_is_slow_and_the_others_notice_nothing(
    live_program: Program, ten: list[Sink]
) -> None:
    hooks = [webhook(live_program, sink.url) for sink in ten]
    with running(make_engine(), "sender", "runner"):
        for _round in range(20):
            watch(live_program, *hooks)
        began = time.time()
        for sink in ten[3:]:
            sink.wait_for(20)
    lateness = max(request.at for sink in ten[3:] for request in sink.requests) - began
    assert lateness < 2
