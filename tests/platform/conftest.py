"""Pages in these tests name their assets plainly: gathering and hashing them is what `run` does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from alongside.config import paths
from tests.platform.a_program import forget_everything

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def plain_assets(settings: Settings) -> None:
    paths.make_private_folder(paths.static_folder())
    settings.STORAGES = settings.STORAGES | PLAIN


@pytest.fixture
def tidy(transactional_db: None) -> Iterator[None]:
    """For tests with transactions of their own: Django can't empty tables that only grow."""
    yield
    forget_everything()
