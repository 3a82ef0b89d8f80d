"""The import pages: from a file to its contacts and back, without JavaScript."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.encounters.importing.models import Import, SavedMapping
from alongside.encounters.models import Encounter
from alongside.sites.models import Program
from tests.importing.sheets import csv_of
from tests.programs import make_member, make_program, signed_in

pytestmark = pytest.mark.django_db

TOWNS = csv_of([["year", "town", "kits_OEND"], [2018, "Warren", 12], [2019, "Warren", 30], [2019, "Bristol", 0]])


@pytest.fixture
def program() -> Program:
    return make_program()


@pytest.fixture
def desk(client: Client, program: Program) -> Client:
    return signed_in(client, make_member(program, Role.COORDINATOR))


def upload(desk: Client, content: bytes, name: str = "sheet.csv"):
    return desk.post(reverse("desk:imports"), {"file": SimpleUploadedFile(name, content)}, follow=True)


def address(name: str, program: Program) -> str:
    with scope(program=program):
        return reverse(f"desk:{name}", args=[Import.objects.latest("at").pk])


def test_from_a_file_to_its_contacts_and_back(desk: Client, program: Program) -> None:
    page = upload(desk, TOWNS)
    assert page.redirect_chain[-1][0] == address("import_columns", program)
    assert "kits_OEND" in page.content.decode()
    guessed = {name: field.initial for name, field in page.context["form"].fields.items()} | page.context[
        "form"
    ].initial
    assert guessed["column_2"] == "item:naloxone-kit-unrecorded"
    said = {
        "column_0": "date",
        "column_1": "site",
        "column_2": "item:naloxone-kit-unrecorded",
        "missing_sites": "area",
        "people": "nobody",
        "save_as": "Kits by town",
    }
    page = desk.post(address("import_columns", program), said, follow=True)
    text = page.content.decode()
    assert "Import 2 lines" in text
    assert "Warren" in text
    assert not Encounter._base_manager.exists()
    page = desk.post(address("import_run", program), follow=True)
    assert "It counts in every report" in page.content.decode()
    with scope(program=program):
        assert Encounter.objects.filter(state="live", door="import").count() == 2
        assert SavedMapping.objects.get().name == "Kits by town"
    page = desk.post(address("import_undo", program), follow=True)
    assert "Nothing of it counts" in page.content.decode()
    desk.post(address("import_bring_back", program))
    with scope(program=program):
        assert Encounter.objects.filter(state="live").count() == 2
