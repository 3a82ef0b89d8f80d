"""The one list of installed services."""

SERVICES = (
    "alongside.services.distribution",
    "alongside.services.syringes",
    "alongside.services.naloxone",
    "alongside.services.surveys",
    "alongside.services.checkins",
    "alongside.services.consumption_room",
)
