"""A migration that was released is never changed, removed or preceded; what is new is written into a new one."""

from pathlib import Path

import pytest

from infra.release import MIGRATIONS, RELEASED, broken, freeze, frozen


def test_no_released_migration_is_touched() -> None:
    assert [*broken(MIGRATIONS, RELEASED)] == []


def test_the_first_release_is_written_down() -> None:
    assert len(frozen(RELEASED)) > 60


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two released migrations, and one that is not released yet."""
    migrations, released = tmp_path / "migrations", tmp_path / "released"
    migrations.mkdir()
    for name in ("100_tables.sql", "200_rights.sql"):
        (migrations / name).write_text(f"-- {name}\n")
    freeze(migrations, released, "0.1.0")
    (migrations / "300_more.sql").write_text("-- more\n")
    return migrations, released


def test_what_is_new_and_later_may_be_written_and_changed(folders: tuple[Path, Path]) -> None:
    (folders[0] / "300_more.sql").write_text("-- even more\n")
    assert [*broken(*folders)] == []


def test_a_released_one_that_changes_is_told_with_what_to_do(folders: tuple[Path, Path]) -> None:
    (folders[0] / "200_rights.sql").write_text("-- 200_rights.sql \n")
    [sentence] = broken(*folders)
    assert sentence.startswith("200_rights.sql was released and is changed")
    assert "write a new migration" in sentence


def test_a_released_one_that_is_gone_or_has_another_name_is_told(folders: tuple[Path, Path]) -> None:
    (folders[0] / "200_rights.sql").rename(folders[0] / "400_rights.sql")
    [sentence] = broken(*folders)
    assert sentence.startswith("200_rights.sql was released and is gone")


@pytest.mark.parametrize("name", ["150_forgotten.sql", "200_twice.sql"])
def test_none_comes_before_a_released_one(folders: tuple[Path, Path], name: str) -> None:
    (folders[0] / name).write_text("-- too late\n")
    [sentence] = broken(*folders)
    assert sentence.startswith(f"{name} comes before 200_rights.sql")
    assert "give it a later number" in sentence


def test_the_next_release_lists_only_what_it_brings_and_the_first_list_stays(folders: tuple[Path, Path]) -> None:
    before = (folders[1] / "0.1.0.sha256").read_bytes()
    freeze(*folders, "0.2.0")
    assert (folders[1] / "0.1.0.sha256").read_bytes() == before
    assert (folders[1] / "0.2.0.sha256").read_text().endswith("  300_more.sql\n")
    assert len((folders[1] / "0.2.0.sha256").read_text().splitlines()) == 1
    (folders[0] / "300_more.sql").write_text("-- changed\n")
    assert [*broken(*folders)] != []
    assert [*broken(*folders, but="0.2.0")] == []  # it may be released again, until it is tagged
