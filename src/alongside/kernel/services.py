"""What a service says about itself to the rest of the program.

Nothing here has a default that would let a service forget how its records are read, shown or erased.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from alongside.kernel.coverage import Told
from alongside.kernel.indicators import Indicator, Period
from alongside.kernel.questions import Question
from alongside.kernel.sheets import SheetFigures
from alongside.kernel.surveys import SurveyTable


class Payload(BaseModel):
    """Base of every kind's payload: unknown fields are refused, text is short."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True, str_max_length=1000)


class ItemFacts(Protocol):
    """What a service may know of a catalogue item (see supplies.queries.CatalogueItem)."""

    @property
    def id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def local_name(self) -> str:
        """In the language of the reader."""
        ...

    @property
    def group(self) -> str: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def barrels(self) -> int: ...
    @property
    def doses(self) -> int: ...
    @property
    def recorded_as(self) -> str: ...
    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """(item id, quantity) of what a kit holds; empty for a single item."""
        ...


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The program's items by key and by id."""

    by_key: Mapping[str, ItemFacts]
    by_id: Mapping[int, ItemFacts]


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The contact an entry belongs to, as far as a service needs it."""

    program_id: int
    day: date
    multiplier: int
    """How often a quantity counts: the number of people if it was said for each of them, else 1."""
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class StockIssue:
    """Units of one item that left (positive) the contact's site; the ledger picks the lots unless one is named."""

    item_id: int
    quantity: int
    lot_code: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """What applying an entry does: facts to insert and stock that leaves. `apply` itself writes nothing.

    The ledger fills in each fact's program, site, day, precision and entry.
    """

    rows: Sequence[Any] = ()
    issues: Sequence[StockIssue] = ()


@dataclass(frozen=True, kw_only=True)
class EntryKind:
    """One kind of record. `name` is stored on phones and never renamed."""

    name: str
    version: int
    title: Any
    payload: type[Payload]
    gives_items: bool
    """True if items chosen on the form whose catalogue row says `recorded_as` this kind belong in its payload."""
    upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]
    """From each older version to the next one."""
    apply: Callable[[Any, Placed], Effects]
    describe: Callable[[Any, Catalogue], str]
    """One line a worker reads on today's list."""
    redact: Callable[[dict[str, Any]], dict[str, Any]]
    """The payload with everything that could identify a person taken out."""
    permission: str
    beside_form: frozenset[str]
    """Fields of the payload that the desk's form has no question for; a correction carries them along."""
    questions: Mapping[str, Question]
    """What each field of the payload asks, and what for."""
    sheet: SheetFigures | None = None
    """What an import may read for this kind besides items; None if spreadsheets hold nothing of it."""
    text: SheetFigures | None = None
    """What a peer's text may say of this kind besides items, in the words that peers use."""
    kept_if: str = ""
    """The field by which somebody agrees that their answers are kept. Without it nothing of this kind is stored."""


def nothing_is_open(site_id: int) -> str:
    return ""


def no_door(program_id: int) -> tuple[str, Any] | None:
    return None


class SurveyQuestion(Protocol):
    def __call__(self, period: Period, asked: str, *, is_public: bool) -> SurveyTable | None: ...


@dataclass(frozen=True, kw_only=True)
class ServiceSpec:
    """The only name the outside loads from a service."""

    name: str
    title: Any
    kinds: tuple[EntryKind, ...]
    facts: tuple[Any, ...]
    """Model classes that hold what its entries did; undo deletes their rows by entry."""
    indicators: tuple[Indicator, ...]
    form_template: str | None
    form_context: Callable[[], Mapping[str, Any]]
    """Rows that the form offers (containers, products), read inside the program's scope."""
    set_up: Callable[[int], None]
    """Gives a new program (by id) the service's starting data."""
    suggest: Callable[[Mapping[str, str]], int] | None = None
    """How many of an item the form could offer, from what it says so far. Raises Refusal with what to say first."""
    suggest_field: str = ""
    """The field of the form that such a sentence is about."""
    coverage_told: Callable[[Period], Sequence[Told]] | None = None
    """What people said in a period of the syringes they had and needed, if the service asks them."""
    survey_table: SurveyQuestion | None = None
    """What people said in a survey, for reports; None from it if no survey of the period asks that."""
    answer_text: Callable[[str, int], str | None] | None = None
    """Given a text and the program's id: what is texted back, or None if the text is not for the service."""
    incident_pages: Mapping[str, str] = field(default_factory=dict)
    """By kind of alarm: the name of the page with what responders may know, addressed by the incident's id."""
    public_door: Callable[[int], tuple[str, Any] | None] = no_door
    """For a program (by id): the page that it keeps open to everybody, addressed by its slug, and the link's words."""
    why_shift_goes_on: Callable[[int], str] = nothing_is_open
    """Why a shift at a site (by id) can't end now, as a sentence; called in the transaction that would end it."""
