"""Answers by a request to the gateway: sent by a job, forgotten when sent, given up when late."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from alongside.config.jobs import JOBS
from alongside.jobs.models import Job
from alongside.jobs.runner import Runner
from alongside.jobs.specs import Work
from alongside.kernel import clock
from alongside.messaging import outbox
from alongside.messaging.lines import save_line
from alongside.messaging.models import OutgoingText, TextLine
from tests.access.stores import everything_logged
from tests.texting.conftest import Line


class Gateway(HTTPServer):
    """Answers with `status` and remembers what it was asked."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[dict[str, str], bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def a_gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        thread = Thread(target=gateway.serve_forever, daemon=True)
        thread.start()
        yield gateway
        gateway.shutdown()
        thread.join()


@pytest.fixture
def gateway(line: Line) -> Iterator[Gateway]:
    with a_gateway() as listening:
        line.line.answer = TextLine.Answer.GATEWAY
        line.line.gateway_url = f"http://127.0.0.1:{listening.server_port}/message?x=1"
        line.line.gateway_template = '{"phoneNumbers": ["{number}"], "textMessage": {"text": "{text}"}}'
        save_line(line.line, header="Authorization: Basic abc", by_id=line.boss.pk)
        yield listening


def run_jobs() -> None:
    Runner([spec for spec in JOBS if spec.kind == outbox.JOB]).run_due()


def test_an_answer_is_sent_once_and_forgotten(line: Line, gateway: Gateway) -> None:
    line.text("5 people 3 cookers", message_id="A")
    line.text("5 people 3 cookers", message_id="A")
    run_jobs()
    run_jobs()
    [(headers, body)] = gateway.asked
    assert headers["Authorization"] == "Basic abc"
    told = json.loads(body)
    assert told["phoneNumbers"] == ["+1 415 555 2671"]
    assert told["textMessage"]["text"].startswith("Got it: 5 people, 3 cookers")
    sent = OutgoingText.objects.get()
    assert (sent.number, sent.text, sent.sent_at is not None) == (None, None, True)


@pytest.mark.parametrize("status", [500, 404, 302, 401])
def test_a_gateway_that_fails_is_asked_again_and_nothing_is_told(line: Line, gateway: Gateway, status: int) -> None:
    gateway.status = status
    line.text("5 people 3 cookers")
    with everything_logged() as heard:
        run_jobs()
    assert "2671" not in heard.getvalue() + str(Job.objects.get(kind=outbox.JOB).error)
    assert len(gateway.asked) == 1, "a redirection is not followed: nobody else gets the number"
    gateway.status = 202
    Job.objects.update(due=clock.now())
    run_jobs()
    assert OutgoingText.objects.get().sent_at is not None


def test_an_answer_that_is_late_is_given_up_and_forgotten(line: Line, gateway: Gateway) -> None:
    gateway.status = 500
    line.text("5 people 3 cookers")
    run_jobs()
    work = Work(job_id=line.sam.pk, payload={}, attempt=1, report_progress=lambda _done, _all: None)
    with clock.set_to(clock.now() + timedelta(hours=13)):
        run_jobs()
        outbox.forget_outgoing(work)
        late = OutgoingText.objects.get()
        assert (late.number, late.text, late.sent_at) == (None, None, None)
    assert len(gateway.asked) == 1
    with clock.set_to(clock.now() + timedelta(days=31)):
        outbox.forget_outgoing(work)
    assert not OutgoingText.objects.exists()


def test_a_gateway_that_is_away_does_not_hold_up_the_rest(line: Line) -> None:
    line.line.answer, line.line.gateway_url = TextLine.Answer.GATEWAY, "http://127.0.0.1:1/"
    line.line.gateway_template = "to={number}\ntext={text}"
    line.line.gateway_body = TextLine.Body.FORM
    save_line(line.line, header="", by_id=line.boss.pk)
    line.text("5 people 3 cookers")
    run_jobs()
    assert Job.objects.get(kind=outbox.JOB).error.startswith("GatewayFailed")
    assert len(line.contacts()) == 1
