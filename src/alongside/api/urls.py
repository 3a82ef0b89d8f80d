"""The door for machines. Every address is guarded like a page: who may open it is said here, or it opens for nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, path
from ninja import NinjaAPI

from alongside import __version__
from alongside.accounts.doors import needs, while_locked
from alongside.api import texts
from alongside.api.schemas import Upload
from alongside.api.sync import SYNC, router

PERMISSIONS = {SYNC: "contacts.record"}
_BODIES = Upload.model_json_schema(ref_template="#/components/schemas/{model}")

api = NinjaAPI(
    title="Alongside",
    version=__version__,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    openapi_extra={"components": {"schemas": {**_BODIES.pop("$defs"), "Upload": _BODIES}}},
)
api.add_router("/sync", router)


def _guarded() -> Iterator[URLPattern]:
    """Ninja's own views, with the marks of ours: a permission, Django's check of the CSRF token, and no idle lock.

    Nothing that somebody left unlocked can be seen here, and a phone has to deliver what it holds.
    """
    for each in api.urls[0]:
        if isinstance(each, URLPattern) and each.name in PERMISSIONS:
            yield path(str(each.pattern), _marked(each.callback, PERMISSIONS[each.name]), name=each.name)


def _marked(view: Callable[..., Any], permission: str) -> Callable[..., Any]:
    view.csrf_exempt = False  # type: ignore[attr-defined]
    return while_locked(needs(permission)(view))


app_name = "api"
urlpatterns = [*_guarded(), path("texts/<uuid:line_id>/", texts.receive, name="texts")]
