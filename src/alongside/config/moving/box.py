"""The file of a backup: a zip with a note, a key locked by the passphrase, and the contents locked by that key.

Both locks are age (age-encryption.org), so that a backup can be opened without Alongside. The contents have a key of
their own because they are larger than memory, and age's passphrase lock wants to hold all of it.
"""

from __future__ import annotations

import os
import threading
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pyrage

from alongside.config import paths
from alongside.kernel.errors import Refusal

NOTE, KEY, CONTENTS = "READ ME.txt", "key.age", "contents.age"
_GZIP = 31
_TOO_MUCH_WORK = "Excessive work"
_TRIES, _PAUSE_SECONDS = 20, 0.1
_NOTE_TEXT = """\
A backup of Alongside. To bring it back:

    alongside restore THIS-FILE

Without Alongside, with age (https://age-encryption.org) and the passphrase:

    age --decrypt --output key.txt key.age
    age --decrypt --identity key.txt contents.age | gunzip

The contents are one JSON document a line: a description of the whole, then each table's name, rows and end.
"""
NOT_A_BACKUP = "{} is not a backup of Alongside, or only a part of one. Copy it again from where it was made."
DAMAGED = "{} is damaged: what is in it can't be read to its end. Nothing was changed. Use another backup."


def new_private_file(place: Path) -> IO[bytes]:
    """Nobody else can read it, from its first byte on."""
    place.unlink(missing_ok=True)
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def write(file: Path, lines: Iterable[str], *, passphrase: str) -> None:
    """Write a whole new file or none at all, whatever happens on the way."""
    part = file.with_name(f".{file.name}.part")
    try:
        with new_private_file(part) as target:
            _fill(target, lines, passphrase)
            target.flush()
            os.fsync(target.fileno())
        os.link(part, file)
    except FileExistsError:
        raise Refusal(f"{file} is already there. Choose another name; a backup never replaces an older one.") from None
    finally:
        part.unlink(missing_ok=True)
    paths.sync_folder(file.parent)


@contextmanager
def opened(file: Path, *, passphrase: str) -> Iterator[Iterator[str]]:
    """The lines of a backup, as they are unlocked. The file is never on the disk in the clear."""
    try:
        with zipfile.ZipFile(file) as box:
            identity = _unlock_key(box.read(KEY), passphrase)
            with box.open(CONTENTS) as contents, _unlocking(contents, identity, file) as lines:
                yield lines
    except (zipfile.BadZipFile, KeyError, FileNotFoundError, IsADirectoryError):
        raise Refusal(NOT_A_BACKUP.format(file)) from None


def _fill(target: IO[bytes], lines: Iterable[str], passphrase: str) -> None:
    identity = pyrage.x25519.Identity.generate()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as box:
        box.writestr(NOTE, _NOTE_TEXT)
        box.writestr(KEY, _lock_key(identity, passphrase))
        with box.open(CONTENTS, "w", force_zip64=True) as contents:
            source, sink = _Source(_compressed(lines)), _Sink(contents)
            with _own_errors(source, sink):
                pyrage.encrypt_io(source, sink, [identity.to_public()])


def _lock_key(identity: Any, passphrase: str) -> bytes:
    """Slow on purpose: about a second for each passphrase that somebody tries."""
    return bytes(pyrage.passphrase.encrypt(str(identity).encode(), passphrase))


def _unlock_key(locked: bytes, passphrase: str) -> Any:
    """age refuses a lock that would take it 16 seconds, by a guess of two milliseconds: wrong on a busy computer."""
    for _try in range(_TRIES):
        try:
            return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(locked, passphrase).decode())
        except pyrage.DecryptError as error:
            if _TOO_MUCH_WORK not in str(error):
                raise Refusal(
                    "That is not the passphrase of this backup. "
                    "Look at capital letters, spaces and the keyboard's language."
                ) from None
        time.sleep(_PAUSE_SECONDS)
    raise Refusal(
        "This computer is too slow or too busy to unlock the backup, which was made on a faster one. "
        "Nothing was changed. Close other programs and try again, or use a faster computer."
    )


@contextmanager
def _unlocking(contents: IO[bytes], identity: Any, file: Path) -> Iterator[Iterator[str]]:
    """age pushes and we want to pull, so it works in a thread, with a pipe between us."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def unlock() -> None:
        with os.fdopen(writing, "wb") as sink, suppress(BrokenPipeError):
            try:
                pyrage.decrypt_io(contents, sink, [identity])
            except (OSError, pyrage.DecryptError, zipfile.BadZipFile) as error:
                failures.append(error)

    thread = threading.Thread(target=unlock, daemon=True)
    thread.start()
    with os.fdopen(reading, "rb") as source:
        yield _lines(source, file)
    thread.join()


def _lines(source: IO[bytes], file: Path) -> Iterator[str]:
    """age checks each piece before it lets it through, so what is read is what was written, up to where it ends."""
    unpacked, rest = zlib.decompressobj(_GZIP), b""
    try:
        while piece := source.read(1 << 16):
            *whole, rest = (rest + unpacked.decompress(piece)).split(b"\n")
            for line in whole:
                yield line.decode()
    except zlib.error:
        raise Refusal(DAMAGED.format(file)) from None
    if not unpacked.eof or rest:
        raise Refusal(DAMAGED.format(file))


def _compressed(lines: Iterable[str]) -> Iterator[bytes]:
    packer = zlib.compressobj(level=4, wbits=_GZIP)
    for line in lines:
        if piece := packer.compress(line.encode() + b"\n"):
            yield piece
    yield packer.flush()


class _Source:
    """Something to read from, which remembers why it failed: age only passes on the words."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


class _Sink:
    """Something to write to, which remembers why it failed."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.error: BaseException | None = None

    def write(self, piece: bytes) -> int:
        try:
            return self._target.write(piece)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._target.flush()


@contextmanager
def _own_errors(*ends: _Source | _Sink) -> Iterator[None]:
    try:
        yield
    except pyrage.EncryptError:
        for end in ends:
            if end.error is not None:
                raise end.error from None
        raise
