"""What a program gives back: which figures, in whose words, and which of them need noise."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from alongside.kernel.indicators import Indicator
from alongside.reports.catalogue import all_indicators
from alongside.reports.funders.publishing import PROTECTED

FILE = Path(__file__).parent / "give-back.toml"


@dataclass(frozen=True, kw_only=True)
class Given:
    """A figure of the public page."""

    indicator: Indicator
    icon: str
    title: str
    title_es: str

    @property
    def name(self) -> str:
        return self.indicator.name

    @property
    def local_title(self) -> str:
        return self.title_es if (get_language() or "").startswith("es") else self.title

    @property
    def needs_noise(self) -> bool:
        return self.indicator.unit in PROTECTED


@cache
def figures_given() -> tuple[Given, ...]:
    """In the order they are shown. KeyError for a figure that does not exist."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["figure"]
    return tuple(
        Given(
            indicator=all_indicators()[row["indicator"]],
            icon=row["icon"],
            title=row["title"],
            title_es=row["title_es"],
        )
        for row in rows
    )
