"""Writes docs/reference/properties.md: python -m tests.faults.properties_page"""

from __future__ import annotations

from tests.faults.mutations import MUTATIONS, ROOT
from tests.faults.properties import PROPERTIES

PAGE = ROOT / "docs" / "reference" / "properties.md"
HEAD = """# What the alarm and the room have to keep

Each property has tests that fail when it does not hold. That they do is shown by breaking it: `make mutations` changes
one place of the source at a time, in a copy, and sees whether the test beside it notices. This page is written by
`python -m tests.faults.properties_page`; a test fails when it is not current, when a property has no test, or when a
place that is to be broken is no longer there.

| | property | broken once so | noticed by |
|---|---|---|---|
"""


def page() -> str:
    lines = [
        f"| {mutation.property} | {PROPERTIES[mutation.property]} | {mutation.breaks.partition(' ')[2]} | "
        f"`{mutation.noticed_by}` |"
        for mutation in MUTATIONS
    ]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
