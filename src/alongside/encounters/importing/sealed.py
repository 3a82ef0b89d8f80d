"""Files that wait in the home folder, encrypted: a spreadsheet on a seized disk shows nothing.

AES-256-GCM in pieces, so that a file can be read from any place. The key of each file comes from the program's own
secret and the file's random salt (HKDF); each piece is bound to its place, and the last one to being the last.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE_BYTES = 64 * 1024
_SALT_BYTES = 16
_TAG_BYTES = 16


class SealedWriter:
    """Encrypts what it is given into a file that only `keep` makes whole; closed without it, nothing stays."""

    def __init__(self, draft: Path) -> None:
        self.draft = draft
        self.size = 0
        salt = os.urandom(_SALT_BYTES)
        self._cipher = _cipher(salt)
        self._file = os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._file.write(salt)
        self._held = bytearray()
        self._index = 0

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._held += chunk
        while len(self._held) > PIECE_BYTES:
            self._seal(bytes(self._held[:PIECE_BYTES]), is_last=False)
            del self._held[:PIECE_BYTES]

    def finish(self) -> None:
        """Seal the last piece: from here on the draft can be read."""
        self._seal(bytes(self._held), is_last=True)
        self._held.clear()
        self._file.close()

    def keep(self, place: Path) -> None:
        self.draft.replace(place)

    def discard(self) -> None:
        self._file.close()
        self.draft.unlink(missing_ok=True)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._index, is_last=is_last), piece, None))
        self._index += 1


def write_sealed(place: Path, pieces: Iterable[bytes]) -> int:
    """Write what `pieces` hold, and answer how many bytes that was. The file appears whole or not at all."""
    writer = SealedWriter(place.with_suffix(".part"))
    try:
        for piece in pieces:
            writer.write(piece)
        writer.finish()
        writer.keep(place)
    finally:
        writer.discard()
    return writer.size


def open_sealed(place: Path) -> io.BufferedReader:
    """The file as it was, seekable. Raises Refusal if it is gone or was made with another key."""
    try:
        return io.BufferedReader(_Sealed(place), buffer_size=PIECE_BYTES)
    except FileNotFoundError:
        raise _gone() from None


def sealed_size(place: Path) -> int:
    """How many bytes the file holds; nothing of it is read."""
    return max(0, _count_and_size(place)[1])


def _count_and_size(place: Path) -> tuple[int, int]:
    """How many pieces, and what they hold; less than nothing if the file was cut."""
    sealed = place.stat().st_size - _SALT_BYTES
    count = max(1, -(-sealed // (PIECE_BYTES + _TAG_BYTES)))
    return count, sealed - count * _TAG_BYTES


class _Sealed(io.RawIOBase):
    """Reads pieces as they are needed; the last one read stays in memory."""

    def __init__(self, place: Path) -> None:
        self._file = place.open("rb")
        self._cipher = _cipher(self._file.read(_SALT_BYTES))
        self._count, self._size = _count_and_size(place)
        if self._size < 0:
            self._file.close()
            raise _gone()
        self._position = 0
        self._index, self._piece = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        if self._position >= self._size:
            return 0
        index, start = divmod(self._position, PIECE_BYTES)
        found = self._piece_at(index)[start : start + len(target)]
        target[: len(found)] = found
        self._position += len(found)
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece_at(self, index: int) -> bytes:
        if index != self._index:
            self._file.seek(_SALT_BYTES + index * (PIECE_BYTES + _TAG_BYTES))
            sealed = self._file.read(PIECE_BYTES + _TAG_BYTES)
            try:
                self._piece = self._cipher.decrypt(_nonce(index, is_last=index == self._count - 1), sealed, None)
            except InvalidTag:
                raise _gone() from None
            self._index = index
        return self._piece


def _nonce(index: int, *, is_last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([is_last])


def _cipher(salt: bytes) -> AESGCM:
    secret = settings.SECRET_KEY.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"alongside waiting file").derive(secret))


def _gone() -> Refusal:
    return Refusal(_("The file is no longer here. Choose it again."))
