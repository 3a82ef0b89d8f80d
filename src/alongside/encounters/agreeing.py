"""Answers that only help while a form is filled in: they are kept if somebody agreed, and else read by nobody."""

from __future__ import annotations

from django.http import QueryDict

from alongside.encounters.registry import registry


def without_what_nobody_agreed_to(form: QueryDict) -> QueryDict:
    """The form as it may be read and kept. The same object if there is nothing to leave out."""
    starts = tuple(
        f"{kind.name}."
        for kind in registry.kinds.values()
        if kind.kept_if and not form.get(f"{kind.name}.{kind.kept_if}", "").strip()
    )
    private = [name for name in form if name.startswith(starts)]
    if not private:
        return form
    kept = form.copy()
    for name in private:
        del kept[name]
    return kept
