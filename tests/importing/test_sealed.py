"""Files that wait show nothing to whoever takes the disk."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from alongside.encounters.importing.sealed import PIECE_BYTES, open_sealed, write_sealed
from alongside.kernel.errors import Refusal

pytestmark = pytest.mark.once


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
def test_what_is_sealed_comes_back_from_any_place(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    assert write_sealed(tmp_path / "x", [content[:7], content[7:]]) == size
    with open_sealed(tmp_path / "x") as file:
        assert file.read() == content
        file.seek(size // 2)
        assert file.read(100) == content[size // 2 : size // 2 + 100]
        assert file.seek(0, io.SEEK_END) == size


def test_nothing_readable_is_on_the_disk(tmp_path: Path) -> None:
    write_sealed(tmp_path / "x", [b"K7M2XQ9 was here " * 10_000])
    assert b"K7M2XQ9" not in (tmp_path / "x").read_bytes()
    assert (tmp_path / "x").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:PIECE_BYTES], lambda b: b[:-9] + b"x" + b[-8:], lambda b: b[:16]]
)
def test_a_file_that_was_changed_or_cut_is_refused(tmp_path: Path, spoil) -> None:
    place = tmp_path / "x"
    write_sealed(place, [b"lines\n" * 30_000])
    place.write_bytes(spoil(place.read_bytes()))
    with pytest.raises(Refusal), open_sealed(place) as file:
        file.read()


def test_a_file_that_is_gone_is_refused_and_a_failed_one_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no longer here"):
        open_sealed(tmp_path / "x")

    def pieces():
        yield b"half"
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        write_sealed(tmp_path / "y", pieces())
    assert list(tmp_path.iterdir()) == []
