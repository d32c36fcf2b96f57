"""The door of what is worn: garments and looks, real events in, answers out; and what cannot be worn, named."""

from typing import Any
from uuid import uuid4

import pytest
from doors.drafts import garment_of, look_of
from doors.exchange import NOBODY, Answer, assert_problem, changes_nothing, event, send
from studio import Studio, User

GARMENT = {"name": "Red top", "category": "upper", "content_type": "image/png", "bytes": 1000}


def sent(name: str, token: str, body: object = ..., **path: str) -> Answer:
    return send(event(name, token=token, body=body, **path))


def listed(token: str, route: str = "list_garments", **query: str) -> Any:
    asked = event(route, token=token)
    asked["rawQueryString"] = "&".join(f"{name}={value}" for name, value in query.items())
    asked["queryStringParameters"] = query
    return send(asked).json


@pytest.fixture
def nina(studio: Studio) -> User:
    """Somebody with nothing yet."""
    return studio.user()


@pytest.fixture
def token(studio: Studio, nina: User) -> str:
    return studio.gateway.token(nina.id)


def test_a_garment_gets_an_upload_url_below_its_owners_id(nina: User, token: str) -> None:
    """AS-14: the path is made by the server."""
    answer = sent("add_garment", token, GARMENT)
    garment = answer.json["garment"]
    assert (answer.status, garment["status"], garment["name"]) == (201, "awaiting_upload", "Red top")
    path = f"{nina.id}/{garment['id']}"
    assert (answer.json["bucket"], answer.json["path"]) == ("garment-uploads", path)
    assert f"/object/upload/sign/garment-uploads/{path}?token={answer.json['token']}" in answer.json["upload_url"]


def test_garments_are_listed_by_category_and_status_newest_first(studio: Studio, nina: User, token: str) -> None:
    announced = sent("add_garment", token, GARMENT).json["garment"]["id"]
    hat, upper = garment_of(studio, nina, "hat"), garment_of(studio, nina)
    assert [it["id"] for it in listed(token)["garments"]] == [upper, hat, announced]
    assert [it["id"] for it in listed(token, category="upper")["garments"]] == [upper, announced]
    assert [it["id"] for it in listed(token, category="upper", status="ready")["garments"]] == [upper]
    assert listed(token, status="removed")["garments"] == []
    asked = event("list_garments", token=token) | {"rawQueryString": "category=sock"}
    assert_problem(send(asked | {"queryStringParameters": {"category": "sock"}}), 422, "invalid_request")


def test_a_page_of_garments_and_of_looks_says_where_the_next_begins(studio: Studio, nina: User, token: str) -> None:
    garments = [garment_of(studio, nina, "hat") for _ in range(51)]
    looks = [look_of(studio, nina, garments[0]) for _ in range(51)]
    for route, kind, made in (("list_garments", "garments", garments), ("list_looks", "looks", looks)):
        first = listed(token, route)
        second = listed(token, route, before=first["next"])
        assert (len(first[kind]), len(second[kind]), second["next"]) == (50, 1, None)
        assert [it["id"] for it in first[kind] + second[kind]] == made[::-1]


def test_a_garment_is_read_renamed_and_removed(studio: Studio, nina: User, token: str) -> None:
    garment = garment_of(studio, nina)
    assert sent("read_garment", token, garment_id=garment).json["name"] == "Red top"
    changed = sent("change_garment", token, {"name": "Coat", "category": "outerwear"}, garment_id=garment)
    assert (changed.status, changed.json["name"], changed.json["category"]) == (200, "Coat", "outerwear")
    for _ in range(2):
        assert sent("remove_garment", token, garment_id=garment).status == 204
    for name in ("read_garment", "change_garment"):
        assert_problem(sent(name, token, garment_id=garment), 404, "no_such_garment")
    assert listed(token)["garments"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "two\nlines"},
        {"category": "sock"},
        {"category": None},
        {"content_type": "image/svg+xml"},
        {"content_type": "text/html"},
        {"bytes": 0},
        {"bytes": 25_000_001},
        {"bytes": "many"},
    ],
)
def test_what_cannot_be_a_garment_is_refused_by_field(studio: Studio, token: str, wrong: dict[str, Any]) -> None:
    answer = changes_nothing(studio, lambda: sent("add_garment", token, GARMENT | wrong))
    assert_problem(answer, 422, "invalid_request")
    assert [it["field"] for it in answer.json["fields"]] == [*wrong]


def test_a_look_is_kept_read_changed_and_removed(studio: Studio, nina: User, token: str) -> None:
    upper, lower, dress = (garment_of(studio, nina, it) for it in ("upper", "lower", "dress"))
    kept = sent("add_look", token, {"name": "For rain", "garment_ids": [lower, upper]})
    assert (kept.status, kept.json["name"], kept.json["against"]) == (201, "For rain", [])
    look = kept.json["id"]
    assert [it["id"] for it in kept.json["garments"]] == [lower, upper]
    assert sent("read_look", token, look_id=look).json == kept.json
    changed = sent("change_look", token, {"name": "Ball", "garment_ids": [dress]}, look_id=look).json
    assert (changed["name"], [it["id"] for it in changed["garments"]]) == ("Ball", [dress])
    for _ in range(2):
        assert sent("remove_look", token, look_id=look).status == 204
    assert_problem(sent("read_look", token, look_id=look), 404, "no_such_look")
    assert_problem(sent("change_look", token, {"name": "x"}, look_id=look), 404, "no_such_look")


def test_a_look_whose_garment_was_removed_says_which_is_missing(studio: Studio, nina: User, token: str) -> None:
    upper, hat = garment_of(studio, nina), garment_of(studio, nina, "hat")
    look = look_of(studio, nina, upper, hat)
    sent("remove_garment", token, garment_id=upper)
    found = sent("read_look", token, look_id=look).json
    assert found["against"] == [f"Red top is missing: the garment {upper} was removed."]
    assert [(it["id"], it["status"], it["thumbnail_url"]) for it in found["garments"]] == [
        (upper, "removed", None),
        (hat, "ready", None),
    ]


def test_what_is_not_worn_together_is_refused_and_named(studio: Studio, nina: User, token: str) -> None:
    upper, dress = garment_of(studio, nina), garment_of(studio, nina, "dress")
    bags = [garment_of(studio, nina, "bag") for _ in range(2)]
    shoes = [garment_of(studio, nina, "shoes") for _ in range(2)]
    for pair in ([upper, dress], bags, shoes):
        answer = changes_nothing(studio, lambda pair=pair: sent("add_look", token, look(*pair)))
        assert_problem(answer, 422, "not_worn_together")
        assert all(it in answer.json["detail"] for it in pair)


def look(*garments: str) -> dict[str, Any]:
    return {"name": "For rain", "garment_ids": garments}


def test_none_seven_and_what_is_no_id_are_refused(studio: Studio, nina: User, token: str) -> None:
    seven = [garment_of(studio, nina, "accessory") for _ in range(7)]
    for wrong, code in (
        (look(), "bad_number_of_garments"),
        (look(*seven), "bad_number_of_garments"),
        (look(*[seven[0]] * 2), "garment_twice"),
        (look("x"), "invalid_request"),
        (look(seven[0].upper().replace("0", "A")), "invalid_request"),
        ({"name": "x", "garment_ids": seven[0]}, "invalid_request"),
        ({"name": "x", "garment_ids": [1]}, "invalid_request"),
        ({"name": "x"}, "invalid_request"),
    ):
        answer = changes_nothing(studio, lambda wrong=wrong: sent("add_look", token, wrong))
        assert_problem(answer, 422, code)
    named = sent("add_look", token, look(seven[0], "x")).json["fields"]
    assert named == [
        {
            "field": "garment_ids.1",
            "problem": "garment_ids.1 must be the id of a garment, as GET /v1/garments lists it.",
        }
    ]


def test_anothers_garment_in_any_position_is_told_like_one_that_does_not_exist(
    studio: Studio, nina: User, token: str
) -> None:
    """AS-07."""
    theirs = garment_of(studio, studio.user(), "accessory")
    mine = [garment_of(studio, nina, "accessory") for _ in range(5)]
    kept = look_of(studio, nina, mine[0])
    for missing in (theirs, str(uuid4()), NOBODY):
        for place in range(6):
            worn = [*mine[:place], missing, *mine[place:]]
            for name, path in (("add_look", {}), ("change_look", {"look_id": kept})):
                answer = changes_nothing(
                    studio, lambda name=name, worn=worn, path=path: sent(name, token, look(*worn), **path)
                )
                assert_problem(answer, 404, "no_such_garment")
                assert answer.json["detail"] == f"There is no garment {missing}."


def test_a_garment_that_is_not_ready_or_removed_is_refused_and_named(studio: Studio, nina: User, token: str) -> None:
    awaited = sent("add_garment", token, GARMENT).json["garment"]["id"]
    removed = garment_of(studio, nina, "hat")
    sent("remove_garment", token, garment_id=removed)
    for wrong, code in ((awaited, "garment_not_ready"), (removed, "garment_removed")):
        answer = changes_nothing(studio, lambda wrong=wrong: sent("add_look", token, look(wrong)))
        assert_problem(answer, 409, code)
        assert wrong in answer.json["detail"]
