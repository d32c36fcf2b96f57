"""What it takes to use a photo that a finding blocks: a word for every code; a photo takes the most of its own."""

import ast
from pathlib import Path

import pytest

import croquis_pictures
from croquis.adapters.supabase import files
from croquis.domain.photos.body_findings import WORDINGS, BodyCode, body_finding
from croquis.domain.photos.overrides import OVERRIDES, Override, override_of, override_of_all
from croquis.domain.photos.photo import Finding, Severity, refused, size_differs, type_differs

CLICK, DECLARATION, NEVER = Override
FEET, BLUR, NOBODY, CROWD, SOFT = (
    body_finding(code)
    for code in (BodyCode.FEET_CUT, BodyCode.BLURRED, BodyCode.NO_PERSON, BodyCode.SEVERAL_PEOPLE, BodyCode.SOFT)
)
SIZE = size_differs(1, 2)
assert SIZE


def codes_raised(source: Path) -> set[str]:
    """Every code that a module gives to a refusal of a file: the first text of PhotoRefused, the `code` of Refused."""
    calls = [it for it in ast.walk(ast.parse(source.read_text())) if isinstance(it, ast.Call)]
    first = [it.args[0] for it in calls if isinstance(it.func, ast.Name) and it.func.id == "PhotoRefused" and it.args]
    named = [word.value for it in calls for word in it.keywords if word.arg == "code"]
    return {it.value for it in (*first, *named) if isinstance(it, ast.Constant) and isinstance(it.value, str)}


def codes_of_files() -> set[str]:
    pictures = Path(croquis_pictures.__file__).parent.glob("*.py")
    storage = Path(files.__file__)
    by_status = next(
        it.value
        for it in ast.walk(ast.parse(storage.read_text()))
        if isinstance(it, ast.Assign) and isinstance(it.value, ast.Dict) and "code" in ast.unparse(it.targets[0])
    )
    assert isinstance(by_status, ast.Dict)
    told = {it.value for it in by_status.values if isinstance(it, ast.Constant) and isinstance(it.value, str)}
    return told.union(*map(codes_raised, (*pictures, storage)), {"storage_refused", "unreadable", SIZE.code})


def test_every_code_that_blocks_a_photo_is_in_the_table_and_no_other() -> None:
    blocking = {code for code in BodyCode if WORDINGS[code].severity is Severity.BLOCKING}
    assert len(codes_of_files()) > 10
    assert set(OVERRIDES) == blocking | codes_of_files()


def test_what_only_the_body_rules_say_takes_a_click_unless_somebody_else_might_be_there() -> None:
    assert {code for code, it in OVERRIDES.items() if it is not NEVER} == set(BodyCode) & set(OVERRIDES) - {CROWD.code}
    assert [override_of(it) for it in (FEET, NOBODY, CROWD, SIZE)] == [CLICK, DECLARATION, NEVER, NEVER]


def test_advice_keeps_nothing_out_and_an_unknown_code_is_never_overridden() -> None:
    assert [override_of(it) for it in (SOFT, type_differs("image/png", "image/jpeg")) if it] == [None, None]
    assert override_of(refused("new_here", "It is new.", "Wait.")) is NEVER


@pytest.mark.parametrize(
    ("findings", "takes"),
    [
        ([], None),
        ([SOFT], None),
        ([FEET], CLICK),
        ([SOFT, FEET, BLUR], CLICK),
        ([NOBODY, BLUR], DECLARATION),
        ([BLUR, NOBODY], DECLARATION),
        ([CROWD, BLUR], NEVER),
        ([BLUR, NOBODY, CROWD], NEVER),
        ([FEET, SIZE], NEVER),
    ],
)
def test_a_photo_takes_the_most_that_one_of_its_findings_takes(findings: list[Finding], takes: Override | None) -> None:
    assert override_of_all(findings) is takes
