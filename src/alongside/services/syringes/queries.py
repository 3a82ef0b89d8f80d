"""Questions about containers."""

from collections.abc import Mapping
from typing import Any

from alongside.services.syringes.models import Container


def containers_on_form() -> Mapping[str, Any]:
    return {"containers": Container.objects.filter(is_active=True)}


def syringes_when_full(program_id: int) -> dict[str, int]:
    rows = Container._base_manager.filter(program_id=program_id)
    return dict(rows.values_list("key", "syringes_when_full"))
