"""Sets something on paper: reads JSON, writes a PDF. A program of its own, which knows nothing of the rest.

Its one argument is the sheet, a file of typst.
"""

from __future__ import annotations

import sys


def main() -> None:
    import typst

    said = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(typst.compile(sys.argv[1], format="pdf", pdf_standards=["ua-1"], sys_inputs={"said": said}))


if __name__ == "__main__":
    main()
