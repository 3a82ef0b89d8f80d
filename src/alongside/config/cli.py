"""The command `alongside`. Nothing heavy is imported before a command needs it, so that `run` stays small."""

from __future__ import annotations

import click

from alongside.config.commands.alarms import alarms
from alongside.config.commands.analytics import analytics
from alongside.config.commands.backup import backup, restore
from alongside.config.commands.demo import demo
from alongside.config.commands.doctor import doctor
from alongside.config.commands.exporting import export
from alongside.config.commands.importing import import_records
from alongside.config.commands.phones import renew_phone_key
from alongside.config.commands.room import room
from alongside.config.commands.run import prepare, run
from alongside.config.commands.texting import text_in
from alongside.config.commands.users import users
from alongside.kernel.errors import Refusal


class Commands(click.Group):
    """Turns what can't be done into its sentence, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alongside")
def main() -> None:
    """The system a harm reduction program runs on."""


SHOWN = (run, demo, import_records, export, analytics, backup, restore, doctor, users, text_in, alarms, room)
for command in (*SHOWN, prepare, renew_phone_key):
    main.add_command(command)

if __name__ == "__main__":
    main()
