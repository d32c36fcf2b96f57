"""What the flow tests play: a draft without uploads, a crash, a held state, time that passes, a run that takes long.

Everything here is done to the surroundings of Croquis, as fate would; nothing of Croquis is replaced.
"""

import io
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import boto3
from PIL import Image
from studio import PHOTOS, Studio, User
from waiting import PATIENCE, until

from croquis import wiring
from sandbox import ROOT

When = Literal["before", "after"]
ENDS = ("in_review", "failed", "canceled")


@cache
def small_photos() -> tuple[bytes, ...]:
    """A demo photo eight times, small enough to cost no time, and never the same file."""
    return tuple(_small_photo(quality) for quality in range(80, 88))


@cache
def garment_pictures() -> Mapping[str, bytes]:
    """The sample garments as JPEGs, by their names."""
    return {path.stem: _as_jpeg(path) for path in sorted((ROOT / "sandbox/demo_garments").glob("*.png"))}


def _as_jpeg(path: Path) -> bytes:
    with Image.open(path) as picture:
        picture.convert("RGB").save(target := io.BytesIO(), "JPEG", quality=85)
    return target.getvalue()


def _small_photo(quality: int) -> bytes:
    with Image.open(PHOTOS[0]) as photo:
        photo.thumbnail((640, 960))
        photo.convert("RGB").save(target := io.BytesIO(), "JPEG", quality=quality)
    return target.getvalue()


def draft(user: User) -> str:
    """A draft with eight accepted photos, as eight uploads, checks and overrides would leave it."""
    job = user.open()
    for number, data in enumerate(small_photos(), 1):
        photo, digest = str(uuid.uuid4()), sha256(data).hexdigest()
        path = f"{user.id}/{job}/{photo}.jpg"
        wiring.croquis().files.write("training-photos", path, data, content_type="image/jpeg")
        user.studio.rows(
            "insert into training_photos (id, job_id, owner_id, slot, status, content_type, announced_bytes,"
            " upload_path, width, height, bytes, sha256, clean_path, thumbnail_path, seen)"
            " values (%s, %s, %s, %s, 'accepted', 'image/jpeg', %s, %s, 640, 960, %s, %s, %s, %s, '{}')",
            *(photo, job, user.id, number, len(data), f"{path}/{number}", len(data), digest, path, path),
        )
    return job


def submitted(user: User, **parameters: Any) -> str:
    """A job that was submitted just now."""
    job = draft(user)
    answer = user.submit(job, **parameters)
    assert answer.status_code == 202, answer.text
    return job


def ended(user: User, job: str) -> dict[str, Any]:
    """The job's view when its run is over or waits for its owner."""
    return user.until(job, *ENDS)


def in_review(user: User, **parameters: Any) -> str:
    """A job whose model waits for its owner's decision."""
    job = submitted(user, **parameters)
    assert (view := ended(user, job))["status"] == "in_review", view["runs"]
    return job


def approved(user: User) -> str:
    """The id of a model of which pictures may be ordered."""
    answer = user.post(f"/v1/trainings/{in_review(user)}/review", {"decision": "approve"})
    return str(answer.json()["model"]["id"])


def passed(view: dict[str, Any]) -> list[str]:
    """The statuses that a job went through."""
    return [event["status"] for event in view["events"]]


@contextmanager
def crash(
    studio: Studio, function: str, *, when: When = "after", error: str = "Runtime.ExitError", times: int = 1
) -> Iterator[list[str]]:
    """The function dies so many times before or after its work, as Lambda reports it; yields the crashes so far."""
    crashes: list[str] = []

    def die(name: str, payload: dict[str, Any]) -> None:
        if name == function and len(crashes) < times:
            crashes.append(name)
            raise type(error, (Exception,), {})("RequestId: died")

    with meddling(studio, when, die):
        yield crashes


class Hold:
    """A state that waits before or after its work until it is let go, or dies there."""

    def __init__(self) -> None:
        self.dies = False
        self._reached, self._free = threading.Event(), threading.Event()

    def stop(self) -> None:
        self._reached.set()
        assert self._free.wait(PATIENCE), "nobody let it go"
        if self.dies:
            raise RuntimeError("it died there")

    def reached(self) -> None:
        assert self._reached.wait(PATIENCE), "the state was never entered"

    def go(self) -> None:
        self._free.set()


@contextmanager
def held(studio: Studio, function: str, *, when: When = "before") -> Iterator[Hold]:
    """Calls of the function wait there until `go`, or until the end of the block."""
    hold = Hold()
    with meddling(studio, when, lambda name, _: hold.stop() if name == function else None):
        try:
            yield hold
        finally:
            hold.go()


@contextmanager
def meddling(studio: Studio, when: When, act: Callable[[str, dict[str, Any]], None]) -> Iterator[None]:
    """`act` is called with the name and payload of every function before or after its work."""
    usual = getattr(studio.aws, when)
    setattr(studio.aws, when, act)
    try:
        yield
    finally:
        setattr(studio.aws, when, usual)


@contextmanager
def without_kicks(studio: Studio) -> Iterator[None]:
    """The storage trigger does not know where to send its kicks."""
    rename = "update vault.secrets set name = %s where name = %s"
    studio.rows(rename, "lost", "croquis_storage_hook_url")
    try:
        yield
    finally:
        studio.rows(rename, "croquis_storage_hook_url", "lost")


@contextmanager
def long_trainings(studio: Studio) -> Iterator[None]:
    """The provider takes an hour for every training that begins now."""
    usual = studio.twin.settings
    studio.twin.settings = replace(usual, seconds_per_1000_steps=180_000)
    try:
        yield
    finally:
        studio.twin.settings = usual


@contextmanager
def small_storage(studio: Studio, most: int = 50 * 2**20) -> Iterator[None]:
    """The project's own limit is lower than the bucket's wish, as on Supabase's free plan."""
    settings = studio.gateway.settings
    usual = settings.file_size_limit
    object.__setattr__(settings, "file_size_limit", most)  # frozen, for everybody but whoever plays the project's owner
    try:
        yield
    finally:
        object.__setattr__(settings, "file_size_limit", usual)


def minutes_pass(studio: Studio, minutes: int) -> None:
    """Moves every time in the tables so far into the past; triggers do not notice."""
    studio.rows(
        "set session_replication_role = replica; do $$ declare it record; begin"
        " for it in select table_name,"
        " string_agg(format('%%1$I = %%1$I - interval ''{0} minutes''', column_name), ', ') as moves"
        " from information_schema.columns where table_schema = 'public' and data_type = 'timestamp with time zone'"
        " group by table_name loop"
        " execute format('update public.%%I set ', it.table_name) || it.moves; end loop; end $$".replace(
            "{0}", str(minutes)
        )
    )


def kill(studio: Studio, job: str, name: str = "1") -> None:
    """End a training's execution from outside; it is `closed` when the function that it is in has returned."""
    client = boto3.client("stepfunctions")
    client.stop_execution(executionArn=execution(studio, f"{job}-{name}"))
    for attempt in attempts(studio, job):
        if attempt["task_token"]:  # moto lets a stopped execution sleep on: waking it is part of stopping it
            with suppress(client.exceptions.TaskTimedOut):  # that task was over
                client.send_task_failure(taskToken=attempt["task_token"], error="stopped", cause="stopped")


def execution(studio: Studio, name: str, machine: str = "training") -> str:
    return f"{studio.machines[machine].replace(':stateMachine:', ':execution:')}:{name}"


def executions(studio: Studio, job: str) -> list[str]:
    """The names of the job's executions, without the job, oldest first."""
    found = boto3.client("stepfunctions").list_executions(stateMachineArn=studio.machines["training"], maxResults=1000)
    names = [it["name"].removeprefix(f"{job}-") for it in found["executions"] if it["name"].startswith(job)]
    return sorted(names)


def closed(studio: Studio, name: str, machine: str = "training") -> None:
    """Returns when the execution has ended, however."""
    client, arn = boto3.client("stepfunctions"), execution(studio, name, machine)
    until(lambda: client.describe_execution(executionArn=arn)["status"] != "RUNNING")


def attempts(studio: Studio, job: str) -> list[dict[str, Any]]:
    """The training attempts of a job, oldest first."""
    return studio.rows(
        "select a.* from provider_attempts a join training_runs r on r.id = a.run_id where r.job_id = %s"
        " order by r.run, a.attempt",
        job,
    )


def trainings_paid(studio: Studio, job: str) -> int:
    """How often the provider's bill names a training of this job."""
    markers = [attempt["marker"] for attempt in attempts(studio, job)]
    bill = [str(entry.input) for entry in studio.twin.ledger if entry.kind == "training"]
    return sum(any(marker in order for marker in markers) for order in bill)


def until_it_trains(studio: Studio, job: str) -> None:
    """Its training is paid, and the provider's answer is stored."""
    until(lambda: any(attempt["provider_id"] for attempt in attempts(studio, job)))


def pictures_paid(studio: Studio, job: str) -> int:
    """How often the provider's bill names a picture of this job's model."""
    seeds = studio.rows(
        "select a.seed from provider_attempts a join images i on i.id = a.image_id where i.job_id = %s", job
    )
    wanted = {row["seed"] for row in seeds}
    return sum(entry.kind == "prediction" and entry.input["seed"] in wanted for entry in studio.twin.ledger)


def objects(studio: Studio, bucket: str, job: str) -> list[str]:
    """The paths below a job in a bucket."""
    found = studio.rows(
        "select name from storage.objects where bucket_id = %s and name like %s order by name", bucket, f"%/{job}/%"
    )
    return [row["name"] for row in found]


def account(studio: Studio, user: User) -> tuple[float, float]:
    """What the user has reserved, and has spent, in dollars."""
    found = studio.rows("select reserved_usd, spent_usd from spend_accounts where owner_id = %s", user.id)
    return (float(found[0]["reserved_usd"]), float(found[0]["spent_usd"])) if found else (0.0, 0.0)
