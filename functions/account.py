"""What people agreed to: change it, withdraw it, let the person shown see it; and what they want erased."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from croquis.http.door import Confirmed, ConsentInPath, Door, DryRun, ErasureInPath, LinkInPath, SignedIn
from croquis.http.erasures import WOULD_ERASE, ErasureList, ErasureView, WouldEraseView
from croquis.http.requests import RenewConsent
from croquis.http.shown_views import LinkList, NewLinkView, OpenLink
from croquis.http.views import ConsentView
from croquis.usecases import consents, erasures, shown
from croquis.wiring import croquis

app = Door()


@app.post("/v1/consents", responses={201: {"description": "The newer form of the consent"}})
def renew_consent(request: RenewConsent, owner: SignedIn) -> tuple[ConsentView, int]:
    """Change what a consent allows

    Adds a newer form, which counts as a whole from then on: more or fewer uses, a later or an earlier end. Orders
    obey it at once; what already runs continues. Only while the consent is valid.
    """
    return consents.renew(croquis(), owner, request), 201


@app.delete("/v1/consents/<consent_id>", responses={202: {"description": "Withdrawn"}})
def withdraw_consent(consent_id: ConsentInPath, owner: SignedIn) -> tuple[ConsentView, int]:
    """Withdraw a consent

    May be repeated. No training and no image of the person starts from then on, whatever runs is stopped, and the
    model is revoked. It cannot be undone: open another training with a new consent.
    """
    return consents.withdraw(croquis(), owner, consent_id), 202


@app.post("/v1/consents/<consent_id>/links", responses={201: {"description": "The link, and its token this once"}})
def open_consent_link(consent_id: ConsentInPath, request: OpenLink, owner: SignedIn) -> tuple[NewLinkView, int]:
    """Make a link for the person shown

    Without an account, it opens a page on which they see what is made of them, and may withdraw. Give it to nobody
    else.
    """
    return shown.open_link(croquis(), owner, consent_id, request), 201


@app.get("/v1/consents/<consent_id>/links")
def list_consent_links(consent_id: ConsentInPath, owner: SignedIn) -> LinkList:
    """List the valid links

    Without their tokens: a lost one cannot be read again, only revoked.
    """
    return shown.good_links(croquis(), owner, consent_id)


@app.delete("/v1/consents/<consent_id>/links/<link_id>", responses={204: {"description": "Revoked"}})
def revoke_consent_link(consent_id: ConsentInPath, link_id: LinkInPath, owner: SignedIn) -> Response[None]:
    """Revoke a link

    It no longer opens anything. May be repeated.
    """
    shown.revoke_link(croquis(), owner, consent_id, link_id)
    return Response(status_code=204)


@app.delete("/v1/account", responses=WOULD_ERASE)
def erase_account(
    owner: SignedIn, confirm: Confirmed = None, dry_run: DryRun = False
) -> tuple[ErasureView | WouldEraseView, int]:
    """Erase everything in an account

    Every training and model, as by their own erasure, and all garments, looks, look-books and downloads. Nothing new
    begins from then on. Payments, consents and receipts stay, under an id alone. The sign-in is deleted last, three
    hours later: until then you can see how far it is. To begin anew, sign up again.
    """
    return erasures.order(croquis(), owner, confirm=confirm, dry_run=dry_run)


@app.get("/v1/erasures")
def list_erasures(owner: SignedIn) -> ErasureList:
    """List your erasures, newest first"""
    return erasures.list_erasures(croquis(), owner)


@app.get("/v1/erasures/<erasure_id>")
def read_erasure(erasure_id: ErasureInPath, owner: SignedIn) -> ErasureView:
    """Read how far an erasure has come, and its receipt"""
    return erasures.read(croquis(), owner, erasure_id)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
