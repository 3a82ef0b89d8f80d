"""Surveys for staff: open and close one, put up its addresses, enter paper, look at its tables."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.doors import needs
from alongside.kernel.clock import today
from alongside.kernel.errors import Refusal
from alongside.services.surveys.actions import close_survey, keep, open_survey
from alongside.services.surveys.models import Sheet, Survey
from alongside.services.surveys.pages.asking import Asked, asked_as, words_of
from alongside.services.surveys.pages.results import HEADS, file_rows, shown_coverage, shown_questions
from alongside.services.surveys.queries import (
    Unusable,
    counts_by_door,
    counts_by_site,
    is_running,
    questionnaires,
    questions_of,
    surveys_with_counts,
    tables_of,
    visits_by_site,
    weeks_to_choose,
)
from alongside.services.surveys.rules.answering import answers_up_to
from alongside.services.surveys.rules.protecting import CannotBeHidden, protected
from alongside.services.surveys.rules.questionnaires import Question, Questionnaire, in_language
from alongside.services.surveys.rules.tables import Tables
from alongside.sites.audit import record_audit
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Site

USUAL_DAYS = 14
PUBLICATION = "publication"


class OpenForm(forms.Form):
    """Two weeks from next Monday, unless somebody says otherwise."""

    questionnaire = forms.ChoiceField(label=gettext_lazy("Questions"))
    starts_on = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, said: QueryDict | None, *, offered: list[Questionnaire], this_day: date) -> None:
        monday = this_day + timedelta(days=-this_day.weekday() % 7)
        ends_on = monday + timedelta(days=USUAL_DAYS - 1)
        super().__init__(said, initial={"starts_on": monday, "ends_on": ends_on})
        language = translation.get_language() or "en"
        self.by_key = {f"{each.key}-{each.version}": each for each in offered}
        choices = [(key, in_language(each.title, language)) for key, each in self.by_key.items()]
        self.fields["questionnaire"].choices = choices  # type: ignore[attr-defined]


@needs("surveys.enter")
@require_safe
def surveys(request: MemberRequest) -> HttpResponse:
    language = translation.get_language() or "en"
    listed = [
        (survey, in_language(questions_of(survey).title, language), is_running(survey))
        for survey in surveys_with_counts()
    ]
    return render(request, "surveys/surveys.html", {"surveys": listed, **_rights(request)})


def _rights(request: MemberRequest) -> dict[str, Any]:
    return {"can_manage": request.member.can("surveys.manage")}


@needs("surveys.manage")
def new_survey(request: MemberRequest) -> HttpResponse:
    program = request.member.program
    every = questionnaires()
    offered = [each for each in every if isinstance(each, Questionnaire)]
    form = OpenForm(request.POST or None, offered=offered, this_day=today(program.timezone))
    context = {
        "form": form,
        "offered": [shown_questionnaire(each) for each in offered],
        "unusable": [each for each in every if isinstance(each, Unusable)],
    }
    if request.method != "POST":
        return render(request, "surveys/new.html", context)
    if form.is_valid():
        try:
            survey = open_survey(
                form.by_key[form.cleaned_data["questionnaire"]],
                starts_on=form.cleaned_data["starts_on"],
                ends_on=form.cleaned_data["ends_on"],
                program=program,
                by_id=request.member.user_id,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("surveys:survey", pk=survey.pk)
    return render(request, "surveys/new.html", context, status=422)


def shown_questionnaire(questionnaire: Questionnaire) -> dict[str, Any]:
    """Its questions with who asks for each, before anybody is asked."""
    language = translation.get_language() or "en"
    return {
        "title": in_language(questionnaire.title, language),
        "about": questionnaire,
        "languages": ", ".join(questionnaire.languages),
        "questions": [(in_language(each.text, language), each.source) for each in questionnaire.questions()],
    }


@needs("surveys.enter")
def one_survey(request: MemberRequest, pk: int) -> HttpResponse:
    survey = _survey(pk)
    questionnaire = questions_of(survey)
    by_site, visits = counts_by_site(survey), visits_by_site(survey)
    sites = list(Site.objects.filter(is_active=True).exclude(kind=Site.Kind.AREA))
    context = {
        "survey": survey,
        "title": in_language(questionnaire.title, translation.get_language() or "en"),
        "is_running": is_running(survey),
        "sites": [(site, by_site.get(site.pk, 0), visits.get(site.pk, 0)) for site in sites],
        "doors": counts_by_door(survey),
        "count": sum(by_site.values()),
        **_rights(request),
    }
    return render(request, "surveys/survey.html", context)


def _survey(pk: int) -> Survey:
    return get_object_or_404(Survey.objects.select_related("program"), pk=pk)


@needs("surveys.manage")
@require_POST
def close(request: MemberRequest, pk: int) -> HttpResponse:
    survey = _survey(pk)
    close_survey(survey, by_id=request.member.user_id)
    messages.success(request, _("The survey is closed. Its tables can be published now."))
    return redirect("surveys:survey", pk=survey.pk)


@needs("surveys.enter")
def poster(request: MemberRequest, pk: int, site: int) -> HttpResponse:
    """A sheet to hang up at a site, with the address as a square."""
    survey = _survey(pk)
    at = get_object_or_404(Site.objects, pk=site, is_active=True)
    address = request.build_absolute_uri(reverse("survey:phone", args=[survey.token, at.pk]))
    questionnaire = questions_of(survey)
    texts = [
        (language, in_language(questionnaire.title, language), in_language(questionnaire.intro, language))
        for language in questionnaire.languages
    ]
    host = request.get_host().rpartition(":")[0] or request.get_host()
    context = {
        "survey": survey,
        "site": at,
        "address": address,
        "qr": qr_of(address),
        "texts": texts,
        "is_only_here": host in {"localhost", "127.0.0.1", "[::1]"},
    }
    return render(request, "surveys/poster.html", context)


def qr_of(address: str) -> SafeString:
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308 - drawn here


@needs("surveys.enter")
@require_POST
def begin_kiosk(request: MemberRequest, pk: int, site: int) -> HttpResponse:
    """Turns this device into the survey's tablet: whoever set it up is signed out first, so no way leads back."""
    survey = _survey(pk)
    at = get_object_or_404(Site.objects, pk=site, is_active=True)
    logout(request)
    return redirect("survey:kiosk", survey.token, at.pk)


class PaperForm(forms.Form):
    """Where and in which week a sheet was filled in."""

    site: forms.ModelChoiceField[Site] = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=None)
    week = forms.TypedChoiceField(label=gettext_lazy("Week from"), coerce=date.fromisoformat)

    def __init__(self, said: QueryDict | None, *, survey: Survey, site: str | None) -> None:
        weeks = [(week.isoformat(), date_format(week, "DATE_FORMAT")) for week in weeks_to_choose(survey)]
        super().__init__(said, initial={"site": site})
        self.fields["site"].queryset = Site.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["week"].choices = weeks  # type: ignore[attr-defined]


@needs("surveys.enter")
def paper(request: MemberRequest, pk: int) -> HttpResponse:
    """Entering a sheet: all questions on one page, as on paper. Printed, it is the sheet."""
    survey = _survey(pk)
    questionnaire = questions_of(survey)
    said = request.POST
    form = PaperForm(said or None, survey=survey, site=request.session.get("site"))
    answers, errors = answers_up_to(questionnaire, len(questionnaire.sections), said.getlist)
    if request.method == "POST" and form.is_valid() and not errors and (key := _uuid(said.get("key", ""))):
        try:
            keep(
                answers,
                survey=survey,
                site=form.cleaned_data["site"],
                door=Sheet.Door.PAPER,
                key=key,
                day=form.cleaned_data["week"],
            )
        except (Refusal, Survey.DoesNotExist):
            messages.error(request, _("This survey is closed, so the sheet was not kept."))
            return redirect("surveys:survey", pk=pk)
        messages.success(request, _("The sheet is kept. Enter the next one, or go back."))
        return redirect(f"{request.path}?{_where(form)}")
    context = {
        "survey": survey,
        "form": form if said else PaperForm(None, survey=survey, site=request.GET.get("site") or _chosen_site(request)),
        "key": said.get("key") or uuid4(),
        "sections": _paper_sections(questionnaire, said, errors if said else {}),
        "problems": errors if said else {},
        "title": in_language(questionnaire.title, translation.get_language() or "en"),
    }
    return render(request, "surveys/paper.html", context, status=422 if request.method == "POST" else 200)


def _where(form: PaperForm) -> str:
    where = QueryDict(mutable=True)
    where.update({"site": str(form.cleaned_data["site"].pk), "week": form.cleaned_data["week"].isoformat()})
    return where.urlencode()


def _chosen_site(request: MemberRequest) -> str | None:
    chosen = request.session.get("site")
    return str(chosen) if chosen else None


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _paper_sections(
    questionnaire: Questionnaire, said: QueryDict, errors: dict[str, str]
) -> list[tuple[str, list[Asked]]]:
    language = translation.get_language() or "en"
    words, numbers = words_of(questionnaire, language), questionnaire.numbered()
    return [
        (
            in_language(section.title, language),
            [
                asked_as(
                    question,
                    said.getlist,
                    language,
                    words,
                    error=errors.get(question.key, ""),
                    number=numbers[question.key],
                    condition=_condition(question, questionnaire, language),
                )
                for question in section.questions
            ],
        )
        for section in questionnaire.sections
    ]


def _condition(question: Question, questionnaire: Questionnaire, language: str) -> str:
    """Who is to answer it, in words, for paper."""
    if not (asked := question.asked_if):
        return ""
    other = questionnaire.by_key[asked.question]
    answers = [in_language(choice.text, language) for choice in other.choices if choice.key in asked.any_of]
    return _("Only after “%(answer)s” in question %(number)s.") % {
        "answer": "”, “".join(answers),
        "number": questionnaire.numbered()[other.key],
    }


@needs("surveys.manage")
def results(request: MemberRequest, pk: int) -> HttpResponse:
    survey = _survey(pk)
    questionnaire, language = questions_of(survey), translation.get_language() or "en"
    context: dict[str, Any] = {
        "survey": survey,
        "title": in_language(questionnaire.title, language),
        "aim": request.GET.get("aim", ""),
        "is_weighted": request.GET.get("weighted") == "on",
        "address": request.GET.urlencode(),
    }
    try:
        tables = _tables(request, survey, questionnaire)
    except Refusal as refusal:
        return render(request, "surveys/results.html", context | {"refusal": str(refusal)}, status=422)
    context |= {
        "sheets": tables.sheets,
        "questions": shown_questions(tables, questionnaire, language),
        "coverage": shown_coverage(tables, questionnaire, language),
    }
    return render(request, "surveys/results.html", context)


def _tables(request: MemberRequest, survey: Survey, questionnaire: Questionnaire) -> Tables:
    """Raises Refusal if they can't be published."""
    tables = tables_of(survey, is_weighted=request.GET.get("weighted") == "on")
    if request.GET.get("aim") != PUBLICATION:
        return tables
    if survey.closed_on is None:
        raise Refusal(_("Close the survey first. Tables of two days, one sheet apart, would tell what it says."))
    try:
        return protected(tables, questionnaire)
    except CannotBeHidden:
        raise Refusal(
            _("There are too few sheets to publish tables that don’t show what single people said.")
        ) from None


@needs("surveys.manage")
def file(request: MemberRequest, pk: int) -> HttpResponse:
    survey = _survey(pk)
    try:
        tables = _tables(request, survey, questions_of(survey))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys:results", pk=pk)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADS, *file_rows(tables)])
    aim = PUBLICATION if request.GET.get("aim") == PUBLICATION else "program"
    record_audit(
        "surveys.exported", program_id=survey.program_id, by_id=request.member.user_id, target=str(pk), aim=aim
    )
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{survey.starts_on}-{aim}.csv"'
    return response


app_name = "surveys"
urlpatterns = [
    path("", surveys, name="surveys"),
    path("new/", new_survey, name="new"),
    path("<int:pk>/", one_survey, name="survey"),
    path("<int:pk>/close/", close, name="close"),
    path("<int:pk>/paper/", paper, name="paper"),
    path("<int:pk>/results/", results, name="results"),
    path("<int:pk>/file/", file, name="file"),
    path("<int:pk>/poster/<int:site>/", poster, name="poster"),
    path("<int:pk>/kiosk/<int:site>/", begin_kiosk, name="begin_kiosk"),
]
