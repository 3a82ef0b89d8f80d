"""Forms about the text line, the peers who use it and their words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alongside.desk.stock import fields
from alongside.encounters.texting.rules import Vocabulary, is_name
from alongside.encounters.texting.spelling import plain_words
from alongside.messaging.models import TextLine
from alongside.messaging.numbers import REGIONS
from alongside.sites.models import Site
from alongside.supplies.models import Bag, Item

_QUIET = {"autocomplete": "off", "spellcheck": "false"}


def regions() -> list[tuple[str, str]]:
    """Countries and territories with their own numbers, by name in the reader's language."""
    names = Locale.parse((get_language() or "en").replace("-", "_")).territories
    return sorted(((code, str(names.get(code, code))) for code in REGIONS), key=lambda pair: pair[1])


class PeerForm(forms.Form):
    """What a peer is called in texts, and where their supplies come from."""

    name = forms.CharField(
        label=_("Name in texts"),
        help_text=_("What they want to be called. A short word is best, and it need not be a real name."),
        max_length=30,
        widget=forms.TextInput(attrs=_QUIET),
    )
    language = forms.ChoiceField(label=_("Language of answers"), choices=settings.LANGUAGES)
    site = forms.ChoiceField(
        label=_("Site"), help_text=_("What they report leaves the stock of this site, and is counted there.")
    )

    def __init__(self, *args: Any, sites: Iterable[Site], known: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["site"].choices = [(str(each.pk), str(each)) for each in sites]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if not is_name(name) or plain_words(name) in self.known.things:
            raise forms.ValidationError(_("The line could take this name for another word. Choose a different one."))
        return name


def number_field() -> forms.CharField:
    return forms.CharField(
        label=_("Phone number"),
        help_text=_("Typed once. Only a keyed digest of it is kept, so nobody can read it here afterwards."),
        max_length=40,
        widget=forms.TextInput(attrs={**_QUIET, "inputmode": "tel"}),
    )


class EnrolForm(PeerForm):
    """A new peer."""

    number = number_field()
    field_order = ("name", "number", "language", "site")


class NumberForm(forms.Form):
    """Another phone for a peer."""

    number = number_field()


class WordForm(forms.Form):
    """A word, and the item or usual bag that it stands for."""

    phrase = fields.text_field(
        _("Word"), most=40, help_text=_("As peers write it. Plurals, accents and capitals don’t matter.")
    )
    thing = forms.ChoiceField(label=_("Stands for"))

    def __init__(self, *args: Any, items: Iterable[Item], bags: Iterable[Bag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._items, self._bags = fields.ItemChoices(items), {f"bag-{bag.pk}": bag for bag in bags}
        bag_choices = [(key, bag.local_name) for key, bag in self._bags.items()]
        self.fields["thing"].choices = [*self._items.groups, (_("Usual bags"), bag_choices)]  # type: ignore[attr-defined]

    @property
    def item(self) -> Item | None:
        return self._items.by_key.get(self.cleaned_data["thing"])

    @property
    def bag(self) -> Bag | None:
        return self._bags.get(self.cleaned_data["thing"])


class LineForm(forms.Form):
    """How the line's gateway works."""

    is_on = forms.BooleanField(label=_("The line is on"), required=False)
    region = forms.ChoiceField(label=_("Country of numbers that come without a country code"), choices=regions)
    answer = forms.ChoiceField(label=_("How do answers go back?"), choices=TextLine.Answer.choices)
    gateway_url = fields.text_field(
        _("Address of the gateway"), most=300, required=False, help_text=_("Only if answers go by a request to it.")
    )
    gateway_body = forms.ChoiceField(label=_("The gateway takes"), choices=TextLine.Body.choices)
    gateway_template = fields.text_field(
        _("What the request says"),
        most=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, **_QUIET}),
        help_text=_("JSON, or a name=value on each line, with {number} and {text} where they belong."),
    )
    gateway_header = fields.text_field(
        _("Header that tells the gateway who asks"),
        most=500,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
        help_text=_("Such as “Authorization: Basic …”. Kept encrypted and never shown; leave it empty to keep it."),
    )
    number_field = fields.text_field(
        _("Where the gateway puts the number"),
        most=80,
        required=False,
        help_text=_("Only if it is not found by itself."),
    )
    text_field = fields.text_field(_("Where the gateway puts the text"), most=80, required=False)
    id_field = fields.text_field(_("Where the gateway puts the message’s id"), most=80, required=False)

    def clean_gateway_header(self) -> str:
        header: str = self.cleaned_data["gateway_header"].strip()
        if header and (":" not in header or not header.isascii() or not header.isprintable()):
            raise forms.ValidationError(_("Write a header as its name, a colon and its value."))
        return header
