"""What a person agreed to, and whether it still stands."""

from datetime import datetime

from croquis.domain.ids import ConsentId
from croquis.domain.row import Row


class Consent(Row):
    """`withdrawn_at` is null as long as it stands."""

    id: ConsentId
    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None
