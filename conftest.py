"""What every test may use. `place` comes first: it decides on a database before Django reads its settings."""

import pytest

pytest_plugins = ["tests.plugins.place", "tests.plugins.assets", "tests.plugins.browser", "tests.plugins.server"]


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """What `page.goto("/")` is relative to. Only a test that opens a page starts the server."""
    return str(request.getfixturevalue("server").url)
