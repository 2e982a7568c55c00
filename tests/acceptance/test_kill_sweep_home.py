"""A worker killed (SIGKILL) at any step of an intake: the next run ends where one clean run would have ended."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.repositories.inbox import store_event
from domain.box_webhooks import UPLOADED, UploadEvent
from sandbox.box.items import File
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.home_outcome import home_outcome
from tests.acceptance.homeward import STILL, VIDEO, Homeward
from tests.acceptance.kills import Step, kill_at, kill_while_writing, left_out, sweep
from tests.acceptance.world import World

FLOW = "a2-to-a3"
FILM_BYTES, STILL_BYTES = 600_000, 20_000

SEED = seed(campaign("C000000302", asset("Film.mp4"), asset("Still.png"), status="A2"))

FILM_UPLOAD = Step("the film's upload", "otmm", "POST", "/v6/assets$")
FILM_JOB = Step("the film's job", "otmm", "GET", "/jobs/")
STILL_END = Step("the still's end in Box", "box", "DELETE", r"/2\.0/files/\d+$", 2)

ASKED = (
    Step("the DAM's token", "otmm", "POST", "/oauth2/token$"),
    Step("the fifth lookup domain", "otmm", "GET", "/lookupdomains/", 5),
    Step("the final assets before the film", "otmm", "GET", "/children$"),
    FILM_JOB,
    Step("the final assets after the film", "otmm", "GET", "/children$", 2),
    Step("the final assets before the still", "otmm", "GET", "/children$", 4),
    Step("the campaign", "otmm", "GET", "/folders/[0-9a-f]{40}$"),
    Step("the campaign before its move", "otmm", "GET", "/folders/[0-9a-f]{40}$", 2),
    Step("the campaign after its move", "otmm", "GET", "/folders/[0-9a-f]{40}$", 3),
    Step("Box's token", "box", "POST", "/oauth2/token$"),
    Step("the folder of derivatives", "box", "GET", r"/2\.0/folders/\d+$"),
    Step("the files of the folder", "box", "GET", "/items$"),
    Step("the film's score", "box", "GET", "/metadata/"),
    Step("the address of the film", "box", "GET", "/content$"),
    Step("the film", "box_download", "GET", "/d/"),
    Step("whose comments are ours", "box", "GET", "/users/me$"),
    Step("the comments", "box", "GET", "/comments$"),
    Step("the mail's sender", "smtp", "MAIL", ""),
    Step("the mail's recipient", "smtp", "RCPT", ""),
)
"""Requests that change nothing: killed before the answer."""

DONE = (
    FILM_UPLOAD,
    Step("the film's end in Box", "box", "DELETE", r"/2\.0/files/\d+$"),
    Step("the still's upload", "otmm", "POST", "/v6/assets$", 2),
    STILL_END,
    Step("the comment", "box", "POST", r"/2\.0/comments$"),
    Step("the status in the DAM", "otmm", "PATCH", "/folders/"),
    Step("the film's mail", "smtp", "DATA", ""),
    Step("the webhook", "hooks", "POST", "/hooks/"),
    Step("the campaign's mail", "smtp", "DATA", "", 4),
)
"""Requests that change something: killed before it is done, and between the deed and its answer."""

OFTEN = [step for step in DONE if step.what in ("the film's upload", "the status in the DAM", "the comment")]
"""Killed after each of these in every `make test`."""

WRITTEN = (
    ("derivative_assets", None),
    ("lookup_domains", None),
    ("asset_events", None),
    ("outbox", None),
    ("facts", STILL_END),
    ("box_events", None),
    ("status_moves", None),
    ("workflow_state", None),
)
"""Tables: killed while it waits to write to one, the first time at all or since a request."""


@pytest.fixture(scope="module")
def work_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files lie on their way; one for all tests here, as each setting of it would need blocks of its own."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture
def make_home(make_world: Callable[..., World]) -> Callable[[Path], Homeward]:
    """Make a world whose requests always come in the same order, with a whole campaign and a bad file handed in."""

    def make(work_folder: Path) -> Homeward:
        home = Homeward(make_world(SEED, ASSETS_IN_PARALLEL=1, IMPORT_LOST_AFTER_S=0, WORK_DIR=work_folder))
        tell_of(home, home.drops.whole(home.of("Film.mp4"), VIDEO, size=FILM_BYTES))
        tell_of(home, home.drops.whole(home.of("Still.png"), STILL, size=STILL_BYTES))
        tell_of(home, home.drops.misnamed(home.of("Film.mp4")))
        return home

    return make


@pytest.fixture
def home(make_home: Callable[[Path], Homeward], work_folder: Path) -> Homeward:
    """The world that is disturbed."""
    return make_home(work_folder)


@pytest.fixture
def undisturbed(make_home: Callable[[Path], Homeward], work_folder: Path, kept: dict[str, Any]) -> dict[str, Any]:
    """How a world ends in which nobody is killed."""
    if not kept:
        clean = make_home(work_folder)
        clean.run()
        kept.update(home_outcome(clean))
    return kept


@pytest.mark.parametrize(("step", "when"), sweep(ASKED, DONE, often=OFTEN))
def test_a_run_killed_at_a_request(home: Homeward, undisturbed: dict[str, Any], step: Step, when: str) -> None:
    kill_at(home.world, step, when, flow=FLOW)
    home.run()
    assert home_outcome(home) == undisturbed


@pytest.mark.sweep
@pytest.mark.parametrize(("table", "since"), WRITTEN, ids=[table for table, _ in WRITTEN])
def test_a_run_killed_while_it_writes(
    home: Homeward, undisturbed: dict[str, Any], table: str, since: Step | None
) -> None:
    kill_while_writing(home.world, table, since, flow=FLOW)
    home.run()
    assert home_outcome(home) == undisturbed


@pytest.mark.sweep
def test_a_run_killed_before_the_dam_shows_the_film(home: Homeward, undisturbed: dict[str, Any]) -> None:
    home.world.twin.settings.otmm.import_polls = 3
    kill_at(home.world, FILM_JOB, "before", flow=FLOW)
    home.run()
    assert home_outcome(home) == undisturbed


def test_an_undisturbed_run_makes_no_request_that_the_sweep_leaves_out(home: Homeward) -> None:
    assert home.run()["headline"] == "2 delivered; 1 failed; moved C000000302 A2→A3"
    assert left_out(home.world, (*ASKED, *DONE)) == []


def test_a_run_leaves_nothing_in_its_work_folder(make_home: Callable[[Path], Homeward], tmp_path: Path) -> None:
    make_home(tmp_path / "work").run()
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.sweep
def test_what_a_killed_run_leaves_on_the_disk_is_swept_after_a_day(
    make_home: Callable[[Path], Homeward], tmp_path: Path
) -> None:
    work = tmp_path / "work"
    home = make_home(work)
    kill_at(home.world, FILM_UPLOAD, "before", flow=FLOW)
    (left,) = work.iterdir()
    assert files_in(left) == {"content.mp4": FILM_BYTES}

    left = aged(left, timedelta(hours=23))
    home.run()
    assert list(work.iterdir()) == [left]
    assert files_in(left) == {"content.mp4": FILM_BYTES}

    aged(left, timedelta(hours=25))
    home.run()
    assert list(work.iterdir()) == []


def tell_of(home: Homeward, file: File) -> None:
    """Put Box's event about a file into the inbox, as the receiver of its webhooks would."""
    event = UploadEvent(f"event-{file.id}", UPLOADED, file.id, file.name, file.sha1, home.folder_id, (), file.owner_id)
    with home.world.store.transaction() as session:
        store_event(session, event)


def files_in(folder: Path) -> dict[str, int]:
    """Return the size of each file."""
    return {file.name: file.stat().st_size for file in folder.iterdir()}


def aged(folder: Path, age: timedelta) -> Path:
    """Make a working folder look as if a run had made it so long ago."""
    made_at = f"{datetime.now(UTC) - age:%Y%m%dT%H%M%SZ}"
    return folder.rename(folder.with_name(re.sub(r"\d{8}T\d{6}Z", made_at, folder.name)))
