"""Compile the indicators' Ibis expressions into SQL for every engine: src/alongside/reports/compiled/.

python tools/compile_indicators.py           write the files
python tools/compile_indicators.py --check   say whether they are current
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.indicators_page import set_up_django

if TYPE_CHECKING:
    from alongside.kernel.indicators import Facts, PeopleIndicator
    from alongside.reports.asking import Engine, Tallies

DIALECTS = {"sqlite": "sqlite", "postgresql": "postgres", "duckdb": "duckdb", "spark": "pyspark"}
HEADER = "-- Written by tools/compile_indicators.py from the services' indicators. Change those, then run it again.\n"
PLACES = {"": (), " by month": ("month", "is_year_only"), " by site": ("site_id",)}
FINEST = (" by month and site", ("month", "is_year_only", "site_id"))


def text_for(engine: Engine) -> str:
    """Django has to be set up."""
    import ibis

    from alongside.reports.asking import HEAD

    questions = ((name, ibis.to_sql(expression, dialect=DIALECTS[engine])) for name, expression in _questions(engine))
    return HEADER + "".join(f"\n{HEAD}{name}\n{sql}\n" for name, sql in questions)


def _questions(engine: Engine) -> Iterator[tuple[str, Any]]:
    """The ledger is asked month by month, so it need not tell months apart. The copy keeps who was seen in each."""
    from alongside.reports.asking import LEDGER, people_figures, tallies

    for each in tallies():
        yield each.name, _tallied(each, () if engine in LEDGER else ("month",))
    for name, indicator in people_figures().items():
        if engine in LEDGER:
            yield name, _seen(indicator, ())
        else:
            yield from ((f"{name}{how}", _people(indicator, keys)) for how, keys in [*PLACES.items(), FINEST])
            yield f"{name} seen", _seen(indicator, ("month",))


def _tallied(asked: Tallies, months: tuple[str, ...]) -> Any:
    facts = _table(asked.facts)
    values = {each.name: each.value(facts) for each in asked.indicators if each.value}
    return facts.group_by([*months, "is_year_only", "site_id", *filter(None, [asked.detail])]).agg(**values)


def _seen(indicator: PeopleIndicator, months: tuple[str, ...]) -> Any:
    rows = _rows_with_people(indicator)
    return rows.select(*months, "is_year_only", "site_id", "person").distinct()


def _people(indicator: PeopleIndicator, keys: tuple[str, ...]) -> Any:
    rows = _rows_with_people(indicator)
    counted = rows.person.nunique().name("people")
    return rows.group_by(list(keys)).agg(counted) if keys else rows.agg(counted)


def _rows_with_people(indicator: PeopleIndicator) -> Any:
    if indicator.facts is None:
        raise ValueError(f"{indicator.name} says not where its people were seen")
    rows = indicator.among(_table(indicator.facts))
    return rows.filter(rows.person.notnull())


def _table(facts: Facts) -> Any:
    import ibis

    from alongside.kernel.indicators import COMMON_COLUMNS

    return ibis.table({"month": "date", **COMMON_COLUMNS, **facts.columns}, name=facts.name)


def main() -> None:
    set_up_django()
    from alongside.reports.asking import COMPILED, Engine

    texts = {COMPILED / f"{engine}.sql": text_for(engine) for engine in Engine}
    if "--check" not in sys.argv:
        COMPILED.mkdir(exist_ok=True)
        for file, text in texts.items():
            file.write_text(text, encoding="utf-8")
    elif any(not file.exists() or file.read_text(encoding="utf-8") != text for file, text in texts.items()):
        sys.exit("src/alongside/reports/compiled is behind the indicators. Run: python tools/compile_indicators.py")


if __name__ == "__main__":
    main()
