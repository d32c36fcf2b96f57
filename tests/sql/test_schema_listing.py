"""infra/supabase/schema.md is what the migrations amount to, and nothing in it goes without a word."""

from sql import schema_listing
from sql.seats import Connection


def test_the_committed_listing_is_not_stale(db: Connection) -> None:
    assert schema_listing.listing(db) == schema_listing.LISTING.read_text(), "run `python -m sql.schema_listing`"


def test_every_table_enum_and_function_says_what_it_is(db: Connection) -> None:
    assert "(no comment)" not in schema_listing.listing(db)


def test_a_change_of_the_schema_makes_it_stale(db: Connection) -> None:
    written = schema_listing.LISTING.read_text()
    for change in (
        "alter table public.images alter column prompt drop not null",
        "alter type public.gender rename value 'male' to 'man'",
        'alter policy "owners read their own rows" on public.images using (true)',
        "grant execute on function public.add_photo to service_role",
        "comment on function public.add_photo is 'Adds a photo.'",
        "drop trigger croquis_object_landed on storage.objects",
    ):
        with db.transaction(force_rollback=True):
            db.execute(change)
            assert schema_listing.listing(db) != written, change
    assert schema_listing.listing(db) == written
