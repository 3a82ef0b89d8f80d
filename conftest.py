"""What every test may use. `place` comes first: it decides on a database before Django reads its settings."""

import pytest
from django.utils import translation
from hypothesis import settings

# A busy computer is no fault of a rule.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

PLUGINS = ("place", "assets", "browser", "server", "homes", "tables", "figures", "rubbish", "sharing")
pytest_plugins = [f"tests.plugins.{name}" for name in PLUGINS]


def pytest_runtest_setup() -> None:
    """Whoever asked for a page in Spanish before left this thread in Spanish."""
    translation.deactivate()


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """What `page.goto("/")` is relative to. Only a test that opens a page starts the server."""
    return str(request.getfixturevalue("server").url)
