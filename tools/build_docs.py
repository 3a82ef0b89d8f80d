"""Build `docs/` into `build/docs/site/`: every page, no warning, and nothing that a page would fetch from elsewhere.

The menu follows the folders, so a new page needs no entry anywhere. Within a section, `index.md` comes first.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
WORKSHOP = ROOT / "build" / "docs"
SITE = WORKSHOP / "site"

SECTIONS = {
    "Tutorials": "tutorials",
    "How to": "howto",
    "Services": "services",
    "Reference": "reference",
    "Why": "explanation",
    "Decisions": "decisions",
}

COLOUR = re.compile(r"\x1b\[[\d;]*m")
FETCHED = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"'\s>]+)")


def main() -> None:
    lay_out()
    zensical = Path(sys.executable).with_name("zensical")
    command = [zensical, "build", "--strict", "--clean", "--config-file", WORKSHOP / "zensical.toml"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        said = COLOUR.sub("", done.stdout + done.stderr.partition("Traceback")[0])
        sys.exit(said + "The docs have a warning (above).")
    if calls := calls_out():
        sys.exit("These pages would fetch something from elsewhere:\n" + "\n".join(calls))
    print(f"The docs are in {SITE.relative_to(ROOT)}/index.html.")


def lay_out() -> None:
    """A copy of the pages, beside the settings of `zensical.toml` with the menu put in."""
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    shutil.copytree(DOCS, WORKSHOP / "docs")
    menu = ",\n".join(f"  {{ {json.dumps(title)} = {json.dumps(entry)} }}" for title, entry in entries())
    settings = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    complete = settings.replace("[project]\n", f"[project]\nnav = [\n{menu}\n]\n", 1)
    (WORKSHOP / "zensical.toml").write_text(complete, encoding="utf-8")


def entries() -> list[tuple[str, str | list[str]]]:
    sections = [(title, pages_of(folder)) for title, folder in SECTIONS.items()]
    return [("Alongside", "index.md"), *((title, pages) for title, pages in sections if pages)]


def pages_of(folder: str) -> list[str]:
    pages = sorted((DOCS / folder).rglob("*.md"), key=lambda page: (page.name != "index.md", str(page)))
    return [page.relative_to(DOCS).as_posix() for page in pages]


def calls_out() -> list[str]:
    pages = sorted(SITE.rglob("*.html"))
    return [f"{page.name}: {url}" for page in pages for url in FETCHED.findall(page.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    main()
