"""Clean-up, whole: what has had its time goes, what tracks assets stays, and what is of others is not touched."""

import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import Flow, flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, WorkPoolCreate
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Completed, Crashed, Running

from domain.work_pool import WORK_POOL
from tasks import old_runs
from tests.acceptance.command import content_scaling, of
from tests.acceptance.kills import kill_while_writing
from tests.acceptance.world import World

TRACKED = ("master_assets", "derivative_assets", "asset_events", "status_moves", "facts", "workflow_state")


@flow(name="reset-campaigns")
def one_of_ours() -> None:
    """Stands for a flow of ours."""


@flow(name="clean-up-test")
def known() -> None:
    """Stands for a flow of ours that no other test knows."""


@flow(name="somebody-elses")
def unknown() -> None:
    """Another project's, in the same work pool."""


@pytest.fixture
def client(prefect: dict[str, str]) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


def deployed(client: SyncPrefectClient, of_flow: Flow[[], None], pool: str = WORK_POOL) -> Callable[[State[Any]], UUID]:
    """Return what makes runs of a deployment of its own."""
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
    flow_id, name = client.create_flow(of_flow), f"test-{secrets.token_hex(4)}"
    deployment = client.create_deployment(flow_id, name, entrypoint="flows.x.x", work_pool_name=pool)

    def run(state: State[Any]) -> UUID:
        return client.create_flow_run_from_deployment(deployment, state=state).id

    return run


def kept(client: SyncPrefectClient, *run_ids: UUID) -> list[bool]:
    """Say of each run whether it is there."""

    def is_there(run_id: UUID) -> bool:
        try:
            client.read_flow_run(run_id)
        except ObjectNotFound:
            return False
        return True

    return [is_there(run_id) for run_id in run_ids]


def artifacts(client: SyncPrefectClient, run_id: UUID) -> int:
    of_run = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
    return len(client.read_artifacts(artifact_filter=of_run))


def test_runs_of_our_deployments_that_are_over_go_page_by_page_with_their_artifacts(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(old_runs, "PAGE", 2)
    monkeypatch.setattr(old_runs, "FLOWS", (known.name,))
    ours = deployed(client, known)
    ended: list[State[Any]] = [Completed(), Completed(), Crashed(message="killed")]
    over = [ours(state) for state in ended]
    for _ in range(3):
        client.create_artifact(ArtifactCreate(key="clean-up", type="markdown", data="x", flow_run_id=over[0]))
    left = [
        ours(Running()),
        deployed(client, known, "of-others")(Completed()),
        deployed(client, unknown)(Completed()),
        client.create_flow_run(known, state=Completed()).id,
    ]
    before = datetime.now(UTC)
    left.append(ours(Completed()))
    assert old_runs.count_runs(before) == 3
    assert kept(client, *over) == [True] * 3
    assert old_runs.delete_runs(before) == 3
    assert kept(client, *over, *left) == [False] * 3 + [True] * 5
    assert artifacts(client, over[0]) == old_runs.delete_runs(before) == 0


def test_a_run_that_somebody_else_deletes_meanwhile_stops_nothing(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(old_runs, "FLOWS", (known.name,))
    ours = deployed(client, known)
    taken, own = ours(Completed()), ours(Completed())
    artifact = client.create_artifact(ArtifactCreate(key="clean-up", type="markdown", data="x", flow_run_id=own))
    found, delete_artifacts = old_runs.count_runs(datetime.now(UTC)), old_runs._delete_artifacts

    def after_others(own_client: SyncPrefectClient, run_ids: list[UUID]) -> None:
        client.delete_flow_run(taken)
        answers = iter([[artifact], []])
        monkeypatch.setattr(own_client, "read_artifacts", lambda **_: next(answers))
        client.delete_artifact(artifact.id)
        delete_artifacts(own_client, run_ids)

    monkeypatch.setattr(old_runs, "_delete_artifacts", after_others)
    now = datetime.now(UTC)
    assert old_runs.delete_runs(now) == old_runs.count_runs(now) + found - 1
    assert kept(client, own) == [False]


@pytest.fixture
def aged(make_world: Callable[..., World], tmp_path: Path) -> World:
    """A world with something of each kind that goes, three years old."""
    world = make_world(WORK_DIR=tmp_path / "work", BACKUP_DIR=tmp_path / "backups")
    world.sql(
        "INSERT INTO outbox (key, channel, template, audience, payload, state, sent_at)"
        " VALUES ('told', 'mail', 'upload_failed', 'errors', '{\"number\": 1}', 'sent', now() - interval '3 years')"
    )
    world.sql(
        "INSERT INTO run_summaries VALUES"
        " ('old', 'a4-live', now(), now() - interval '3 years', false, 'nothing to do', '{}')"
    )
    world.sql(
        "INSERT INTO box_events (event_id, received_at, handled_at, body)"
        " VALUES ('e', now() - interval '3 years', now() - interval '3 years', '{}')"
    )
    (tmp_path / "work" / "work-7-20260101T080000Z-0123456789abcdef").mkdir(parents=True)
    (tmp_path / "backups" / "dumps" / ".partial-0").mkdir(parents=True)
    return world


ALL = (
    "1 working folder removed; 1 backup leftover removed; 1 sent message emptied; 1 Box event deleted;"
    " 1 run record deleted"
)


def tracked(world: World) -> dict[str, list[tuple[Any, ...]]]:
    return {table: world.sql(f"SELECT * FROM {table} ORDER BY 1") for table in TRACKED}


def test_what_has_had_its_time_goes_and_what_tracks_assets_stays(
    aged: World, client: SyncPrefectClient, prefect: dict[str, str], tmp_path: Path
):
    aged.run()
    aged.sql("UPDATE outbox SET sent_at = now() - interval '3 years' WHERE key = 'told' OR state = 'sent'")
    messages = aged.sql("SELECT count(*) FROM outbox")[0][0]
    old, young = (deployed(client, one_of_ours)(Completed()) for _ in range(2))
    with closing(sqlite3.connect(Path(prefect["PREFECT_HOME"]) / "prefect.db", timeout=60)) as server, server:
        server.execute("UPDATE flow_run SET end_time = '2026-01-01 00:00:00.000000' WHERE id = ?", [str(old)])
    before, told = tracked(aged), len(aged.twin.mail.mails)
    wanted = ALL.replace("1 sent message", f"{messages} sent messages") + "; 1 Prefect run deleted"

    shown = content_scaling("run", "clean-up", "--dry-run", environment=of(aged))
    would = re.sub(r"(removed|emptied|deleted)", r"to be \1", wanted)
    assert (shown.returncode, shown.stdout.strip()) == (0, f"clean-up: dry run: {would}"), shown.stderr
    assert aged.sql("SELECT count(*) FROM outbox WHERE payload = '{}'") == [(0,)]
    assert kept(client, old) == [True]

    done = aged.run("clean-up")
    assert (done["state"], done["headline"]) == ("Completed", wanted)
    assert kept(client, old, young) == [False, True]
    assert aged.sql("SELECT DISTINCT payload, last_error FROM outbox") == [({}, None)]
    assert aged.sql("SELECT count(*) FROM box_events") == [(0,)]
    assert list((tmp_path / "work").iterdir()) == list((tmp_path / "backups" / "dumps").iterdir()) == []
    assert tracked(aged) == before

    for flow_name in ("a1-to-a2", "deliver-messages", "clean-up"):
        assert aged.run(flow_name)["headline"] == "nothing to do"
    assert len(aged.twin.mail.mails) == told


def test_killed_half_way_and_run_again_it_ends_where_it_would_have_ended(aged: World):
    kill_while_writing(aged, "run_summaries", flow="clean-up")
    assert aged.sql("SELECT payload FROM outbox") == [({},)]
    assert aged.run("clean-up")["headline"] == "1 run record deleted"


def test_a_part_that_fails_is_told_and_the_others_are_done(aged: World):
    aged.sql("ALTER TABLE box_events RENAME TO moved_away")
    done = aged.run("clean-up")
    aged.sql("ALTER TABLE moved_away RENAME TO box_events")
    assert done["state"] == "Partial"
    rest, _, trouble = done["headline"].partition("; could not clean up Box events: The tracking database has another")
    assert (rest, bool(trouble)) == (ALL.replace(" 1 Box event deleted;", ""), True)
