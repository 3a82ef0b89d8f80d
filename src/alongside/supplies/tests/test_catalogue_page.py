"""The docs list the catalogue that is shipped."""

import pytest

from alongside.supplies.models import Item
from tools import catalogue_page

pytestmark = pytest.mark.once


def test_the_page_is_current():
    written = catalogue_page.PAGE.read_text(encoding="utf-8")
    assert written == catalogue_page.page(), "run: python tools/catalogue_page.py"


def test_the_page_has_a_section_for_every_group():
    assert list(catalogue_page.TITLES) == list(Item.Group.values)
