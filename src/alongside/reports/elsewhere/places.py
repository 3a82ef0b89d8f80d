"""Where things lie in a folder of copies that were taken along."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import Facts

NAMES = ("column", "id", "name")


def names_file(folder: Path, program: str) -> Path:
    return folder / "names" / f"program={program}" / "names.csv"


def programs_in(folder: Path) -> list[str]:
    """The programs whose copies are whole. Raises Refusal if there is none."""
    found = sorted(file.parent.name.removeprefix("program=") for file in folder.glob("names/program=*/names.csv"))
    if not found:
        raise Refusal(f"No copy is in {folder}. `alongside analytics export {folder}` puts one there.")
    return found


def has_rows(folder: Path, facts: Facts) -> bool:
    """A copy that an earlier version took along may lack a table."""
    return next((folder / facts.name).glob("program=*/month=*/*.parquet"), None) is not None


def read_names(folder: Path) -> Mapping[tuple[str, str], str]:
    """What an id of a column stands for; ids say whose they are: ("item_id", "harbor/12")."""
    found: dict[tuple[str, str], str] = {}
    for program in programs_in(folder):
        with names_file(folder, program).open(encoding="utf-8", newline="") as file:
            found |= {(row["column"], f"{program}/{row['id']}"): row["name"] for row in csv.DictReader(file)}
    return found
