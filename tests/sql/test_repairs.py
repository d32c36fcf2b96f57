"""Repairs in the database: their money, one order per key, what is cut out, and what is judged."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb
from sql.seats import refused
from sql.story import Story, key
from sql.test_pictures_made_from_another import GONE, saved

WISH = {"prompt": "a face", "strength": 0.4}
CUT_OUT = {"left": 1, "top": 2, "side": 234, "x": 1.5, "y": 1.5, "radius": 60}


@pytest.fixture
def source(story: Story) -> str:
    """A full-length picture of an active model."""
    image = saved(story.to("approved"))
    story.connection.execute("update public.images set framing = 'full_body' where id = %s", (image,))
    return image


def repaired(story: Story, source: str, **changed: Any) -> dict[str, Any]:
    given = {"image": source, "idempotency_key": key(), "request": {}, "wish": WISH} | changed
    return story.owner.call("order_repair", **given)


def image_of(story: Story, order: dict[str, Any]) -> dict[str, Any]:
    [image] = story.owner.call("read_image_order", image_order=order["id"])["images"]
    return image


def test_it_reserves_the_price_of_one_picture_and_is_made_by_the_active_run(story, source):
    before = story.money()[0]
    image = image_of(story, repaired(story, source))
    assert float(story.money()[0] - before) == 0.02
    assert (image["kind"], image["source_image_id"], image["strength"], image["run"]) == ("repair", source, 0.4, 1)
    assert image["seed"] >= 0
    assert story.opened_image(image["id"])["post"]


def test_the_same_key_is_the_same_order_even_when_the_picture_is_gone_meanwhile(story, source):
    again = {"idempotency_key": key(), "sent_sha256": "0" * 64}
    first = repaired(story, source, **again)
    story.connection.execute(GONE["removed"], (source,))
    assert repaired(story, source, **again)["id"] == first["id"]
    with refused(404, "no_such_image"):
        repaired(story, source)


@pytest.mark.parametrize("wish", [None, {}, {"prompt": "a face"}, {**WISH, "strength": 0.9}, {**WISH, "seed": "x"}, []])
def test_a_wish_that_is_not_whole_orders_nothing(story, source, wish):
    before = story.money()
    with pytest.raises(Exception, match=r"constraint|invalid input|one line"), story.connection.transaction():
        repaired(story, source, wish=Jsonb(wish))
    assert story.money() == before


def test_a_dry_run_gathers_every_reason_and_an_order_is_refused_with_the_first(story, source):
    story.connection.execute("update public.images set framing = 'portrait' where id = %s", (source,))
    story.connection.execute("update public.ai_models set status = 'archived' where job_id = %s", (story.job,))
    told = story.owner.call("dry_run_repair", image=source)
    assert [it["code"] for it in told["refusals"]] == ["not_full_length", "model_not_active"]
    assert told["image"]["id"] == source
    with refused(409, "not_full_length"):
        repaired(story, source)


def test_somebody_elses_picture_is_like_none(story, other, source):
    other.to("approved")
    for call in (lambda: repaired(other, source), lambda: other.owner.call("dry_run_repair", image=source)):
        with refused(404, "no_such_image"):
            call()


def test_what_is_cut_out_is_decided_once_and_only_while_the_repair_is_open(story, source):
    image = image_of(story, repaired(story, source))["id"]
    for place in (CUT_OUT, {**CUT_OUT, "left": 9}):
        assert story.worker.call("record_cut_out", image=image, cut_out=place) == CUT_OUT
    assert story.worker.each("cut_outs_to_forget") == []
    story.worker.call("fail_image", image=image, code="x", sentence="It failed.", hint="Again.")
    with refused(410, "run_over"):
        story.worker.call("record_cut_out", image=image, cut_out=CUT_OUT)


def test_no_other_picture_is_cut_out(story, source):
    with refused(410, "run_over"):
        story.worker.call("record_cut_out", image=source, cut_out=CUT_OUT)


def test_what_was_cut_out_is_forgotten_once_nobody_can_write_it_any_more(story, source, played):
    image = image_of(story, repaired(story, source))["id"]
    story.worker.call("record_cut_out", image=image, cut_out=CUT_OUT)
    story.worker.call("cut_out_is_gone", image=image)  # too early: it has no effect
    story.worker.call("fail_image", image=image, code="x", sentence="It failed.", hint="Again.")
    assert story.worker.each("cut_outs_to_forget") == []
    played("update public.images set ended_at = ended_at - interval '6 minutes' where id = %s", image)
    assert [it["id"] for it in story.worker.each("cut_outs_to_forget")] == [image]
    story.worker.call("cut_out_is_gone", image=image)
    assert story.worker.each("cut_outs_to_forget") == []


def test_only_a_saved_repair_is_judged(story, source):
    image = image_of(story, repaired(story, source))["id"]
    judged = {"kept": True, "reason": "face_better", "body": "same"}
    for of in (source, image):
        story.worker.call("record_checks", image=of, checks={"one_person": "passes"}, repair=judged)
    rows = dict(story.connection.execute("select id::text, repair from public.images where repair is not null"))
    assert rows == {}
    story.connection.execute(
        "update public.images set status = 'saved', path = 'p', sha256 = 'x', bytes = 1, content_type = 'image/png',"
        " width = 1, height = 1, signed = true where id = %s",
        (image,),
    )
    story.worker.call("record_checks", image=image, checks={"one_person": "passes"}, repair=judged)
    [(kept,)] = story.connection.execute("select repair from public.images where id = %s", (image,)).fetchall()
    assert kept == judged
