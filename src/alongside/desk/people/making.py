"""How codes are made: the program's scheme, and sheets of cards."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from alongside.accounts.doors import needs
from alongside.desk.people.forms import CardsForm, SchemeForm, filled_in
from alongside.desk.people.pictures import qr_of
from alongside.desk.people.queries import codes_in_use, crowds, recipe_now
from alongside.kernel.errors import Refusal
from alongside.participants.actions import choose_scheme, new_cards
from alongside.participants.models import CodeScheme
from alongside.participants.queries import current_scheme
from alongside.participants.recipes import Recipe, example_recipes
from alongside.participants.rules import RANDOM_SIZE, spaced
from alongside.sites.languages import in_spanish
from alongside.sites.middleware import MemberRequest


@needs("participants.manage")
def scheme(request: MemberRequest) -> HttpResponse:
    """Compose, look at what it means, then use it."""
    program = request.member.program
    examples = example_recipes(in_spanish=in_spanish())
    form = SchemeForm(_posted(request, examples), initial=filled_in(current_scheme(program).kind, recipe_now(program)))
    if not form.is_bound:
        return _show(request, form, examples)
    if not form.is_valid():
        return _show(request, form, examples, status=422)
    if request.POST.get("use") != "yes":
        return _show(request, form, examples)
    kind = CodeScheme.Kind(form.cleaned_data["kind"])
    choose_scheme(kind, recipe=form.recipe, program=program, by_id=request.member.user_id)
    messages.success(request, _("Codes are made this way from now on. Those that people have go on working."))
    return redirect("desk:code_scheme")


def _posted(request: MemberRequest, examples: Sequence[Recipe]) -> dict[str, str] | None:
    """What was posted; one of the example recipes fills the form in."""
    if request.method != "POST":
        return None
    example = request.POST.get("example", "")
    if example.isdecimal() and int(example[:3]) < len(examples):
        return filled_in(CodeScheme.Kind.RECIPE, examples[int(example[:3])])
    return request.POST.dict()


def _show(request: MemberRequest, form: SchemeForm, examples: Sequence[Recipe], *, status: int = 200) -> HttpResponse:
    preview = form.recipe if form.is_bound and form.is_valid() else recipe_now(request.member.program)
    context = {
        "form": form,
        "examples": examples,
        "current": current_scheme(request.member.program),
        "preview": preview,
        "crowds": crowds(preview.size) if preview else [],
        "random_crowds": crowds(RANDOM_SIZE),
        "in_use": codes_in_use(),
        "spanish": in_spanish(),
    }
    return render(request, "desk/people/scheme.html", context, status=status)


@needs("participants.see")
def cards(request: MemberRequest) -> HttpResponse:
    """A sheet to print. The codes are on this page and nowhere else."""
    form = CardsForm(request.POST or None)
    context: dict[str, object] = {"form": form, "scheme": current_scheme(request.member.program)}
    if request.method == "POST" and form.is_valid():
        codes = _new_cards(form, request)
        context["program"] = request.member.program.local_name if form.cleaned_data["with_name"] else ""
        context["cards"] = [(spaced(code), qr_of(code)) for code in codes]
    response = render(request, "desk/people/cards.html", context, status=422 if form.errors else 200)
    add_never_cache_headers(response)
    return response


def _new_cards(form: CardsForm, request: MemberRequest) -> Sequence[str]:
    try:
        return new_cards(form.cleaned_data["cards"], program=request.member.program)
    except Refusal as refusal:
        form.add_error("cards", str(refusal))
        return []
