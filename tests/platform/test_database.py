"""The database's address, as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from alongside.config import database
from alongside.kernel.errors import Refusal

pytestmark = pytest.mark.once


def test_without_an_address_it_is_the_encrypted_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ALONGSIDE_DATABASE_URL", raising=False)
    settings = database.from_environment()["default"]
    assert settings["ENGINE"] == database.SQLITE
    assert settings["NAME"] == str(tmp_path / "home" / "alongside.sqlite3")


def test_a_server_is_named_by_its_address() -> None:
    settings = database.from_url("postgresql://rosa:p%40ss@db.example:5433/along%20side?sslmode=require")
    assert (settings["USER"], settings["PASSWORD"], settings["HOST"]) == ("rosa", "p@ss", "db.example")
    assert (settings["PORT"], settings["NAME"]) == ("5433", "along side")
    assert settings["OPTIONS"]["sslmode"] == "require"


def test_a_server_can_be_a_socket() -> None:
    assert database.from_url("postgresql://rosa@/alongside?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("address", ["mysql://x/y", "alongside", "http://x"])
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(Refusal, match="postgresql://name:password@computer/database"):
        database.from_url(address)
