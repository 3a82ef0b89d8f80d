"""Questions about naloxone."""

from collections.abc import Mapping
from typing import Any

from alongside.services.naloxone.rules import KIT_GIVEN
from alongside.supplies.models import Item


def products_on_form() -> Mapping[str, Any]:
    return {"products": Item.objects.filter(is_active=True, recorded_as=KIT_GIVEN, doses__gt=0)}
