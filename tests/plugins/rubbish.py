"""Python looks for what is no longer used after every 700 new objects, again and again at the 3,000 tests themselves.
Here it looks more seldom, and what collecting has made is left alone: nothing of it goes before the end.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 20_000

gc.set_threshold(NEW_OBJECTS, 20, 20)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
