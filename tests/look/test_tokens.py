"""The colours: both dark blocks agree, and every text stands out from what it stands on."""

import gzip
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

STATIC = Path(__file__).parents[2] / "src" / "alongside" / "desk" / "static" / "desk"
TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
TEXT_ON = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink-soft", "paper"), ("ink-soft", "surface"),
    ("accent", "paper"), ("accent", "surface"), ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("on-accent-soft", "accent-soft"), ("accent", "accent-soft"), ("on-side", "side"), ("on-side-soft", "side"),
    ("on-side", "side-raised"), ("on-warm", "warm"), ("on-warm", "warm-strong"), ("on-danger", "danger"),
    ("on-danger", "danger-strong"), ("on-ok", "ok-soft"), ("on-warn", "warn-soft"), ("on-error", "error-soft"),
    ("on-error", "surface"), ("on-error", "paper"), ("on-info", "info-soft"),
]  # fmt: skip
EDGE_ON = [
    ("line-strong", "surface"),
    ("line-strong", "paper"),
    ("focus", "surface"),
    ("focus", "paper"),
    ("danger", "surface"),
]


def block(start: str) -> dict[str, str]:
    body = TOKENS[TOKENS.index(start) :].split("{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (.+);", body))


LIGHT = block('[data-theme="light"] {')
DARK = block('[data-theme="dark"] {')


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_what_the_device_asks_for_is_what_the_choice_gives() -> None:
    assert block(":root:not([data-theme]) {") == DARK
    assert LIGHT.keys() == DARK.keys()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_ON)
def test_edges_and_focus_can_be_seen(theme: dict[str, str], edge: str, ground: str) -> None:
    assert contrast(theme[edge], theme[ground]) >= 3


def test_the_whole_look_is_under_100_kilobytes() -> None:
    texts = [file for kind in ("*.css", "*.js") for file in STATIC.rglob(kind)]
    if not (STATIC / "vendor" / "htmx.min.js").exists():
        pytest.skip("The front-end packages are not built; make run builds them.")
    compressed = sum(len(gzip.compress(file.read_bytes())) for file in texts)
    font = (STATIC / "vendor" / "atkinson-400.woff2").stat().st_size
    assert compressed + font < 100_000
