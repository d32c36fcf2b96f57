"""Jobs in a state that a door needs, written past the doors: fast, and as the database itself would have them."""

import uuid
from dataclasses import dataclass

import httpx
from studio import Studio, User

from croquis.adapters.supabase.files import SupabaseFiles

ACCEPTED = """
    insert into public.training_photos (job_id, owner_id, slot, status, content_type, announced_bytes, upload_path,
      width, height, bytes, sha256, clean_path, thumbnail_path, seen)
    select %s, %s, n, 'accepted', 'image/jpeg', 1, %s || n, 1024, 1536, 1, 'content ' || n, 'clean', 'thumbnail', '{}'
    from generate_series(1, %s) n returning id"""

RUN = """
    insert into public.training_runs (job_id, run, owner_id, preset, steps, lora_rank, learning_rate, resolution,
      caption_dropout_rate, expected_seconds, expected_review_seconds, expected_weights_bytes, reserved_usd,
      deadline_at)
    values (%s, 1, %s, 'compact', 20, 48, 4e-4, '768,1024', 0.05, 82, 182, 7000000, 0, now() + interval '3 hours')"""
ATTEMPT = """
    insert into public.provider_attempts (owner_id, attempt, marker, state, provider_id, expected_usd, look_after,
      run_id)
    select %s, 1, %s, %s, %s, 1, now() + interval '1 hour', r.id from public.training_runs r where r.job_id = %s
    returning id"""

IMAGE = """
    insert into public.images (order_id, owner_id, model_id, job_id, run, kind, position, prompt, framing, asked_width,
      asked_height, provider_version, reserved_usd, deadline_at, status, path, sha256, bytes, content_type, width,
      height, signed)
    values (%s, %s, %s, %s, 1, 'generation', %s, 'a person', 'portrait', 896, 1120, 'v', 0, now(), 'saved', %s,
      repeat('0', 64), 1, 'image/png', 896, 1120, true)
    returning id"""

GARMENT = """
    insert into public.garments (owner_id, name, category, status, content_type, announced_bytes, upload_path, width,
      height, bytes, sha256, clean_path, thumbnail_path, seen)
    select %s, 'Red top', %s, 'ready', 'image/png', 1, it, 576, 768, 1, it, it || '.jpg', it || '.thumbnail.jpg', '{}'
    from (select gen_random_uuid()::text as it) as drawn returning id"""


@dataclass(frozen=True)
class Training:
    """One run at the provider, by its names."""

    job: str
    marker: str
    provider_id: str
    attempt: str


def draft(studio: Studio, owner: User, photos: int = 0) -> str:
    """A draft with so many accepted photos, of which no file exists."""
    job = owner.open()
    if photos:
        studio.rows(ACCEPTED, job, owner.id, f"{owner.id}/{job}/", photos)
    return job


def photo_of(studio: Studio, job: str) -> str:
    return str(studio.row("select id from public.training_photos where job_id = %s order by slot limit 1", job)["id"])


def garment_of(studio: Studio, owner: User, category: str = "upper") -> str:
    """A garment that is ready, of which no file exists."""
    return str(studio.row(GARMENT, owner.id, category)["id"])


def look_of(studio: Studio, owner: User, *garments: str) -> str:
    worn = "insert into public.looks (owner_id, name, garment_ids) values (%s, 'For rain', %s::uuid[]) returning id"
    return str(studio.row(worn, owner.id, list(garments))["id"])


def training(studio: Studio, owner: User, *, state: str = "started", provider_id: str | None = None) -> Training:
    """A job whose run trains at the provider, with its attempt."""
    job, marker = owner.open(), "cq" + uuid.uuid4().hex
    studio.rows(RUN, job, owner.id)
    for status in ("queued", "preparing", "training"):
        studio.rows("update public.lora_training_jobs set status = %s, current_run = 1 where id = %s", status, job)
        studio.rows("update public.training_runs set status = %s where job_id = %s", status, job)
    attempt = studio.row(ATTEMPT, owner.id, marker, state, provider_id, job)["id"]
    return Training(job, marker, provider_id or "run" + uuid.uuid4().hex[:12], str(attempt))


def _stored(studio: Studio, path: str) -> None:
    settings = studio.gateway.settings
    with httpx.Client() as http:
        files = SupabaseFiles(
            studio.gateway.url,
            publishable_key=settings.publishable_key,
            secret_key=lambda: settings.secret_key,
            http=http,
        )
        files.write("images", path, b"a picture", content_type="image/png")


def pictures(studio: Studio, owner: User, job: str, many: int) -> list[str]:
    """An active model of the job with an order of so many saved pictures, whose files are there; their ids."""
    studio.rows(RUN, job, owner.id)
    model = studio.row(
        "insert into public.ai_models (owner_id, job_id, name, trigger_word, gender, status, active_run)"
        " values (%s, %s, 'Maya', 'b' || substr(md5(random()::text), 1, 7), 'female', 'active', 1) returning id",
        owner.id,
        job,
    )["id"]
    order = studio.row(
        "insert into public.image_orders (owner_id, model_id, kind) values (%s, %s, 'generation') returning id",
        owner.id,
        model,
    )["id"]
    made: list[str] = []
    for position in range(1, many + 1):
        path = f"{owner.id}/{job}/{position}.png"
        _stored(studio, path)
        made.append(str(studio.row(IMAGE, order, owner.id, model, job, position, path)["id"]))
    return made
