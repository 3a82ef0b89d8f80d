"""Questions about codes and participants."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from alongside.participants.models import CodeScheme
from alongside.participants.rules import RANDOM_SIZE, recipe_from
from alongside.sites.models import Program


@lru_cache(maxsize=1)
def code_key() -> bytes:
    """The HMAC key for codes: a file outside the database (settings.CODE_KEY reads it on first use)."""
    return bytes(settings.CODE_KEY())


def current_scheme(program: Program) -> CodeScheme:
    """How this program makes codes now; a program that never chose uses random cards."""
    scheme, _ = CodeScheme.objects.get_or_create(program=program, is_current=True)
    return scheme


def scheme_size(scheme: CodeScheme) -> int:
    """How many different codes there effectively are."""
    return recipe_from(scheme.recipe).size if scheme.kind == CodeScheme.Kind.RECIPE else RANDOM_SIZE
