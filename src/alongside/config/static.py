"""Static files with a hash in their name, also inside ES modules; what pages ask for comes as one file each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from alongside.config.bundling import bundled_module, bundled_styles

ENTRIES = ("desk/desk.css", "desk/desk.js", "desk/js/recording.js", "field/js/phone.js", "field/js/worker.js")


class ModuleStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[Any]:
        """Instead of what the entries were copied from, what is hashed is their bundles."""
        bundles = {name: self._bundled(name, paths) for name in ENTRIES if name in paths}
        for name, text in bundles.items():
            self.delete(name)
            self._save(name, ContentFile(text.encode()))
            paths[name] = (self, name)
        yield from super().post_process(paths, **options)

    def _bundled(self, name: str, paths: dict[str, Any]) -> str:
        def read(part: str) -> str:
            storage, path = paths[part]
            with storage.open(path) as file:
                return str(file.read().decode())

        return (bundled_styles if name.endswith(".css") else bundled_module)(name, read)
