"""Anybody may call the owners' functions straight over HTTP: whatever they send, the fault is told to be theirs.

PostgREST answers 5xx to most other classes of SQLSTATE than the ones that are allowed here.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sql.seats import Connection, Seat, refused
from sql.story import CONSENT, PREVIEWS, STAGES, WISH, Story, key

WORDS = (
    "",
    "x",
    "x" * 10_000,
    "'; drop table public.prices; --",
    "\u202eabc",
    "💥" * 300,
    "null",
    "{}",
    "\x01",
    "é" * 81,
)
WRONG: dict[str, tuple[Any, ...]] = {
    "uuid": (None, str(uuid4()), "", "x", "0" * 32),
    "uuid[]": (None, "", "{}", "{null}", f"{{{uuid4()}}}", f"{{{{{uuid4()}}},{{{uuid4()}}}}}", "{x}", "{" + "," * 9),
    "text": (None, *WORDS),
    "integer": (None, -1, 0, 2**31 - 1, str(2**31), "x"),  # as text, because Postgres would look for another function
    "bigint": (None, -1, 0, 2**63 - 1, str(2**63), "1.5"),
    "numeric": (None, Decimal(-1), Decimal("NaN"), Decimal(10) ** 20),
    "double precision": (None, float("nan"), float("inf")),
    "date": (None, "", "x", "2026-02-31", "infinity", "5874897-12-31"),
    "timestamp with time zone": (None, "", "x", "-infinity", "294276-12-31"),
    "boolean": (None, True, False),
    "jsonb": (None, *(Jsonb(it) for it in (None, 5, True, "x", [], [1], [None], {}, {"a": [{}]}, [{"prompt": 1}]))),
}
OWNERS = """
    select p.proname, coalesce(p.proargnames[1 : p.pronargs], '{}'),
      array(select format_type(t, null) from unnest(p.proargtypes) t)
    from pg_proc p where p.pronamespace = 'public'::regnamespace and has_function_privilege(%s, p.oid, 'execute')
      and p.proname <> 'training_moves' order by 1
"""
Function = tuple[str, list[str], list[str]]


def functions_of(db: Connection, role: str) -> list[Function]:
    return db.execute(OWNERS, (role,)).fetchall()  # type: ignore[return-value]


def good(story: Story) -> dict[str, Any]:
    """An argument for each name that is right for this story."""
    seen = story.seen()
    return {
        "job": story.job,
        "photo": seen["photos"][0]["id"],
        "model": (seen["model"] or {}).get("id"),
        "image_order": str(uuid4()),
        "image": str(uuid4()),
        "upload": str(uuid4()),
        "sha256": "0" * 64,
        "model_name": "Maya",
        "gender": "male",
        "consent": CONSENT,
        "slot": 1,
        "override": True,
        "shows_only_the_person": True,
        "said": {"pose": "standing"},
        "content_type": "image/png",
        "bytes": 1,
        "idempotency_key": key(),
        "parameters": {},
        "decision": "retry",
        "request": {},
        "wishes": [WISH],
        "wish": {"prompt": "a person", "strength": 0.4},
        "wanted": 1,
        "retry": False,
        "sent_sha256": "0" * 64,
        "owner": story.user,
        "consent_id": seen["consent"]["id"],
        "run_no": 1,
        "archived": False,
        "kind": "preview",
        "since": "2026-11-30",
        "until": "2026-11-30",
        "favourite": True,
        "refused": False,
        "accepted": True,
        "before_at": "2026-11-30 12:00+00",
        "before_id": str(uuid4()),
        "most": 50,
        "line": 0,
        "step": 0,
        "image_ids": [seen["previews"][0]["id"]] if seen["previews"] else [str(uuid4())],
        "download": str(uuid4()),
        "days": 30,
        "used_by": "Studio Berlin",
        "token_sha256": "0" * 64,
        "link": str(uuid4()),
        "name": "Blue shirt",
        "category": "upper",
        "garment": str(uuid4()),
        "look": str(uuid4()),
        "look_book": str(uuid4()),
        "rows": [{"garment_ids": [str(uuid4())]}],
        "columns": [{"wish": WISH}],
        "engine": "prunaai/p-image-try-on",
        "budget_usd": 1,
        "seed": 1,
        "garments": f"{{{uuid4()}}}",
        "training": story.job,
        "erasure": str(uuid4()),
    }


def variations(function: Function, right: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One argument wrong at a time, then all of them missing."""
    _, names, types = function
    for name, kind in zip(names, types, strict=True):
        for value in WRONG[kind]:
            yield {other: right[other] for other in names} | {name: value}
    yield dict.fromkeys(names)


def sqlstate_of(seat: Seat, function: str, arguments: dict[str, Any]) -> str:
    """The class of what happens, after which nothing has happened."""
    try:
        with seat.connection.transaction(force_rollback=True):
            seat.each(function, **arguments)
    except psycopg.Error as error:
        return error.sqlstate or type(error).__name__
    return "00000"


@pytest.mark.parametrize("status", ["draft", "in_review", "approved"])
def test_a_wrong_argument_of_an_owner_is_the_owners_fault(db, story, status):
    story.to(status)
    right = good(story)
    found = {
        (function[0], str(arguments)[:300]): state
        for function in functions_of(db, "authenticated")
        for arguments in variations(function, right)
        if not (state := sqlstate_of(story.owner, function[0], arguments)).startswith(("00", "22", "23", "PT4"))
    }
    assert found == {}


def test_a_missing_argument_of_a_worker_breaks_nothing(db, worker):
    found = {
        function[0]: state
        for function in functions_of(db, "service_role")
        if not (state := sqlstate_of(worker, function[0], dict.fromkeys(function[1]))).startswith(
            ("00", "22", "23", "PT4")
        )
    }
    assert found == {}


@pytest.mark.parametrize("lacking", ["path", "sha256", "bytes"])
def test_a_model_without_its_weights_is_not_registered(story, lacking):
    """JB-05."""
    weights = {"path": "p", "sha256": "0", "bytes": 1}
    del weights[lacking]
    given = {"job": story.to("ingesting").job, "run_no": 1, "previews": PREVIEWS}
    for version, has in (("v1", weights), (None, {"path": "p", "sha256": "0", "bytes": 1}), ("v1", None)):
        with pytest.raises(psycopg.Error, match="needs its version"):
            story.worker.call("register_model", version=version, weights=has, **given)
    assert (story.status(), story.seen()["model"]) == ("ingesting", None)


@pytest.mark.parametrize("status", ["queued", "preparing", "training", "ingesting"])
def test_a_review_cannot_be_opened_early_even_for_a_canceled_job(story, status):
    story.to(status)
    assert story.reviewing() == status
    story.owner.call("cancel_training", job=story.job)
    assert story.reviewing() == status
    assert story.money()[0] > 0 or status == "ingesting"


@pytest.mark.parametrize("status", STAGES[1:])
def test_every_state_may_be_entered_again_at_any_later_status(story, status):
    """JB-02, SF-13: it finds what is stored, moves nothing back and posts nothing."""
    before = snapshot(story.to(status))
    for stage in STAGES[1 : STAGES.index(status) + 1]:
        story.entered(stage)
    if STAGES.index(status) >= STAGES.index("training"):
        assert story.attempted("again")["post"] is False
    if STAGES.index(status) >= STAGES.index("previewing"):
        story.registered()
        assert story.failed() == status
    assert snapshot(story) == before


def test_a_run_that_does_not_exist_is_over(story):
    story.to("draft")
    for step in (lambda: story.entered("preparing"), story.attempted, story.registered, story.reviewing, story.failed):
        with refused(410, "run_over"):
            step()


@pytest.mark.parametrize("wrong", [None, Jsonb(None), 5, [], "x", {"x": "y" * 8000}])
def test_an_order_says_what_was_asked_for(story, wrong):
    with refused(422, "bad_request"):
        story.to("approved").ordered(request=wrong if wrong is None or isinstance(wrong, Jsonb) else Jsonb(wrong))


@pytest.mark.parametrize("wrong", [None, [], {}, [WISH] * 9])
def test_an_order_has_one_to_eight_pictures(story, wrong):
    with refused(422, "bad_count"):
        story.to("approved").ordered(wishes=wrong)


def snapshot(story: Story) -> Any:
    seen = story.seen()
    return seen["job"]["version"], seen["events"], seen["model"], seen["previews"], story.money()
