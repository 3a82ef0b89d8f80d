"""What the server gives to a phone."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.config.bundling import bundled_module, bundled_styles
from alongside.config.static import ENTRIES
from alongside.field.context import COOKIE
from alongside.field.worker import FILES, app_version, kept_files
from tests.programs import make_member, make_program, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(client: Client) -> Client:
    signed_in(client, make_member(make_program(), Role.WORKER, name="Sam Reyes"))
    client.cookies[COOKIE] = "1"
    return client


def page(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


def enrolment_in(text: str) -> dict[str, str]:
    found = re.search(r'<script id="field-setup" type="application/json">(.*?)</script>', text)
    assert found
    return dict(json.loads(found[1]))


def test_the_worker_answers_for_the_whole_origin_and_needs_no_session(client: Client) -> None:
    answer = client.get(reverse("field:worker"))
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Content-Type"] == "text/javascript"
    assert "no-store" in answer["Cache-Control"]
    assert f'"version": "{app_version()}"' in answer.content.decode()


def read(name: str) -> str:
    return Path(str(find(name))).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [each for each in (*FILES, "field/js/worker.js") if each.endswith(".js")])
def test_a_module_that_is_kept_needs_no_other(name: str) -> None:
    imports = re.findall(r'^import .* from ".*";', bundled_module(name, read), re.MULTILINE)
    assert imports == []
    assert name in ENTRIES or "import {" not in read(name)


def test_the_styles_are_one_file_whose_addresses_lead_somewhere() -> None:
    styles = bundled_styles("desk/desk.css", read)
    assert "@import" not in styles
    assert 'url("vendor/atkinson-400.woff2")' in styles
    assert styles.index("@layer pico, tokens") < styles.index("@layer pico {")


def test_what_the_bundler_does_not_know_it_refuses() -> None:
    with pytest.raises(ValueError, match="export default"):
        bundled_module("a.js", {"a.js": "export default 1;\n"}.__getitem__)
    with pytest.raises(ValueError, match="several lines"):
        bundled_module("a.js", {"a.js": "const text = `one\n    two`;\n"}.__getitem__)


def test_a_phone_gets_a_fresh_key_and_who_it_records_for(phone: Client) -> None:
    first, second = enrolment_in(page(phone, "field:phone")), phone.get(reverse("field:set_up")).json()
    assert first["name"] == "Sam Reyes"
    assert {*first} == {"program", "worker", "name", "kid", "public_key", "sync", "app", "form"}
    assert (first["kid"], first["public_key"]) == (second["kid"], second["public_key"])


@pytest.mark.parametrize("name", ["desk:record", "field:phone", "field:shift", "field:guide", "field:away"])
def test_every_kept_page_says_its_version_and_names_only_kept_files(phone: Client, name: str) -> None:
    text = page(phone, name)
    assert f'data-version="{app_version()}"' in text
    named = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', text))
    assert named - {*kept_files(), "/static/field/icons/192.png"} == set()


def test_the_page_to_record_has_no_number_and_no_last_contact_on_a_phone(phone: Client) -> None:
    text = page(phone, "desk:record")
    assert '<input type="hidden" name="id" value="">' in text
    assert 'name="repeat"' not in text
    assert 'id="lock"' not in text


def test_the_desk_stays_as_it_is(phone: Client) -> None:
    del phone.cookies[COOKIE]
    text = page(phone, "desk:record")
    assert "data-version" not in text
    assert "field/" not in text.replace(reverse("field:phone"), "")
    assert re.search(r'name="id" value="[0-9a-f-]{36}"', text)
    assert 'id="lock"' in text


def test_pages_for_phones_travel_compressed(phone: Client) -> None:
    answer = phone.get(reverse("desk:record"), headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    del phone.cookies[COOKIE]
    assert "Content-Encoding" not in phone.get(reverse("desk:record"), headers={"Accept-Encoding": "gzip"}).headers


def test_the_guide_names_the_sites_and_says_that_no_clinician_has_read_it(phone: Client) -> None:
    text = page(phone, "field:guide")
    assert "Front desk" in text
    assert "Not yet reviewed by a clinician" in text


def test_the_manifest_names_pictures_of_the_size_it_says(client: Client) -> None:
    manifest = client.get(reverse("field:manifest")).json()
    assert manifest["start_url"] == "/record/"
    for icon in manifest["icons"]:
        picture = Path(str(find(icon["src"].removeprefix("/static/")))).read_bytes()
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        assert "{}x{}".format(*struct.unpack_from(">II", picture, offset=16)) == icon["sizes"]
