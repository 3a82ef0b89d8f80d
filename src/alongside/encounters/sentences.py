"""What validation found, in sentences a worker can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

SENTENCES = {
    "greater_than_equal": gettext_lazy("Write a number of %(limit)s or more."),
    "greater_than": gettext_lazy("Write a number above %(limit)s."),
    "less_than_equal": gettext_lazy("Write a number of %(limit)s or less."),
    "int_parsing": gettext_lazy("Write a whole number, such as 10."),
    "decimal_parsing": gettext_lazy("Write a number, such as 2 or 0.5."),
    "string_too_long": gettext_lazy("Shorten this to %(limit)s characters."),
    "missing": gettext_lazy("This is needed."),
    "date_parsing": gettext_lazy("Write a date, such as 2026-03-31."),
    "extra_forbidden": gettext_lazy("This part of the form is not known here. Reload the page and enter it again."),
}
OTHERWISE = gettext_lazy("Choose one of the answers offered.")
SAME_AS = {
    "int_type": "int_parsing",
    "int_from_float": "int_parsing",
    "int_parsing_size": "int_parsing",
    "decimal_type": "decimal_parsing",
    "decimal_max_places": "decimal_parsing",
    "finite_number": "decimal_parsing",
    "date_type": "date_parsing",
    "date_from_datetime_parsing": "date_parsing",
}


def sentences(error: ValidationError, payload: Mapping[str, Any]) -> dict[str, str]:
    """A sentence for each field of `payload` that can't be taken, by the field's dotted path."""
    found: dict[str, str] = {}
    for each in error.errors():
        found.setdefault(_place(each["loc"], payload), _sentence(dict(each)))
    return found


def _place(path: Sequence[int | str], payload: Any) -> str:
    """The part of the path that was entered: pydantic goes on with which reading of a value it tried."""
    parts = []
    for part in path:
        if not isinstance(payload, Mapping):
            break
        parts.append(str(part))
        payload = payload.get(part)
    return ".".join(parts)


def _sentence(error: Mapping[str, Any]) -> str:
    """pydantic names the kind of fault and, under `ctx`, the limit that was passed."""
    if error["type"] == "value_error":
        return _(str(error["ctx"]["error"]))
    kind = SAME_AS.get(error["type"], error["type"])
    limit = next(iter(error.get("ctx", {}).values()), "")
    return str(SENTENCES.get(kind, OTHERWISE)) % {"limit": limit}
