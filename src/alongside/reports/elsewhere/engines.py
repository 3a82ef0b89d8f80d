"""The two engines that count copies taken along: DuckDB on one computer, Apache Spark on as many as there are.

Both see the same tables, written in the words that both understand. Ids say whose they are ("harbor/12"), so that one
question counts all programs and nobody's site 12 is somebody else's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import COMMON_COLUMNS, Facts
from alongside.reports.asking import Engine, compiled
from alongside.reports.elsewhere.places import has_rows

SPARK_ON_THIS_COMPUTER = "local[*]"
SPARK_MEMORY = "2g"
_TYPES = {"date": "DATE", "int64": "BIGINT", "string": "STRING"}


class Counter(Protocol):
    """Sees one year of one table at a time and answers the compiled questions about it."""

    def see(self, facts: Facts, year: int) -> None: ...

    def ask(self, question: str) -> Iterable[Mapping[str, Any]]: ...


class DuckDB:
    def __init__(self, folder: Path, connection: Any) -> None:
        self._folder, self._connection = folder, connection

    def see(self, facts: Facts, year: int) -> None:
        files = str(self._folder / facts.name / "program=*" / "month=*" / "*.parquet").replace("'", "''")
        rows = f"read_parquet('{files}', hive_partitioning = true, hive_types_autocast = false)"
        chosen = _chosen(facts, rows, year, '"') if has_rows(self._folder, facts) else _none(facts, '"')
        self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{facts.name}" AS {chosen}')

    def ask(self, question: str) -> Iterator[Mapping[str, Any]]:
        answer = self._connection.execute(compiled(Engine.DUCKDB)[question])
        heads = [column[0] for column in answer.description or ()]
        return (dict(zip(heads, row, strict=True)) for row in answer.fetchall())


class Spark:
    def __init__(self, folder: Path, session: Any) -> None:
        self._folder, self._session = folder, session

    def see(self, facts: Facts, year: int) -> None:
        chosen = _none(facts, "`")
        if has_rows(self._folder, facts):
            rows = self._session.read.option("basePath", str(self._folder / facts.name))
            rows.parquet(str(self._folder / facts.name)).createOrReplaceTempView(f"{facts.name}_read")
            chosen = _chosen(facts, f"`{facts.name}_read`", year, "`")
        self._session.sql(f"CREATE OR REPLACE TEMP VIEW `{facts.name}` AS {chosen}")

    def ask(self, question: str) -> Iterator[Mapping[str, Any]]:
        return (row.asDict() for row in self._session.sql(compiled(Engine.SPARK)[question]).collect())


@contextmanager
def duckdb_over(folder: Path) -> Iterator[Counter]:
    import duckdb

    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as engine:
        yield DuckDB(folder, engine)


@contextmanager
def spark_over(folder: Path, *, master: str = SPARK_ON_THIS_COMPUTER) -> Iterator[Counter]:
    """Raises Refusal where Spark or Java is missing."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Refusal("Spark is not installed here. Install it with: pip install 'alongside[spark]'") from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise Refusal("Spark needs Java 17 or newer, and there is none here. Install it, or set JAVA_HOME.")
    settings: dict[str, Any] = {
        "spark.driver.memory": SPARK_MEMORY,
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.sql.ansi.enabled": "true",
        "spark.ui.enabled": "false",
    }
    if master.startswith("local"):
        settings["spark.sql.shuffle.partitions"] = os.cpu_count() or 1
    session = SparkSession.builder.appName("alongside").master(master).config(map=settings).getOrCreate()
    try:
        yield Spark(folder, session)
    finally:
        session.stop()


def _chosen(facts: Facts, rows: str, year: int, quote: str) -> str:
    columns = ", ".join(f"{_column(name, quote)} AS {quote}{name}{quote}" for name in _columns(facts))
    month = f"{quote}month{quote}"
    within = f"{month} BETWEEN '{year}-01-01' AND '{year}-12-31'"
    return f"SELECT CAST({month} AS DATE) AS {month}, {columns} FROM {rows} WHERE {within}"


def _column(name: str, quote: str) -> str:
    plain = f"{quote}{name}{quote}"
    is_whose = name == "person" or name.endswith("_id")
    return f"{quote}program{quote} || '/' || CAST({plain} AS STRING)" if is_whose else plain


def _none(facts: Facts, quote: str) -> str:
    columns = {"month": "date", **_columns(facts)}.items()
    chosen = (f"CAST(NULL AS {_TYPES[kind]}) AS {quote}{name}{quote}" for name, kind in columns)
    return f"SELECT {', '.join(chosen)} WHERE FALSE"


def _columns(facts: Facts) -> dict[str, str]:
    return {**COMMON_COLUMNS, **facts.columns}
