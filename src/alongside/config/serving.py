"""What runs inside each process of the server."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import click

from alongside.config.starting import start_django
from alongside.kernel.errors import Refusal


def load_program() -> None:
    start_django()
    from alongside.config import urls  # noqa: F401 (to be shared)


def prepare(*, demo: bool) -> None:
    """What `alongside prepare` does, for a process of its own."""
    from alongside.config import preparing

    try:
        preparing.prepare(demo=demo, echo=click.echo)
    except Refusal as refusal:
        click.echo(f"Error: {refusal}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def warm_up() -> None:
    """Load what the first page would load, so that processes which are forked from this one share it."""
    from django.db import connections
    from django.test import Client

    # Not before the assets are gathered: it looks once which ones there are.
    from alongside.config import wsgi  # noqa: F401 (to be shared)

    for language in ("en", "es"):
        Client(SERVER_NAME="127.0.0.1").get("/sign-in/", headers={"accept-language": language})
    connections.close_all()


def load(address: str, announced: Any) -> Callable[..., Any]:
    """Load the program, say once that it is there, and make sure that this process ends with its parent."""
    from alongside.config.wsgi import application

    threading.Thread(target=_end_with_parent, daemon=True).start()
    with announced.get_lock():
        if not announced.value:
            announced.value = 1
            sys.stdout.write(f"\nAlongside is running at {address}   (Ctrl-C stops it)\n")
            sys.stdout.flush()
    return application


def do_jobs() -> None:
    """Until SIGTERM, or until the parent is gone."""
    os.setsid()  # Ctrl-C is for the parent: it stops this process in its turn
    must_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: must_stop.set())
    threading.Thread(target=_end_with_parent, daemon=True).start()

    from alongside.config.jobs import JOBS
    from alongside.jobs.runner import Runner

    runner = Runner(JOBS)
    runner.start()
    must_stop.wait()
    runner.stop()


def _end_with_parent() -> None:
    """Also when the parent was killed and could say nothing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
