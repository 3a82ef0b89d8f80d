"""Find words that Alongside does not use about people, in text and in names of code.

    python tools/words.py            every file of the project
    python tools/words.py FILE ...   these files

A line that has to cite such a word, because a source is called so, carries the mark `words:` and the reason.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = "words:"

LIST = ROOT / "tools" / "words.toml"
NEVER = tomllib.loads(LIST.read_text(encoding="utf-8"))


TEXT = {".html", ".md", ".po", ".txt", ".csv", ".svg", ".typ"}
CODE = {".py", ".pyi", ".js", ".mjs", ".css", ".sql", ".sh", ".toml", ".ini", ".yaml", ".yml", ".json", ".cfg", ".http"}
UNREAD = {ROOT / "package-lock.json", ROOT / "LICENSE", LIST}


def main() -> None:
    files = [Path(name).resolve() for name in sys.argv[1:]] or list(project_files())
    found = [fault for file in files for fault in faults_in(file)]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


def project_files() -> Iterator[Path]:
    """What git keeps or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return (ROOT / name for name in listed.splitlines() if (ROOT / name).is_file())


def faults_in(file: Path) -> Iterator[str]:
    if file in UNREAD or file.suffix not in TEXT | CODE or ROOT / "requirements" in file.parents:
        return
    rules = NEVER["everywhere"] | NEVER["text" if file.suffix in TEXT else "code"]
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if MARK not in line.lower():
            for word, instead in words_in(line, rules.items()):
                yield f"{file.relative_to(ROOT)}:{number}: “{word}”. Say: {instead}."


def words_in(line: str, rules: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Names of code are read as words: `lastVisit` and `last_visit` both say two."""
    spoken = re.sub(r"[_\-]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", line))
    for pattern, instead in rules:
        for match in re.finditer(rf"\b(?:{pattern})\b", spoken, re.IGNORECASE):
            yield match[0], instead


if __name__ == "__main__":
    main()
