"""The life of two campaigns, played at random: what people do, what flows do, and runs that are killed at any request.

Hypothesis chooses the steps; whatever they were, in the end nothing is lost, nothing is there twice, and everybody was
told everything once.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.status import MOVES, Status
from sandbox.blobs import GeneratedBlob
from sandbox.drops import STILL, Drops
from sandbox.faults import Fault
from sandbox.librarian import Librarian
from sandbox.scorecards import Scorecards
from sandbox.seeds import CREATIVEX_SCORE
from tests.acceptance.campaigns import asset, campaign, finals, seed
from tests.acceptance.homeward import TITLE
from tests.acceptance.kills import wait_for_its_end
from tests.acceptance.world import RUN_S, World
from tests.waiting import until

LOCAL, GLOBAL = "C000000801", "C000000802"
SEED = seed(
    campaign(LOCAL, asset("One.png"), asset("Two.png")),
    campaign(GLOBAL, type="Global comm", status="B1", folders=[finals(asset("Global.png"))]),
)
FLOWS = ("creativex-scores", "a1-to-a2", "b1-to-b2", "a2-to-a3", "a5-to-a6", "a4-live")
UNKNOWN = TITLE.replace("MOMENT", "MOMNT")
"""Name of a file that nobody hands in."""
PEOPLE_MOVE = {"A3": ("A4", "A5"), "A4": ("A3", "A5"), "A6": ("A5",)}
"""What librarians do with a campaign."""


@dataclass(frozen=True)
class Kill:
    """A run is killed at the nth request that it makes to a service, before it is done or after."""

    service: str
    nth: int
    when: str


def kills(*services: str) -> st.SearchStrategy[Kill | None]:
    """Return kills at requests to these services, or none."""
    when = st.sampled_from(("before", "after"))
    return st.none() | st.builds(Kill, service=st.sampled_from(services), nth=st.integers(1, 12), when=when)


KILLS = kills("otmm", "box", "hooks")

CONTENTS = st.sampled_from(("good", "better", "best"))


class Life(RuleBasedStateMachine):
    """One world; `open_world` makes it, and gives what closes it again."""

    open_world: Callable[[], tuple[World, Callable[[], None]]]

    def __init__(self) -> None:
        super().__init__()
        self.world, self._close = type(self).open_world()
        self.librarian = Librarian(self.world.twin)
        self.handed_in: dict[str, list[str]] = {}
        """Checksums of what was handed in, by name in the DAM, the newest last."""
        self.scorecards = 0
        """How many were handed in."""

    @precondition(lambda self: self.status == Status.A1)
    @rule(kill=KILLS)
    def masters_go_out(self, kill: Kill | None) -> None:
        self._run("a1-to-a2", kill)

    @precondition(lambda self: self.world.status()[GLOBAL] == Status.B1)
    @rule(kill=KILLS)
    def global_masters_go_out(self, kill: Kill | None) -> None:
        self._run("b1-to-b2", kill)

    @precondition(lambda self: self.status == Status.A1)
    @rule(number=st.integers(1, 2))
    def a_librarian_adds_a_master(self, number: int) -> None:
        name, folder = f"Late {number}.png", self.world.node("01. Master Assets")
        self.world.twin.otmm.add_asset(folder, name, GeneratedBlob(name, 1_000, "png"))

    @precondition(lambda self: self.status != Status.A1)
    @rule(master=st.integers(0, 3), content=CONTENTS)
    def the_agency_hands_in_a_file(self, master: int, content: str) -> None:
        ids = self._tracking_ids()
        self._hand_in(ids[master % len(ids)], content)

    @precondition(lambda self: self.status in ("A2", "A6"))
    @rule(content=CONTENTS)
    def the_agency_hands_in_a_file_for_each_master(self, content: str) -> None:
        for tracking_id in self._tracking_ids():
            self._hand_in(tracking_id, content)

    @precondition(lambda self: self.status != Status.A1)
    @rule(kill=KILLS)
    def files_come_home(self, kill: Kill | None) -> None:
        self._run("a2-to-a3", kill)

    @rule(named=st.integers(0, 3), score=st.sampled_from((60, 70, 80)))
    def creativex_hands_in_a_scorecard(self, named: int, score: int) -> None:
        """Hand one in of the file by its name in the DAM, by the name it is handed in under, or of no file."""
        names = [TITLE, UNKNOWN, *(STILL.replace("{tracking_id}", tracking_id) for tracking_id in self._tracking_ids())]
        self.scorecards += 1
        name = f"card {self.scorecards}.pdf"
        Scorecards(self.world.twin).whole(names[named % len(names)], score, name=name, seed=name)

    @rule(kill=kills("box", "llamacloud", "smtp"))
    def scorecards_are_read(self, kill: Kill | None) -> None:
        self._run("creativex-scores", kill)

    @precondition(lambda self: self.status in PEOPLE_MOVE)
    @rule(choice=st.integers(0, 1))
    def a_librarian_moves_the_campaign(self, choice: int) -> None:
        targets = PEOPLE_MOVE[self.status]
        self.librarian.set_status(LOCAL, targets[choice % len(targets)])

    @precondition(lambda self: self.status in ("A3", "A4", "A5") and bool(self._home()))
    @rule(which=st.integers(0, 5), comment=st.sampled_from(("Too dark", "Wrong claim")))
    def a_reviewer_rejects(self, which: int, comment: str) -> None:
        home = self._home()
        self.librarian.review(LOCAL, home[which % len(home)], "NOT APPROVED", legal=comment)
        self.librarian.set_status(LOCAL, "A5")

    @precondition(lambda self: self.status == Status.A5)
    @rule(kill=KILLS)
    def rejections_go_back(self, kill: Kill | None) -> None:
        self._run("a5-to-a6", kill)

    @precondition(lambda self: self.status == Status.A4)
    @rule(kill=KILLS)
    def the_live_check_is_announced(self, kill: Kill | None) -> None:
        self._run("a4-live", kill)

    @rule(flow=st.sampled_from(FLOWS))
    def a_schedule_comes_due(self, flow: str) -> None:
        self._run(flow, None)

    @invariant()
    def every_status_is_one_of_the_machine_and_every_move_of_ours_is_listed(self) -> None:
        assert set(self.world.status().values()) <= set(Status)
        moves = self.world.sql("SELECT from_status, to_status FROM status_moves WHERE state = 'done'")
        assert [move for move in moves if Status(move[1]) not in MOVES[Status(move[0])]] == []

    @invariant()
    def a_name_has_one_active_score_and_its_versions_have_no_gaps(self) -> None:
        of_each = self.world.sql(
            "SELECT lower(filename), count(*) FILTER (WHERE status = 'active'), array_agg(version ORDER BY version)"
            " FROM creativex_scores GROUP BY 1"
        )
        assert all(active == 1 and versions == list(range(1, len(versions) + 1)) for _, active, versions in of_each)

    @invariant()
    def every_derivative_has_the_score_that_its_asset_carries_in_the_dam(self) -> None:
        home = self.world.sql(
            "SELECT dam_asset_id, creativex_score FROM derivative_assets WHERE upload_status = 'completed'"
        )
        held = [(asset_id, self.world.twin.otmm.values(asset_id)[CREATIVEX_SCORE][0]) for asset_id, _ in home]
        assert [(asset_id, score or "0") for asset_id, score in home] == held

    def teardown(self) -> None:
        """Let every flow run undisturbed, and look at the end."""
        try:
            for flow in FLOWS:
                self.world.run(flow)
            self._check_masters()
            self._check_homecoming()
            self._check_scorecards()
            self._check_messages()
        finally:
            self._close()

    @property
    def status(self) -> str:
        """Where the local campaign stands."""
        return self.world.status()[LOCAL]

    def _run(self, flow: str, kill: Kill | None) -> None:
        if kill is None:
            self.world.run(flow)
            return
        faults = self.world.twin.faults[kill.service]
        hang = faults.add(Fault("hang", skip=kill.nth - 1, when=kill.when))
        if kill.when == "before":
            faults.add(Fault("status", skip=kill.nth - 1))  # else it would be done once it is let go
        process, _ = self.world.start(flow)
        until(lambda: hang.hits or not process.is_alive(), what="the request or the end", timeout=RUN_S)
        process.kill()
        process.join(RUN_S)
        faults.clear()
        wait_for_its_end(self.world)

    def _tracking_ids(self) -> list[str]:
        """Of the local campaign's masters, oldest first."""
        rows = self.world.sql("SELECT tracking_id FROM master_assets WHERE local_campaign_id = %s ORDER BY id", LOCAL)
        return [tracking_id for (tracking_id,) in rows]

    def _hand_in(self, tracking_id: str, content: str) -> None:
        file = Drops(self.world.twin).whole(tracking_id, STILL, size=3_000, seed=f"{tracking_id} {content}")
        self.handed_in.setdefault(tracking_id, []).append(file.sha1)

    def _home(self) -> list[str]:
        """Ids of the local campaign's final assets."""
        return self._below(LOCAL, "02. Final Assets")

    def _check_masters(self) -> None:
        """What lies in the DAM as a master lies in Box, once, byte for byte."""
        delivered = dict(self.world.sql("SELECT opentext_id, box_sha1 FROM master_assets WHERE box_sha1 IS NOT NULL"))
        dam = self.world.twin.otmm
        for number, folder in ((LOCAL, "01. Master Assets"), (GLOBAL, "02. Final Assets")):
            for node_id in self._below(number, folder):
                content = dam.tree.nodes[node_id].content
                assert content is not None
                assert delivered.get(node_id) == content.blob.sha1, (number, node_id)
        in_box = Counter(file.path for root in ("LOCAL", "GLOBAL") for file in self._box(f"{root}_MASTERS"))
        assert set(in_box.values()) <= {1}
        assert len(in_box) == len(self.world.sql("SELECT id FROM master_assets"))

    def _check_homecoming(self) -> None:
        """Every content is in the DAM once at most, the newest of each file is, and Box is empty."""
        dam = self.world.twin.otmm
        found = Counter((content.blob.sha1) for node in self._home() if (content := dam.tree.nodes[node].content))
        assert set(found.values()) <= {1}, "an asset is there twice"
        assert {shas[-1] for shas in self.handed_in.values()} <= set(found), "a file was lost"
        assert set(found) <= {sha for shas in self.handed_in.values() for sha in shas}
        assert self._box("DERIVATIVES") == []

    def _check_scorecards(self) -> None:
        """Every scorecard was read and told, and left Box then."""
        rows = self.world.sql("SELECT state, told_at IS NULL FROM scorecards")
        assert rows == [("read", False)] * self.scorecards
        assert self._box("CREATIVEX") == []

    def _check_messages(self) -> None:
        """Every message of the outbox has reached its receiver, under its key, and nothing else has."""
        rows = self.world.sql("SELECT key, channel, state FROM outbox")
        assert {state for _, _, state in rows} <= {"sent"}
        hooks = {delivery.idempotency_key for delivery in self.world.twin.hooks.deliveries}
        assert hooks == {key for key, channel, _ in rows if channel == "webhook"}
        mails = {mail.headers["X-Idempotency-Key"] for mail in self.world.twin.mail.mails}
        assert mails == {key for key, channel, _ in rows if channel == "mail"}
        stays = self.world.sql("SELECT id, webhook_sent FROM campaign_status WHERE status = 'A4'")
        assert all(is_sent for _, is_sent in stays)
        assert len(stays) == sum("/stay-" in str(key) for key in hooks)

    def _below(self, number: str, folder: str) -> list[str]:
        dam = self.world.twin.otmm
        with dam.lock:
            campaign_folder = dam.tree.nodes[self.world.twin.campaigns[number]]
            below = [dam.tree.nodes[child] for child in campaign_folder.children]
            return [child for node in below if node.name == folder for child in node.children]

    def _box(self, folder: str) -> list[Any]:
        return self.world.twin.box.files_below(self.world.twin.box_folders[f"BOX_FOLDER_{folder}"])
