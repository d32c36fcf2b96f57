"""docs/providers.md names everybody who gets something of a person, and nobody can be added behind its back."""

from typing import Any

import pytest
from sql import providers_page
from sql.seats import Connection


def test_the_committed_page_is_not_stale(db: Connection) -> None:
    assert providers_page.page(db) == providers_page.PAGE.read_text(), "run `python -m sql.providers_page`"


@pytest.mark.parametrize(
    "change",
    [
        "update croquis.engines set retires_on = null where name = 'google/nano-banana'",
        "update croquis.engines set version = null where version is not null",
    ],
)
def test_another_engine_makes_it_stale(db: Connection, change: Any) -> None:
    with db.transaction(force_rollback=True):
        db.execute(change)
        assert providers_page.page(db) != providers_page.PAGE.read_text()


def test_a_bucket_without_a_word_is_refused(db: Connection) -> None:
    with db.transaction(force_rollback=True):
        db.execute(
            "create or replace function croquis.buckets() returns text[] language sql immutable return array['selfies']"
        )
        with pytest.raises(KeyError, match="selfies"):
            providers_page.page(db)
