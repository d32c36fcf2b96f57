"""The door of the person shown: a link opens it, and only to that person's things."""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
import pytest
from doors.drafts import draft, pictures
from doors.exchange import NOBODY, SHOWN_EVENTS, Answer, assert_problem, changes_nothing, event, everything, send
from studio import CONSENT, Studio, User

ASKED = CONSENT | {"ask_shown_person": True}


@dataclass(frozen=True)
class Person:
    """Somebody shown: the job, the consent, the pictures, and a link for them."""

    job: str
    consent: str
    images: list[str]
    link: str
    token: str


@pytest.fixture(scope="module", autouse=True)
def many_people(studio: Studio) -> None:
    """A job for each test."""
    studio.rows("update croquis.limits set open_jobs = 1000")


@pytest.fixture
def person(studio: Studio, maya: User, token: str) -> Person:
    return made(studio, maya, token)


def made(studio: Studio, owner: User, token: str, consent: dict[str, Any] = ASKED) -> Person:
    job = owner.open(consent=consent)
    given = owner.read(job)["consent"]["id"]
    link = send(event("open_consent_link", token=token, consent_id=given))
    assert link.status == 201, link.body
    return Person(job, given, pictures(studio, owner, job, 2), link.json["id"], link.json["token"])


def read(token: str) -> Answer:
    return send(event("shown_read", token=token))


def decide(person: Person, image: str, decision: str) -> Answer:
    return send(event("shown_decide", token=person.token, image_id=image, body={"decision": decision}))


def of_owner(maya: User, studio: Studio, person: Person) -> dict[str, dict[str, Any]]:
    order = studio.row("select order_id from public.images where id = %s", person.images[0])["order_id"]
    found = maya.http.get(f"/v1/image-orders/{order}").json()["images"]
    return {it["id"]: it for it in found}


def test_a_link_is_random_good_for_so_long_and_kept_as_a_hash_only(studio: Studio, maya: User, token: str) -> None:
    given = maya.read(draft(studio, maya))["consent"]["id"]
    first, second = (send(event("open_consent_link", token=token, consent_id=given)).json for _ in range(2))
    assert first["link"] == f"/shown#{first['token']}"
    assert len(first["token"]) == 43
    assert first["token"] != second["token"]
    row = studio.row(
        "select *, expires_at - created_at as good_for from public.consent_links where id = %s", first["id"]
    )
    assert row["token_sha256"] == sha256(first["token"].encode()).hexdigest()
    assert row["good_for"].days == 30
    assert first["token"] not in str(row)


def test_an_owner_sees_which_links_are_good_and_no_token(maya: User, token: str) -> None:
    given = maya.read(maya.open())["consent"]["id"]
    made = [send(event("open_consent_link", token=token, consent_id=given)).json for _ in range(2)]
    assert send(event("revoke_consent_link", token=token, consent_id=given, link_id=made[0]["id"])).status == 204
    answer = send(event("list_consent_links", token=token, consent_id=given))
    assert [it["id"] for it in answer.json["links"]] == [made[1]["id"]]
    assert made[1]["token"] not in answer.body


def test_they_see_who_uses_what_for_what_and_the_pictures(maya: User, person: Person) -> None:
    seen = read(person.token).json
    assert seen["consent"] == maya.read(person.job)["consent"]
    assert (seen["used_by"], seen["name"], seen["next"]) == ("Studio Berlin", "Maya Chen", None)
    assert "Replicate" in seen["text"]
    assert [it["id"] for it in seen["images"]] == person.images[::-1]
    assert [httpx.get(it["url"]).content for it in seen["images"]] == [b"a picture"] * 2


def test_a_picture_that_they_refuse_has_no_link_for_its_owner_who_is_told_why(
    studio: Studio, maya: User, person: Person
) -> None:
    refused, other = person.images
    assert all(it["url"] for it in of_owner(maya, studio, person).values())
    assert decide(person, refused, "refuse").json["shown_decision"] == "refuse"
    found = of_owner(maya, studio, person)
    assert found[refused]["url"] is None
    assert found[refused]["problem"]["code"] == "refused_by_shown_person"
    assert found[other]["url"]
    assert found[other]["problem"] is None
    assert all(it["url"] for it in read(person.token).json["images"])
    decide(person, refused, "approve")
    assert of_owner(maya, studio, person)[refused]["url"]


def catalogue(studio: Studio, person: Person, token: str) -> dict[str, dict[str, Any]]:
    model = studio.row("select id::text from public.ai_models where job_id = %s", person.job)["id"]
    return {it["id"]: it for it in send(event("list_images", token=token, model_id=model)).json["images"]}


def test_a_picture_that_they_refuse_is_neither_shown_nor_downloaded_from_the_catalogue(
    studio: Studio, person: Person, token: str
) -> None:
    refused, other = person.images
    decide(person, refused, "refuse")
    found = catalogue(studio, person, token)
    assert (found[refused]["url"], found[refused]["download_url"]) == (None, None)
    assert found[refused]["problem"]["code"] == "refused_by_shown_person"
    assert httpx.get(found[other]["download_url"]).content == b"a picture"
    changed = send(event("change_image", token=token, image_id=refused)).json
    assert (changed["url"], changed["download_url"]) == (None, None)


def test_a_picture_that_they_refuse_is_not_made_again_by_repeating_it(
    studio: Studio, person: Person, token: str
) -> None:
    decide(person, person.images[0], "refuse")
    for wanted in ({"same_seed": True}, {"dry_run": True}):
        repeated = event("repeat_picture", token=token, image_id=person.images[0], body=wanted)
        assert_problem(changes_nothing(studio, lambda it=repeated: send(it)), 409, "refused_by_shown_person")


def test_a_picture_that_its_owner_removed_is_nothing_to_decide_any_more(
    studio: Studio, maya: User, person: Person, token: str
) -> None:
    removed, other = person.images
    assert send(event("remove_image", token=token, image_id=removed)).status == 204
    assert [it["id"] for it in read(person.token).json["images"]] == [other]
    assert_problem(changes_nothing(studio, lambda: decide(person, removed, "refuse")), 404, "no_such_image")
    assert [*of_owner(maya, studio, person)] == [*catalogue(studio, person, token)] == [other]


def test_its_owner_cannot_sign_a_link_past_the_door(studio: Studio, maya: User, person: Person, token: str) -> None:
    decide(person, person.images[0], "refuse")
    keys = {"apikey": studio.gateway.settings.publishable_key, "Authorization": f"Bearer {token}"}
    for number, status in ((1, 400), (2, 200)):
        path = f"{studio.gateway.url}/storage/v1/object/sign/images/{maya.id}/{person.job}/{number}.png"
        assert httpx.post(path, json={"expiresIn": 60}, headers=keys).status_code == status


def test_who_was_not_asked_decides_nothing(studio: Studio, maya: User, token: str) -> None:
    person = made(studio, maya, token, CONSENT)
    answer = changes_nothing(studio, lambda: decide(person, person.images[0], "refuse"))
    assert_problem(answer, 409, "not_asked")


def test_they_withdraw_as_the_owner_can_and_still_see_that_they_did(maya: User, person: Person) -> None:
    answers = [send(event("shown_withdraw", token=person.token)) for _ in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0].status, answers[0].json["withdrawn_by"]) == (202, "shown_person")
    assert maya.read(person.job)["consent"] == answers[0].json == read(person.token).json["consent"]
    assert maya.read(person.job)["model"]["status"] == "revoked"


def test_anothers_picture_is_told_like_one_that_does_not_exist(
    studio: Studio, maya: User, token: str, person: Person
) -> None:
    stranger = studio.user()
    theirs = [
        made(studio, stranger, studio.gateway.token(stranger.id)).images[0],
        made(studio, maya, token).images[0],
    ]
    nothing = decide(person, NOBODY, "refuse")
    assert_problem(nothing, 404, "no_such_image")
    for image in theirs:
        answer = changes_nothing(studio, lambda image=image: decide(person, image, "refuse"))
        assert answer == nothing
        assert image not in read(person.token).body


@pytest.fixture(scope="module")
def old_links(studio: Studio, maya: User, token: str) -> dict[str, str]:
    """The header of links that open nothing, by what they are."""
    old, revoked, good = (made(studio, maya, token) for _ in range(3))
    studio.rows("update public.consent_links set expires_at = now() where id = %s", old.link)
    gone = event("revoke_consent_link", token=token, consent_id=revoked.consent, link_id=revoked.link)
    assert [send(gone).status for _ in range(2)] == [204, 204]
    return {
        "old": f"Link {old.token}",
        "revoked": f"Link {revoked.token}",
        "guessed": f"Link {secrets.token_urlsafe(32)}",
        "its hash": f"Link {sha256(good.token.encode()).hexdigest()}",
        "cut short": f"Link {good.token[:-1]}",
        "longer": f"Link {good.token}A",
        "another scheme": f"Bearer {good.token}",
        "an owner's token": f"Bearer {token}",
        "an owner's token as a link": f"Link {token}",
        "without a scheme": good.token,
        "two": f"Link {good.token},Link {good.token}",
        "empty": "Link ",
        "nothing": "",
        "no text": "Link \x00\ud800",
        "the id of the link": f"Link {good.link}",
    }


WHAT = [
    "old", "revoked", "guessed", "its hash", "cut short", "longer", "another scheme", "an owner's token",
    "an owner's token as a link", "without a scheme", "two", "empty", "nothing", "no text", "the id of the link",
]  # fmt: skip


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("name", SHOWN_EVENTS)
def test_what_is_no_link_opens_nothing_and_is_told_in_one_way(
    studio: Studio, person: Person, old_links: dict[str, str], name: str, what: str
) -> None:
    asked = event(name, image_id=person.images[0])
    header = next(key for key in asked["headers"] if key.lower() == "authorization")
    answer = changes_nothing(studio, lambda: send(with_header(asked, header, old_links[what])))
    assert_problem(answer, 401, "link_not_valid")
    assert answer == send(with_header(asked, header, "Link " + "A" * 43))


def with_header(asked: dict[str, Any], header: str, value: str) -> dict[str, Any]:
    return {**asked, "headers": {**asked["headers"], header: value}}


def test_a_link_opens_no_other_door(person: Person) -> None:
    for name in ("list_models", "read_training", "withdraw_consent"):
        answer = send(event(name, headers={"authorization": f"Link {person.token}"}, consent_id=person.consent))
        assert_problem(answer, 401, "not_signed_in")


def test_the_scheme_may_be_written_in_any_case(person: Person) -> None:
    asked = with_header(event("shown_read"), "authorization", f"lInK {person.token}")
    assert send(asked).status == 200


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG, "croquis"):
        yield caplog


def test_no_token_of_a_link_is_logged(studio: Studio, maya: User, token: str, logged: pytest.LogCaptureFixture) -> None:
    """AS-17."""
    person = made(studio, maya, token)
    read(person.token)
    decide(person, NOBODY, "refuse")
    send(event("shown_withdraw", token=person.token))
    send(event("shown_read", token=person.token[:-1] + "!"))
    said = everything(logged)
    assert "refused" in said
    assert person.token[:-1] not in said
    assert sha256(person.token.encode()).hexdigest() not in said
