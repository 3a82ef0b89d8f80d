"""Pages for a phone travel compressed: a page of the recording form is nine tenths repetition.

At the desk they are not, because the server is a few steps away and the time is better spent otherwise. Django puts a
random number of bytes into each answer, so that a page's size says nothing about the secrets in it.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from alongside.field.context import is_phone

FIRST_PAGE = "/field/"


class PhoneCompression(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not (is_phone(request) or request.path.startswith(FIRST_PAGE)):
            return response
        return super().process_response(request, response)
