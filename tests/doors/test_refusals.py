"""Requests that are well-formed and still cannot be done: each a problem, and nothing is changed."""

import httpx
import pytest
from doors.drafts import draft
from doors.exchange import NOBODY, assert_problem, changes_nothing, event, everything, handed_to, send
from studio import Studio, User

PAGE = "http://localhost:5173"


def submit(token: str, job: str, key: str | None = None) -> dict:
    found = event("submit_training", token=token, job_id=job)
    del found["headers"]["idempotency-key"]
    return found if key is None else {**found, "headers": {**found["headers"], "Idempotency-Key": key}}


@pytest.mark.parametrize("photos", [0, 7])
def test_fewer_than_eight_photos_are_not_trained(studio: Studio, maya: User, token: str, photos: int) -> None:
    ask = submit(token, draft(studio, maya, photos), "a-fresh-key")
    assert_problem(changes_nothing(studio, lambda: send(ask)), 409, "wrong_number_of_photos")


def test_more_than_twelve_photos_cannot_be_announced(studio: Studio, maya: User, token: str) -> None:
    """There are twelve slots, and each holds one photo: the thirteenth replaces one."""
    job = draft(studio, maya, photos=12)
    body = {"slot": 13, "content_type": "image/jpeg", "bytes": 1}
    answer = changes_nothing(studio, lambda: send(event("add_photo", token=token, job_id=job, body=body)))
    assert_problem(answer, 422, "invalid_request")
    assert send(event("add_photo", token=token, job_id=job, body=body | {"slot": 12})).status == 201
    assert len(maya.read(job)["photos"]) == 12


def test_who_begins_too_much_at_once_is_told_when_to_come_back(studio: Studio, maya: User, token: str) -> None:
    """AS-11: in a minute; what waits for its owner has no such time."""
    job = draft(studio, maya, photos=0)
    announce = event("add_photo", token=token, job_id=job, body={"slot": 1, "content_type": "image/jpeg", "bytes": 1})
    studio.rows("update croquis.limits set requests_per_minute = 0 returning true")
    try:
        answer = changes_nothing(studio, lambda: send(announce))
    finally:
        studio.rows("update croquis.limits set requests_per_minute = default returning true")
    assert_problem(answer, 429, "too_many_requests")
    assert answer.headers["Retry-After"] == "60"
    assert send(announce).status == 201


BAD_KEYS = {
    "none": (None, 400, "no_idempotency_key"),
    "a short one": ("short", 422, "invalid_request"),
    "a long one": ("k" * 201, 422, "invalid_request"),
    "one with NUL": ("key\x00key-key", 422, "invalid_request"),
    "one with a lone surrogate": ("key-\ud800-key", 422, "invalid_request"),
}


@pytest.mark.parametrize("what", BAD_KEYS)
def test_what_spends_needs_an_idempotency_key(studio: Studio, maya: User, token: str, what: str) -> None:
    """MO-11."""
    key, status, code = BAD_KEYS[what]
    ask = submit(token, draft(studio, maya, photos=8), key)
    assert_problem(changes_nothing(studio, lambda: send(ask)), status, code)


@pytest.mark.parametrize(("photos", "told"), [(1, "1 photo is"), (3, "3 photos are")])
def test_submit_says_how_many_photos_are_still_being_checked(
    studio: Studio, maya: User, token: str, photos: int, told: str
) -> None:
    job = draft(studio, maya, photos=8)
    studio.rows("update public.training_photos set status = 'checking' where job_id = %s and slot <= %s", job, photos)
    answer = changes_nothing(studio, lambda: send(submit(token, job, "a-key-too-early")))
    assert_problem(answer, 409, "photos_being_checked")
    assert answer.json["detail"] == f"{told} still being checked."


def test_a_key_that_was_used_for_another_request_is_refused(studio: Studio, maya: User, token: str) -> None:
    """MO-11: the same key and body answers the same job, the same key with another body is a mistake."""
    job, other = draft(studio, maya, photos=8), draft(studio, maya, photos=8)
    first = send(submit(token, job, "one-order-one-key"))
    assert first.status == 202, first.body
    assert send(submit(token, job, "one-order-one-key")).json["current_run"] == 1
    assert_problem(send(submit(token, other, "one-order-one-key")), 409, "idempotency_key_reused")
    assert maya.read(other)["status"] == "draft"
    maya.until(job, "failed")  # its photos are rows only


def test_a_second_submit_is_refused(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=8)
    assert send(submit(token, job, "first-submit-key")).status == 202
    assert_problem(send(submit(token, job, "second-submit-key")), 409, "already_submitted")
    assert len(maya.until(job, "failed")["runs"]) == 1


def test_pictures_of_a_model_that_does_not_exist_are_refused(studio: Studio, token: str) -> None:
    answer = changes_nothing(studio, lambda: send(event("order_pictures", token=token, model_id=NOBODY)))
    assert_problem(answer, 404, "no_such_model")


def test_a_job_that_is_not_in_review_is_not_reviewed(studio: Studio, maya: User, token: str) -> None:
    ask = event("review_training", token=token, job_id=draft(studio, maya))
    assert_problem(changes_nothing(studio, lambda: send(ask)), 409, "not_in_review")


BAD_CURSORS = ["x", "----------." + "0" * 36, "17954.' or 1=1", f"17954|{NOBODY}", f"{10**16}.{NOBODY}"]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
@pytest.mark.parametrize("name", ["list_trainings", "list_models"])
def test_a_cursor_that_we_did_not_make_is_refused(token: str, name: str, cursor: str) -> None:
    answer = send({**event(name, token=token), "queryStringParameters": {"before": cursor}})
    assert_problem(answer, 422, "invalid_request")
    assert answer.json["detail"] == "before must be the `next` of the previous page, unchanged."


@pytest.mark.parametrize("name", ["list_trainings", "list_models"])
@pytest.mark.parametrize("microseconds", [0, 10**16 - 1])
def test_every_cursor_of_the_right_form_is_one(token: str, name: str, microseconds: int) -> None:
    cursor = {"before": f"{microseconds}.{NOBODY}"}
    assert send({**event(name, token=token), "queryStringParameters": cursor}).status == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/trainings/x/y/z"), ("PUT", "/v1/trainings"), ("GET", "/"), ("GET", "/v1/%00")]
)
def test_a_door_that_is_handed_what_is_none_of_its_routes_says_so(token: str, method: str, path: str) -> None:
    """The API never does that: what is no route goes to a door of its own."""
    found = event("list_trainings", token=token)
    found["rawPath"] = found["requestContext"]["http"]["path"] = path
    found["requestContext"]["http"]["method"] = method
    assert_problem(handed_to("Trainings", found), 404, "not_found")


def test_the_door_of_no_route_answers_a_problem() -> None:
    assert_problem(send(event("no_such_route")), 404, "not_found")


@pytest.mark.parametrize("path", ["/", "/v1/nothing", "/v1/trainings/", "/v2/models", "/v1/models/a/b", "/v1/%00"])
def test_what_is_no_route_is_a_problem_for_anyone(studio: Studio, path: str) -> None:
    """AS-18; without a token, and a page can read it (AS-13)."""
    answer = httpx.get(studio.api_url + path, headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-expose-headers"] == "retry-after, allow"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/trainings", "GET, POST"),
        ("TRACE", "/v1/models", "GET"),
        ("HEAD", "/v1/models", "GET"),
        ("QUERY", "/v1/models", "GET"),
        ("GET", f"/v1/trainings/{NOBODY}/photos/{NOBODY}", "PATCH, DELETE"),
        ("GET", "/hooks/storage", "POST"),
    ],
)
def test_another_method_is_told_which_would_do(studio: Studio, method: str, path: str, allow: str) -> None:
    answer = httpx.request(method, studio.api_url + path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert method == "HEAD" or answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/canary", "/webhooks/replicate/canary"])
def test_of_what_is_no_route_the_path_is_not_logged(caplog: pytest.LogCaptureFixture, path: str) -> None:
    """AS-17: somebody may send a marker, or a link, to a wrong address."""
    caplog.set_level("DEBUG")
    found = event("no_such_route")
    found["rawPath"] = found["requestContext"]["http"]["path"] = path
    assert send(found).status in (404, 405)
    logged = everything(caplog)
    assert "canary" not in logged
    assert "refused" in logged


def test_a_preflight_of_what_is_no_route_passes(studio: Studio) -> None:
    """AS-13: so that the page can read that there is nothing."""
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    assert httpx.options(f"{studio.api_url}/v1/nothing", headers=asked).is_success
    assert httpx.options(f"{studio.api_url}/v1/nothing").status_code == 204  # past the API's own answer


def test_every_answer_says_that_it_is_private_and_needs_tls(token: str) -> None:
    """AS-19; `send` asserts no-store and nosniff of every answer of all these tests."""
    for given, status in ((token, 200), ("", 401)):
        answer = send(event("list_models", token=given))
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (status, "max-age=31536000")
