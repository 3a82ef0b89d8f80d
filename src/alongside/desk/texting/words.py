"""The words that texts may use at this program, and the card that shows peers how."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.staff.pages import show
from alongside.desk.texting.forms import WordForm
from alongside.encounters.texting.models import TextWord
from alongside.encounters.texting.words import add_word, meanings, own_words, remove_word
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest
from alongside.supplies.models import Bag, Item

TAB = "desk:texts"


@needs("texts.manage")
def words(request: MemberRequest) -> HttpResponse:
    program = request.member.program
    items, bags = Item.objects.filter(is_active=True), Bag.objects.filter(is_active=True)
    form = WordForm(request.POST or None, items=items, bags=bags)
    if request.method == "POST" and form.is_valid():
        try:
            add_word(
                form.cleaned_data["phrase"], item=form.item, bag=form.bag, program=program, by_id=request.member.user_id
            )
        except Refusal as refusal:
            form.add_error("phrase", str(refusal))
        else:
            messages.success(request, _("The word is known from now on."))
            return redirect("desk:text_words")
    context = {"form": form, "own": own_words(), "usual": meanings(program)}
    return show(request, "texts/words", context, tab=TAB, status=422 if form.errors else 200)


@needs("texts.manage")
@require_POST
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(TextWord.objects, pk=pk)
    remove_word(found, program=request.member.program, by_id=request.member.user_id)
    messages.success(request, _("The word has its usual meaning again, or none."))
    return redirect("desk:text_words")


@needs("texts.manage")
def card(request: MemberRequest) -> HttpResponse:
    """To print, in both languages. Names no program and no number: a card that is found tells on nobody."""
    return show(request, "texts/card", {"languages": ("en", "es"), "own": own_words()}, tab=TAB)
