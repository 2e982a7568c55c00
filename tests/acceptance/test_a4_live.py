"""The live check, whole, over HTTP: each stay in A4 is announced once."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import seed
from tests.acceptance.command import content_scaling, of
from tests.acceptance.watched import Watched, standing
from tests.acceptance.world import RUN_S, World

MakeWorld = Callable[..., World]
ONE, TWO, ELSEWHERE = "C000001401", "C000001402", "C000001403"
MANY = seed(standing(ONE), standing(TWO, type="Global comm"), standing(ELSEWHERE, "A3"))


@pytest.fixture
def watched(make_world: MakeWorld) -> Watched:
    """A world with two campaigns in A4, and one in A3."""
    return Watched(make_world(MANY))


@pytest.mark.parametrize("dam_auth", ["oauth2", "mtls"])
def test_every_campaign_in_a4_is_announced_once(watched: Watched, dam_auth: str) -> None:
    began = datetime.now(UTC)
    report = watched.run(dam_auth=dam_auth)
    assert (report["state"], report["headline"]) == ("Completed", "2 campaigns in A4; 2 announced")
    assert [campaign["number"] for campaign in report["campaigns"]] == [ONE, TWO]
    first = watched.announcements()[0]
    assert began <= datetime.fromisoformat(first.pop("timestamp")) <= datetime.now(UTC)
    assert first == {
        "campaign_id": watched.world.twin.campaigns[ONE],
        "campaign_number": ONE,
        "campaign_name": "Campaign 401",
        "status": "A4",
        "live_campaign": "NO",
    }
    assert watched.stays() == [(ONE, "A4", True, True), (TWO, "A4", True, True), (ELSEWHERE, "A3", True, False)]
    assert watched.world.sql(
        "SELECT live_campaign, webhook_sent_at >= created_at FROM campaign_status WHERE webhook_sent"
    ) == [
        ("NO", True),
        ("NO", True),
    ]
    assert (watched.events(), watched.world.mails()) == ([], [])

    report = watched.run(dam_auth=dam_auth)
    assert (report["state"], report["headline"]) == ("Completed", "2 campaigns in A4")
    assert report["campaigns"][0]["note"].partition("; ")[2].startswith("announced 20")
    assert watched.told() == [(ONE, "A4"), (TWO, "A4")]


def test_where_no_campaign_is_in_a4_there_is_nothing_to_do(make_world: MakeWorld) -> None:
    watched = Watched(make_world(seed(standing(ELSEWHERE, "A3"))))
    report = watched.run()
    assert (report["state"], report["headline"], report["campaigns"]) == ("Completed", "nothing to do", [])
    assert watched.told() == []


def test_without_any_campaign_there_is_nothing_to_do(make_world: MakeWorld) -> None:
    watched = Watched(make_world(seed()))
    assert watched.run()["headline"] == "nothing to do"
    assert watched.stays() == []


@pytest.mark.sweep
def test_leaving_a4_and_coming_back_is_another_stay_with_a_webhook_of_its_own(watched: Watched) -> None:
    watched.run()
    watched.move(ONE, "A5")
    assert watched.run()["headline"] == f"1 campaign in A4; moved by others: {ONE} A4→A5"
    watched.move(ONE, "A4")
    watched.run()
    assert watched.told() == [(ONE, "A4"), (TWO, "A4"), (ONE, "A4")]
    assert watched.stays()[:3] == [(ONE, "A4", False, True), (ONE, "A5", False, False), (ONE, "A4", True, True)]


def test_a_webhook_that_was_refused_is_sent_again_and_arrives_once(watched: Watched) -> None:
    faults = watched.world.twin.faults["hooks"]
    faults.add(Fault("status", status=500))
    faults.add(Fault("cut", skip=1))
    report = watched.run()
    assert report["headline"] == "2 campaigns in A4; 2 webhooks not taken yet"
    assert "its webhook could not be sent yet: webhook campaign_live: the receiver answered 500" in str(report)
    assert [sent for *_, sent in watched.stays()] == [False, False, False]

    watched.make_due()
    watched.world.run("deliver-messages")
    watched.make_due()
    watched.run()
    assert sorted(watched.told()) == [(ONE, "A4"), (TWO, "A4")]
    assert [sent for *_, sent in watched.stays()] == [True, True, False]


@pytest.mark.sweep
def test_where_the_hook_is_off_stays_are_announced_once_it_is_on(make_world: MakeWorld) -> None:
    watched = Watched(make_world(MANY, WEBHOOK_CAMPAIGN_STATUS_URL=""))
    address = watched.world.twin.env()["WEBHOOK_CAMPAIGN_STATUS_URL"]
    report = watched.run()
    assert (report["state"], report["headline"]) == ("Completed", "2 campaigns in A4; the hook campaign_live is off")
    assert report["campaigns"][0]["note"].endswith("announced once the hook campaign_live is on")
    assert watched.world.sql("SELECT count(*) FROM outbox") == [(0,)]

    watched.world.change(WEBHOOK_CAMPAIGN_STATUS_URL=address)
    assert watched.run()["headline"] == "2 campaigns in A4; 2 announced"
    assert watched.told() == [(ONE, "A4"), (TWO, "A4")]


@pytest.mark.sweep
def test_a_hook_that_was_switched_off_before_it_was_sent_leaves_its_stay_to_be_announced(watched: Watched) -> None:
    watched.world.twin.faults["hooks"].add(Fault("status", status=500, times=2))
    watched.run(campaign=ONE)
    address = watched.world.twin.env()["WEBHOOK_CAMPAIGN_STATUS_URL"]
    watched.world.change(WEBHOOK_CAMPAIGN_STATUS_URL="")
    watched.make_due()
    watched.world.run("deliver-messages")
    assert watched.stays() == [(ONE, "A4", True, False)]

    watched.world.twin.faults["hooks"].clear()
    watched.world.change(WEBHOOK_CAMPAIGN_STATUS_URL=address)
    watched.run(campaign=ONE)
    assert watched.told() == [(ONE, "A4")]
    assert watched.stays() == [(ONE, "A4", True, True)]


@pytest.mark.sweep
def test_one_campaign_alone_is_looked_at_where_it_is_named(watched: Watched) -> None:
    assert watched.run(campaign=TWO)["headline"] == "1 campaign in A4; 1 announced"
    assert watched.stays() == [(TWO, "A4", True, True)]
    assert watched.run(campaign=ELSEWHERE)["campaigns"][0]["note"] == "is A3, not in A4"
    assert "finds no campaign with this number" in watched.run(campaign="C9")["campaigns"][0]["note"]


@pytest.mark.sweep
def test_a_dry_run_writes_nothing_anywhere(watched: Watched) -> None:
    report = watched.run(dry_run=True)
    assert report["headline"] == "dry run: 2 campaigns in A4"
    assert report["campaigns"][0]["note"] == "would be noted as in A4; to be announced"
    watched.world.twin.faults["hooks"].add(Fault("status", status=500, times=None))
    watched.run()
    watched.world.twin.faults["hooks"].clear()
    watched.move(ONE, "A5")
    watched.make_due()
    before, writes = database(watched.world), watched.world.writes()
    report = watched.run(dry_run=True)
    assert report["headline"] == f"dry run: 1 campaign in A4; 1 webhook not taken yet; moved by others: {ONE} A4→A5"
    assert (database(watched.world), watched.world.writes()) == (before, writes)


def test_the_command_shows_each_campaign_in_a4(watched: Watched) -> None:
    environment = of(watched.world, BOX_JWT_CONFIG_PATH="")
    done = content_scaling("run", "a4-live", "--campaign", TWO, environment=environment)
    assert done.returncode == 0, done.stderr
    first, last = [line for line in done.stdout.splitlines() if TWO in line or "a4-live:" in line]
    assert first.startswith(f"{TWO} Campaign 402: in A4 since 20")
    assert last == "a4-live: 1 campaign in A4; 1 announced"


def test_two_runs_at_once_announce_each_campaign_once(watched: Watched) -> None:
    faults = watched.world.twin.faults["otmm"]
    faults.add(Fault("hang", path="/folders/[0-9a-f]{40}$"))
    first = watched.world.start("a4-live")
    faults.wait_for_hang(RUN_S)
    assert watched.run()["headline"] == "2 campaigns in A4; 2 announced"
    faults.clear()
    assert watched.world.ended(*first)["state"] == "Completed"
    assert watched.told() == [(ONE, "A4"), (TWO, "A4")]
    assert [(number, status) for number, status, *_ in watched.stays()] == [(ONE, "A4"), (TWO, "A4"), (ELSEWHERE, "A3")]
    assert watched.events() == []


def database(world: World) -> list[list[tuple[object, ...]]]:
    """Everything that a run of ours may write to."""
    tables = ("campaign_status", "outbox", "asset_events", "facts", "status_moves", "workflow_state", "leases")
    return [world.sql(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
