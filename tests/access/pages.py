"""Reading the forms of a page, as a browser would before it sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PostForm:
    """Where a form goes and what it would send if nothing were changed; `choices` has every value a field offers."""

    action: str
    data: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[PostForm] = []
        self._open: PostForm | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = PostForm(action=given.get("action", ""))
        elif self._open and tag == "select":
            self._select = given.get("name", "")
        elif self._open and tag == "option" and self._select:
            self._offer(self._select, given.get("value", ""), chosen="selected" in given)
        elif self._open and tag in {"input", "button", "textarea"} and given.get("name"):
            is_chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            self._offer(given["name"], given.get("value", ""), chosen=is_chosen and tag != "button")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self.found.append(self._open)
            self._open = None
        elif tag == "select":
            self._select = ""

    def _offer(self, name: str, value: str, *, chosen: bool) -> None:
        assert self._open
        self._open.choices.setdefault(name, []).append(value)
        if chosen:
            self._open.data.setdefault(name, []).append(value)


def post_forms(html: str) -> list[PostForm]:
    reader = _Forms()
    reader.feed(html)
    return reader.found
