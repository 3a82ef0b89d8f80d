"""`alongside import`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alongside.config.commands.programs import program_option, the_program
from alongside.config.starting import open_database
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from alongside.encounters.importing.models import Import
    from alongside.encounters.submissions import Sender
    from alongside.sites.models import Program

_PIECE_BYTES = 1 << 20


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", default="", help="The name of a remembered mapping, or a JSON file that holds one.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--by", "username", default="", help="The user name of who imports; without it, an administrator.")
@program_option
def import_records(file: Path, mapping: str, username: str, program: str, *, dry_run: bool) -> None:
    """Bring in a spreadsheet (XLSX or CSV)."""
    open_database()
    from django_scopes import scope

    where = the_program(program)
    with scope(program=where):
        sender = _sender(where, username)
        with file.open("rb") as content:
            found = _take(iter(lambda: content.read(_PIECE_BYTES), b""), file.name, sender)
        try:
            _match(found, mapping, sender)
            _bring_in(found, sender, is_dry=dry_run)
        finally:
            _tidy(found, sender)


def _take(pieces: Iterator[bytes], name: str, sender: Sender) -> Import:
    from alongside.encounters.importing import actions

    return actions.take_file(pieces, name=name, sender=sender)


def _sender(program: Program, username: str) -> Sender:
    from alongside.accounts.models import User
    from alongside.accounts.roles import Role
    from alongside.encounters.importing.queries import sender_for
    from alongside.sites.models import Membership

    members = Membership.objects.filter(user__is_active=True, ended_at=None).select_related("user").order_by("pk")
    members = members.filter(user__username=username) if username else members.filter(role=Role.ADMINISTRATOR.value)
    member = members.first()
    if member is None:
        raise Refusal("Say who imports with --by: the user name of a coordinator or administrator of this program.")
    user: User = member.user
    sender = sender_for(program, user_id=user.pk)
    if "imports.run" not in sender.permissions:
        raise Refusal(f"{user.username} may not import. Choose a coordinator or administrator with --by.")
    click.echo(f"Importing into {program} as {user}.")
    return sender


def _match(found: Import, wanted: str, sender: Sender) -> None:
    from alongside.encounters.importing import actions
    from alongside.encounters.importing.mapping import mapping_from
    from alongside.encounters.importing.models import SavedMapping
    from alongside.encounters.importing.previewing import first_look
    from alongside.supplies.queries import catalogue

    if wanted:
        saved = SavedMapping.objects.filter(name=wanted).first()
        mapping = mapping_from(saved.mapping if saved else _read_mapping(wanted))
        actions.match_columns(found, mapping, save_as=wanted if saved else "", sender=sender)
        return
    program = sender.program
    _shown, begin = first_look(found, catalogue=catalogue(program), zone=program.timezone)
    if not begin.is_ready:
        guessed = json.dumps(begin.mapping.as_json(), indent=2, ensure_ascii=False)
        raise Refusal(
            "The columns can't be told for certain. Put this guess into a file, correct it, "
            f"and give it with --mapping:\n{guessed}"
        )
    actions.match_columns(found, begin.mapping, save_as=begin.name, sender=sender)


def _read_mapping(wanted: str) -> object:
    place = Path(wanted)
    if not place.is_file():
        raise Refusal(f"There is no remembered mapping and no file called {wanted}.")
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except ValueError:
        raise Refusal(f"{place} is not JSON. Correct it, or begin with the guess shown without --mapping.") from None


def _bring_in(found: Import, sender: Sender, *, is_dry: bool) -> None:
    from alongside.encounters.importing import actions

    with _bar("Checking the lines") as tell:
        actions.check(found, sender=sender, tell=tell)
    has_news = any(found.counts.get(word) for word in ("accepted", "back"))
    if has_news and not is_dry:
        with _bar("Importing the lines") as tell:
            actions.bring_in(found, sender=sender, tell=tell)
    _show(found, sender)
    click.echo(_ending(has_news=has_news, is_dry=is_dry))


def _ending(*, has_news: bool, is_dry: bool) -> str:
    if not has_news:
        return "Nothing was imported: no line of this file is new."
    return "Nothing was imported: this was a dry run." if is_dry else "Imported. It can be undone on the import page."


def _show(found: Import, sender: Sender) -> None:
    """Counts, sums and the first lines that can't be taken, as the page shows them."""
    from alongside.encounters.importing.outcomes import TITLES, Outcome
    from alongside.encounters.importing.wording import SUMS, title_of
    from alongside.supplies.queries import catalogue

    for word, lines in found.counts.items():
        click.echo(f"{lines:>9,}  {TITLES[Outcome(word)]}")
    items = catalogue(sender.program)
    for year, reading, number in found.report.get("totals", []):
        click.echo(f"     {year}  {SUMS.get(reading) or title_of(reading, items)}: {number:,}")
    for fault in found.report.get("faults", []):
        click.echo(f"Line {fault['line']}: {fault['reason']}")


def _tidy(found: Import, sender: Sender) -> None:
    """A dry run, or one that failed, leaves no file behind."""
    from alongside.encounters.importing import actions
    from alongside.encounters.importing.models import Import

    if Import.objects.filter(pk=found.pk, state__in=[Import.State.WAITING, Import.State.CHECKED]).exists():
        actions.discard(found, sender=sender)


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], object]]:
    with click.progressbar(length=1, label=label) as shown:

        def tell(done: int, total: int) -> None:
            shown.length = max(total, 1)
            shown.update(done - shown.pos)

        yield tell
        shown.update((shown.length or 1) - shown.pos)
