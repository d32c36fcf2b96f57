"""docs/runbook.md says what to do about each alarm and switch, in statements that run and lines that are logged."""

import re
from uuid import uuid4

import pytest
from contracts.deployment import ROOT, resources, template
from sql.seats import Connection

BOOK = (ROOT / "docs/runbook.md").read_text()
ALARMS = resources("AWS::CloudWatch::Alarm", "infra/alarms.yaml")
KEPT = {"only_row", "weights_refused_bytes", "noncommercial"}  # in croquis.limits, and no switch
OTHER_SWITCHES = {"limit_usd", "Concurrency of a function"}
STATEMENT = r"```sql\n(.*?)```|`((?:select|update) [^`]*;)`"


def sections(chapter: str) -> dict[str, str]:
    """The text of each section of a chapter, by its heading."""
    (text,) = re.findall(rf"^## {chapter}\n(.*?)(?=^## |\Z)", BOOK, re.DOTALL | re.MULTILINE)
    parts = re.split(r"^### (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def statements() -> list[str]:
    found = ["".join(it) for it in re.findall(STATEMENT, BOOK, re.DOTALL)]
    return [one.strip() for it in found for one in it.split(";") if one.strip()]


def test_each_alarm_has_its_section_and_each_section_its_alarm() -> None:
    assert sorted(sections("Alarms")) == sorted(ALARMS)


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_it_says_what_it_means_whom_it_hurts_where_to_look_what_to_do_and_when_it_is_over(name: str) -> None:
    said = re.findall(r"^- \*\*(\w+)\*\*: \S", sections("Alarms")[name], re.MULTILINE)
    assert said == ["Means", "Hurts", "Look", "Do", "Over"]


def test_each_limit_that_the_database_knows_has_its_section(db: Connection) -> None:
    """OP-14."""
    limits = {it.name for it in db.execute("select * from croquis.limits").description or ()} - KEPT
    told = {name for heading in sections("Switches") for name in heading.split(", ")}
    assert told == limits | OTHER_SWITCHES


@pytest.mark.parametrize("name", sorted(sections("Switches")))
def test_it_says_what_it_stops_and_how_it_is_closed_looked_at_and_opened(name: str) -> None:
    said = re.findall(r"^- \*\*(\w+)\*\*: \S", sections("Switches")[name], re.MULTILINE)
    assert said == ["Stops", "Close", "Look", "Open"]


@pytest.mark.parametrize("statement", statements())
def test_its_statements_run_on_our_tables(db: Connection, statement: str) -> None:
    filled = re.sub(r"<\w+>", str(uuid4()), statement.replace("…", "1"))
    db.execute(filled.encode())


def test_opening_the_switches_gives_what_was_there_before(db: Connection) -> None:
    limits = "select l::text from croquis.limits l"
    db.execute("update croquis.limits set closed_until = now()")
    before = db.execute(limits).fetchone()
    for step in ("Close", "Open"):
        for text in sections("Switches").values():
            for statement in re.findall(rf"\*\*{step}\*\*: `(update croquis[^`]*);`", text):
                db.execute(statement.encode())
        assert (db.execute(limits).fetchone() == before) == (step == "Open")


def test_the_lines_that_it_looks_for_are_logged_somewhere() -> None:
    code = "".join(path.read_text() for folder in ("layers", "functions") for path in (ROOT / folder).rglob("*.py"))
    sought = re.findall(r'\$\.message = "([^"]+)"', BOOK)
    assert sought
    assert [it for it in sought if f'"{it}"' not in code] == []


def test_what_it_asks_aws_for_is_deployed() -> None:
    assert set(re.findall(r"\$\(of (\w+)\)", BOOK)) <= set(template()["Resources"])
    clocks = resources("AWS::Serverless::Function")["Sweep"]["Events"].values()
    schedules = {it["Properties"]["Name"]["Sub"] for it in clocks}
    asked = {f"${{AWS::StackName}}-{name}" for name in re.findall(r"--name \$STACK-(\w+)", BOOK)}
    assert asked <= schedules


def test_its_links_lead_somewhere() -> None:
    headings = {it.lower().replace(" ", "-") for it in re.findall(r"^##+ (.+)$", BOOK, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", BOOK)) <= headings
