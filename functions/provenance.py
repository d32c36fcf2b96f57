"""Where a picture comes from: bring it, or its hash, and ask."""

from typing import Any

from croquis.http.door import Door, SignedIn
from croquis.http.provenance_views import ProvenanceUploadView, ProvenanceView
from croquis.http.requests import AskProvenance
from croquis.usecases import provenance
from croquis.wiring import croquis
from croquis_marks import read_claim

app = Door()


@app.post("/v1/provenance/uploads", responses={201: {"description": "Where to PUT the picture"}})
def bring_picture(owner: SignedIn) -> tuple[ProvenanceUploadView, int]:
    """Get an upload URL for a picture whose origin you want to know

    The picture is deleted as soon as you have asked, or within the hour if you do not.
    """
    return provenance.announce(croquis(), owner), 201


@app.post("/v1/provenance")
def ask_provenance(request: AskProvenance, owner: SignedIn) -> ProvenanceView:
    """Ask where a picture comes from

    By the hash of the file, or by a picture uploaded for this: whether it was made here, and whether it is still as
    it was signed. Only its owner learns which image it is.
    """
    return provenance.ask(croquis(), owner, request, read_claim)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
