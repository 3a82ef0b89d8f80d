"""The docs define every figure."""

import pytest

from alongside.reports.catalogue import all_indicators
from alongside.reports.coverage import MEASURES, Measure
from tools import indicators_page

pytestmark = pytest.mark.once


def test_the_page_is_current() -> None:
    written = indicators_page.PAGE.read_text(encoding="utf-8")
    assert written == indicators_page.page(), "run: python tools/indicators_page.py"


@pytest.mark.parametrize("name", all_indicators())
def test_every_figure_has_words(name: str) -> None:
    indicator = all_indicators()[name]
    assert f"`{name}`, version {indicator.version}" in indicators_page.page()
    for words in (indicator.title, indicator.definition, indicator.source):
        assert str(words).strip()
    assert str(indicator.definition).endswith(".")
    assert str(indicator.source).endswith(".")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_level_of_coverage_has_words(measure: Measure) -> None:
    assert f"`{measure.name}`, version {measure.version}" in indicators_page.page()
    for words in (measure.definition, measure.denominator, measure.source):
        assert str(words).endswith(".")
