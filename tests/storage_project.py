"""A small Supabase project for the storage tests: a bucket, two users with a folder each, a note of every row event."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self
from uuid import uuid4

import httpx
import psycopg
from storage3 import SyncStorageClient

from sandbox.supabase.settings import GatewaySettings


class RunningGateway(Protocol):
    """What the fixture `plain_gateway` gives."""

    @property
    def settings(self) -> GatewaySettings: ...
    @property
    def database(self) -> "RunningDatabase": ...
    @property
    def url(self) -> str: ...
    def token(self, user_id: str, **claims: object) -> str: ...


class RunningDatabase(Protocol):
    def dsn(self, user: str | None = None) -> str: ...


# jsonb would forget the order of the keys
EMPTIED = """
    set local storage.allow_delete_query = 'true';
    delete from storage.objects;
    delete from storage.buckets;
    drop trigger if exists note_event on storage.objects;
    drop function if exists public.note_event;
    drop table if exists public.events;
    drop policy if exists "insert in the own folder" on storage.objects;
    drop policy if exists "select in the own folder" on storage.objects;
    drop policy if exists "delete in the own folder" on storage.objects;
"""
NOTE_EVENTS = """
    create table public.events (id bigserial primary key, event text not null, claims text, uid uuid);
    create function public.note_event() returns trigger language plpgsql security definer as $$
    begin
      insert into public.events (event, claims, uid)
      select row_to_json(e), current_setting('request.jwt.claims', true), auth.uid()
      from (select tg_op as type, tg_table_name as table, tg_table_schema as schema,
        case when tg_op <> 'INSERT' then row_to_json(old) end as old_record,
        case when tg_op <> 'DELETE' then row_to_json(new) end as record) e;
      return null;
    end $$;
    create trigger note_event after insert or update or delete on storage.objects
      for each row execute function public.note_event();
"""
OWN_FOLDER = "bucket_id = 'docs' and (storage.foldername(name))[1] = (select auth.uid())::text"
POLICIES = "".join(
    f'create policy "{verb} in the own folder" on storage.objects for {verb} to authenticated {clause} ({OWN_FOLDER});'
    for verb, clause in (("insert", "with check"), ("select", "using"), ("delete", "using"))
)
BUCKET = """
    insert into storage.buckets (id, name, file_size_limit, allowed_mime_types)
    values ('docs', 'docs', 100000000, array['text/plain', 'image/*'])
"""


class StorageProject:
    """The gateway's address and keys, seen from its clients."""

    def __init__(self, gateway: RunningGateway) -> None:
        self._gateway = gateway
        self._http = httpx.Client(timeout=30)
        self.settings = gateway.settings
        self.gateway_url = gateway.url
        self.url = f"{gateway.url}/storage/v1"
        self.alice, self.bob = str(uuid4()), str(uuid4())
        self.sql(EMPTIED + NOTE_EVENTS + POLICIES + BUCKET)
        for path in self.files():
            path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sql(self, statement: str, values: Sequence[object] | None = None) -> list[tuple]:
        """Run as superuser, beside the gateway."""
        with psycopg.connect(self._gateway.database.dsn()) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def events(self) -> list[str]:
        return [kind for (kind,) in self.sql("select event::json ->> 'type' from public.events order by id")]

    def rows(self) -> list[str]:
        return [name for (name,) in self.sql("select name from storage.objects order by name")]

    def files(self) -> list[Path]:
        """Every file that the gateway keeps."""
        return [path for path in self.settings.objects_dir.rglob("*") if path.is_file()]

    def headers(self, user: str | None) -> dict[str, str]:
        return {"apikey": self.settings.publishable_key} | (
            {"authorization": f"Bearer {self._gateway.token(user)}"} if user else {}
        )

    @property
    def credentials(self) -> dict[str, dict[str, str]]:
        """The headers of those who speak in the captured sessions."""
        forged = self._gateway.token(self.alice)[:-8] + "forged__"
        return {
            "service": self.service_headers,
            "anon": self.headers(None),
            "a forged token": self.headers(None) | {"authorization": f"Bearer {forged}"},
            "nobody": {},
        }

    @property
    def service_headers(self) -> dict[str, str]:
        key = self.settings.secret_key
        return {"apikey": key, "authorization": f"Bearer {key}"}

    def client(self, user: str | None) -> SyncStorageClient:
        """The real Python client, as a user or, for None, with the publishable key alone."""
        return self._client(self.headers(user))

    def service(self) -> SyncStorageClient:
        return self._client(self.service_headers)

    def _client(self, headers: dict[str, str]) -> SyncStorageClient:
        return SyncStorageClient(f"{self.url}/", headers, http_client=self._http)


def refusal(answer: httpx.Response) -> tuple[int, Any, Any]:
    """HTTP status, true status and code of an envelope."""
    return answer.status_code, answer.json()["statusCode"], answer.json()["code"]
