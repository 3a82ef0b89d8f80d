"""What the lines of a backup say: first about the whole, then each table's name, rows and end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT = 1


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    def line(self) -> str:
        return self.model_dump_json()


class Manifest(_Line):
    """The first line."""

    format: int = FORMAT
    alongside: str
    made_at: str
    database: str
    migrations: list[tuple[str, str]]
    rows: dict[str, int]
    #: The keys without which the contents are worth less. The whole file is locked by the passphrase.
    keys: dict[str, str] = Field(repr=False)


class TableStart(_Line):
    """Before the rows of a table."""

    table: str
    columns: list[str]


class TableEnd(_Line):
    """After the rows of a table: what there should have been."""

    end_of: str
    rows: int
    digest: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class End(_Line):
    """The last line."""

    tables: int


class NotWhole(Exception):
    """A line is missing or is not what should stand there."""


_Kind = TypeVar("_Kind", bound=_Line)


def read_line(kind: type[_Kind], lines: Iterator[str]) -> _Kind:
    try:
        return kind.model_validate_json(next(lines))
    except (StopIteration, ValidationError):
        raise NotWhole from None


def rows_until_end(lines: Iterator[str], last: list[TableEnd]) -> Iterator[str]:
    """The rows of the table whose start was just read. Puts the line that ends them into `last`."""
    for line in lines:
        if not line.startswith("["):
            last.append(read_line(TableEnd, iter([line])))
            return
        yield line
    raise NotWhole
