"""Questions about sites."""

from __future__ import annotations

from alongside.sites.plain_sql import select


def sites_in_use(program_id: int) -> set[int]:
    """Ids of the sites that contacts can be recorded at."""
    statement = "SELECT id FROM sites_site WHERE program_id = %s AND is_active = %s"
    return {pk for (pk,) in select(statement, [program_id, True])}
