"""Names of backups, and which of them have had their time."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.backups import Backup, Contents, Keep, Kind, expired, newest

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)  # a Tuesday
DATABASE = "ferrero_tracking"


def backup(days_ago: float, kind: Kind = Kind.DUMP, database: str = DATABASE, *, is_whole: bool = True) -> Backup:
    return Backup(kind, database, NOW - timedelta(days=days_ago), 1, is_whole)


def gone(*backups: Backup, keep: Keep | None = None) -> list[float]:
    """How many days ago those were made that may go."""
    return [(NOW - each.made_at) / timedelta(days=1) for each in expired(backups, NOW, keep or Keep())]


@pytest.mark.parametrize("database", [DATABASE, "a-b", "Tür/zu", "x-20260301T020000Z", ".."])
@pytest.mark.parametrize("kind", Kind)
def test_a_name_says_what_is_in_the_backup_and_is_never_a_path(kind: Kind, database: str):
    made = Backup(kind, database, NOW)
    assert Backup.named(kind, made.name) == made
    assert "/" not in made.name


@pytest.mark.parametrize(
    "name",
    [
        "ferrero_tracking-20260331T120000Z.dump.sha256",
        "ferrero_tracking-20260331T120000Z.base",
        "ferrero_tracking-20269931T120000Z.dump",
        ".partial-0123456789abcdef",
        "notes.dump",
    ],
)
def test_other_names_are_not_taken_for_a_dump(name: str):
    assert Backup.named(Kind.DUMP, name) is None


def test_the_newest_dump_of_seven_days_stays():
    assert gone(*(backup(days) for days in range(10))) == [9, 8, 7]


def test_dumps_made_by_hand_push_no_other_day_out():
    by_hand = [backup(hours / 24) for hours in range(10)]
    assert gone(*by_hand, *(backup(days) for days in range(1, 8))) == [7]


def test_of_a_day_that_is_over_the_newest_dump_stays():
    assert gone(backup(0), backup(2), backup(2.1), backup(2.2)) == [2.2, 2.1]


def test_days_without_a_dump_do_not_count():
    assert gone(*(backup(days) for days in (0, 20, 40)), keep=Keep(daily=2)) == [40]


def test_the_newest_base_backup_of_four_weeks_stays():
    weekly = [backup(days, Kind.BASE) for days in (2, 9, 16, 23, 30, 37)]
    assert gone(*weekly, backup(3, Kind.BASE)) == [37, 30, 3]


def test_dumps_made_before_a_restore_stay_for_thirty_days():
    assert gone(*(backup(days, Kind.SAFETY) for days in (1, 1.5, 29, 31))) == [31]


@pytest.mark.parametrize("kind", Kind)
def test_the_newest_whole_one_stays_however_old_it_is(kind: Kind):
    assert gone(backup(400, kind), backup(2, kind, is_whole=False)) == []


def test_one_that_is_not_whole_counts_for_nothing_and_goes_with_the_oldest():
    broken = [backup(days, is_whole=False) for days in (3, 30)]
    assert gone(*broken, *(backup(days) for days in (0, 5, 10)), keep=Keep(daily=2)) == [30, 10]


def test_where_none_is_whole_none_goes():
    assert gone(*(backup(days, is_whole=False) for days in (1, 100))) == []


def test_databases_in_one_folder_do_not_push_each_other_out():
    assert gone(*(backup(days, database=name) for name in "ab" for days in (0, 3)), keep=Keep(daily=2)) == []


def test_the_newest_dump_is_one_of_the_schedule_and_of_this_database():
    found = [backup(3), backup(2), backup(1, Kind.SAFETY), backup(1, Kind.BASE), backup(0, database="other")]
    assert newest(found, DATABASE) == found[1]
    assert newest(found, "third") is None


def test_every_difference_of_what_came_out_is_named():
    wanted = Contents("a", 180004, "0007", {"outbox": 2, "facts": 1, "events": 5})
    found = Contents("b", 170000, "0006", {"outbox": 1, "events": 5, "more": 0})
    assert wanted.differences(found) == [
        "schema 0006, not 0007",
        "facts: no table, not 1 row",
        "more: 0 rows, not no table",
        "outbox: 1 row, not 2 rows",
    ]
    assert wanted.differences(wanted) == []
