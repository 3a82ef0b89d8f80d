"""Every field that is stored, and whom it could point to. What would a subpoena show? shows this list.

A new table or field has to be written down here: `tests/architecture/test_stored.py` fails until it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from alongside.kernel.exposure import Rule, Stored

_AS_LONG_AS_THE_CONTACT = _("As long as the contact it belongs to.")
_FOR_GOOD = _("For good: what happened to the stock and who did what can’t be rewritten.")
_ANEW = _("Worked out anew from the contacts; it changes within the hour when they do.")

_PLACE, _DAY, _ENTRY = _("Place"), _("Day"), _("The contact that it belongs to")
_FACT = {"site": _PLACE, "entry": _ENTRY, "day": _DAY}
_GIVEN = {**_FACT, "item": _("What was given"), "quantity": _("How many")}

STORED: Mapping[str, Stored] = {
    "participants.Participant": Stored(
        title=_("People with a code"),
        people={
            "id": _("A random number that joins the contacts of one person"),
            "counted_as": _("That two codes are one person’s"),
            "made_on": _("Day of the first code"),
        },
        rule=Rule.PEOPLE,
    ),
    "participants.Code": Stored(
        title=_("Codes"),
        people={
            "participant": _("Whose it is"),
            "digest": _("Keyed digest of the code: who has the key can check a code that they know or guess"),
            "suffix": _("Letter that tells apart people who share a code"),
        },
        neither=("scheme", "is_lost"),
        rule=Rule.PEOPLE,
    ),
    "participants.Change": Stored(
        title=_("Codes joined, parted and lost"),
        people={
            "kept": _("One of two codes that were found to be one person’s"),
            "other": _("The other of the two"),
            "before": _("What it takes to undo it"),
        },
        staff=("by",),
        neither=("id", "kind", "at", "undone_at"),
        rule=Rule.PEOPLE,
    ),
    "participants.CodeScheme": Stored(neither=("kind", "recipe", "is_current")),
    "encounters.Encounter": Stored(
        title=_("Contacts"),
        people={
            "id": _("The contact’s number, which holds the moment it was made"),
            "participant": _("Whose contact it was, if a code was given"),
            "site": _PLACE,
            "occurred_at": _("When, to the second"),
            "received_at": _("When it arrived"),
            "day": _DAY,
            "people": _("How many people"),
            "reached": _("How many others they collect for"),
            "digest": _("Fingerprint of what was said"),
        },
        staff=("recorded_by",),
        neither=("precision", "is_each", "door", "state", "corrects", "batch", "moves_stock"),
        rule=Rule.PEOPLE,
        kept=_("The contact stays, with nobody: it counts for reports."),
    ),
    "encounters.Entry": Stored(
        title=_("What was said at contacts"),
        people={
            "encounter": _ENTRY,
            "payload": _("The answers; lots, days and areas of reversals can point to a person"),
            "reason": _("Why it was not taken, which can quote an answer"),
        },
        neither=("kind", "version", "outcome"),
        rule=Rule.DETAILS,
    ),
    "encounters.Attempt": Stored(
        title=_("What could not be taken, and waits for a person"),
        people={
            "encounter_id": _ENTRY,
            "content": _("Everything that was sent; a code is closed with a key"),
            "reason": _("Why it was not taken"),
        },
        staff=("by",),
        neither=("word", "door", "at", "settled_at"),
        rule=Rule.ATTEMPTS,
    ),
    "encounters.QuestionTime": Stored(neither=("question", "seconds", "times")),
    "encounters.Retention": Stored(neither=("people_months", "details_months", "attempts_months")),
    "encounters.Purge": Stored(
        staff=("by",), neither=("at", "done_at", "rules", "people", "contacts", "details", "attempts", "backup_at")
    ),
    "importing.Import": Stored(
        title=_("Spreadsheets brought in"),
        people={"report": _("Lines that could not be taken, with their faults"), "file_name": _("The file’s name")},
        staff=("by",),
        neither=(
            *("id", "content_hash", "size_bytes", "mapping", "mapping_name", "state", "trouble", "lines_done"),
            *("lines_total", "counts", "at", "imported_at", "undone_at"),
        ),
        kept=_("The file goes after seven days; what it brought are contacts."),
    ),
    "importing.SavedMapping": Stored(staff=("saved_by",), neither=("name", "mapping", "saved_at")),
    "outbox.Phone": Stored(
        staff=("worker",), neither=("id", "set_up_on", "first_heard_at", "last_heard_at", "revoked_at")
    ),
    "outbox.TakenBack": Stored(
        title=_("Contacts that phones took back"),
        people={"contact_id": _ENTRY},
        staff=("by",),
        neither=("id", "at", "done_at"),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "texting.TextWord": Stored(neither=("phrase", "plain", "item", "bag")),
    "messaging.TextLine": Stored(
        staff=("keeper",),
        neither=(
            *("id", "is_on", "region", "secret", "answer", "number_field", "text_field", "id_field"),
            *("gateway_url", "gateway_body", "gateway_template", "gateway_header"),
        ),
    ),
    "messaging.Peer": Stored(
        staff=("name", "number_digest", "user"),
        neither=("id", "language", "site", "wants_answers", "enrolled_at", "ended_at"),
    ),
    "messaging.InboundText": Stored(
        title=_("Texts that came"),
        people={"text": _("Words of a text that waits for a person, closed with a key")},
        staff=("number_digest", "peer", "answer"),
        neither=("id", "message_digest", "at", "outcome"),
        kept=_("Words go a month after somebody dealt with them, rows after three months."),
    ),
    "messaging.OutgoingText": Stored(staff=("number", "text"), neither=("id", "made_at", "sent_at")),
    "alerting.Carrier": Stored(neither=("id", "channel", "settings")),
    "supplies.StockMove": Stored(
        title=_("Moves of the stock"),
        people={
            "source": _ENTRY,
            "at": _("When, to the second"),
            "item": _("What was given"),
            "quantity": _("How many"),
            "note": _("A note by staff"),
        },
        staff=("by",),
        neither=("site", "lot", "reason", "is_shortfall"),
        kept=_FOR_GOOD,
    ),
    "supplies.Item": Stored(
        neither=(
            *("key", "name", "name_es", "search", "group", "unit", "unit_es", "gauge", "length_mm", "volume_ml"),
            *("low_dead_space", "barrels", "doses", "recorded_as", "reorder_point", "is_active", "position"),
        )
    ),
    "supplies.KitPart": Stored(neither=("kit", "part", "quantity")),
    "supplies.Bag": Stored(neither=("key", "name", "name_es", "position", "is_active")),
    "supplies.BagLine": Stored(neither=("bag", "item", "quantity")),
    "supplies.Lot": Stored(neither=("item", "code", "expires_on")),
    "supplies.StockLevel": Stored(neither=("site", "item", "lot", "quantity")),
    "supplies.UseForecast": Stored(
        neither=("site", "item", "made_at", "method", "weekly_mean", "weekly_low", "weekly_high", "total_error")
    ),
    "distribution.Given": Stored(
        title=_("Supplies given"),
        people=_GIVEN,
        neither=("precision", "kit", "barrels"),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "syringes.Container": Stored(neither=("key", "name", "name_es", "syringes_when_full", "position", "is_active")),
    "syringes.Returned": Stored(
        title=_("Syringes back"),
        people={**_FACT, "quantity": _("How many")},
        neither=("precision", "is_estimated"),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "naloxone.KitGiven": Stored(
        title=_("Naloxone given"),
        people={**_GIVEN, "first": _("First kit or a refill")},
        neither=("precision", "kit", "doses"),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "naloxone.Trained": Stored(
        title=_("Overdose training"),
        people={**_FACT, "people": _("How many people")},
        neither=("precision",),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "naloxone.Reversal": Stored(
        title=_("Reversals reported"),
        people={**_FACT, "doses": _("Doses used"), "survived": _("Whether the person survived")},
        neither=("precision",),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "reports.RolledMonth": Stored(neither=("month", "stamp", "times_counted")),
    "reports.ChangedMonth": Stored(neither=("month", "day")),
    "reports.MonthCell": Stored(
        title=_("Sums of months"),
        people={"value": _("A sum, which can be of one person")},
        neither=("month", "indicator", "site", "detail", "is_year_only"),
        kept=_ANEW,
    ),
    "reports.MonthPeople": Stored(
        title=_("Who was seen in a month"),
        people={"people": _("Half of each person’s random number")},
        neither=("month", "indicator", "site", "is_year_only"),
        kept=_ANEW,
    ),
    "reports.UncopiedDay": Stored(neither=("day",)),
    "reports.CopiedMonth": Stored(neither=("month", "version", "stamp")),
    "reports.YearKey": Stored(
        title=_("Keys of the copy for analysts"),
        people={"key": _("Turns random numbers into the copy’s numbers")},
        neither=("year",),
        kept=_ANEW,
    ),
    "reports.Publication": Stored(
        title=_("What was published"),
        people={"cells": _("True numbers, small ones too")},
        staff=("by",),
        neither=("cycle", "report", "start", "end", "made_at", "relations"),
        kept=_("For good: later reports are checked against it."),
    ),
    "reports.GiveBack": Stored(neither=("is_open", "address", "seen_by")),
    "reports.Released": Stored(neither=("indicator", "start", "end", "value", "epsilon", "within", "made_at")),
    "desk.Ticket": Stored(
        title=_("Today’s queue"),
        people={"wants": _("What somebody came for"), "arrived_at": _("When they came")},
        neither=("site", "day", "number", "state", "changed_at"),
        kept=_("Numbers only; no code and no name."),
    ),
    "sites.Program": Stored(
        neither=(
            *("name", "name_es", "slug", "timezone", "language", "idle_minutes", "catalogue_stamp"),
            *("questions_removed", "created_at"),
        )
    ),
    "sites.Session": Stored(staff=("session_key", "session_data", "user"), neither=("expire_date",)),
    "sites.Site": Stored(neither=("name", "kind", "is_active")),
    "sites.Membership": Stored(staff=("user",), neither=("role", "ended_at")),
    "sites.Device": Stored(staff=("shared_by",), neither=("id", "name", "shared_at", "revoked_at")),
    "sites.Shift_workers": Stored(staff=("user",), neither=("shift",)),
    "sites.Shift": Stored(staff=("note",), neither=("site", "started_at", "ended_at")),
    "sites.AuditEvent": Stored(
        title=_("Who did what"),
        people={"target": _("Number of a contact")},
        staff=("by",),
        neither=("at", "action", "detail"),
        kept=_FOR_GOOD,
    ),
    "accounts.User": Stored(
        staff=("username", "name", "password", "pin", "last_login", "language"),
        neither=("wrong_pins", "start_password_until", "is_active", "created_at"),
    ),
    "jobs.Job": Stored(
        neither=(
            *("id", "kind", "payload", "key", "due", "lease_until", "attempts", "steps_done", "steps_total"),
            *("done_at", "gave_up_at", "error", "created_at"),
        )
    ),
    "jobs.Pulse": Stored(neither=("name", "at")),
    "jobs.Mark": Stored(neither=("name", "value")),
    "alerting.Target": Stored(
        staff=("name", "address", "user"),
        neither=(
            *("id", "channel", "lane", "site", "is_backup", "made_ms", "proven_ms", "failed_ms", "failure", "ended_ms"),
        ),
    ),
    "alerting.Dispatch": Stored(
        title=_("Messages of alarms"),
        people={"words": _("What was told, by the alarm’s own rules without a name")},
        staff=("target", "address"),
        neither=(
            *("id", "incident", "channel", "lane", "urgency", "made_ms", "next_ms", "expires_ms", "attempts"),
            *("accepted_ms", "delivered_ms", "seen_ms", "gave_up_ms", "error", "receipt"),
        ),
        kept=_FOR_GOOD,
    ),
    "alarms.Alarm": Stored(
        title=_("Alarms"),
        people={"subject": _("What it watches over"), "words": _("What would be told"), "due_ms": _("When")},
        neither=("id", "kind", "site", "stages", "state", "step", "set_ms", "next_ms", "closed_ms"),
        kept=_FOR_GOOD,
    ),
    "alarms.Incident": Stored(
        title=_("Incidents"),
        people={"subject": _("What it was about"), "words": _("What was told"), "raised_ms": _("When")},
        staff=("owner",),
        neither=("id", "kind", "site", "due_ms", "acknowledged_ms", "late_ok_ms", "closed_ms", "outcome"),
        kept=_FOR_GOOD,
    ),
    "alarms.IncidentEvent": Stored(
        title=_("What was done about incidents"),
        people={"note": _("A note by staff")},
        staff=("by",),
        neither=("incident", "at_ms", "action"),
        kept=_FOR_GOOD,
    ),
    "alarms.Duty": Stored(staff=("user",), neither=("started_ms", "until_ms", "asked_ms", "proven_ms", "ended_ms")),
    "alarms.Beat": Stored(neither=("name", "part", "at_ms", "skew_ms")),
    "alarms.Finding": Stored(neither=("id", "what", "detail", "since_ms", "last_ms", "ended_ms")),
    "surveys.Survey": Stored(neither=("questions", "token", "starts_on", "ends_on", "closed_on")),
    "surveys.Sheet": Stored(
        title=_("Answers to the anonymous survey"),
        people={"site": _PLACE, "week": _("Week"), "answers": _("The answers, joined to no contact")},
        neither=("survey", "door", "key"),
        kept=_("Until the survey is deleted."),
    ),
    "consumption_room.Room": Stored(neither=("site", "paper_minutes", "last_number", "last_digest")),
    "consumption_room.Place": Stored(neither=("room", "name", "position", "is_active")),
    "consumption_room.ConfirmedProtocol": Stored(
        staff=("confirmed_by",), neither=("version", "rows", "source", "confirmed_at")
    ),
    "consumption_room.Visit": Stored(
        title=_("Visits to the room"),
        people={
            "participant": _("Whose visit it is, if a code was given"),
            "handle": _("Two words that stand for somebody while they are there"),
            "place": _PLACE,
            "arrived_at": _("When they came"),
            "left_at": _("When they left"),
            "contact_id": _("The contact it became"),
        },
        neither=("id", "room", "next_look_at", "look_alarm", "open_emergencies"),
        kept=_("The person goes when they leave; the rest stays with the room’s record."),
    ),
    "consumption_room.RecordLine": Stored(
        title=_("The room’s record"),
        people={
            "visit_id": _("The visit it belongs to"),
            "emergency_id": _("The emergency it belongs to"),
            "value": _("What was seen and done"),
            "happened_at": _("When, to the second"),
            "entered_at": _("When it was written down"),
        },
        staff=("by",),
        neither=("room", "number", "kind", "corrects", "source", "digest"),
        kept=_FOR_GOOD,
    ),
    "consumption_room.VisitCounted": Stored(
        title=_("Visits counted"),
        people={**_FACT, "substances": _("What was used"), "route": _("How")},
        neither=("precision", "uses", "minutes"),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "consumption_room.EmergencyCounted": Stored(
        title=_("Emergencies counted"),
        people={**_FACT, "type": _("What happened"), "outcome": _("How it ended")},
        neither=("precision", "response", "naloxone_doses", "ambulance"),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "auth.Permission": Stored(neither=("name", "content_type", "codename")),
    "auth.Group": Stored(neither=("name",)),
    "auth.Group_permissions": Stored(neither=("group", "permission")),
    "contenttypes.ContentType": Stored(neither=("app_label", "model")),
    "sessions.Session": Stored(staff=("session_key", "session_data"), neither=("expire_date",)),
    "account.EmailAddress": Stored(staff=("user", "email"), neither=("verified", "primary")),
    "account.EmailConfirmation": Stored(staff=("email_address", "key"), neither=("created", "sent")),
    "mfa.Authenticator": Stored(staff=("user", "data", "last_used_at"), neither=("type", "created_at")),
    "checkins.Protocol": Stored(
        staff=("confirmed_by",),
        neither=(*("key", "version", "name", "wait_seconds", "grace_seconds", "source", "confirmed_ms", "retired_ms"),),
    ),
    "checkins.CheckIn": Stored(
        title=_("Check-ins of people who use alone"),
        people={
            "id": _("A random number"),
            "word_digest": _("Keyed digest of the word that they were given"),
            "language": _("Language"),
            "started_ms": _("When they came"),
            "due_ms": _("When they said they would answer"),
            "ended_ms": _("When it ended"),
            "opened_plan": _("Where they are, closed with a key; only from no answer until the incident has ended"),
        },
        neither=("protocol", "release_ms", "released_ms", "declined_ms", "is_canary"),
        kept=_("For good, without a place: so that it can be shown that none was lost."),
    ),
    "checkins.SealedPlan": Stored(
        title=_("Sealed plans"),
        people={
            "check_in": _("The check-in it belongs to"),
            "sealed": _("Where somebody is, sealed: this program can’t read it before they do not answer"),
            "boxes": _("What opens it, closed with keys that are used once"),
        },
        kept=_("Until the check-in ends."),
    ),
    "checkins.PlanKey": Stored(
        neither=("id", "host", "public", "check_in", "made_ms", "taken_ms", "ending_ms", "ended_ms")
    ),
    "checkins.PlanEvent": Stored(
        title=_("Who opened a plan"),
        people={"check_in": _("The check-in it belongs to")},
        staff=("by",),
        neither=("at_ms", "action"),
        kept=_FOR_GOOD,
    ),
    "syringes.NeedTold": Stored(
        title=_("How much somebody said they inject"),
        people={**_FACT, "injections": _("Injections in 28 days"), "people": _("How many people")},
        neither=("precision",),
        kept=_AS_LONG_AS_THE_CONTACT,
    ),
    "reports.PopulationEstimate": Stored(
        staff=("entered_by",), neither=("area", "people", "low", "high", "source", "entered_at")
    ),
}
