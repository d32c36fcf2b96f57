"""The log of a run: kept in the same write as its progress, read by its owner alone, without anything of the person."""

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sql.story import Story


def read(story: Story, run_no: int = 0, line: int = 0, step: int = -1) -> dict:
    return story.owner.call("read_training_log", job=story.job, run_no=run_no, line=line, step=step)


def test_before_anything_was_printed_it_is_empty(story):
    story.to("draft")
    assert read(story) == {"run": None, "last_line": 0, "lines": [], "points": [], "purge_after": None}
    story.step("queued")
    assert (read(story)["run"], read(story)["lines"]) == (1, [])


def test_its_owner_reads_what_is_new_since_the_last_time(story):
    """WH-19: of ten lines the last three are kept."""
    story.to("training").printed(9, last_line=10, lines=["eight", "nine", "ten"], points=[[3, 0.5], [6, 0.25]])
    whole = read(story)
    assert (whole["run"], whole["last_line"], whole["lines"]) == (1, 10, ["eight", "nine", "ten"])
    assert whole["points"] == [[3, 0.5], [6, 0.25]]
    since = read(story, run_no=1, line=9, step=3)
    assert (since["lines"], since["points"]) == (["ten"], [[6, 0.25]])
    nothing = read(story, run_no=1, line=10, step=6)
    assert (nothing["lines"], nothing["points"]) == ([], [])
    assert read(story, run_no=1, line=2)["lines"] == whole["lines"]
    assert read(story, run_no=7, line=10, step=6)["lines"] == whole["lines"]  # what was read was another run's


def test_nobody_else_reads_it(story, other):
    story.to("training").printed(9)
    other.opened()
    assert other.owner.call("read_training_log", job=story.job, run_no=0, line=0, step=-1) is None
    assert other.owner.sql("select from public.training_logs") == []


def test_it_is_written_as_seldom_as_the_progress_unless_the_provider_was_asked(story):
    """WH-19: one conditional update in two seconds."""
    story.to("training")
    story.printed(None, at_once=False, lines=["first"])
    story.printed(1, at_once=False, last_line=2, lines=["first", "second"])
    assert read(story)["lines"] == ["first"]
    story.printed(1, at_once=True, last_line=2, lines=["first", "second"])
    assert read(story)["lines"] == ["first", "second"]


def test_an_older_log_never_replaces_a_newer_one(story):
    story.to("training")
    story.printed(5, last_line=3, lines=["a", "b", "c"])
    story.printed(4, last_line=4, lines=["a", "b", "c", "d"])
    story.printed(None, last_line=1, lines=["a"])
    assert (read(story)["lines"], story.seen()["runs"][0]["step"]) == (["a", "b", "c"], 5)


def test_a_log_without_a_bar_leaves_the_progress_as_it_is(story):
    story.to("training").printed(5)
    story.printed(None, last_line=9, lines=["saving"])
    run = story.seen()["runs"][0]
    assert (run["step"], run["total_steps"], run["loss"], run["eta_seconds"]) == (5, 1000, 0.25, 60)


def test_a_line_with_the_persons_name_or_the_trigger_word_is_not_kept(story):
    """WH-24: the job is called Maya."""
    word = story.to("training").seen()["job"]["trigger_word"]
    lines = ["Loading Mayan t5", "a picture of MAYA.", f"photo of {word}, standing", "may_a", "done"]
    story.printed(5, last_line=5, lines=lines)
    assert read(story)["lines"] == ["Loading Mayan t5", "[…]", "[…]", "may_a", "done"]


@pytest.mark.parametrize("name", ["Max. (a+b)* [x] \\ $^", "李 明", "a b", "'; drop table public.training_logs; --"])
def test_whatever_the_person_is_called_the_log_is_kept(story, played, name):
    story.to("training")
    played("update public.lora_training_jobs set model_name = %s where id = %s", name, story.job)
    story.printed(5, lines=["Loading t5"])
    assert read(story)["lines"] == ["Loading t5"]


def test_the_whole_view_and_the_run_hold_no_line_of_it(story):
    story.to("training").printed(5, lines=["Loading t5"], points=[[5, 0.123]])
    assert "Loading t5" not in str(story.seen())
    assert "0.123" not in str(story.seen())


@pytest.mark.parametrize(("lines", "points"), [(["x" * 65_537], []), ([], [[1, 0.5]] * 501)])
def test_the_table_takes_no_more_than_64_kb_and_500_points(db, story, lines, points):
    story.to("training").printed(5)
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute("update public.training_logs set lines = %s, points = %s where owner_id = %s",
                   (lines, Jsonb(points), story.user))  # fmt: skip
