"""What runs inside each process of the server."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize
from typing import Any


def load_program() -> Callable[..., Any]:
    from alongside.config.wsgi import application

    return application


def load(address: str, announced: Any, *, runner_inside: bool) -> Callable[..., Any]:
    """Load the program, say once that it is there, and make sure that this process ends with its parent."""
    application = load_program()
    if runner_inside:
        _start_runner()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with announced.get_lock():
        if not announced.value:
            announced.value = 1
            sys.stdout.write(f"\nAlongside is running at {address}   (Ctrl-C stops it)\n")
            sys.stdout.flush()
    return application


def _start_runner() -> None:
    from alongside.config.jobs import JOBS
    from alongside.jobs.runner import Runner

    runner = Runner(JOBS)
    runner.start()
    Finalize(None, runner.stop, exitpriority=1)


def _end_with_parent() -> None:
    """Also when the parent was killed and could say nothing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
