"""Where a page ended: microseconds since 1970 and an id. Any text of this form can be one."""

from datetime import UTC, datetime, timedelta

FORM = r"^[0-9]{1,16}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cursor_of(created_at: datetime, row_id: str) -> str:
    return f"{(created_at - _EPOCH) // timedelta(microseconds=1)}.{row_id}"


def place_of(cursor: str) -> tuple[str, str]:
    """When the last row of the page was created, as Postgres reads it, and its id."""
    microseconds, _, row_id = cursor.partition(".")
    return (_EPOCH + timedelta(microseconds=int(microseconds))).isoformat(), row_id
