"""What is past its time: photos, archives, logs."""

from typing import Protocol

from croquis.domain.ids import JobId
from croquis.domain.runs.job import Job, Run


class Purges(Protocol):
    """Files first, then the row says so; each call may be repeated."""

    def jobs_to_purge(self, most: int, after: str | None) -> list[Job]:
        """Whose photos and archives are past their time, by id."""
        ...

    def begin_purge(self, job: JobId) -> list[Run]:
        """Removes the job's photos, and answers the runs whose archives are to be deleted."""
        ...

    def end_purge(self, job: JobId) -> bool:
        """False as long as something may be left."""
        ...

    def purge_logs(self, most: int) -> int:
        """How many were deleted."""
        ...

    def purge_rows(self, most: int) -> int:
        """The same of rows that are past the term of their table."""
        ...
