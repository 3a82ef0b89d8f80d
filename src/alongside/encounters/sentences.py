"""What validation found, in sentences a worker can act on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError


def sentences(error: ValidationError) -> dict[str, str]:
    """A sentence for each field that can't be taken, by the field's dotted path."""
    return {".".join(str(part) for part in each["loc"]): _sentence(dict(each)) for each in error.errors()}


def _sentence(error: dict[str, Any]) -> str:
    limits = error.get("ctx", {})
    match error["type"]:
        case "greater_than_equal":
            return _("Write a number of %(limit)s or more.") % {"limit": limits["ge"]}
        case "greater_than":
            return _("Write a number above %(limit)s.") % {"limit": limits["gt"]}
        case "less_than_equal":
            return _("Write a number of %(limit)s or less.") % {"limit": limits["le"]}
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size" | "decimal_parsing":
            return _("Write a whole number, such as 10.")
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
