"""Collected by `make test-spark` only: Spark wants Java, 760 MB and its time."""

import os

collect_ignore_glob = [] if os.environ.get("ALONGSIDE_TEST_SPARK") else ["test_*.py"]
