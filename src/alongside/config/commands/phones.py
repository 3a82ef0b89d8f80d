"""`alongside renew-phone-key`."""

from __future__ import annotations

import click

from alongside.config import keys


@click.command(name="renew-phone-key")
def renew_phone_key() -> None:
    """Let phones seal their contacts to a new key. Old keys stay: they open what still waits on phones."""
    place = keys.add_outbox_key()
    click.echo(f"{place} was made. Copy it to every computer that works on the same database, and to where you keep")
    click.echo("a copy of the keys. Each phone uses it from the next time that it reaches the program.")
