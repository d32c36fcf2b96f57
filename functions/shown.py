"""The person shown: sees what is made of them, decides about pictures, withdraws. A link opens it, not an account."""

from typing import Any

from croquis.http.door import Cursor, ImageInPath
from croquis.http.link_door import CameBy, LinkDoor
from croquis.http.shown_views import DecideImage, ShownImageView, ShownView
from croquis.http.views import ConsentView
from croquis.usecases import shown
from croquis.wiring import croquis

app = LinkDoor()


@app.get("/v1/shown")
def read_shown(link: CameBy, before: Cursor = None) -> ShownView:
    """See what is made of you

    Who uses it, for what, until when, under which text; and the pictures, newest first. Links to them are valid for
    ten minutes.
    """
    return shown.read(croquis(), link, before)


@app.post("/v1/shown/images/<image_id>")
def decide_shown_image(image_id: ImageInPath, request: DecideImage, link: CameBy) -> ShownImageView:
    """Approve or refuse a picture of you

    Where the consent says `ask_shown_person`. A picture that you refuse no longer has a link for its owner.
    """
    return shown.decide(croquis(), link, image_id, request.decision)


@app.post("/v1/shown/withdraw", responses={202: {"description": "Withdrawn"}})
def withdraw_shown(link: CameBy) -> tuple[ConsentView, int]:
    """Withdraw your consent

    May be repeated, and cannot be undone. Nothing new is made of you from then on, and whatever runs is stopped.
    """
    return shown.withdraw(croquis(), link), 202


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
