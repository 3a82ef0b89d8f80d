"""Write docs/reference/indicators.md from what the program counts.

python tools/indicators_page.py           write the page
python tools/indicators_page.py --check   say whether it is current
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from os import environ
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "indicators.md"

INTRODUCTION = """\
# Figures

What **Reports** counts, and what each figure leaves out. People, contacts, and people reached through others are three
different numbers and are never added up; [why](../explanation/three-numbers.md).

How all of them are counted:

- Only what counts today is in: a contact that was corrected counts as corrected, one that was undone does not count.
- Kits are counted as the items they hold. What was said to be for each of several people counts once for each.
- A day is a day at the program, in its own time zone.
- Records of which only the year is known are shown as “2015, month not recorded” and are never put into January. A
  period that holds only part of that year leaves them out, and says how many.
- An estimate says that it is one, why, and how far off it may be where that is known.

## The long form (CSV)

One row for each number. `level` says what it is for: `total`, `month`, `site`, `detail` (an item, a service, an
outcome) or `finest` (month, site and detail together). Add up rows of one level only, and never those of people or the
services of contacts: they overlap. `year` without `month` is a year whose month was not recorded. `low` and `high` are
the interval of an estimate. Columns: {columns}.

## The figures
"""

COVERAGE = """\
## Coverage and surveys

Shares and ratios, shown under **Reports → Coverage** and in reports for funders, each with how many are in it and how
many were not asked; [why three of them](../explanation/coverage.md). Nothing here is added up.
"""


def page() -> str:
    """Django has to be set up; the page is in English."""
    from alongside.reports.catalogue import all_indicators
    from alongside.reports.exports.tables import LONG_FORM

    head = INTRODUCTION.format(columns=", ".join(f"`{column}`" for column in LONG_FORM))
    return "\n".join([head, *(_section(name) for name in all_indicators()), COVERAGE, *_coverage()])


def _coverage() -> Iterator[str]:
    from alongside.reports.coverage import MEASURES
    from alongside.reports.funders import surveyed

    for each in (*MEASURES, *surveyed.MEASURES):
        lines = (
            f"- **Name:** `{each.name}`, version {each.version}",
            f"- **Out of:** {each.denominator}",
            f"- **Counted from:** {each.source}",
        )
        yield f"### {each.title}\n\n{each.definition}\n\n" + "\n".join(lines) + "\n"


def _section(name: str) -> str:
    from alongside.reports.catalogue import all_indicators

    indicator = all_indicators()[name]
    lines = "".join(f"- **{term}:** {text}\n" for term, text in _facts(name))
    return f"### {indicator.title}\n\n{indicator.definition}\n\n{lines}"


def _facts(name: str) -> Iterator[tuple[str, str]]:
    from alongside.reports.catalogue import all_indicators
    from alongside.reports.wording import UNITS

    every = all_indicators()
    indicator = every[name]
    yield "Name", f"`{name}`, version {indicator.version}"
    yield "Unit", str(UNITS[indicator.unit])
    yield "Counted from", str(indicator.source)
    if indicator.part_of:
        yield "Part of", str(every[indicator.part_of].title)
    if indicator.only_beside:
        yield "Shown", "beside other figures"
    if indicator.for_funders:
        yield "Shown", "in reports for funders and in files"
    if indicator.denominator:
        yield "Out of", str(every[indicator.denominator.indicator].title)
    if indicator.beside:
        yield "Said beside it", "; ".join(str(every[each.indicator].title) for each in indicator.beside)
    if indicator.details_from:
        yield "Broken down by", str(every[indicator.details_from].detail_title)
    elif indicator.detail_title:
        yield "Broken down by", str(indicator.detail_title)
    if indicator.estimate_reason:
        yield "An estimate", str(indicator.estimate_reason)


def main() -> None:
    set_up_django()
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/reference/indicators.md is behind the program. Run: python tools/indicators_page.py")


def set_up_django() -> None:
    """In a folder of its own: no database and no keys of anybody are touched."""
    environ["ALONGSIDE_HOME"] = tempfile.mkdtemp(prefix="alongside-page-")
    environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.config.settings")
    import django

    django.setup()


if __name__ == "__main__":
    main()
