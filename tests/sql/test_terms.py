"""PR-03: every table says how long its rows are kept; a year later nothing is left that is past its term."""

from datetime import timedelta
from typing import Any

import pytest
from sql.seats import Connection
from sql.story import Story, seen
from sql.test_rights import busy

ROWS_KEPT = "a term of its own, in croquis.rows_kept()"
OWNER = "until its owner erases the model or the account"
STRIPPED = "the same; what money hangs on then stays, and tells nothing of the person"
RECEIPT = "append-only: ids and times alone, no photo, name or e-mail"
OPERATOR = "nothing of any person"
TERMS = {
    "public.consent_texts": OPERATOR,
    "public.consents": RECEIPT,
    "public.lora_training_jobs": STRIPPED,
    "public.training_runs": STRIPPED,
    "public.training_logs": "its purge_after: croquis.logs_kept()",
    "public.training_photos": "its job's photos_purge_after: croquis.photos_kept_after_close(), photos_kept_at_most()",
    "public.photo_declarations": RECEIPT,
    "public.ai_models": STRIPPED,
    "public.job_events": RECEIPT,
    "public.image_orders": STRIPPED,
    "public.images": STRIPPED,
    "public.prices": OPERATOR,
    "public.spend_accounts": RECEIPT,
    "croquis.limits": OPERATOR,
    "croquis.usd_posted": OPERATOR,
    "public.idempotency_keys": ROWS_KEPT,
    "public.provider_attempts": STRIPPED,
    "public.provider_runs": STRIPPED,
    "public.ledger_entries": RECEIPT,
    "public.webhook_inbox": ROWS_KEPT,
    "public.garments": OWNER,
    "public.looks": OWNER,
    "public.worn_garments": OWNER,
    "croquis.engines": OPERATOR,
    "croquis.engine_looks": OPERATOR,
    "public.storage_outbox": ROWS_KEPT,
    "public.provenance_uploads": "three hours: provenance_is_gone()",
    "public.face_references": "as long as the consent to it stands: purge_faces()",
    "public.consent_links": ROWS_KEPT,
    "public.downloads": ROWS_KEPT,
    "public.download_images": "that of its download",
    "public.look_books": STRIPPED,
    "public.look_book_cells": OWNER,
    "public.erasures": RECEIPT,
    "public.erasure_receipts": RECEIPT,
}
__all__ = ["busy"]


def test_every_table_says_how_long_its_rows_are_kept(db: Connection) -> None:
    tables = db.execute(
        "select schemaname || '.' || tablename, croquis.rows_kept(tablename) from pg_tables"
        " where schemaname in ('public', 'croquis')"
    ).fetchall()
    assert {name for name, _ in tables} == TERMS.keys()
    terms = {name: kept for name, kept in tables if kept}
    assert terms.keys() == {name for name, term in TERMS.items() if term == ROWS_KEPT}
    assert min(terms.values()) > timedelta(days=1)  # an order is repeated for a day


@pytest.mark.parametrize(("later", "left"), [("6 days", True), ("1 year", False)])
def test_a_year_later_nothing_is_left_that_is_past_its_term(busy: Story, played: Any, later: str, left: bool) -> None:
    busy.owner.call(
        "open_consent_link", consent_id=busy.seen()["consent"]["id"], days=1, used_by="Studio", token_sha256="0" * 64
    )
    busy.worker.call("receive_webhook", webhook_id="x", marker=busy.attempt()["marker"], seen=seen("p"))
    played("update public.downloads set object_deleted_at = now()")
    played("update public.storage_outbox set done_at = now()")
    columns = busy.connection.execute(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and data_type = 'timestamp with time zone' and is_updatable = 'YES'"
    ).fetchall()
    for table, column in columns:
        played(f"update public.{table} set {column} = {column} - interval '{later}'")  # pyright: ignore[reportArgumentType]

    while busy.worker.call("purge_rows") or busy.worker.call("purge_logs"):
        pass

    of_their_own = [name for name, term in TERMS.items() if term == ROWS_KEPT]
    for table in (*of_their_own, "public.training_logs", "public.download_images"):
        (count,) = busy.connection.execute(f"select count(*) from {table}").fetchone()  # type: ignore[arg-type, misc]
        assert (count > 0) == left, table
    late = {job["id"] for job in busy.worker.each("jobs_to_purge")}
    assert left or late == {job for (job,) in busy.owner.sql("select id::text from public.lora_training_jobs")}
