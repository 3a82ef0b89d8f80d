"""What a phone keeps of its check-in: the word, signed, in a cookie. It is in no address, so in no history and no log.

Pages act by the pass that stands in their own form. The cookie alone shows a page and changes nothing, so that no other
site can press a button here, and phones that keep no cookies can answer all the same.
"""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from alongside.services.checkins.models import CheckIn
from alongside.services.checkins.queries import check_in_with
from alongside.sites.models import Program

KEPT_SECONDS = 24 * 3600
MOST_WRONG_A_MINUTE = 30
_SIGNER = Signer(salt="alongside.check_in")


def pass_for(word: str) -> str:
    """Nobody can make one without the program's key, so there is nothing to be had from guessing passes."""
    return _SIGNER.sign(word)


def word_of(shown: str) -> str:
    """The word of a pass; nothing for what is none."""
    try:
        return _SIGNER.unsign(shown)
    except BadSignature:
        return ""


def word_kept(request: HttpRequest, program: Program) -> str:
    return word_of(request.COOKIES.get(_name(program), ""))


def check_in_kept(request: HttpRequest, program: Program) -> CheckIn | None:
    return check_in_with(word_kept(request, program), program_id=program.pk)


def keep_on_phone(response: HttpResponse, word: str, program: Program) -> HttpResponse:
    return _with_cookie(response, pass_for(word), program, seconds=KEPT_SECONDS)


def forget_on_phone(response: HttpResponse, program: Program) -> HttpResponse:
    return _with_cookie(response, "", program, seconds=0)


def _with_cookie(response: HttpResponse, value: str, program: Program, *, seconds: int) -> HttpResponse:
    response.set_cookie(
        _name(program),
        value,
        max_age=seconds,
        path=_path(program),
        secure=settings.BEHIND_HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def may_try_words(program: Program) -> bool:
    """False for the rest of a minute in which very many wrong words were typed. Counted for everybody together."""
    return int(cache.get(_tries(program), 0)) < MOST_WRONG_A_MINUTE


def note_wrong_word(program: Program) -> None:
    cache.add(_tries(program), 0, timeout=60)
    try:
        cache.incr(_tries(program))
    except ValueError:
        return  # the minute was over in between


def _tries(program: Program) -> str:
    return f"check-in-words:{program.pk}"


def _name(program: Program) -> str:
    """Behind HTTPS no other site under the same domain can put its own in this place."""
    return f"{'__Host-' if settings.BEHIND_HTTPS else ''}check-in-{program.pk}"


def _path(program: Program) -> str:
    """What begins with __Host- has to count for every page; otherwise it goes to the check-in's pages alone."""
    return "/" if settings.BEHIND_HTTPS else f"/check-in/{program.slug}/"
