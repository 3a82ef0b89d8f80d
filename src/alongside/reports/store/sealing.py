"""The copy's files as DuckDB sees them: Parquet that is encrypted on the disk and never lies on it in the clear."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from fsspec import AbstractFileSystem

from alongside.encounters.importing.sealed import SealedWriter, open_sealed, sealed_size

PROTOCOL = "sealed"


def address(place: Path) -> str:
    """For between single quotes in a question."""
    return f"{PROTOCOL}://{place}".replace("'", "''")


class SealedFiles(AbstractFileSystem):
    """What DuckDB asks of a file system, and no more."""

    protocol = PROTOCOL
    cachable = False

    def open(self, path: str, mode: str = "rb", **_options: Any) -> IO[bytes] | _Draft:
        place = self._place(path)
        return _Draft(place) if "w" in mode else open_sealed(place)

    def exists(self, path: str, **_options: Any) -> bool:
        return self._place(path).exists()

    isfile = exists

    def glob(self, path: str, **_options: Any) -> list[str]:
        return [path] if self.exists(path) else []

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        return {"name": path, "size": sealed_size(self._place(path)), "type": "file"}

    def modified(self, path: str) -> datetime:
        return datetime.fromtimestamp(self._place(path).stat().st_mtime, tz=UTC)

    def _place(self, path: str) -> Path:
        return Path(self._strip_protocol(path))


class _Draft:
    """A file that is being written; it is whole when it was closed."""

    def __init__(self, place: Path) -> None:
        self._writer = SealedWriter(place)
        self._is_open = True

    def write(self, chunk: bytes) -> int:
        self._writer.write(bytes(chunk))
        return len(chunk)

    def tell(self) -> int:
        return self._writer.size

    def flush(self) -> None:
        """A piece is sealed when it is full."""

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._writer.finish()
