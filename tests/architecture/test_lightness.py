"""The server stays small: what counts columns, sets paper or solves programmes is loaded where it is needed only."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.once
HEAVY = {"duckdb", "fsspec", "ibis", "numpy", "opendp", "openpyxl", "pandas", "scipy", "statsmodels", "typst", "altair"}
LOAD = """
import sys, django
django.setup()
import alongside.config.urls, alongside.config.jobs
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_server_loads_nothing_heavy() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "alongside.config.settings"}
    done = subprocess.run([sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())
