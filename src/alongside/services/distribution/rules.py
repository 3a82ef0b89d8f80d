"""What handing out supplies means, without a database."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from alongside.kernel.services import Payload

KIND = "distribution.supplies_given"
Quantity = Annotated[int, Field(ge=1, le=100_000)]


class SuppliesGiven(Payload):
    """Items by catalogue key, in the item's own unit."""

    items: Annotated[dict[str, Quantity], Field(min_length=1, max_length=200)]
