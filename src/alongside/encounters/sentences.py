"""What validation found, in sentences a worker can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError


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


def _sentence(error: dict[str, Any]) -> str:
    limits = error.get("ctx", {})
    match error["type"]:
        case "greater_than_equal":
            return _("Write a number of %(limit)s or more.") % {"limit": limits["ge"]}
        case "greater_than":
            return _("Write a number above %(limit)s.") % {"limit": limits["gt"]}
        case "less_than_equal":
            return _("Write a number of %(limit)s or less.") % {"limit": limits["le"]}
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("Write a whole number, such as 10.")
        case "decimal_parsing" | "decimal_type" | "decimal_max_places" | "finite_number":
            return _("Write a number, such as 2 or 0.5.")
        case "string_too_long":
            return _("Shorten this to %(limit)s characters.") % {"limit": limits["max_length"]}
        case "missing":
            return _("This is needed.")
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return _("Write a date, such as 2026-03-31.")
        case "extra_forbidden":
            return _("This part of the form is not known here. Reload the page and enter it again.")
        case "value_error":
            return _(str(limits["error"]))
        case _:
            return _("Choose one of the answers offered.")
