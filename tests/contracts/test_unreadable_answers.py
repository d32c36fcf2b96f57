"""What the project answers while newer code, a newer schema or a newer key is there beside ours."""

import httpx
import pytest

from croquis.adapters.supabase.data_api import DataApi
from croquis.adapters.supabase.files import SupabaseFiles
from croquis.domain.photos.photo import Finding
from croquis.errors import Unavailable


def test_an_answer_of_another_form_is_a_neighbours_fault_and_its_values_are_not_repeated() -> None:
    """AS-17: the error's text and its chain end in a log and in an execution's history."""
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=["a task token"])))
    api = DataApi("http://database", publishable_key="public", secret_key=lambda: "secret", http=http)
    with pytest.raises(Unavailable) as caught:
        api.call(bool, "callback_sent")
    assert "token" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("status", [401, 403])
def test_a_storage_that_refuses_our_key_has_said_nothing_about_the_file(status: int) -> None:
    """AS-10: a key that was rotated a moment ago makes no photo unreadable, and fails no dataset."""
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(status, json={"message": "no"})))
    files = SupabaseFiles("http://storage", publishable_key="public", secret_key=lambda: "secret", http=http)
    with pytest.raises(Unavailable):
        files.read("photo-uploads", "owner/photo", limit=100)
    with pytest.raises(Unavailable):
        files.write("training-photos", "owner/photo.jpg", b"...", content_type="image/jpeg")


def test_a_finding_that_newer_code_wrote_can_still_be_read() -> None:
    written = {"code": "c", "severity": "advice", "sentence": "s", "hint": "h", "since": "the next release"}
    assert Finding.model_validate(written).code == "c"
