"""What the templates of the look need beyond `{% include %}`."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.context import RequestContext
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SPRITE = "desk/vendor/icons.svg"


@register.simple_tag
def icon(name: str, **attributes: str) -> SafeString:
    """A lucide icon. It says nothing to a screen reader unless it is given a `label`."""
    return _drawn(name, f"icon {attributes.get('class', '')}".strip(), str(attributes.get("label", "")))


@lru_cache(maxsize=1024)
def _drawn(name: str, classes: str, label: str) -> SafeString:
    """A list has three of them in each row."""
    href = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, href
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)


@register.simple_tag(takes_context=True)
def block_text(context: RequestContext, name: str) -> SafeString:
    """What the page put into a block, to show it a second time: a title is written once."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    # Already escaped by the template that wrote the block.
    return mark_safe(block.render(context).strip()) if block else mark_safe("")  # noqa: S308


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word: "Ana Maria Cruz" is AC."""
    words = name.split() or ["?"]
    chosen = words if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()
