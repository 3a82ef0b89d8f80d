"""Questions about sites."""

from __future__ import annotations

from alongside.sites.plain_sql import Question


def asks_for_sites_in_use(program_id: int) -> Question:
    """Answers the id of each site that contacts can be recorded at."""
    return "SELECT id FROM sites_site WHERE program_id = %s AND is_active = %s", [program_id, True]
