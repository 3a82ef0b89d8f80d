"""Pages name their assets plainly in tests: gathering and hashing them is what `run` does."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from alongside.config import paths

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def plain_assets(settings: Settings) -> None:
    paths.make_private_folder(paths.static_folder())
    settings.STORAGES = settings.STORAGES | PLAIN
