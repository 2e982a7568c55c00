"""Box is looked at: who we are there, what we may do in each folder, and the webhook on the derivatives."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.orm import Session

from blocks.box import BoxJwt
from blocks.database import PostgresDatabase
from blocks.settings import Settings
from clients.box.client import FolderAccess, Webhook
from db.engine import Store
from db.models import BoxEvent, DerivativeAsset
from db.repositories.inbox import store_event
from domain.box_webhooks import UploadEvent
from entrypoints.checks.box import FOLDERS, check_box, lacking
from entrypoints.checks.box_webhook import silent
from entrypoints.checks.verdict import State, Verdict
from sandbox.box.roles import Role
from sandbox.certificates import Certificates, make_certificates, write_private
from tests.contract.clients.box_world import BoxWorld, running_box
from tests.integration.storybook import tell

NAMES = ("LOCAL_MASTERS", "GLOBAL_MASTERS", "DERIVATIVES", "REVISIONS", "CREATIVEX")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ADDRESS = "https://hooks.example.com/webhooks/box"

Look = Callable[..., dict[str, Verdict]]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("box-keys"))


@pytest.fixture
def box(certificates: Certificates) -> Iterator[BoxWorld]:
    with running_box(certificates) as world:
        yield world
        world.state.webhooks.stop()


@pytest.fixture
def folders(box: BoxWorld) -> dict[str, str]:
    return {name: box.state.add_folder(name.title()).id for name in NAMES}


@pytest.fixture
def look(box: BoxWorld, folders: dict[str, str], tmp_path: Path) -> Look:
    """Check Box with the settings of these folders; a database that does not answer unless one is given."""

    def check(url: str = "postgresql://localhost:1/x", **settings: object) -> dict[str, Verdict]:
        write_private(tmp_path / "box.json", box.config.encode())
        block = BoxJwt(config_path=tmp_path / "box.json", api_url=box.url, upload_url=f"{box.url}/up")
        given = {f"box_folder_{name.lower()}": folder for name, folder in folders.items()} | settings
        found = check_box(block, PostgresDatabase(url=SecretStr(url)), Settings.model_validate(given))
        return {verdict.name: verdict for verdict in found}

    return check


def test_folders_where_the_account_may_do_what_is_needed_are_fine(look: Look, box: BoxWorld):
    found = look()
    assert {verdict.state for verdict in found.values()} == {State.OK}
    assert list(found) == ["Box", "TLS of Box", "TLS of Box uploads"]
    assert found["Box"].text.startswith("signed in as service@example.com; delivers to folder 'Local_Masters'")
    assert found["TLS of Box"].text.startswith("not applicable: http://127.0.0.1:")
    assert box.faults.writes() == []


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("LOCAL_MASTERS", "viewer", "may not upload: a1-to-a2 needs it; have it made an Editor there"),
        ("GLOBAL_MASTERS", "viewer", "may not upload: b1-to-b2"),
        ("REVISIONS", "viewer", "BOX_FOLDER_REVISIONS: in folder 'Revisions' service@example.com may not upload"),
        ("DERIVATIVES", "viewer", "may not delete: a2-to-a3"),
        ("DERIVATIVES", "uploader", "may not download: a2-to-a3"),
        ("CREATIVEX", "viewer", "may not delete: creativex-scores"),
    ],
)
def test_a_folder_where_it_may_not_has_failed(look: Look, box: BoxWorld, name: str, role: Role, said: str):
    (folder,) = (found.id for found in box.state.tree.children("0") if found.name == name.title())
    box.state.roles.give(folder, role)
    found = look()["Box"]
    assert found.state is State.FAILED
    assert said in found.text


def test_a_file_that_lies_there_shows_what_its_folder_leaves_open(look: Look, box: BoxWorld, folders: dict[str, str]):
    box.state.roles.give(folders["DERIVATIVES"], "viewer uploader")
    doubtful = look()["Box"]
    assert doubtful.state is State.WARNING
    assert "may not delete the folder, and perhaps no file either: a2-to-a3" in doubtful.text
    box.state.add_folder("Week 12", folders["DERIVATIVES"])
    box.state.add_file(folders["DERIVATIVES"], "a.mp4", b"a")
    sure = look()["Box"]
    assert sure.state is State.FAILED
    assert "may not delete: a2-to-a3" in sure.text


def test_whether_files_may_be_commented_on_is_seen_by_one_of_them(look: Look, box: BoxWorld, folders: dict[str, str]):
    box.state.add_file(folders["DERIVATIVES"], "a.mp4", b"a")
    assert look()["Box"].state is State.OK
    box.state.roles.give(folders["DERIVATIVES"], "uploader")
    assert "may not download or delete or comment: a2-to-a3" in look()["Box"].text


def test_permissions_that_box_does_not_tell_are_a_warning_not_a_failure():
    (folder, *_) = FOLDERS
    faults, warnings = lacking(folder, FolderAccess("1", "Masters", (), None, None), "service@example.com")
    assert faults == []
    assert "has permissions that Box does not tell" in warnings[0]


def test_folders_that_are_one_or_lie_in_one_another_are_warnings(look: Look, box: BoxWorld, folders: dict[str, str]):
    inner = box.state.add_folder("Inner", folders["DERIVATIVES"]).id
    found = look(box_folder_creativex=inner, box_folder_revisions=folders["LOCAL_MASTERS"])["Box"]
    assert found.state is State.WARNING
    assert "BOX_FOLDER_CREATIVEX lies inside BOX_FOLDER_DERIVATIVES: each workflow needs" in found.text
    assert "BOX_FOLDER_LOCAL_MASTERS and BOX_FOLDER_REVISIONS are the same folder: each workflow" in found.text
    assert found.text.count("each workflow") == 2


def test_a_folder_that_is_not_set_or_not_seen_has_failed_and_the_others_are_looked_at(look: Look):
    found = look(box_folder_local_masters=None, box_folder_revisions="99")["Box"]
    assert found.state is State.FAILED
    assert "BOX_FOLDER_LOCAL_MASTERS is not set: a1-to-a2 needs it" in found.text
    assert "BOX_FOLDER_REVISIONS: service@example.com sees no such folder; correct it, or invite" in found.text
    assert "takes in from folder 'Derivatives'" in found.text


def test_a_folder_that_box_refuses_to_show_does_not_hide_the_others(look: Look, box: BoxWorld, folders: dict[str, str]):
    box.fault("status", path=f"/folders/{folders['REVISIONS']}$", status=403, times=None)
    found = look()["Box"]
    assert found.state is State.FAILED
    assert "BOX_FOLDER_REVISIONS: Box folder" in found.text
    assert "reads scorecards in folder 'Creativex'" in found.text


def test_half_an_address_does_not_keep_the_rest_from_being_tried(box: BoxWorld, tmp_path: Path):
    write_private(tmp_path / "box.json", box.config.encode())
    block = BoxJwt(config_path=tmp_path / "box.json", api_url=box.url)
    (found,) = check_box(block, PostgresDatabase(), Settings())
    assert (found.name, found.state) == ("Box", State.FAILED)
    assert "set both or neither" in found.text


class TestTheWebhook:
    @pytest.fixture
    def looked(self, look: Look, database_url: str) -> Callable[[], Verdict]:
        return lambda: look(database_url, box_webhook_primary_key="key-1")["Box webhook"]

    @pytest.fixture
    def hook(self, box: BoxWorld, folders: dict[str, str]) -> Callable[..., None]:
        def make(trigger: str = "FILE.UPLOADED") -> None:
            target = {"type": "folder", "id": folders["DERIVATIVES"]}
            wishes = {"target": target, "address": ADDRESS, "triggers": [trigger]}
            box.state.webhooks.create(box.state.app.service_user_id, wishes)

        return make

    def test_none_is_a_warning_with_the_command_to_run(self, looked):
        found = looked()
        assert found.state is State.WARNING
        assert found.text.endswith("make one with: content-scaling box-webhook create ADDRESS")

    def test_one_of_ours_says_where_it_points_and_when_it_last_told(self, looked, hook, store: Store):
        hook()
        found = looked()
        assert found.state is State.OK
        assert f"tells {ADDRESS} of files in folder" in found.text
        assert "nothing has come yet" in found.text
        with store.transaction() as session:
            store_event(session, UploadEvent("e-1", "FILE.UPLOADED", "42", "a.mp4", "da39", "12", ("0",), "7"))
        assert "; last on 2" in looked().text

    def test_one_for_other_events_is_a_warning(self, looked, hook):
        hook("FILE.DELETED")
        found = looked()
        assert found.state is State.WARNING
        assert "does not tell of FILE.UPLOADED: content-scaling box-webhook delete" in found.text

    def test_one_that_has_fallen_silent_while_files_came_is_a_warning(self, looked, hook, box, store: Store):
        hook()
        for webhook in box.state.webhooks.all():
            webhook.created_at = datetime.now(UTC) - 90 * DAY
        with store.transaction() as session:
            self._long_ago(session)
        found = looked()
        assert found.state is State.WARNING
        assert "Box has told of nothing for 40 days, while files came" in found.text

    def test_a_database_that_is_not_there_leaves_what_box_says(self, look: Look, hook):
        hook()
        found = look(box_webhook_primary_key="key-1")["Box webhook"]
        assert found.state is State.OK
        assert "in the database, which cannot be read" in found.text

    def _long_ago(self, session: Session) -> None:
        tell(session)  # files that came today
        store_event(session, UploadEvent("e-1", "FILE.UPLOADED", "42", "a.mp4", "da39", "12", ("0",), "7"))
        session.execute(update(BoxEvent).values(received_at=datetime.now(UTC) - 40 * DAY))
        assert session.query(DerivativeAsset).filter(DerivativeAsset.uploaded_at.is_not(None)).count() > 0


@pytest.mark.parametrize(
    ("made", "event", "file", "is_silent"),
    [
        (90, 40, 1, True),
        (90, None, 1, True),
        (90, 20, 1, False),  # lately enough
        (10, None, 1, False),  # there for a short time only
        (90, 40, 50, False),  # nothing to tell of
        (90, 40, None, False),
        (None, None, 1, False),  # unknown since when there is one
    ],
)
def test_silence_is_a_month_without_events_in_which_files_came(made, event, file, is_silent):
    def ago(days: int | None) -> datetime | None:
        return NOW - days * DAY if days is not None else None

    hook = Webhook("1", "2", ADDRESS, ("FILE.UPLOADED",), ago(made))
    assert bool(silent(hook, ago(event), ago(file), NOW)) is is_silent
