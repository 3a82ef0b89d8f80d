"""PDFs, set by typst in a process of its own: it is not needed often enough to keep it in the server's memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal

TYPESETTING = "alongside.reports.typesetting"
SECONDS = 60


def set_on_paper(said: Mapping[str, Any], *, paper: Path) -> bytes:
    """A PDF of what is said, on this sheet. Raises Refusal with a sentence."""
    command = [sys.executable, "-m", TYPESETTING, str(paper)]
    done = subprocess.run(  # noqa: S603 (our own)
        command, input=json.dumps(dict(said)).encode(), capture_output=True, check=False, timeout=SECONDS
    )
    if done.returncode:
        raise Refusal(_("The PDF could not be made. The other files can; try again, or tell whoever looks after this."))
    return done.stdout
