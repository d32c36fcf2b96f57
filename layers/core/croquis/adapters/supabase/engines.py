"""Keeps the port Engines."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.ports.engines import KnownEngine, SeenEngine


class SupabaseEngines:
    """See croquis.ports.engines for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def engines_to_look_at(self) -> list[KnownEngine]:
        return self._api.call(list[KnownEngine], "engines_to_look_at")

    def record_engine_look(self, engine: str, seen: SeenEngine) -> bool:
        return self._api.call(bool, "record_engine_look", engine=engine, seen=seen)
