"""The real processes of the alarm on a test's database, to be killed; and a database server to be killed too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil
from django.db import connection

from tests.plugins import place


def database_url() -> str:
    """Of the test's own database, for a process of its own."""
    name = str(connection.settings_dict["NAME"])
    return f"sqlite://{name}" if connection.vendor == "sqlite" else place.url_of(name)


@dataclass
class Parts:
    """`alongside alarms run`, any number of times, each as on a computer of its own."""

    url: str
    """"" is the file in the home."""
    home: str = ""
    lease_seconds: float = 2
    parts: tuple[str, ...] = ("runner", "sender")
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        environment = os.environ | {"ALONGSIDE_LEASE_SECONDS": str(self.lease_seconds)}
        for name, value in (("ALONGSIDE_DATABASE_URL", self.url), ("ALONGSIDE_HOME", self.home)):
            if value:
                environment[name] = value
        chosen = [word for part in self.parts for word in ("--part", part)]
        command = [sys.executable, "-m", "alongside.config.cli", "alarms", "run", "--while-open", *chosen]
        self.started.append(subprocess.Popen(command, env=environment, stdin=subprocess.PIPE))

    def all(self) -> list[psutil.Process]:
        """Every process of every computer, the one that watches the others too."""
        found: list[psutil.Process] = []
        for each in self.started:
            with suppress(psutil.NoSuchProcess):
                watching = psutil.Process(each.pid)
                found += [watching, *watching.children()]
        return found

    def replace_dead(self) -> None:
        for each in [each for each in self.started if each.poll() is not None]:
            self.started.remove(each)
            each.communicate()
            self.start()

    @contextmanager
    def running(self, computers: int) -> Iterator[None]:
        for _each in range(computers):
            self.start()
        try:
            yield
        finally:
            self.stop()

    def stop(self) -> None:
        for each in self.started:
            each.communicate()
