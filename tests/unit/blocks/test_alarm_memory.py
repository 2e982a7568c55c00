import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blocks import alarm_memory
from blocks.alarm_memory import AlarmMemory

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
QUIET = timedelta(hours=6)
EVERY = timedelta(minutes=5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "alarms.json"


def test_a_fact_is_told_once_then_kept_quiet_and_told_again_with_how_often_it_was_so(file: Path):
    memory = AlarmMemory(file)
    assert memory.note("dam", NOON, QUIET) == 1
    memory.told("dam", NOON)
    quiet = [memory.note("dam", NOON + number * EVERY, QUIET) for number in range(1, 72)]
    assert set(quiet) == {None}
    assert memory.note("dam", NOON + QUIET, QUIET) == 72


def test_a_fact_that_nobody_could_be_told_is_due_until_somebody_is(file: Path):
    memory = AlarmMemory(file)
    assert [memory.note("dam", NOON, QUIET) for _ in range(3)] == [1, 2, 3]


def test_one_fact_does_not_keep_another_quiet(file: Path):
    memory = AlarmMemory(file)
    memory.told("dam", NOON)
    assert memory.note("box", NOON, QUIET) == 1


def test_another_process_knows_what_was_told(file: Path):
    AlarmMemory(file).told("dam", NOON)
    later = AlarmMemory(file)
    assert later.note("dam", NOON + EVERY, QUIET) is None
    assert AlarmMemory(file).note("dam", NOON + QUIET, QUIET) == 2
    assert "dam" not in file.read_text()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', "\x00"])
def test_a_file_that_is_no_memory_is_written_anew(file: Path, content: str):
    file.parent.mkdir()
    file.write_text(content)
    memory = AlarmMemory(file)
    assert memory.note("dam", NOON, QUIET) == 1
    assert len(json.loads(file.read_text())) == 1


def test_where_nothing_can_be_written_the_process_remembers(tmp_path: Path):
    (tmp_path / "home").write_text("a file, where the folder would be")
    memory = AlarmMemory(tmp_path / "home" / "alarms.json")
    assert memory.note("dam", NOON, QUIET) == 1
    memory.told("dam", NOON)
    assert memory.note("dam", NOON + EVERY, QUIET) is None


def test_a_disk_that_fills_up_does_not_bring_back_what_the_file_said(file: Path):
    memory = AlarmMemory(file)
    memory.note("dam", NOON, QUIET)
    file.with_suffix(".new").mkdir()  # so that the next writing fails, and reading does not
    memory.told("dam", NOON)
    assert memory.note("dam", NOON + EVERY, QUIET) is None
    file.with_suffix(".new").rmdir()
    assert memory.note("dam", NOON + EVERY, QUIET) is None
    assert AlarmMemory(file).note("dam", NOON + EVERY, QUIET) is None


def test_the_memory_stays_small_and_forgets_what_was_longest_ago(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alarm_memory, "_KEPT", 2)
    memory = AlarmMemory(file)
    for number, fact in enumerate(("oldest", "old", "new")):
        memory.told(fact, NOON + number * EVERY)
    later = NOON + 3 * EVERY
    assert memory.note("new", later, QUIET) is None
    assert memory.note("oldest", later, QUIET) == 1
