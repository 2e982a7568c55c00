"""Working folders: private, within their budget, on a disk with room, and gone afterwards whatever happens."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clients.workspace import Workspace, leftovers
from clients.workspace.leftovers import started_at
from domain.errors import ConfigError, StorageFull
from tests.waiting import until

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ROOM = 10**12
ROOT = Path(__file__).parents[4]

HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from clients.workspace import Workspace

with Workspace(Path(sys.argv[1]), 100, clock=lambda: datetime(2026, 3, 1, 8, tzinfo=UTC)) as workspace:
    with workspace.folder(1) as path:
        (path / "spot.mp4").write_bytes(b"x")
        print(path, flush=True)
        sys.stdin.read()
"""


class Failure(Exception):
    pass


def workspace_in(root, budget=100, *, free=ROOM, spare=0):
    return Workspace(root / "work", budget, spare_bytes=spare, clock=lambda: NOW, free_bytes=lambda _: free)


@pytest.fixture
def workspace(tmp_path):
    with workspace_in(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def holder(tmp_path):
    """Another process that holds a folder, and that folder."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "work")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_only_this_user_can_look_into_a_folder(workspace):
    before = os.umask(0)
    try:
        with workspace.folder(1) as path:
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
    finally:
        os.umask(before)
    assert stat.S_IMODE(workspace.root.stat().st_mode) == 0o700


def test_a_folder_is_empty_and_gone_afterwards_with_all_it_holds(workspace):
    with workspace.folder(1) as path:
        assert list(path.iterdir()) == []
        (path / "deep").mkdir()
        (path / "deep" / "spot.mp4").write_bytes(b"x")
    assert list(workspace.root.iterdir()) == []


def test_a_folder_is_gone_and_its_bytes_given_back_when_the_work_fails(workspace):
    for _ in range(3):
        with pytest.raises(Failure), workspace.folder(100) as path:
            (path / "spot.mp4").write_bytes(b"x")
            raise Failure
    assert list(workspace.root.iterdir()) == []


def test_a_folder_that_was_removed_by_somebody_else_disturbs_nobody(workspace):
    with workspace.folder(100) as path:
        path.rmdir()
    with workspace.folder(100):
        pass


def test_leaving_removes_folders_that_are_still_in_use(tmp_path):
    with workspace_in(tmp_path) as workspace:
        held = workspace.folder(1)
        path = held.__enter__()
    assert not path.exists()
    held.__exit__(None, None, None)


def test_a_link_to_elsewhere_is_removed_and_what_it_points_to_stays(workspace, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "kept").touch()
    with workspace.folder(1) as path:
        (path / "link").symlink_to(tmp_path / "other")
    assert (tmp_path / "other" / "kept").exists()


def test_the_name_tells_process_and_start(workspace):
    with workspace.folder(1) as path:
        assert path.name.startswith(f"work-{os.getpid()}-20260301T080000Z-")
        assert started_at(path.name) == NOW


@pytest.mark.parametrize("name", ["work-1-20261301T080000Z-0123456789abcdef", "work-1-20260301T080000Z-x", "work", ""])
def test_other_names_are_not_taken_for_ours(name):
    assert started_at(name) is None


def test_who_asks_for_more_than_is_left_waits_until_it_is_given_back(workspace):
    inside, leave = threading.Event(), threading.Event()

    def other():
        with workspace.folder(50):
            inside.set()
            leave.wait(10)

    with ThreadPoolExecutor(1) as pool:
        with workspace.folder(60):
            waiting = pool.submit(other)
            assert not inside.wait(0.2)
        assert inside.wait(10)
        leave.set()
        waiting.result(10)


def test_folders_that_fit_are_there_at_the_same_time(workspace):
    with workspace.folder(50) as first, workspace.folder(50) as second:
        assert first != second
        assert len(list(workspace.root.iterdir())) == 2


def test_one_that_is_larger_than_the_budget_is_let_in_alone(workspace):
    entered = threading.Event()

    def large():
        with workspace.folder(1000):
            entered.set()
            assert len(list(workspace.root.iterdir())) == 1

    with ThreadPoolExecutor(1) as pool:
        with workspace.folder(1):
            waiting = pool.submit(large)
            assert not entered.wait(0.2)
        waiting.result(10)


def test_many_threads_all_come_to_an_end_within_the_budget(tmp_path):
    held, most, lock = 0, 0, threading.Lock()

    def work(size):
        nonlocal held, most
        with shared.folder(size):
            with lock:
                held += size
                most = max(most, held)
            with lock:
                held -= size

    with workspace_in(tmp_path) as shared, ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [10, 40, 70, 100] * 20, timeout=60))
        assert list(shared.root.iterdir()) == []
    assert most <= 100


def test_a_disk_without_room_is_told_with_the_folder_and_what_is_missing(tmp_path):
    megabyte = 1024 * 1024
    with workspace_in(tmp_path, 10**9, free=30 * megabyte, spare=10 * megabyte) as workspace:
        with pytest.raises(StorageFull) as full, workspace.folder(25 * megabyte):
            raise AssertionError("not to be reached")
        assert f"{workspace.root} has too little room: 25.0 MB are asked for, 5.0 MB are missing" in str(full.value)
        assert list(workspace.root.iterdir()) == []
        with workspace.folder(20 * megabyte):
            pass


def test_room_that_is_promised_is_not_promised_twice(tmp_path):
    with workspace_in(tmp_path, 1000, free=100) as workspace, workspace.folder(60) as first:
        with pytest.raises(StorageFull), workspace.folder(50):
            raise AssertionError("not to be reached")
        (first / "spot.mp4").write_bytes(bytes(20))  # lies on the disk, whose free bytes count it
        with workspace.folder(60):
            pass


def test_a_refusal_gives_the_budget_back(tmp_path):
    with workspace_in(tmp_path, free=10) as workspace:
        for _ in range(3):
            with pytest.raises(StorageFull), workspace.folder(100):
                raise AssertionError("not to be reached")
        with workspace.folder(10):
            pass


def test_a_root_that_is_a_file_is_a_fault_of_the_settings(tmp_path):
    (tmp_path / "work").touch()
    with pytest.raises(ConfigError, match=r"work folder .*work cannot be used"), workspace_in(tmp_path):
        raise AssertionError("not to be reached")


def test_a_disk_that_is_full_to_the_last_is_no_fault_of_the_settings(tmp_path):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with Workspace(tmp_path / "work", 100, free_bytes=full) as workspace, pytest.raises(StorageFull, match="no room"):
        workspace.folder(1).__enter__()


def test_what_a_dead_process_left_is_swept_after_a_day(tmp_path, holder):
    process, path = holder
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with workspace_in(tmp_path) as workspace:
        assert workspace.sweep(now=NOW + timedelta(hours=24)) == []
        assert (path / "spot.mp4").exists()
        assert workspace.sweep(now=NOW + timedelta(hours=24, seconds=1)) == [path]
        assert not path.exists()
        assert workspace.sweep(now=NOW + timedelta(days=2)) == []


def test_what_a_living_process_uses_is_never_swept(tmp_path, holder):
    process, path = holder
    with workspace_in(tmp_path) as workspace:
        assert workspace.sweep(now=NOW + timedelta(days=9)) == []
        assert (path / "spot.mp4").exists()
        process.stdin.close()
        process.wait(10)
        until(lambda: not path.exists(), what="the folder to be removed by its own process")


def test_ones_own_folders_are_never_swept(workspace):
    with workspace.folder(1) as path:
        assert workspace.sweep(now=NOW + timedelta(days=9)) == []
        assert path.exists()


def test_a_process_id_that_is_used_again_saves_no_leftover(workspace):
    left = workspace.root / f"work-{os.getpid()}-20260301T080000Z-0123456789abcdef"
    left.mkdir()
    assert workspace.sweep(now=NOW + timedelta(days=2)) == [left]


def test_nothing_but_working_folders_is_swept(workspace, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (workspace.root / "notes").mkdir()
    (workspace.root / "work-1-20260301T080000Z-0000000000000000").write_text("a file")
    (workspace.root / "work-1-20260301T080000Z-1111111111111111").symlink_to(outside)
    assert workspace.sweep(now=NOW + timedelta(days=2)) == []
    assert len(list(workspace.root.iterdir())) == 3
    assert outside.exists()


def test_there_is_nothing_to_sweep_before_the_first_folder(tmp_path):
    assert workspace_in(tmp_path).sweep() == []


def test_what_would_be_swept_can_be_looked_at_first(tmp_path, holder):
    process, used = holder
    left = used.parent / "work-7-20260101T080000Z-0123456789abcdef"
    left.mkdir()
    root, late = used.parent, NOW + timedelta(days=9)
    assert leftovers.left(root, older_than=timedelta(days=1), now=late) == [left]
    assert left.exists()
    assert leftovers.sweep(root, older_than=timedelta(days=1), now=late) == [left]
    assert used.exists()
    process.stdin.close()
    process.wait(10)
