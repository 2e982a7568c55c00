"""The report of a day, whole: its numbers are those that the outside systems show, and each run tells it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import Artifact

from sandbox.drops import Drops
from sandbox.scorecards import Scorecards
from tests.acceptance.campaigns import asset, campaign, finals, masters, rejected, seed
from tests.acceptance.command import alone, content_scaling
from tests.acceptance.homeward import STILL, TITLE
from tests.acceptance.world import World

MakeWorld = Callable[..., World]
WHOLE, BROKEN, REVIEWED = "C000001601", "C000001602", "C000001603"
DAY = seed(
    campaign(WHOLE, asset("One.png"), asset("Two.png")),
    campaign(BROKEN, asset("Three.png"), asset("To follow.png", content="none")),
    campaign(
        REVIEWED,
        status="A5",
        folders=[masters(), finals(rejected("No.png", legal="No"), rejected("Nor this.png", approver="No"))],
    ),
)


def live_a_day(world: World) -> None:
    """Let masters go out, one file of three come home, one score of two be read, and what was rejected go back."""
    world.run("a1-to-a2", dry_run=True)
    world.run("a1-to-a2")
    world.run("a1-to-a2")
    ids = dict(world.sql("SELECT original_filename, tracking_id FROM master_assets"))
    drops, cards = Drops(world.twin), Scorecards(world.twin)
    drops.whole(ids["One.png"], STILL)
    drops.misnamed(ids["Two.png"])
    cards.whole(TITLE, 80)
    cards.wrong_sum(TITLE.replace("_IGF", ""), 60)
    world.run("creativex-scores")
    world.run("a2-to-a3")
    world.run("a5-to-a6")


def in_box(world: World, folder: str) -> int:
    """How many files lie below one of Box's folders."""
    return len(list(world.twin.box.files_below(world.twin.box_folders[f"BOX_FOLDER_{folder}"])))


def told(world: World) -> list[dict[str, Any]]:
    """What each report of a day has told."""
    rows = world.sql("SELECT payload FROM outbox WHERE template = 'daily_summary_report' ORDER BY id")
    return [payload for (payload,) in rows]


def artifact_of(run_id: str) -> Artifact:
    """What is attached to a run."""
    with get_client(sync_client=True) as client:
        (found,) = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["daily-report"])),
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])),
        )
    return found


def test_the_report_counts_what_the_outside_systems_show_and_is_told_by_each_run(make_world: MakeWorld) -> None:
    world = make_world(DAY)
    live_a_day(world)
    before = world.status()
    report = world.run("daily-report")
    (day,) = told(world)

    found = {each["name"]: each for each in day["workflows"]}
    finals_of = world.sql("SELECT DISTINCT upload_directory FROM master_assets WHERE local_campaign_id = %s", WHOLE)
    came_home = [child for (folder,) in finals_of for child in world.twin.otmm.tree.nodes[folder].children]
    assert [found[name]["done"] for name in ("a1-to-a2", "a2-to-a3", "a5-to-a6", "creativex-scores")] == [
        in_box(world, "LOCAL_MASTERS"),
        len(came_home),
        in_box(world, "REVISIONS"),
        len(world.twin.llamacloud.jobs) - in_box(world, "CREATIVEX"),
    ]
    assert [found[name]["failed"] for name in ("a1-to-a2", "a2-to-a3", "a5-to-a6", "creativex-scores")] == [
        1,
        in_box(world, "DERIVATIVES"),
        0,
        in_box(world, "CREATIVEX"),
    ]
    assert found["a1-to-a2"]["campaigns"] == "2 campaigns found, 2 worked on, 1 moved on, 1 left in trouble"
    assert found["a1-to-a2"]["assets"] == "3 done, 1 failed, 1 skipped"
    assert found["a5-to-a6"]["assets"] == "2 done, 0 failed, 0 skipped, 2 not approved"
    assert day["totals"] | {"success_rate": ""} == {
        "done": 7, "failed": 3, "moved": 2, "not_approved": 2, "success_rate": "",
    }  # fmt: skip

    assert [(each["number"], each["now"]) for each in day["campaigns"] if each["now"]] == [
        (number, before[number]) for number in (WHOLE, REVIEWED)
    ]
    assert {each["name"]: each["closing"] for each in day["balances"]["campaigns"]} == {"A2": 1, "A6": 1}
    own = [each["what"] for each in day["differences"] if "went through" not in each["what"]]
    assert own == [], "runs of other worlds on the same Prefect server have left their summaries elsewhere"
    waits = {each["who"]: [(group["what"], group["number"]) for group in each["groups"]] for each in day["waiting"]}
    assert waits["Agencies"][0] == ("masters without a localized file", 1)
    assert ("rejected assets not reworked yet", 2) in waits["Agencies"]
    assert any("no content" in what for what, _ in waits["DAM librarians"])
    assert waits["CreativeX"] == [("scorecards that do not add up", 1)]
    errors = {each["subject"]: each["run_url"] for each in day["errors"]}
    assert "/runs/flow-run/" in errors["01. Master Assets/To follow.png".rpartition("/")[2]]

    (mail,) = world.twin.mail.with_subject("Daily report")
    assert report["headline"].endswith("told by mail")
    (run_id,) = world.sql("SELECT run_id FROM run_summaries WHERE workflow = 'daily-report'")[0]
    artifact = artifact_of(run_id)
    assert "## Where everything stands" in str(artifact.data)
    for number in ("7 assets done, 3 failed", "masters without a localized file"):
        assert number in mail.text
    assert "7 assets done, 3 failed" in str(artifact.data)

    assert world.run("daily-report")["headline"].endswith("told by mail")
    assert len(world.twin.mail.with_subject("Daily report")) == len(told(world)) == 2


@pytest.mark.sweep
def test_a_dry_run_tells_nobody_and_leaves_nothing(make_world: MakeWorld) -> None:
    world = make_world(seed())
    report = world.run("daily-report", dry_run=True, since="7d")
    assert report["headline"].startswith("dry run: 0 assets done, 0 failed")
    assert (world.mails(), told(world), world.sql("SELECT count(*) FROM run_summaries")) == ([], [], [(0,)])


def test_a_run_whose_summary_cannot_be_kept_goes_through_all_the_same(make_world: MakeWorld) -> None:
    world = make_world(seed())
    world.sql("ALTER TABLE run_summaries RENAME TO gone")
    try:
        assert world.run("deliver-messages")["state"] == "Completed"
    finally:
        world.sql("ALTER TABLE gone RENAME TO run_summaries")  # other tests use this database
    assert "could not be kept for the daily report" in world.printed()


def test_the_command_shows_the_day_without_prefect_and_says_what_is_left_out(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    world = make_world(seed(campaign(WHOLE, asset("One.png"))))
    world.run("a1-to-a2")
    done = content_scaling("report", "--since", "1h", environment=alone(tmp_path, **world.environment))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("1 asset done, 0 failed, 1 move made")
    assert "PREFECT_API_URL is not set, so how runs went is left out." in done.stdout
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    campaigns = "1 campaign found, 1 worked on, 1 moved on, 0 left in trouble"
    assert f"a1-to-a2 1 run {campaigns} 1 done, 0 failed, 0 skipped 100 %" in rows
    assert "masters in Box 0 1 0 1" in rows

    refused = content_scaling("report", "--since", "yesterday", environment=alone(tmp_path))
    assert refused.returncode == 2
    assert "24h or 7d" in " ".join(refused.stderr.replace("│", " ").split())
