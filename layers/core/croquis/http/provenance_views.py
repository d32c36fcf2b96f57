"""What the API says about where a picture comes from."""

from croquis.domain.images.provenance import Seal
from croquis.http.views import ImageView, View


class ProvenanceUploadView(View):
    """Where the picture goes: PUT it to `upload_url`, or hand `bucket`, `path` and `token` to supabase-js; then ask."""

    upload_id: str
    upload_url: str
    bucket: str
    path: str
    token: str


class ProvenanceView(View):
    """`seal` is what the picture's signed manifest is worth, null when only its hash was asked for; `image` is which it
    is, for its owner alone.
    """

    made_here: bool
    seal: Seal | None
    image: ImageView | None
