"""The intake step by step, without Prefect: an agency's stills, a simulated DAM and Box, a real database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, LiteralString

from prefect.logging import disable_run_logger
from sqlalchemy import text

from blocks.config_files import load_hooks
from blocks.services import Services
from blocks.settings import Settings
from clients.box.client import BoxClient, BoxFile
from clients.otmm import OtdsTokens, OtmmClient
from db.engine import Store
from db.repositories.derivatives import expect
from domain.derivatives import in_rounds
from domain.report import AssetOutcome
from sandbox.box.items import File
from sandbox.certificates import Certificates
from sandbox.drops import STILL
from sandbox.twin import Twin
from tasks.box_files import find_files
from tasks.derivative_ledger import new_row
from tasks.ingest import ingest_derivative
from tasks.take_in import Plan, plan_files
from tasks.taken_back import let_go
from tasks.work import Intake
from tests.acceptance.homeward import HandedOut
from tests.contract.clients.box_world import CountingGovernor

CONFIG = Path(__file__).parents[3] / "config"
MASTER = "Still.png"


class ComingHome(HandedOut):
    """A campaign of one master that has gone out, and what an agency makes of it."""

    def __init__(self, twin: Twin, services: Services) -> None:
        self.twin = twin
        self.services = services
        self.store: Store = services.store
        super().__init__(self)

    @property
    def folder_id(self) -> str:
        """The DAM's folder that derivatives are uploaded to."""
        return self._folder("Final Assets")

    def hand_in(self, pattern: str = STILL, *, seed: str = "first", **more: Any) -> File:
        """Hand in a still made of the master."""
        return self.drops.whole(self.of(MASTER), pattern, seed=seed, size=3_000, **more)

    def look(self, *only: File) -> tuple[Intake, list[BoxFile], Plan]:
        """Begin a run: what lies in Box, or these files of it, and what is planned with it."""
        intake = Intake(self.services, file_ids=tuple(file.id for file in only))
        files = find_files.fn(intake)
        return intake, files, plan_files(files, intake)

    def announce(self, plan: Plan) -> None:
        """Write down what a run will take."""
        with self.store.transaction() as session:
            expect(session, [new_row(planned) for planned in plan if planned.refusal is None])

    def take(self, plan: Plan, intake: Intake) -> list[AssetOutcome]:
        """Take every file of the plan that can be; return what became of each. What one of them fails of is raised."""
        self.announce(plan)
        return [ingest_derivative.fn(planned, intake) for batch in in_rounds(plan) for planned in batch]

    def bring(self, *only: File) -> list[AssetOutcome]:
        """Run from the beginning to the last file."""
        intake, _, plan = self.look(*only)
        return self.take(plan, intake)

    def let_go(self) -> None:
        """Begin a run, and let go of what is not in Box any more."""
        intake, files, _ = self.look()
        let_go(files, intake)

    def sql(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        """Run one statement on the database, and return its rows."""
        with self.store.transaction() as session:
            done = session.execute(text(statement))
            return [tuple(row) for row in done] if done.returns_rows else []  # type: ignore[attr-defined]

    def in_dam(self) -> list[str]:
        """Return the checksum of every derivative in the DAM, wherever it lies, the oldest first."""
        with self.twin.otmm.lock:
            nodes = [node for node in self.twin.otmm.tree if node.content is not None and node.import_job_id]
            return [node.content.blob.sha1 for node in nodes if node.content is not None]

    def in_box(self) -> list[str]:
        """Return the names of the files that are still in Box."""
        return [file.name for file in self.twin.box.files_below(self.twin.box_folders["BOX_FOLDER_DERIVATIVES"])]

    def mails(self) -> list[str]:
        """Return the template of each mail that is queued, the oldest first."""
        return [name for (name,) in self.sql("SELECT template FROM outbox WHERE channel = 'mail' ORDER BY id")]

    def events(self) -> list[str]:
        """Return the kind of each event about derivatives, the oldest first."""
        return [kind for (kind,) in self.sql("SELECT event_type FROM asset_events ORDER BY id")]


@contextmanager
def coming_home(
    folder: Path, store: Store, seed: dict[str, Any], certificates: Certificates, **settings: Any
) -> Iterator[ComingHome]:
    """Serve a DAM and a Box for the length of the block."""
    with ExitStack() as stack:
        stack.enter_context(disable_run_logger())
        twin = stack.enter_context(Twin(folder / "twin", seed=seed, certificates=certificates))
        services = Services(_settings(twin, folder, **settings))
        stack.callback(services.close)
        services.store, services.hooks = store, load_hooks(CONFIG, {})
        services.dam = stack.enter_context(_dam(twin, services))
        services.box = _box(twin)
        stack.callback(services.box.close)
        yield ComingHome(twin, services)


def _settings(twin: Twin, folder: Path, **settings: Any) -> Settings:
    derivatives = twin.box_folders["BOX_FOLDER_DERIVATIVES"]
    values = {"config_dir": CONFIG, "work_dir": folder / "work", "box_folder_derivatives": derivatives}
    return Settings(_env_file=None, **values, **settings)  # type: ignore[arg-type]


def _dam(twin: Twin, services: Services) -> OtmmClient:
    url, known = twin.servers["otmm"].url, twin.settings.otmm
    tokens = OtdsTokens(f"{url}/otdsws/oauth2/token", known.client_id, known.client_secret)
    return OtmmClient(f"{url}/otmmapi", services.roles, tokens=tokens, sleep=lambda _: None)


def _box(twin: Twin) -> BoxClient:
    url = twin.servers["box"].url
    config = twin.box_app.config_json(twin.certificates)
    return BoxClient(config, api_url=url, upload_url=f"{url}/up", governor=CountingGovernor())
