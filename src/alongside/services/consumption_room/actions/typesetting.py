"""Sets the room's state on paper: reads JSON, writes a PDF. A program of its own, which knows nothing of the rest."""

from __future__ import annotations

import sys
from pathlib import Path

PAPER = Path(__file__).parent / "sheet.typ"


def main() -> None:
    import typst

    said = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(typst.compile(str(PAPER), format="pdf", sys_inputs={"said": said}))


if __name__ == "__main__":
    main()
