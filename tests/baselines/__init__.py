"""Committed snapshots: a change of one of them is a diff that somebody reads.

`ALONGSIDE_UPDATE_BASELINES=1 pytest …` writes them anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
UPDATE = "ALONGSIDE_UPDATE_BASELINES"


def compare(name: str, found: Any) -> None:
    """Fail if `found` is not what the file holds."""
    file = FOLDER / f"{name}.json"
    if os.environ.get(UPDATE):
        file.write_text(as_text(found), encoding="utf-8")
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    assert as_text(found) == kept, f"{name} changed. If that is meant, set {UPDATE}=1 and commit the difference."


def as_text(found: Any) -> str:
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"
