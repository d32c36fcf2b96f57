"""What is written of an exam, and how long a face is known."""

from typing import Any

import pytest
from agreements import AGREES_TO_FACES
from sql.story import Story

FACE = {"embeddings": [[0.1] * 128]}
EXAM = {"pictures": 2}


@pytest.fixture
def previewing(story: Story) -> Story:
    """A run whose previews are about to be graded."""
    return story.to("previewing")


def agrees(story: Story) -> None:
    story.connection.execute(AGREES_TO_FACES, (story.job,))


def graded(story: Story, reference: Any = FACE, exam: Any = EXAM, checks: Any = None) -> None:
    arguments = {"exam": exam, "checks": checks or {}, "reference": reference}
    story.worker.call("record_exam", job=story.job, run_no=1, **arguments)


def known(story: Story) -> list[Any]:
    return story.connection.execute("select embeddings from public.face_references").fetchall()


def test_an_exam_is_seen_by_its_owner_and_the_first_one_stays(previewing: Story) -> None:
    image = previewing.seen()["previews"][0]["id"]
    graded(previewing, checks={image: {"one_person": "passes"}})
    graded(previewing, exam={"pictures": 7})
    seen = previewing.seen()
    assert seen["runs"][0]["exam"] == EXAM
    assert [it["checks"] for it in seen["previews"]] == [{"one_person": "passes"}, None]
    assert previewing.worker.call("previews_to_grade", job=previewing.job, run_no=1)["graded"] is True


def test_a_face_is_kept_only_for_who_agreed_to_that(previewing: Story) -> None:
    graded(previewing)
    assert known(previewing) == []


def test_what_is_kept_of_a_face_serves_the_pictures_of_its_run(previewing: Story) -> None:
    agrees(previewing)
    graded(previewing)
    previewing.step("in_review")
    previewing.reviewed("approve")
    ordered = previewing.ordered()
    (image,) = previewing.owner.call("read_image_order", image_order=ordered["id"])["images"]
    assert previewing.worker.call("image_to_check", image=image["id"])["reference"] == FACE
    previewing.connection.execute(
        "update public.lora_training_jobs set consent_id = (select id from public.consents"
        " where owner_id = %s order by given_at limit 1)",
        (previewing.user,),
    )
    assert previewing.worker.call("image_to_check", image=image["id"])["reference"] is None


@pytest.mark.parametrize("embeddings", [[], [[0.1]] * 13])
def test_no_more_than_twelve_faces_are_kept(previewing: Story, embeddings: list[Any]) -> None:
    agrees(previewing)
    with pytest.raises(Exception, match="face_references_embeddings_check"):
        graded(previewing, reference={"embeddings": embeddings})


def test_a_withdrawal_deletes_what_is_kept_of_the_face_and_a_late_exam_keeps_none(previewing: Story) -> None:
    agrees(previewing)
    graded(previewing)
    assert known(previewing) == [(FACE["embeddings"],)]
    previewing.owner.call("withdraw_consent", consent_id=previewing.seen()["consent"]["id"])
    assert known(previewing) == []
    previewing.connection.execute("update public.training_runs set exam = null")
    graded(previewing)
    assert known(previewing) == []


def test_a_face_goes_with_its_model(previewing: Story) -> None:
    agrees(previewing)
    graded(previewing)
    previewing.connection.execute("update public.ai_models set status = 'erased' where job_id = %s", (previewing.job,))
    assert known(previewing) == []


def test_the_clock_deletes_a_face_that_is_no_longer_agreed_to(previewing: Story) -> None:
    """As when its term has passed, which changes no row."""
    agrees(previewing)
    graded(previewing)
    assert previewing.worker.call("purge_faces") == 0
    previewing.withdrawn()
    assert previewing.worker.call("purge_faces") == 1
    assert (previewing.worker.call("purge_faces"), known(previewing)) == (0, [])
