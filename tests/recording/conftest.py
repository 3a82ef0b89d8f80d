"""The desk as a browser without JavaScript sees it."""

from tests.places import desk, place
from tests.platform.conftest import plain_assets

__all__ = ["desk", "place", "plain_assets"]
