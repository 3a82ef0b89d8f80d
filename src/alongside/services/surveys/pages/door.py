"""The page on which people answer: on their own phone, or on a tablet at the site. Nobody signs in.

No cookie is set or read, and nothing is stored before the last page is sent: until then the page itself carries the
answers. It works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django_scopes import scope

from alongside.accounts.doors import open_to_all
from alongside.kernel.clock import today
from alongside.kernel.errors import Refusal
from alongside.services.surveys.actions import keep
from alongside.services.surveys.models import Sheet, Survey
from alongside.services.surveys.pages.asking import asked_as, words_of
from alongside.services.surveys.queries import is_running, questions_of, survey_at
from alongside.services.surveys.rules.answering import (
    FIELD,
    NO_ANSWER,
    Answers,
    answers_up_to,
    asked_in,
    next_page,
)
from alongside.services.surveys.rules.questionnaires import Questionnaire, in_language
from alongside.sites.models import Site

KIOSK_SECONDS = 10 * 60
"""How long a page of answers can wait on a tablet before it starts afresh for the next person."""
THANKS_SECONDS = 12
_SIGNER = signing.TimestampSigner(salt="alongside.surveys.sheet")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody at the page: which survey, where, on what, and in which language."""

    survey: Survey
    questionnaire: Questionnaire
    site: Site
    door: str
    language: str

    @property
    def is_kiosk(self) -> bool:
        return self.door == Sheet.Door.KIOSK

    def address(self, name: str) -> str:
        return reverse(f"survey:{self.door}{name}", args=[self.survey.token, self.site.pk])

    def words(self) -> dict[str, str]:
        return words_of(self.questionnaire, self.language)

    def context(self) -> dict[str, Any]:
        languages = [(each, translation.get_language_info(each)["name_local"]) for each in self._known_languages()]
        return {
            "visit": self,
            "language": self.language,
            "languages": languages if len(languages) > 1 else [],
            "title": in_language(self.questionnaire.title, self.language),
            "words": self.words(),
            "start": self.address(""),
        }

    def _known_languages(self) -> Iterator[str]:
        for each in self.questionnaire.languages:
            try:
                translation.get_language_info(each)
            except KeyError:
                continue
            yield each


@open_to_all
@csrf_exempt  # no session stands behind this page, so nobody else's browser could be misused
def answer(request: HttpRequest, token: str, site: int, *, door: str) -> HttpResponse:
    survey = survey_at(token)
    if survey is None:
        raise Http404
    with scope(program=survey.program):
        visit = _visit(request, survey, get_object_or_404(Site.objects, pk=site, is_active=True), door)
        with translation.override(visit.language):
            response = _answer(request, visit)
    add_never_cache_headers(response)
    return response


def _visit(request: HttpRequest, survey: Survey, site: Site, door: str) -> Visit:
    questionnaire = questions_of(survey)
    said = request.POST.get("language") or request.GET.get("language", "")
    wanted = [said, (translation.get_language() or "").partition("-")[0], survey.program.language]
    language = next((each for each in wanted if each in questionnaire.languages), questionnaire.languages[0])
    return Visit(survey=survey, questionnaire=questionnaire, site=site, door=door, language=language)


def _answer(request: HttpRequest, visit: Visit) -> HttpResponse:
    if not is_running(visit.survey):
        return render(request, "surveys/not_now.html", visit.context(), status=410)
    if request.method != "POST":
        return _show(request, visit, 0, {}, {}, key=uuid4())
    key = _key_of(request, visit)
    if key is None:
        return redirect(f"{visit.address('')}?language={visit.language}")
    if Sheet.objects.filter(survey=visit.survey, key=key).exists():
        return redirect(f"{visit.address('_thanks')}?language={visit.language}")
    return _turn_page(request, visit, key)


def _turn_page(request: HttpRequest, visit: Visit, key: UUID) -> HttpResponse:
    page = _page_of(request, visit)
    answers, errors = answers_up_to(visit.questionnaire, page, request.POST.getlist)
    if request.POST.get("go") == "back":
        return _show(request, visit, _page_before(visit, page, answers), answers, {}, key=key)
    if errors:
        first = next(iter(errors))
        wrong = next(
            number
            for number, section in enumerate(visit.questionnaire.sections)
            if first in {question.key for question in section.questions}
        )
        return _show(request, visit, wrong, answers, errors, key=key, status=422)
    following = next_page(visit.questionnaire, page, answers)
    if following is not None:
        return _show(request, visit, following, answers, {}, key=key)
    return _send(request, visit, answers, key)


def _send(request: HttpRequest, visit: Visit, answers: Answers, key: UUID) -> HttpResponse:
    day = today(visit.survey.program.timezone)
    try:
        keep(answers, survey=visit.survey, site=visit.site, door=visit.door, key=key, day=day)
    except Survey.DoesNotExist:
        return render(request, "surveys/not_now.html", visit.context(), status=410)
    except Refusal as refusal:
        return render(request, "surveys/not_now.html", visit.context() | {"sentence": str(refusal)}, status=410)
    return redirect(f"{visit.address('_thanks')}?language={visit.language}")


def _show(
    request: HttpRequest,
    visit: Visit,
    page: int,
    answers: Answers,
    errors: Mapping[str, str],
    *,
    key: UUID,
    status: int = 200,
) -> HttpResponse:
    section = visit.questionnaire.sections[page]
    on_page = asked_in(section, answers)
    context = visit.context() | {
        "page": page,
        "pages": len(visit.questionnaire.sections),
        "is_first": page == 0,
        "is_last": next_page(visit.questionnaire, page, answers) is None,
        "section_title": in_language(section.title, visit.language),
        "intro": in_language(visit.questionnaire.intro, visit.language) if page == 0 else "",
        "asked": [
            asked_as(question, request.POST.getlist, visit.language, visit.words(), error=errors.get(question.key, ""))
            for question in on_page
        ],
        "carried": list(_carried(request, {question.key for question in on_page}, visit.questionnaire)),
        "key": _SIGNER.sign(str(key)),
    }
    return render(request, "surveys/answer.html", context, status=status)


def _carried(request: HttpRequest, on_page: set[str], questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """What was said on other pages, for hidden fields."""
    for question in questionnaire.questions():
        if question.key not in on_page:
            for name in (FIELD + question.key, FIELD + question.key + NO_ANSWER):
                yield from ((name, value) for value in request.POST.getlist(name) if value)


def _key_of(request: HttpRequest, visit: Visit) -> UUID | None:
    """The sheet's own number; None if the page is made up, or waited on a tablet until its reader had gone."""
    try:
        longest = KIOSK_SECONDS if visit.is_kiosk else None
        return UUID(_SIGNER.unsign(request.POST.get("key", ""), max_age=longest))
    except (signing.BadSignature, ValueError):
        return None


def _page_of(request: HttpRequest, visit: Visit) -> int:
    typed = request.POST.get("page", "")
    last = len(visit.questionnaire.sections) - 1
    return min(int(typed), last) if typed.isdecimal() and len(typed) < 5 else 0


def _page_before(visit: Visit, page: int, answers: Answers) -> int:
    earlier = range(page - 1, 0, -1)
    return next((each for each in earlier if asked_in(visit.questionnaire.sections[each], answers)), 0)


@open_to_all
@require_safe
def thanks(request: HttpRequest, token: str, site: int, *, door: str) -> HttpResponse:
    survey = survey_at(token)
    if survey is None:
        raise Http404
    with scope(program=survey.program):
        visit = _visit(request, survey, get_object_or_404(Site.objects, pk=site), door)
        with translation.override(visit.language):
            said = in_language(visit.questionnaire.thanks, visit.language)
            response = render(request, "surveys/thanks.html", visit.context() | {"thanks": said})
    if visit.is_kiosk:
        response["Refresh"] = f"{THANKS_SECONDS}; url={visit.address('')}"
    add_never_cache_headers(response)
    return response


app_name = "survey"
urlpatterns = [
    path(f"<slug:token>/<int:site>/{place}", view, {"door": door}, name=f"{door}{name}")
    for door, folder in ((Sheet.Door.PHONE.value, ""), (Sheet.Door.KIOSK.value, "kiosk/"))
    for view, place, name in ((answer, folder, ""), (thanks, f"{folder}thanks/", "_thanks"))
]
