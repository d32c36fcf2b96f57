"""A look-book from order to files, through its door: the grid, the money, what it ends in, and what is refused."""

import io
import json
import uuid
import zipfile
from hashlib import sha256
from typing import Any

import httpx
import pytest
from doors.exchange import changes_nothing
from dressing_room import dressed_model, garment, picture
from PIL import Image
from scenes import minutes_pass, objects
from studio import Studio, User
from waiting import until


@pytest.fixture(scope="module")
def owner(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def model(owner: User) -> str:
    return dressed_model(owner)


@pytest.fixture(scope="module")
def before(owner: User, model: str) -> str:
    return picture(owner, model)


@pytest.fixture(scope="module")
def worn(owner: User) -> list[str]:
    return [garment(owner, name) for name in ("upper", "lower")]


def ordered(owner: User, **book: Any) -> httpx.Response:
    return owner.post("/v1/look-books", book, key=str(uuid.uuid4()))


def bound(owner: User, book: str) -> dict[str, Any]:
    """The look-book once its files are there."""
    return until(lambda: (view := owner.http.get(f"/v1/look-books/{book}").json())["files"] and view)


def zipped(view: dict[str, Any]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(httpx.get(view["files"]["zip_url"]).raise_for_status().content))


def test_it_ends_in_a_sheet_a_zip_and_a_report_and_a_picture_that_is_removed_leaves_them(
    studio: Studio, owner: User, model: str, before: str, worn: list[str]
) -> None:
    look = owner.post("/v1/looks", {"name": "For town", "garment_ids": worn}).json()["id"]
    rows = [{"look_id": look}, {"garment_ids": worn[:1]}]
    columns = [{"image_id": before}, {"pose": "walking, seen from the front"}]
    answer = ordered(owner, model_id=model, rows=rows, columns=columns, budget_usd=1, seed=7)
    assert answer.status_code == 202, answer.text
    assert (answer.json()["rows"][0], answer.json()["columns"][1]) == ("For town", "walking, seen from the front")
    view = bound(owner, answer.json()["id"])

    assert (view["status"], view["progress"]) == ("done", {"ended": 4, "done": 4, "of": 4, "share": 1.0})
    assert all(bool(it["image"]) != bool(it["problem"]) for it in view["cells"])
    assert 0 < float(view["spent_usd"]) <= 1
    assert view["report"]["pictures"] == 4
    assert Image.open(io.BytesIO(httpx.get(view["files"]["sheet_url"]).content)).width > 400
    assert httpx.get(view["files"]["pdf_url"]).content.startswith(b"%PDF-")
    with zipped(view) as pictures:
        assert pictures.testzip() is None
        told = json.loads(pictures.read("manifest.json"))["cells"]
        assert [sha256(pictures.read(it["picture"])).hexdigest() for it in told] == [it["sha256"] for it in told]
        assert {it["seed"] for it in told if it["row"] > 0} == {7}

    removed = next(it["image"]["id"] for it in view["cells"] if (it["row"], it["column"]) == (2, 2))
    assert owner.http.delete(f"/v1/images/{removed}").status_code == 204
    closed = owner.http.get(f"/v1/look-books/{view['id']}").json()
    assert (closed["files"], closed["cells"][-1]["problem"]["code"]) == (None, "image_removed")
    minutes_pass(studio, 6)
    studio.sweep()
    with zipped(again := bound(owner, view["id"])) as pictures:
        assert "02-02.png" not in pictures.namelist()
        assert json.loads(pictures.read("manifest.json"))["cells"][-1]["sentence"] == "The picture was taken back."
    assert again["report"]["pictures"] == 3
    assert all("/2/" in it for it in objects(studio, "look-books", view["id"]))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"budget_usd": 0.01}, "more than this budget"),
        ({"budget_usd": 1e9}, "budget_usd"),
        ({"budget_usd": -1}, "budget_usd"),
        ({"budget_usd": "NaN"}, "budget_usd"),
        ({"rows": []}, "rows"),
        ({"columns": []}, "columns"),
        ({"rows": [{"garment_ids": [str(uuid.uuid4()) for _ in range(7)]}]}, "rows"),
        ({"rows": [{"garment_ids": [str(uuid.uuid4())]}]}, "Row 1"),
        ({"rows": [{"look_id": str(uuid.uuid4())}]}, "Row 1"),
        ({"rows": [{}]}, "garment_ids or look_id"),
        ({"columns": [{"pose": str(it)} for it in range(201)]}, "columns"),
        ({"columns": [{"image_id": str(uuid.uuid4())}]}, "Column 1"),
        ({"columns": [{"pose": "x"}, {"pose": "x"}]}, "Columns 1 and 2"),
        ({"columns": [{"image_id": str(uuid.uuid4()), "pose": "x"}]}, "image_id alone"),
        ({"columns": [{"framing": "portrait"}]}, "Row 1, column 1"),
        ({"engine": "acme/try-on"}, "no such engine"),
        ({"model_id": str(uuid.uuid4())}, "no such model"),
        ({"budget": 1}, "budget_usd"),
        ({"columns": [{"posse": "x"}]}, "pose"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_spent(
    studio: Studio, owner: User, model: str, worn: list[str], bad: dict[str, Any], said: str
) -> None:
    book = {"model_id": model, "rows": [{"garment_ids": worn}], "columns": [{"pose": "standing"}], "budget_usd": 1}
    answer = changes_nothing(studio, lambda: ordered(owner, **(book | bad)))
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert said.lower() in answer.text.lower(), answer.text
