"""What people agreed to: change it, withdraw it."""

from typing import Any

from croquis.http.door import ConsentInPath, Door, SignedIn
from croquis.http.requests import RenewConsent
from croquis.http.views import ConsentView
from croquis.usecases import consents
from croquis.wiring import croquis

app = Door()


@app.post("/v1/consents", responses={201: {"description": "The newer form of the consent"}})
def renew_consent(request: RenewConsent, owner: SignedIn) -> tuple[ConsentView, int]:
    """Change what a consent allows

    Adds a newer form of it, which counts as a whole from then on: more or fewer uses, a later or an earlier end. Orders
    obey it at once; what runs already goes on. Only while the consent stands.
    """
    return consents.renew(croquis(), owner, request), 201


@app.delete("/v1/consents/<consent_id>", responses={202: {"description": "Withdrawn"}})
def withdraw_consent(consent_id: ConsentInPath, owner: SignedIn) -> tuple[ConsentView, int]:
    """Withdraw a consent

    May be repeated. No training and no image of the person starts from then on, what runs is stopped, and the model is
    revoked. It cannot be taken back: open another training with a new consent.
    """
    return consents.withdraw(croquis(), owner, consent_id), 202


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
