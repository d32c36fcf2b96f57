"""Keeps the port LookBooks."""

from collections.abc import Mapping, Sequence

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import LookBookId, ModelId
from croquis.domain.look_books.look_book import BoundFiles, LookBook
from croquis.ports.dry_runs import Planned
from croquis.ports.look_books import FilledLookBook, LookBookToBind, ReadLookBook
from croquis.ports.owner import Owner


class SupabaseLookBooks:
    """See croquis.ports.look_books for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def order_look_book(
        self,
        owner: Owner,
        model: ModelId,
        idempotency_key: str | None,
        rows: Sequence[Mapping[str, object]],
        columns: Sequence[Mapping[str, object]],
        engine: str | None,
        budget_usd: float,
        seed: int | None,
        sent_sha256: str,
    ) -> LookBook:
        return self._api.call_as(
            owner,
            LookBook,
            "order_look_book",
            model=model,
            idempotency_key=idempotency_key,
            rows=rows,
            columns=columns,
            engine=engine,
            budget_usd=budget_usd,
            seed=seed,
            sent_sha256=sent_sha256,
        )

    def dry_run_look_book(
        self,
        owner: Owner,
        model: ModelId,
        rows: Sequence[Mapping[str, object]],
        columns: Sequence[Mapping[str, object]],
        engine: str | None,
        budget_usd: float,
    ) -> Planned:
        return self._api.call_as(
            owner,
            Planned,
            "dry_run_look_book",
            model=model,
            rows=rows,
            columns=columns,
            engine=engine,
            budget_usd=budget_usd,
        )

    def read_look_book(self, owner: Owner, look_book: LookBookId) -> ReadLookBook | None:
        return self._api.find_as(owner, ReadLookBook, "read_look_book", look_book=look_book)

    def list_look_books(self, owner: Owner, *, limit: int, before: str | None = None) -> list[LookBook]:
        return self._api.list_as(owner, LookBook, "look_books", before=before, limit=limit)

    def pause_look_book(self, owner: Owner, look_book: LookBookId) -> LookBook:
        return self._api.call_as(owner, LookBook, "pause_look_book", look_book=look_book)

    def resume_look_book(self, owner: Owner, look_book: LookBookId) -> LookBook:
        return self._api.call_as(owner, LookBook, "resume_look_book", look_book=look_book)

    def cancel_look_book(self, owner: Owner, look_book: LookBookId) -> LookBook:
        return self._api.call_as(owner, LookBook, "cancel_look_book", look_book=look_book)

    def fill_look_book(self, look_book: LookBookId) -> FilledLookBook | None:
        return self._api.find(FilledLookBook, "fill_look_book", look_book=look_book)

    def look_book_to_bind(self, look_book: LookBookId) -> LookBookToBind | None:
        return self._api.find(LookBookToBind, "look_book_to_bind", look_book=look_book)

    def bind_look_book(self, look_book: LookBookId, binding: int, bound: BoundFiles | None) -> bool:
        return self._api.call(bool, "bind_look_book", look_book=look_book, binding=binding, bound=bound)

    def look_books_to_fill(self, most: int, after: str | None, at_once: bool) -> list[LookBook]:
        return self._api.call(list[LookBook], "look_books_to_fill", most=most, after=after, at_once=at_once)

    def look_books_that_do_not_move(self, most: int, after: str | None) -> list[LookBook]:
        return self._api.call(list[LookBook], "look_books_that_do_not_move", most=most, after=after)
