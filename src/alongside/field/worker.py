"""The service worker's script: which files and pages a phone keeps, under which version."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache

from alongside.accounts.doors import open_to_all

FILES = (
    "desk/desk.css",
    "desk/desk.js",
    "desk/js/recording.js",
    "desk/mark.svg",
    "desk/vendor/atkinson-400.woff2",
    "desk/vendor/atkinson-700.woff2",
    "desk/vendor/icons.svg",
    "field/field.css",
    "field/js/phone.js",
)
PAGES = ("desk:record", "field:phone", "field:shift", "field:guide", "field:away")


@lru_cache(maxsize=1)
def kept_files() -> tuple[str, ...]:
    """The address of every file that a page of the phone app asks for; `config.static` puts modules together."""
    return tuple(static(name) for name in FILES)


@lru_cache(maxsize=1)
def app_version() -> str:
    """Changes when any of the files does, because their names carry their hash."""
    files = "\n".join((*kept_files(), static("field/js/worker.js")))
    return hashlib.sha256(files.encode()).hexdigest()[:12]


@open_to_all
@never_cache
def script(request: HttpRequest) -> HttpResponse:
    """Reads nothing of the request. Allowed to answer for the whole origin: the recording page is not below /field/."""
    kept = {
        "version": app_version(),
        "files": kept_files(),
        "pages": [reverse(name) for name in PAGES],
        "record": reverse("desk:record"),
        "away": reverse("field:away"),
        "static": settings.STATIC_URL,
        "changes": [reverse("set_language"), reverse("desk:choose_site"), reverse("desk:choose_theme")],
    }
    text = f'import {{ start }} from "{static("field/js/worker.js")}";\nstart({json.dumps(kept)});\n'
    return HttpResponse(text, content_type="text/javascript", headers={"Service-Worker-Allowed": "/"})
