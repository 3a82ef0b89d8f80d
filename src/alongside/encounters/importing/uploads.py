"""Files on their way in: encrypted before they touch the disk, in place of Django's plain temporary files."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from alongside.encounters.importing import files
from alongside.encounters.importing.sealed import SealedWriter, open_sealed
from alongside.encounters.importing.sheets import MOST_BYTES


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # not generic where it runs
    """An uploaded file whose bytes are encrypted on disk and gone when the request is over."""

    def __init__(self, writer: SealedWriter, **about: Any) -> None:
        super().__init__(open_sealed(writer.draft), **about)
        self._writer = writer

    def close(self) -> None:
        super().close()
        self._writer.discard()


class SealedUploadHandler(FileUploadHandler):
    """Takes any file up to what an import can read. Of a larger one it keeps nothing but the size."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._writer = SealedWriter(files.folder() / f"upload-{uuid4()}.part")
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size <= MOST_BYTES:
            self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self._writer.finish()
        return SealedUpload(
            self._writer,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        self._writer.discard()
