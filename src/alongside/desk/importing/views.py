"""Bringing a program's spreadsheets in: choose a file, match its columns, check, import, undo."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from alongside.accounts.doors import needs
from alongside.desk.importing.forms import ColumnsForm, UploadForm
from alongside.desk.importing.showing import STEPS, Shown, rows_of
from alongside.encounters.importing import actions, files
from alongside.encounters.importing.mapping import mapping_from
from alongside.encounters.importing.models import Import, SavedMapping
from alongside.encounters.importing.previewing import Preview, Start, first_look, preview, start_from
from alongside.encounters.importing.queries import corrected_by_hand, recent_imports, sender_for
from alongside.encounters.importing.sealed import open_sealed
from alongside.encounters.importing.steps import Step, start
from alongside.encounters.importing.template import template_for
from alongside.encounters.submissions import Sender
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest
from alongside.supplies.queries import catalogue

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs("imports.run")
def imports(request: MemberRequest) -> HttpResponse:
    """The file to bring in next, and those that were."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        try:
            found = _take(request, form)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("desk:import" if found.mapping else "desk:import_columns", found.pk)
    mappings = SavedMapping.objects.select_related("saved_by")
    context = {"form": form, "steps": STEPS, "rows": rows_of(recent_imports()), "mappings": mappings}
    return render(request, "desk/importing/imports.html", context)


def _take(request: MemberRequest, form: UploadForm) -> Import:
    """Keep the file. Where every column is known already, check it at once."""
    file, sender = form.cleaned_data["file"], _sender(request)
    found = actions.take_file(file.chunks(), name=file.name or "", sender=sender)
    program = request.member.program
    _shown, begin = first_look(found, catalogue=catalogue(program), zone=program.timezone)
    if begin.is_ready:
        actions.match_columns(found, begin.mapping, save_as=begin.name, sender=sender)
        start(Step.CHECK, found, sender=sender)
    return found


@needs("imports.run")
def columns(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What each column holds."""
    found = _find(pk)
    if found.state not in {Import.State.WAITING, Import.State.CHECKED}:
        return redirect("desk:import", pk)
    try:
        shown, begin = _as_chosen(request, found)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:import", pk)
    data = request.POST if request.method == "POST" and "look" not in request.POST else None
    items = catalogue(request.member.program)
    form = ColumnsForm(shown, mapping=begin.mapping, name=begin.name, catalogue=items, data=data)
    if data is not None and form.is_valid():
        actions.match_columns(found, form.mapping, save_as=form.cleaned_data["save_as"], sender=_sender(request))
        return _go(request, Step.CHECK, found)
    context = {"import": found, "shown": shown, "form": form, "steps": STEPS}
    return render(request, "desk/importing/columns.html", context)


def _as_chosen(request: MemberRequest, found: Import) -> tuple[Preview, Start]:
    """The sheet and header row that the person chose, or those of the mapping, and the mapping to start from."""
    chosen = request.POST if request.method == "POST" else request.GET
    before = mapping_from(found.mapping) if found.mapping else None
    if "sheet" in chosen or "row" in chosen:
        row = chosen.get("row", "").strip()
        if row and not (row.isdecimal() and 1 <= int(row[:4]) <= 200):
            raise Refusal(_("The row with the column names is a number from 1 to 200."))
        shown = preview(found, sheet=chosen.get("sheet", ""), header_row=int(row) if row else None)
        begin = _begin(request, shown)
        mapping = begin.mapping.model_copy(update={"header_first": int(row) if row else None})
        return shown, Start(mapping=mapping, name=begin.name, is_ready=False)
    if before is None:
        program = request.member.program
        return first_look(found, catalogue=catalogue(program), zone=program.timezone)
    shown = preview(found, sheet=before.sheet, header_row=before.header_first, last=before.header_last)
    return shown, Start(mapping=before, name=found.mapping_name, is_ready=False)


def _begin(request: MemberRequest, shown: Preview) -> Start:
    program = request.member.program
    return start_from(shown, catalogue=catalogue(program), zone=program.timezone)


@needs("imports.run")
def one_import(request: MemberRequest, pk: UUID) -> HttpResponse:
    """How it stands: what the check found, how far it is, or what it brought."""
    found = _find(pk)
    if found.state == Import.State.WAITING and not found.trouble:
        return redirect("desk:import_columns", pk)
    shown = Shown(found, catalogue(request.member.program))
    return render(request, "desk/importing/import.html", {"import": found, "shown": shown, "steps": STEPS})


@needs("imports.run")
@require_POST
def check(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _go(request, Step.CHECK, _find(pk))


@needs("imports.run")
@require_POST
def run(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _go(request, Step.BRING_IN, _find(pk))


@needs("imports.run")
def undo(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Ask first, then undo."""
    found = _find(pk)
    if request.method == "POST":
        return _go(request, Step.TAKE_OUT, found)
    context = {"import": found, "corrected": corrected_by_hand(found)}
    return render(request, "desk/importing/undo.html", context)


@needs("imports.run")
@require_POST
def bring_back(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _go(request, Step.RETURN, _find(pk))


@needs("imports.run")
@require_POST
def discard(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _find(pk)
    try:
        actions.discard(found, sender=_sender(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:import", pk)
    messages.success(request, _("The file is gone. Nothing of it was imported."))
    return redirect("desk:imports")


@needs("imports.run")
def faults(request: MemberRequest, pk: UUID) -> HttpResponseBase:
    """The lines that can't be taken, with reasons, to put right and import again."""
    found = _find(pk)
    try:
        file = open_sealed(files.faults_file(found.pk))
    except Refusal:
        raise Http404 from None
    return FileResponse(file, as_attachment=True, filename=_("lines to put right.csv"), content_type="text/csv")


@needs("imports.run")
@require_GET
def template(request: MemberRequest) -> HttpResponseBase:
    """A spreadsheet to fill in, made of this program's sites and items; it needs no matching."""
    content = template_for(request.member.program)
    return FileResponse(content, as_attachment=True, filename=_("contacts to import.xlsx"), content_type=XLSX)


@needs("imports.run")
@require_POST
def forget_mapping(request: MemberRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedMapping.objects, pk=pk).delete()
    messages.success(request, _("Forgotten. What was imported with it stays."))
    return redirect("desk:imports")


def _find(pk: UUID) -> Import:
    found: Import = get_object_or_404(Import.objects.select_related("by"), pk=pk)
    return found


def _sender(request: MemberRequest) -> Sender:
    return sender_for(request.member.program, user_id=request.member.user_id)


def _go(request: MemberRequest, step: Step, found: Import) -> HttpResponse:
    """Start a step, and show how it stands."""
    try:
        start(step, found, sender=_sender(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:import", found.pk)
