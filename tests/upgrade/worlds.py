"""Two worlds: in one, chosen work stands still just before its function is called; the other goes on from there."""

import io
import json
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from faults.kinds import Fault
from faults.scenarios import stock
from faults.stepper import Execution, Position
from faults.wire import Answer
from faults.world import World
from scenes import small_photos
from upgrade.provider import bring_back
from upgrade.releases import Release

from croquis_pictures.dataset import DatasetItem, write_dataset
from sandbox.supabase.signed_urls import UrlSigner

Held = Callable[[str, dict[str, Any]], bool]
HOOK = "/hooks/storage"
LINK_SECONDS = 7200
OBJECTS = """
    select o.bucket_id, o.version, i.sha256 from storage.objects o left join images i on i.path = o.name
    where o.name not like 'faults/%%'
"""


class StandsStill(BaseException):
    """Nothing of ours catches it."""


class StillWorld(World):
    """`held` says of a function and its event whether the call is never made. The sweep is not there to see it."""

    held: Held = staticmethod(lambda function, event: False)

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """To the database, as superuser."""
        return self._looking

    def begin(self, faults: tuple[Fault, ...] = (), seed: int = 0) -> None:
        self.kicks: list[dict[str, Any]] = []
        super().begin(faults, seed)

    def later(self, seconds: float, act: Callable[[], object], *, idle: bool = False) -> None:
        super().later(seconds, lambda: self._done(act), idle=idle)

    def call(self, function: str, event: Any) -> Any:
        if self.held(function, event):
            raise StandsStill
        return super().call(function, event)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        if path == HOOK:
            self.kicks.append({"headers": headers, "body": body.decode()})
        return super().ask(method, path, headers, body)

    def sweep(self, event: Any = None) -> None:
        """None."""

    @staticmethod
    def _done(act: Callable[[], object]) -> None:
        try:
            act()
        except StandsStill:
            return


def subject_of(event: dict[str, Any]) -> str:
    """The job or the image that a call is about; of a message, its body."""
    if records := event.get("Records"):
        return str(next(iter(json.loads(records[0]["body"]).values())))
    return str(event.get("image_id") or event["job_id"])


class GoingOn(World):
    """Its database holds the rows of a release, and it begins with all that the release left under way."""

    def goes_on_with(self, release: Release) -> None:
        self._release = release
        self.begin()
        stock(self)
        for it in release.under_way["executions"]:
            left = {tuple(at["place"]): Position(at["state"], at["data"], at["token"]) for at in it["at"]}
            machine = release.machines["training" if "job_id" in it["given"] else "image"]
            self.machines.go_on(Execution(it["name"], it["given"], left=left), machine)
        for it in release.under_way["messages"]:
            self.queues.bring(it["queue"], it["body"])
        self.answered = [
            self.ask("POST", HOOK, it["headers"], it["body"].encode()).status for it in release.under_way["kicks"]
        ]

    def _first_day(self) -> None:
        """Saved pictures lie in the storage as they did, and other bytes in the place of all else."""
        [found] = self.rows("select max(dataset_images) as many from training_runs")
        picture, *_, uploaded = small_photos()
        archive = _dataset(picture, found["many"])
        kept = {it["sha256"]: b64decode(it["base64"]) for it in self._release.under_way["pictures"]}
        for it in self.rows(OBJECTS):
            others = {"datasets": archive, "photo-uploads": uploaded}.get(it["bucket_id"], picture)
            (self.project.objects_dir / it["version"]).write_bytes(kept.get(it["sha256"], others))
        signer = UrlSigner(self.project.url_signing_secret)
        sign = partial(signer.sign_download, expires_in=LINK_SECONDS)
        bring_back(self._settings.state_dir, self._release.provider, sign, archive, picture)
        self._begin_twin(self._release.under_way["at"][0])


def _dataset(picture: bytes, many: int) -> bytes:
    target = io.BytesIO()
    write_dataset(target, (DatasetItem(f"{it:03}", picture, "a person") for it in range(many)))
    return target.getvalue()
