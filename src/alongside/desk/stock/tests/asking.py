"""What the tests of the stock pages send and read."""

from __future__ import annotations

import re
from uuid import uuid4

from django.urls import reverse
from django_scopes import scope, scopes_disabled

from alongside.supplies.models import Lot, StockLevel
from tests.programs import item_of, site_of


def page(name, *args):
    return reverse(f"desk:{name}", args=args)


def lines(*rows, total=None, **more):
    """A posted form with rows of (item, quantity[, lot, expires])."""
    sent = {"line-TOTAL_FORMS": total or len(rows) + 2, "line-INITIAL_FORMS": 0, "source": str(uuid4())}
    for number, row in enumerate(rows):
        for name, value in zip(("item", "quantity", "lot", "expires_on"), row, strict=False):
            sent[f"line-{number}-{name}"] = value
    return sent | more


def delivery(program, *rows, **more):
    return lines(*rows, site=site_of(program).pk, **more)


def received(desk, program, key, units, lot="", expires="", site="Front desk"):
    sent = lines((item_of(program, key).pk, units, lot, expires), site=site_of(program, site).pk)
    assert desk.post(page("stock_receive"), sent).status_code == 302


def said(response):
    """The sentences of a page's errors and alerts."""
    found = re.findall(r'class="field-error"[^>]*>.*?<span>(.*?)</span>|<p>(.*?)</p>', response.text, re.DOTALL)
    return " ".join(re.sub(r"\s+", " ", one or other) for one, other in found)


def place(program, key, lot, site="Front desk"):
    with scopes_disabled():
        return f"{site_of(program, site).pk}:{Lot.objects.get(item__key=key, item__program=program, code=lot).pk}"


def level(program, key, site="Front desk"):
    with scope(program=program):
        rows = StockLevel.objects.filter(item__key=key, site__name=site)
        return sum(rows.values_list("quantity", flat=True))
