"""What the person shown sees, what the owner sees of a link, and what both send."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from croquis.domain.images.image import ImageKind, ShownDecision
from croquis.domain.short_text import ModelName
from croquis.http.requests import Request
from croquis.http.views import ConsentView, View


class OpenLink(Request):
    """`used_by` introduces you to the person shown, such as the name of your studio."""

    days: Annotated[int, Field(ge=1, le=90)]
    used_by: ModelName | None = None


class DecideImage(Request):
    """The last word counts."""

    decision: ShownDecision


class LinkView(View):
    """A link for the person shown, without its token, which nobody has but them."""

    id: str
    used_by: str | None
    created_at: datetime
    expires_at: datetime


class NewLinkView(LinkView):
    """`token` is shown only once, here: nobody can read it again."""

    token: str
    link: str


class LinkList(View):
    """Those that are good, at most 20."""

    links: tuple[LinkView, ...]


class ShownImageView(View):
    """A picture of the person, with what they said of it."""

    id: str
    kind: ImageKind
    created_at: datetime
    width: int
    height: int
    shown_decision: ShownDecision | None
    url: str | None


class ShownView(View):
    """All that is made of the person: by whom, under which consent, and the pictures, at most 50, the newest first."""

    name: str | None
    used_by: str | None
    consent: ConsentView
    text: str
    images: tuple[ShownImageView, ...]
    next: str | None
    expires_at: datetime
