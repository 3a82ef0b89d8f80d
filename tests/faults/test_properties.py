"""The list of properties is whole: each has a mutation, each mutation a place in the source and a test that exists."""

from __future__ import annotations

import pytest

from tests.faults.mutations import MUTATIONS, ROOT, SOURCE
from tests.faults.properties import PROPERTIES
from tests.faults.properties_page import PAGE, page

pytestmark = pytest.mark.once


def test_each_of_the_32_is_broken_by_something() -> None:
    assert list(PROPERTIES) == list(range(1, 33))
    assert {mutation.property for mutation in MUTATIONS} == set(PROPERTIES)


def test_every_place_that_is_to_be_broken_is_there_once() -> None:
    elsewhere = [
        mutation.breaks
        for mutation in MUTATIONS
        if (SOURCE / mutation.file).read_text(encoding="utf-8").count(mutation.old) != 1
    ]
    assert elsewhere == [], "bring these mutations up to date"


def test_every_test_that_is_to_notice_exists() -> None:
    missing = []
    for mutation in MUTATIONS:
        file, _colons, name = mutation.noticed_by.partition("::")
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8"):
            missing.append(mutation.noticed_by)
    assert missing == []


def test_the_page_says_so() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.faults.properties_page"
