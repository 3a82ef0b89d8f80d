"""What a person who checks in may write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alongside.messaging.alerting.targets import can_text
from alongside.messaging.models import TextLine
from alongside.messaging.numbers import international
from alongside.services.checkins.queries import protocols_in_use
from alongside.services.checkins.rules.plans import MOST_LETTERS, Plan
from alongside.services.checkins.rules.secrets import new_mark
from alongside.sites.models import Program


def _written(*, is_needed: bool, **said: Any) -> forms.CharField:
    too_long = _("That is too long: at most %(limit_value)d letters. You are not covered yet.")
    return forms.CharField(
        required=is_needed,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": too_long},
        **said,
    )


class PlanForm(forms.Form):
    """What the person chooses to write."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, initial=new_mark)
    """The same page sent twice, or again after its answer was lost, is one check-in."""
    protocol = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    place = _written(
        is_needed=True,
        label=_("Where are you?"),
        help_text=_("So that somebody can find you: address, floor, room, or a description."),
    )
    entry = _written(
        is_needed=False,
        label=_("How do they get in?"),
        help_text=_("The door, a code, a dog. Unlock the door if you can, and don’t sit against it."),
    )
    more = _written(
        is_needed=False,
        label=_("Anything else they should know?"),
        help_text=_("Only if you want: what you took, where your naloxone is, whether you want no ambulance."),
    )
    friend = forms.CharField(
        label=_("A friend’s phone number, if a friend should be told too"),
        help_text=_("They get a text first, without your place. We can’t test whether it reaches them."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, program: Program, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.program = program
        if not can_text(program.pk):
            del self.fields["friend"]
        self.protocols = {each.key: each for each in protocols_in_use(program.pk)}
        field = self.fields["protocol"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(key, protocol_said(each.name, each.wait_seconds)) for key, each in self.protocols.items()]

    def clean_friend(self) -> str:
        written = str(self.cleaned_data["friend"]).strip()
        if not written:
            return ""
        line = TextLine._base_manager.filter(program=self.program).first()
        number = international(written, region=line.region if line else "US")
        if number is None:
            raise forms.ValidationError(_("This is not a phone number. Leave it empty, or write it whole."))
        return number

    def plan(self) -> Plan:
        said = self.cleaned_data
        with translation.override(self.program.language):
            words = str(
                _("Somebody who gave us your number has not answered their check-in. Please look after them now.")
            )
        return Plan(
            place=said["place"],
            entry=said["entry"],
            more=said["more"],
            friend=said.get("friend", ""),
            friend_words=words,
        )


def protocol_said(name: str, seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    time = _("%(count)s seconds") % {"count": seconds}
    if not rest:
        time = ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return f"{translation.gettext(name)}: {time}"
