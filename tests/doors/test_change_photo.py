"""A photo that landed, and what its owner may change about it: use it anyway, words, slot."""

from typing import Any

import pytest
from doors.drafts import draft, photo_of
from doors.exchange import assert_problem, changes_nothing, event, send
from studio import BAD_PHOTOS, PHOTOS, Studio, User

FEET_CUT = BAD_PHOTOS["feet_cut"].read_bytes()
WORDS = {"clothes": "a red dress", "background": "a harbour", "pose": "leaning on a rail", "light": "in evening sun"}


def change(token: str, job: str, photo: str, body: object) -> Any:
    return send(event("change_photo", token=token, job_id=job, photo_id=photo, body=body))


def photos_of(user: User, job: str) -> list[dict[str, Any]]:
    return user.read(job)["photos"]


@pytest.fixture(scope="module")
def cut(studio: Studio, maya: User) -> tuple[str, str]:
    """A draft with one photo on which the feet are cut off, checked."""
    job = maya.open()
    photo = maya.upload(job, 1, FEET_CUT)
    maya.checked(job)
    return job, photo


def test_a_photo_that_a_body_rule_blocks_is_shown_and_can_be_used_anyway(
    maya: User, token: str, cut: tuple[str, str]
) -> None:
    job, photo = cut
    [seen] = photos_of(maya, job)
    assert (seen["status"], seen["override"], seen["overridden"]) == ("rejected", "click", False)
    assert (seen["findings"][0]["code"], seen["findings"][0]["override"]) == ("feet_cut", "click")
    assert seen["findings"][0]["measured"] is not None
    assert seen["thumbnail_url"]
    # It has a clean copy, but is not trained on
    assert maya.read(job)["accepted_photos"] == 0
    assert maya.http.get(f"/v1/trainings/{job}/dataset").json()["images"] == 0
    # When its owner says so
    used = change(token, job, photo, {"override": True})
    # Then it counts, and the finding keeps when
    assert (used.status, used.json["status"], used.json["overridden"], used.json["override"]) == (
        200, "accepted", True, None,
    )  # fmt: skip
    assert used.json["findings"][0]["overridden_at"]
    assert maya.read(job)["accepted_photos"] == 1
    # And it can be taken back
    back = change(token, job, photo, {"override": False}).json
    assert (back["status"], back["overridden"], back["findings"][0]["overridden_at"]) == ("rejected", False, None)


@pytest.fixture(scope="module")
def empty(studio: Studio, maya: User) -> tuple[str, str]:
    """A draft with one photo in which nobody was made out, checked."""
    job = maya.open()
    photo = maya.upload(job, 1, BAD_PHOTOS["no_person"].read_bytes())
    maya.checked(job)
    return job, photo


def test_where_nobody_was_made_out_the_person_declares_that_nobody_else_is_there(
    studio: Studio, maya: User, token: str, empty: tuple[str, str]
) -> None:
    job, photo = empty
    assert photos_of(maya, job)[0]["override"] == "declaration"
    answer = changes_nothing(studio, lambda: change(token, job, photo, {"override": True}))
    assert_problem(answer, 409, "declaration_needed")
    # Whoever writes it in their favour, or for nothing, is refused
    for wrong in (
        {"override": True, "shows_only_the_person": 1},
        {"override": True, "shows_only_the_person": "true"},
        {"override": True, "shows_only_the_person": False},
        {"override": False, "shows_only_the_person": True},
        {"shows_only_the_person": True},
    ):
        assert_problem(
            changes_nothing(studio, lambda wrong=wrong: change(token, job, photo, wrong)), 422, "invalid_request"
        )
    # When they declare it
    used = change(token, job, photo, {"override": True, "shows_only_the_person": True})
    # Then it is used, and who declared it when is kept
    assert (used.status, used.json["status"], used.json["overridden"]) == (200, "accepted", True)
    kept = studio.row("select * from photo_declarations where photo_id = %s", photo)
    assert (str(kept["declared_by"]), str(kept["job_id"]), kept["declares"]) == (maya.id, job, "shows_only_the_person")


def test_a_photo_of_two_people_is_never_used_anyway_and_its_hint_says_what_to_do(
    studio: Studio, maya: User, token: str
) -> None:
    job = maya.open()
    photo = maya.upload(job, 1, BAD_PHOTOS["two_people"].read_bytes())
    [seen] = maya.checked(job)["photos"]
    assert (seen["override"], seen["findings"][0]["override"]) == ("never", "never")
    for more in ({}, {"shows_only_the_person": True}):
        answer = changes_nothing(studio, lambda more=more: change(token, job, photo, {"override": True, **more}))
        assert_problem(answer, 409, "not_overridable")
        assert answer.json["hint"] == seen["findings"][0]["hint"]


NOT_ANYWAY = {
    "no photo at all": (b"<html><script>alert(1)</script></html>", "image/jpeg"),
    "an animation": (b"GIF89a" + bytes(2_000), "image/jpeg"),
    "half of a photo": (PHOTOS[0].read_bytes()[:30_000], "image/jpeg"),
}


@pytest.mark.parametrize("what", NOT_ANYWAY)
def test_what_does_not_decode_is_never_used_anyway(studio: Studio, maya: User, token: str, what: str) -> None:
    """FI-06."""
    job = maya.open()
    photo = maya.upload(job, 1, *NOT_ANYWAY[what])
    assert maya.checked(job)["photos"][0]["override"] == "never"
    answer = changes_nothing(studio, lambda: change(token, job, photo, {"override": True}))
    assert_problem(answer, 409, "not_overridable")


def test_other_bytes_than_announced_are_never_used_anyway(studio: Studio, maya: User, token: str) -> None:
    job = maya.open()
    signed = maya.announce(job, 1, PHOTOS[0].read_bytes() + b"more")
    maya.put(signed["upload_url"], PHOTOS[0].read_bytes())
    assert maya.checked(job)["photos"][0]["override"] == "never"
    answer = changes_nothing(studio, lambda: change(token, job, signed["photo"]["id"], {"override": True}))
    assert_problem(answer, 409, "not_overridable")


def test_what_is_said_of_a_photo_stands_in_its_caption(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=2)
    trigger = maya.read(job)["trigger_word"]
    before = photos_of(maya, job)
    assert all(trigger in photo["caption"] for photo in before)
    changed = change(token, job, photo_of(studio, job), WORDS).json
    assert all(changed["caption"].count(word) == 1 for word in (trigger, *WORDS.values()))
    # of this photo alone
    assert photos_of(maya, job)[1]["caption"] == before[1]["caption"]
    # one word is taken back, the others stay
    fewer = change(token, job, photo_of(studio, job), {"clothes": None}).json
    assert fewer["said"] == {**WORDS, "clothes": None, "caption": None}
    assert "red dress" not in fewer["caption"]


def test_a_caption_of_ones_own_replaces_ours_until_it_is_taken_back(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=1)
    [before] = photos_of(maya, job)
    own = change(token, job, before["id"], {"caption": "photo of [trigger], the whole figure, on a pier"}).json
    assert own["caption"] == f"photo of {maya.read(job)['trigger_word']}, the whole figure, on a pier"
    assert change(token, job, before["id"], {"caption": None}).json["caption"] == before["caption"]


def test_a_photo_changes_places_with_the_one_in_its_new_slot(studio: Studio, maya: User, token: str) -> None:
    """What was said goes with the photo: it is bound to the content, never to an index."""
    job = draft(studio, maya, photos=2)
    first, second = photos_of(maya, job)
    change(token, job, first["id"], {"clothes": "a red dress"})
    assert change(token, job, first["id"], {"slot": 2}).json["slot"] == 2
    now = {photo["id"]: photo for photo in photos_of(maya, job)}
    assert (now[first["id"]]["slot"], now[second["id"]]["slot"]) == (2, 1)
    assert "a red dress" in now[first["id"]]["caption"]
    assert now[second["id"]]["said"] == second["said"]


def test_several_changes_are_made_together_or_not_at_all(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=1)
    photo = photo_of(studio, job)
    studio.rows("update public.training_photos set status = 'unreadable' where id = %s", photo)
    answer = changes_nothing(
        studio, lambda: change(token, job, photo, {"slot": 7, "clothes": "a coat", "override": True})
    )
    assert_problem(answer, 409, "not_overridable")


def test_after_submit_a_photo_may_change_only_before_a_retry(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=1)
    photo = photo_of(studio, job)
    changes = {"clothes": "a coat", "slot": 3}
    studio.rows("update public.lora_training_jobs set status = 'queued' where id = %s", job)
    assert_problem(change(token, job, photo, changes), 409, "photos_are_final")
    studio.rows("update public.lora_training_jobs set status = 'failed' where id = %s", job)
    assert change(token, job, photo, changes).json["slot"] == 3


def test_the_same_photo_eight_times_is_not_a_set(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=8)
    studio.rows("update public.training_photos set sha256 = 'one' where job_id = %s", job)
    assert {it["code"] for it in maya.read(job)["set_findings"]} >= {"too_few_photos"}
    answer = send(event("submit_training", token=token, job_id=job))
    assert_problem(answer, 409, "wrong_number_of_photos")
