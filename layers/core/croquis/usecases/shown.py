"""The person shown, who has a link and no account: they see what is made of them, refuse pictures, and withdraw."""

import secrets

from croquis.domain.consent import hash_of_token
from croquis.domain.cursor import place_of
from croquis.domain.ids import ConsentId, ImageId, LinkHash, LinkId
from croquis.domain.images.image import ShownDecision
from croquis.http.shown_views import LinkList, LinkView, NewLinkView, OpenLink, ShownImageView, ShownView
from croquis.http.views import ConsentView, cursor_after
from croquis.ports import Croquis, Owner
from croquis.ports.shown import ShownImage
from croquis.usecases.consents import stopped
from croquis.usecases.images import IMAGES
from croquis.usecases.trainings import LINK_SECONDS

PAGE = 50
TOKEN_BYTES = 32


def open_link(croquis: Croquis, owner: Owner, consent_id: ConsentId, request: OpenLink) -> NewLinkView:
    """A new link; its token is in this answer and nowhere else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    opened = croquis.store.consents.open_consent_link(
        owner, consent_id, request.days, request.used_by, hash_of_token(token)
    )
    return NewLinkView.model_validate({**opened.model_dump(), "token": token, "link": f"/shown#{token}"})


def good_links(croquis: Croquis, owner: Owner, consent_id: ConsentId) -> LinkList:
    """The links that can be revoked."""
    found = croquis.store.consents.good_consent_links(owner, consent_id)
    return LinkList(links=tuple(LinkView.model_validate(it.model_dump()) for it in found))


def revoke_link(croquis: Croquis, owner: Owner, consent_id: ConsentId, link_id: LinkId) -> None:
    """Close a link at once."""
    croquis.store.consents.revoke_consent_link(owner, consent_id, link_id)


def read(croquis: Croquis, link: LinkHash, before: str | None) -> ShownView:
    """What the person behind the link sees, page by page."""
    at, image_id = place_of(before) if before else (None, None)
    found = croquis.store.shown.shown_person(link, at, image_id, PAGE)
    return ShownView(
        name=found.name,
        used_by=found.used_by,
        consent=ConsentView.of(found.consent),
        text=found.text,
        images=_views(croquis, *found.images),
        next=cursor_after(found.images, PAGE),
        expires_at=found.expires_at,
    )


def decide(croquis: Croquis, link: LinkHash, image_id: ImageId, decision: ShownDecision) -> ShownImageView:
    """Approve a picture, or refuse it: then its owner gets no file of it."""
    [view] = _views(croquis, croquis.store.shown.decide_shown_image(link, image_id, decision))
    return view


def withdraw(croquis: Croquis, link: LinkHash) -> ConsentView:
    """Exactly what the owner's withdrawal does."""
    return ConsentView.of(stopped(croquis, croquis.store.shown.withdraw_shown(link)).consent)


def _views(croquis: Croquis, *images: ShownImage) -> tuple[ShownImageView, ...]:
    links = croquis.files.links(IMAGES, [it.path for it in images if it.path], seconds=LINK_SECONDS)
    return tuple(ShownImageView.model_validate({**it.model_dump(), "url": links.get(it.path or "")}) for it in images)
