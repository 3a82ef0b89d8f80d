"""Who may import whom (`.importlinter`), and names that reach past it (ruff's banned-api)."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.layers import ROOT, heights


def test_imports_keep_to_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_layers_are_read_from_the_contract() -> None:
    height = heights()
    assert height["config"] > height["desk"] == height["api"] > height["services"] > height["kernel"]


def test_ways_round_the_linter_are_banned() -> None:
    """Guard the guard: each of these lines has to be refused outside the registry's loader."""
    attacks = (
        "from importlib import import_module\nimport_module('alongside.services.naloxone')\n",
        "from django.utils.module_loading import import_string\nimport_string('x')\n",
        "from django.apps import apps\napps.get_model('naloxone', 'Reversal')\n",
        "from django.dispatch import receiver\nprint(receiver)\n",
        "from django.db.models.signals import post_save\nprint(post_save)\n",
    )
    for attack in attacks:
        assert "TID251" in _ruff(attack, "src/alongside/desk/pages.py"), attack
        assert "TID251" not in _ruff(attack, "src/alongside/encounters/apps.py")


def _ruff(code: str, pretended_path: str) -> str:
    ruff = Path(sys.executable).with_name("ruff")
    command = [ruff, "check", "--no-cache", "--output-format=concise", "--stdin-filename", pretended_path, "-"]
    return subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False).stdout
