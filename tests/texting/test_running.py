"""The running program, asked as gateways ask it and as a modem hands texts over."""

from __future__ import annotations

import hmac
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from alongside.config import demo
from tests.plugins.server import Server

ANA, BEN = "+1 415 555 0176", "+1 415 555 0177"


@dataclass(frozen=True, kw_only=True)
class Office:
    """An administrator's browser, the line's address and its secret."""

    browser: httpx.Client
    address: str
    secret: str

    def post(self, path: str, **said: str) -> httpx.Response:
        return post(self.browser, path, **said)

    def enrol(self, name: str, number: str, language: str) -> None:
        page = self.browser.get("/texts/enrol/").text
        site = re.search(r'<option value="(\d+)"[^>]*>Van', page)
        assert site
        done = self.post("/texts/enrol/", name=name, number=number, language=language, site=site[1])
        assert done.status_code == 302, done.text

    def answer_by(self, way: str) -> None:
        said = {"is_on": "on", "region": "US", "answer": way, "gateway_body": "json"}
        assert self.post("/texts/line/", **said).status_code == 302

    def todays_list(self) -> str:
        return self.browser.get("/today/").text


def post(browser: httpx.Client, path: str, **said: str) -> httpx.Response:
    return browser.post(path, data={"csrfmiddlewaretoken": browser.cookies["alongside_csrf"], **said})


@pytest.fixture(scope="module")
def office(server: Server) -> Iterator[Office]:
    with httpx.Client(base_url=server.url, headers={"referer": server.url}, timeout=60) as browser:
        browser.get("/sign-in/")
        post(browser, "/sign-in/", login="ada", password=demo.PASSWORD)
        opened = post(browser, "/texts/line/secret/")
        address, secret = re.findall(r"<dd><code>(.*?)</code></dd>", opened.text)
        yield Office(browser=browser, address=address, secret=secret)


def test_gateways_of_every_kind(office: Office) -> None:
    """Each proves itself in its own way, says it in its own words, and sends it twice."""
    office.answer_by("xml")
    office.enrol("Ana", ANA, "en")
    outside = httpx.Client(timeout=60)
    twilio = {"MessageSid": "SM77", "From": ANA.replace(" ", ""), "Body": "Ana 7 people 3 cookers"}
    android = (
        '{"event": "sms:received", "id": "ev77", "webhookId": "w", "payload": {"messageId": "content-based", '
        '"phoneNumber": "4155550176", "message": "8 people 4 cookers", "receivedAt": "2026-06-22T15:46:11.000+07:00"}}'
    )
    signature = hmac.digest(office.secret.encode(), android.encode() + b"1764000000", "sha256").hex()
    signed = {"X-Signature": signature, "X-Timestamp": "1764000000", "Content-Type": "application/json"}
    plain = {"from": ANA, "text": "9 people 5 cookers", "id": "p77"}
    for _turn in range(2):
        answer = outside.post(office.address, data=twilio, auth=("line", office.secret))
        assert answer.headers["content-type"].startswith("text/xml")
        assert "<Message>Got it: 7 people, 3 cookers. Wrong? Text UNDO.</Message>" in answer.text
        assert "Got it: 8 people" in outside.post(office.address, content=android, headers=signed).text
        knows = {"X-Alongside-Secret": office.secret}
        assert "9 people" in outside.post(office.address, json=plain, headers=knows).text
    at_once = twilio | {"MessageSid": "SM78", "Body": "Ana 7 people 23 cookers"}
    with ThreadPoolExecutor(6) as threads:
        sent = [
            threads.submit(outside.post, office.address, data=at_once, auth=("line", office.secret)) for _ in range(6)
        ]
    assert {each.result().text for each in sent} == {answer.text.replace("3 cookers", "23 cookers")}
    assert outside.post(office.address, data=twilio).status_code == 401
    assert outside.post(office.address, content=android + " ", headers=signed).status_code == 401
    assert outside.get(office.address).status_code == 405
    assert outside.post(office.address, content=b"x" * 1_000_000, auth=("line", office.secret)).status_code == 413
    listed = office.todays_list()
    said = re.findall(r"(\d+) × Cooker", listed)
    assert all(said.count(cookers) >= 1 for cookers in ("3", "4", "5"))
    assert said.count("23") == 1, "sent six times at once, it counts once"


def script(place: Path, content: str) -> Path:
    place.write_text(f"#!/bin/sh\n{content}\n")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)
    return place


def environment_of(server: Server) -> dict[str, str]:
    """The server's own: the same home, keys and database."""
    ours = psutil.Process(server.process.pid).environ()
    return {name: value for name, value in ours.items() if not name.startswith("COV")}


def hand_over(run_on_receive: Path, inbox: Path, *, number: str, parts: list[str], environment: dict[str, str]) -> None:
    """As gammu-smsd does: through a shell, with the message in the environment and every descriptor closed."""
    name = f"IN20261122_101500_{len(' '.join(parts)):02}_{number.strip('+').replace(' ', '')}_00.txt"
    (inbox / name).write_text(" ".join(parts))
    told = {"SMS_MESSAGES": str(len(parts)), "SMS_1_NUMBER": number.replace(" ", ""), "PHONE_ID": "modem1"}
    told |= {f"SMS_{at}_TEXT": part for at, part in enumerate(parts, start=1)}
    told["DECODED_PARTS"] = "1" if len(parts) > 1 else "0"
    if len(parts) > 1:
        told["DECODED_1_TEXT"] = "".join(parts)
    shell = ["/bin/sh", "-c", f"exec {run_on_receive} {name} <&- >&- 2>&-"]
    subprocess.run(shell, env=environment | told, check=False, timeout=120)


def test_a_modem_hands_texts_over_and_sends_the_answers(office: Office, server: Server, tmp_path: Path) -> None:
    office.answer_by("plain")
    office.enrol("Ben", BEN, "es")
    inbox, sent = tmp_path / "inbox", tmp_path / "sent"
    inbox.mkdir()
    inject = script(tmp_path / "inject", f'printf "%s|%s|" "$1" "$2" >> {sent}; cat >> {sent}; echo >> {sent}')
    command = Path(sys.executable).with_name("alongside")
    receive = script(tmp_path / "text-in", f'exec {command} text-in --inbox {inbox} --reply "{inject} TEXT" "$@"')
    environment = environment_of(server) | {"PATH": os.environ["PATH"]}
    reports = [["Ben 6 personas ", "11 algodones"], ["$(touch pwned); `rm x`"]]
    for parts in reports:
        hand_over(receive, inbox, number=BEN, parts=parts, environment=environment)
        assert list(inbox.iterdir()) == [], "what was taken is deleted"
    answers = sent.read_text().splitlines()
    assert answers[0] == "TEXT|+14155550177|Anotado: 6 personas, 11 algodones. ¿Hay un error? Envíe DESHACER."
    assert answers[1].startswith("TEXT|+14155550177|Guardado para que lo lea una persona.")
    assert "11 × Cotton filter" in office.todays_list()
    assert "touch pwned" in office.browser.get("/waiting/").text
    hand_over(receive, inbox, number="", parts=["lost"], environment=environment)
    assert len(list(inbox.iterdir())) == 1, "what was not taken stays"
    assert "4155550177" not in server.output.replace(" ", "")
