"""Keeps the port Purges."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import JobId
from croquis.domain.runs.job import Job, Run


class SupabasePurges:
    """See croquis.ports.purges for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def jobs_to_purge(self, most: int, after: str | None) -> list[Job]:
        return self._api.call(list[Job], "jobs_to_purge", most=most, after=after)

    def begin_purge(self, job: JobId) -> list[Run]:
        return self._api.call(list[Run], "begin_purge", job=job)

    def end_purge(self, job: JobId) -> bool:
        return self._api.call(bool, "end_purge", job=job)

    def purge_logs(self, most: int) -> int:
        return self._api.call(int, "purge_logs", most=most)

    def purge_rows(self, most: int) -> int:
        return self._api.call(int, "purge_rows", most=most)
