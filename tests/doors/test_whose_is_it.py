"""Every user route for somebody who may not: no token, another user, an id that is none (AS-07)."""

import time

import pytest
from doors.drafts import IMAGE, RUN, draft, garment_of, look_of, photo_of
from doors.exchange import (
    NOBODY,
    SHOWN_EVENTS,
    USER_EVENTS,
    Answer,
    assert_problem,
    changes_nothing,
    event,
    send,
)
from studio import Studio, User, deployed

WITH_ID = [name for name in USER_EVENTS if "{" in event(name)["routeKey"]]


@pytest.fixture(scope="module")
def ids(studio: Studio, maya: User) -> dict[str, str]:
    """Maya's things, with a model and an order as a finished training would leave them."""
    job = draft(studio, maya, photos=8)
    model = studio.row(
        "insert into public.ai_models (owner_id, job_id, name, trigger_word, gender)"
        " values (%s, %s, 'Maya', 'bcdfghjk', 'female')"
        " returning id",
        maya.id,
        job,
    )["id"]
    studio.rows(RUN, job, maya.id)
    order = studio.row(
        "insert into public.image_orders (owner_id, model_id, kind) values (%s, %s, 'generation') returning id",
        maya.id,
        model,
    )["id"]
    image = studio.row(IMAGE, order, maya.id, model, job, 1, "nowhere.png")["id"]
    download = studio.row(
        "insert into public.downloads (owner_id, images, image_bytes) values (%s, 1, 1) returning id", maya.id
    )["id"]
    book = studio.row(
        "insert into public.look_books (owner_id, model_id, rows, columns, engine, budget_usd)"
        " values (%s, %s, '[]', '[]', 'x', 1) returning id",
        maya.id,
        model,
    )["id"]
    erasure = studio.row(
        "insert into public.erasures (owner_id, subject, job_ids) values (%s, 'model', '{}') returning id", maya.id
    )["id"]
    consent = studio.row("select consent_id from public.lora_training_jobs where id = %s", job)["consent_id"]
    return {
        "job_id": job,
        "photo_id": photo_of(studio, job),
        "model_id": str(model),
        "order_id": str(order),
        "image_id": str(image),
        "erasure_id": str(erasure),
        "download_id": str(download),
        "look_book_id": str(book),
        "consent_id": str(consent),
        "garment_id": (garment := garment_of(studio, maya)),
        "look_id": look_of(studio, maya, garment),
    }


@pytest.fixture(scope="module")
def mallory(studio: Studio) -> str:
    """The token of another user."""
    return studio.gateway.token(studio.user().id)


def test_there_is_an_event_for_every_route() -> None:
    sent = {
        event(name)["routeKey"]
        for name in [*USER_EVENTS, *SHOWN_EVENTS, "replicate_webhook", "storage_hook", "no_such_route"]
    }
    assert sent == {it.key for it in deployed().routes}


@pytest.mark.parametrize("name", USER_EVENTS)
def test_nobody_gets_in_without_a_token(studio: Studio, ids: dict[str, str], name: str) -> None:
    """AS-01."""
    answer = changes_nothing(studio, lambda: send(event(name, **ids)))
    assert_problem(answer, 401, "not_signed_in")


@pytest.mark.parametrize("name", WITH_ID)
def test_what_is_anothers_is_told_like_what_does_not_exist(
    studio: Studio, ids: dict[str, str], mallory: str, name: str
) -> None:
    """AS-07: the same status, headers and body, to the byte."""
    anothers = changes_nothing(studio, lambda: send(event(name, token=mallory, **ids)))
    nothing = send(event(name, token=mallory))
    assert anothers == nothing
    assert (anothers.status, anothers.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("name", WITH_ID)
@pytest.mark.parametrize("bad", ["x", "1", NOBODY.upper().replace("8", "A"), "' or 1=1 --", "..%2f", "\x00", "é" * 300])
def test_an_id_that_is_none_is_not_found(studio: Studio, token: str, name: str, bad: str) -> None:
    """AS-07: a malformed uuid."""
    names = (
        *("job_id", "photo_id", "model_id", "order_id", "consent_id", "link_id", "image_id"),
        *("download_id", "erasure_id", "garment_id", "look_id", "look_book_id"),
    )
    broken = dict.fromkeys(names, bad)
    answer = changes_nothing(studio, lambda: send(event(name, token=token, **broken)))
    assert_problem(answer, 404, "not_found")


@pytest.mark.parametrize("name", ["list_trainings", "list_models"])
def test_lists_show_nothing_of_others(ids: dict[str, str], token: str, mallory: str, name: str) -> None:
    mine, theirs = (send(event(name, token=given)).json for given in (token, mallory))
    key = name.removeprefix("list_")
    assert len(mine[key]) == 1
    assert theirs[key] == []


def test_a_photo_of_ones_other_job_is_not_in_this_one(studio: Studio, maya: User, token: str) -> None:
    """AS-07: another's child id, even if both are one's own."""
    job, other = draft(studio, maya, photos=1), draft(studio, maya, photos=1)
    answer = send(event("remove_photo", token=token, job_id=job, photo_id=photo_of(studio, other)))
    assert_problem(answer, 404, "no_such_photo")


def test_a_view_holds_no_other_owners_anything(studio: Studio, maya: User, ids: dict[str, str], token: str) -> None:
    """AS-08: nor the owner's own id, nor paths, markers or tokens."""
    stranger = studio.user()
    theirs = draft(studio, stranger, photos=8)
    shown = send(event("read_training", token=token, **ids)).body
    for secret in (
        stranger.id,
        theirs,
        photo_of(studio, theirs),
        "upload_path",
        "clean_path",
        "owner_id",
        "task_token",
    ):
        assert secret not in shown


def expired(studio: Studio, user: str) -> str:
    return studio.gateway.token(user, now=int(time.time()) - 4000)


def unsigned(studio: Studio, user: str) -> str:
    head, claims, signature = studio.gateway.token(user).split(".")
    return f"{head}.{claims}.{signature[::-1]}"


BAD_TOKENS = {
    "an expired one": lambda studio, user: "Bearer " + expired(studio, user),
    "one that is not valid yet": lambda studio, user: (
        "Bearer " + studio.gateway.token(user, now=int(time.time()) + 4000)
    ),
    "an anonymous role": lambda studio, user: "Bearer " + studio.gateway.token(user, role="anon"),
    "the workers' role": lambda studio, user: "Bearer " + studio.gateway.token(user, role="service_role"),
    "the publishable key": lambda studio, _: "Bearer " + studio.gateway.settings.publishable_key,
    "the secret key": lambda studio, _: "Bearer " + studio.gateway.settings.secret_key,
    "a broken signature": lambda studio, user: "Bearer " + unsigned(studio, user),
    "another scheme": lambda studio, user: "Basic " + studio.gateway.token(user),
    "one without a scheme": lambda studio, user: studio.gateway.token(user),
    "two, as API Gateway joins them": lambda studio, user: ",".join(["Bearer " + studio.gateway.token(user)] * 2),
    "nine kilobytes": lambda studio, user: "Bearer " + studio.gateway.token(user) + "A" * 9000,
    "no text": lambda *_: "Bearer \x00\ud800",
}


@pytest.mark.parametrize("what", BAD_TOKENS)
def test_not_accepted_is(studio: Studio, maya: User, what: str) -> None:
    """AS-01, AS-02, AS-05: two Authorization headers reach us as one, joined by a comma."""
    given = BAD_TOKENS[what](studio, maya.id)
    for name in ("open_training", "list_models"):
        answer: Answer = send(event(name, headers={"authorization": given}))
        assert_problem(answer, 401, "token_expired" if what == "an expired one" else "not_signed_in")


def test_the_header_of_the_token_may_be_written_in_any_case(token: str) -> None:
    """The event read_training has its header names in title case, as some clients send them."""
    found = event("list_models", token=token)
    found["headers"] = {name.upper(): value for name, value in found["headers"].items()}
    assert send(found).status == 200
