from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django_scopes import scopes_disabled

from tests.checkins.covering import Covered, cover


@pytest.fixture
def covered(db: None, tmp_path: Path) -> Iterator[Covered]:
    cache.clear()
    with scopes_disabled():
        yield cover(tmp_path / "plans")
