"""What a stage was told: read, refused with a sentence, written once; and who is asked what."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.deploy.answers import Answers, stage_of
from infra.deploy.asking import Asking
from infra.deploy.errors import Stopped
from infra.deploy.questions import complete

GIVEN = {
    "AWS region": "eu-central-1",
    "Address of the Supabase project": "https://abcd.supabase.co",
    "Its publishable key": "sb_publishable_x",
    "Private model at Replicate": "maya/people",
    "Origins of your dashboard": "https://dashboard.example.com, http://localhost:5173",
}


def typed(given: dict[str, list[str]], asked: list[str]) -> Callable[[str], str]:
    """Answers each question with its next line."""

    def read(question: str) -> str:
        asked.append(question)
        return next(lines for words, lines in given.items() if question.startswith(words)).pop(0)

    return read


def at_a_keyboard(asked: list[str], **changes: list[str]) -> Asking:
    changed = {name.replace("_", " "): lines for name, lines in changes.items()}
    lines = {words: [line] for words, line in GIVEN.items()} | changed
    return Asking(interactive=True, read=typed(lines, asked), say=asked.append)


def test_what_is_missing_is_asked_once_and_kept_for_the_next_run(tmp_path: Path) -> None:
    asked: list[str] = []
    path = tmp_path / "stages" / "dev.toml"
    told = complete(Answers.read(path), at_a_keyboard(asked), "")
    told.write(path, "dev")
    assert len(asked) == len(GIVEN)
    assert complete(Answers.read(path), Asking(interactive=False), "") == told
    assert told.origins == ["https://dashboard.example.com", "http://localhost:5173"]


def test_the_region_is_the_profiles_or_the_answer_and_never_another(tmp_path: Path) -> None:
    asked: list[str] = []
    assert complete(Answers(), at_a_keyboard(asked, AWS_region=[""]), "eu-west-1").region == "eu-west-1"
    asked.clear()
    unsure = at_a_keyboard(asked, AWS_region=["", "Frankfurt", "eu-north-1"])
    assert complete(Answers(), unsure, "").region == "eu-north-1"
    assert sum(it.startswith("  It is a region of AWS") for it in asked) == 2
    with pytest.raises(Stopped, match="region is not answered"):
        complete(Answers(), Asking(interactive=False), "")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('region = "Frankfurt"', "such as eu-central-1"),
        ('regoin = "eu-central-1"', "misspelt"),
        ('supabase_url = "https://abcd.supabase.co/rest/v1"', "address alone"),
        ('supabase_url = "http://abcd.supabase.co"', "address alone"),
        ('supabase_publishable_key = "sb_secret_x"', "begins with sb_publishable_"),
        ('allowed_origins = "*"', "exactly"),
        ('allowed_origins = "https://a.example/path"', "exactly"),
        ('replicate_destination = "people"', "owner/name"),
        ("alarm_email = 3", "mail address"),
        ("[parameters]\nSweepRate = 5", "texts"),
        ("region =", "cannot be read"),
    ],
)
def test_a_wrong_answer_is_named_before_anything_is_done(tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "dev.toml").write_text(line)
    with pytest.raises(Stopped, match=why):
        Answers.read(tmp_path / "dev.toml")


def test_a_secret_comes_from_its_file_or_hidden_and_else_its_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "replicate-token").write_text("from a file\n")
    hidden = Asking(tmp_path, interactive=True, read_hidden=lambda _: "typed")
    assert [hidden.secret("replicate-token"), hidden.secret("database-url")] == ["from a file", "typed"]
    with pytest.raises(Stopped, match="the file database-url of a folder"):
        Asking(tmp_path, interactive=False).secret("database-url")


@pytest.mark.parametrize("name", ["", "Prod", "dev/..", "--help"])
def test_a_stage_is_a_short_word(name: str) -> None:
    with pytest.raises(Stopped, match="STAGE=dev"):
        stage_of(name)
