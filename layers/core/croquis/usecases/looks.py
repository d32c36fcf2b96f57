"""Looks: garments that are worn together, kept by name."""

from collections.abc import Sequence

from croquis.domain.cursor import place_of
from croquis.domain.garments.garment import GarmentRow
from croquis.domain.garments.look import Look
from croquis.domain.ids import LookId
from croquis.errors import Refused
from croquis.http.garments import AddLook, ChangeLook, LookList, LookView, look_view
from croquis.http.views import cursor_after
from croquis.ports import Croquis, Owner
from croquis.usecases import garments

PAGE = 50


def add(croquis: Croquis, owner: Owner, request: AddLook) -> LookView:
    """Keep garments that are worn together by name; what is not worn together is refused, and named."""
    added = croquis.store.looks.add_look(owner, request.name, request.garment_ids)
    return read(croquis, owner, added.id)


def find(croquis: Croquis, owner: Owner, before: str | None) -> LookList:
    """One page of one's own looks, newest first."""
    before_at, before_id = place_of(before) if before else (None, None)
    found = croquis.store.looks.read_looks(owner, None, before_at, before_id, PAGE)
    return LookList(looks=_views(croquis, owner, found), next=cursor_after(found, PAGE))


def read(croquis: Croquis, owner: Owner, look_id: LookId) -> LookView:
    """One's own look."""
    found = croquis.store.looks.read_looks(owner, look_id, None, None, 1)
    if not found:
        raise Refused(
            "There is no such look.",
            hint="Check the id; list yours with GET /v1/looks.",
            code="no_such_look",
            status=404,
        )
    return _views(croquis, owner, found)[0]


def change(croquis: Croquis, owner: Owner, look_id: LookId, request: ChangeLook) -> LookView:
    """Name it anew, or have other garments in it; all of it or nothing."""
    changed = croquis.store.looks.change_look(owner, look_id, request.name, request.garment_ids)
    return read(croquis, owner, changed.id)


def remove(croquis: Croquis, owner: Owner, look_id: LookId) -> None:
    """Take a look out of everything that its owner sees; its garments stay."""
    croquis.store.looks.remove_look(owner, look_id)


def _views(croquis: Croquis, owner: Owner, looks: Sequence[Look]) -> tuple[LookView, ...]:
    worn: list[GarmentRow] = list({garment.id: garment for look in looks for garment in look.garments}.values())
    shown = {view.id: view for view in garments.views(croquis, owner, worn)}
    return tuple(look_view(look, shown) for look in looks)
