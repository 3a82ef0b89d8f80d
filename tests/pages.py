"""Reading a page as a browser without JavaScript would: its forms, what is in them, and what each field is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CONTROLS = {"input", "select", "textarea"}


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, *tags: str) -> list[Node]:
        return [node for node in self.walk() if node.tag in tags]

    @property
    def above(self) -> Iterator[Node]:
        node = self.parent
        while node:
            yield node
            node = node.parent

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("root", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_endtag(self, tag: str) -> None:
        for node in (self.here, *self.here.above):
            if node.tag == tag and node.parent:
                self.here = node.parent
                return

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read(html: str | bytes) -> Node:
    reader = _Reader()
    reader.feed(html.decode() if isinstance(html, bytes) else html)
    return reader.root


def fields_in(form: Node) -> list[Node]:
    """What a person can answer: not the hidden fields, not the buttons."""
    return [node for node in form.all(*CONTROLS) if node.attributes.get("type") not in {"hidden", "submit", "button"}]


def called(control: Node, page: Node) -> str:
    """What a screen reader calls a control: its label, and the legend of its group; empty if it has no name."""
    own = control.attributes.get("aria-label", "") or _label(control, page)
    if control.attributes.get("type") not in {"radio", "checkbox"} or not own:
        return own
    group = next((node for node in control.above if node.tag == "fieldset"), None)
    legends = [node.text for node in group.all("legend")[:1]] if group else []
    return ": ".join([*legends, own])


def _label(control: Node, page: Node) -> str:
    wrapped = next((node.text for node in control.above if node.tag == "label"), "")
    wanted = control.attributes.get("id")
    named = [label.text for label in page.all("label") if wanted and label.attributes.get("for") == wanted]
    return wrapped or "".join(named)


def said_by(form: Node) -> dict[str, list[str]]:
    """What a browser would post for this form as it stands, without any button."""
    posted: dict[str, list[str]] = {}
    for node in form.all(*CONTROLS):
        name, kind = node.attributes.get("name", ""), node.attributes.get("type", "")
        if not name or kind in {"submit", "button"} or "disabled" in node.attributes:
            continue
        if kind in {"radio", "checkbox"} and "checked" not in node.attributes:
            continue
        posted.setdefault(name, []).append(_value(node))
    return posted


def _value(node: Node) -> str:
    if node.tag == "textarea":
        return node.text
    if node.tag == "select":
        options = node.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return chosen[0].attributes.get("value", chosen[0].text) if chosen else ""
    return node.attributes.get("value", "on")
