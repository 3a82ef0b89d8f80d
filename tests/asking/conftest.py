"""A desk, a phone and a text line whose questions can be taken out."""

from tests.places import desk, place
from tests.platform.conftest import plain_assets
from tests.sync.conftest import phone, send

__all__ = ["desk", "phone", "place", "plain_assets", "send"]
