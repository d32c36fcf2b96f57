"""The database of a world as on the first day: emptied, because making it anew takes longer than a run."""

from typing import Any

import psycopg

EMPTY = (
    "webhook_inbox", "ledger_entries", "provider_runs", "provider_attempts", "download_images", "downloads",
    "worn_garments", "looks", "garments", "look_book_cells", "images", "image_orders", "look_books",
    "idempotency_keys", "spend_accounts", "job_events", "ai_models", "photo_declarations", "training_photos",
    "face_references", "training_logs", "training_runs", "lora_training_jobs", "consent_links", "consents",
    "erasure_receipts", "erasures", "croquis.usd_posted", "storage_outbox", "provenance_uploads",
    "net.http_request_queue", "auth.users",
)  # fmt: skip


def emptied(connection: psycopg.Connection[Any], hook_secret: str) -> None:
    """Nobody has anything; what all runs share stays."""
    connection.execute("set session_replication_role = replica")
    connection.execute("; ".join(f"delete from {it}" for it in EMPTY))  # pyright: ignore
    connection.execute("delete from croquis.limits")
    connection.execute("insert into croquis.limits default values")
    connection.execute("update vault.secrets set secret = %s where name like '%%hook_secret'", (hook_secret,))
    connection.execute("delete from storage.objects where name not like 'faults/%'")
