"""A DAM that answers badly, breaks off or sends wrong bytes: what fails is told, what arrives in Box is right."""

from collections.abc import Callable

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.outcome import outcome
from tests.acceptance.world import RUN_S, World

LARGE = 21_000_000
RULE_BROKEN = {"exception_body": {"http_response_code": 500, "message": "Not for you.", "error_code": 77}}

PASSING = {
    "Ill.png": Fault("status", status=500, retry_after="0"),
    "Busy.png": Fault("status", status=503, retry_after="0"),
    "Cut.png": Fault("cut", path="/contents$", at_byte=1_000),
}
LASTING = {
    "Page.png": (Fault("html", status=200, times=None), "with a page in place of data"),
    "Rule.png": (Fault("status", status=500, body=RULE_BROKEN, times=None), "Not for you."),
    "Gone.png": (Fault("status", status=404, body={}, times=None), "is not in the DAM"),
    "Flipped.png": (Fault("flip", path="/contents$", at_byte=500), "the DAM promises MD5"),
    "Flipped.mp4": (Fault("flip", path="/contents$", at_byte=LARGE - 1), "the DAM promises MD5"),
}


def strike(world: World, name: str, fault: Fault) -> None:
    """Let a fault hit the requests about one asset."""
    fault.path = f"/assets/{world.node(name)}{fault.path or '$'}"
    world.twin.faults["otmm"].add(fault)


def reads_of(world: World, name: str) -> int:
    """How often the content of an asset was asked for."""
    path = f"/assets/{world.node(name)}/contents"
    return sum(seen.path.endswith(path) for seen in world.twin.faults["otmm"].requests)


def test_each_asset_fares_as_the_dam_answers_for_it(make_world: Callable[..., World]) -> None:
    names = [*PASSING, *LASTING]
    assets = [asset(name, LARGE if name.endswith("mp4") else 4_000) for name in names]
    world = make_world(seed(campaign("C000000701", *assets, asset("Sum.png", content="wrong checksum"))))
    for name, fault in (PASSING | {name: fault for name, (fault, _) in LASTING.items()}).items():
        strike(world, name, fault)

    report = world.run()
    fates = report["campaigns"][0]["assets"]
    assert report["state"] == "Partial"
    assert {name for name, (fate, _) in fates.items() if fate == "delivered"} == set(PASSING)
    for name, (_, reason) in LASTING.items():
        assert reason in fates[name][1]
    assert "the DAM promises MD5" in fates["Sum.png"][1]
    (mail,) = world.twin.mail.mails
    assert "6 of 9 masters not delivered" in mail.subject
    assert all(name in mail.text for name in [*LASTING, "Sum.png"])
    assert len(world.in_box()) == len(PASSING), "nothing is kept of bytes that are wrong"
    assert world.not_as_in_the_dam() == []
    seen = outcome(world)
    assert (seen["parts left at Box"], seen["left over"][0]) == (0, 0)

    world.twin.faults["otmm"].clear()
    again = world.run()
    assert again["headline"] == "5 delivered; 3 already there; 1 failed"
    assert world.not_as_in_the_dam() == []

    told, reads = len(world.mails()), reads_of(world, "Sum.png")
    resting = world.run()
    assert resting["headline"] == "8 already there; 1 failed"
    assert "the DAM promises MD5" in resting["campaigns"][0]["assets"]["Sum.png"][1]
    assert (len(world.mails()), reads_of(world, "Sum.png")) == (told, reads), "it would end as before"
    world.run(campaign="C000000701")
    assert reads_of(world, "Sum.png") == reads + 1
    started = "SELECT count(*) FROM asset_events WHERE event_type = 'delivery_started' AND detail->>'path' = 'Sum.png'"
    assert world.sql(started) == [(1,)]


@pytest.mark.sweep
@pytest.mark.parametrize("ranges", [False, True], ids=["from the start", "where it broke"])
def test_a_run_outlives_its_tokens_and_goes_on_with_content_that_was_cut(
    make_world: Callable[..., World], ranges: bool
) -> None:
    world = make_world(seed(campaign("C000000702", asset("Film.mp4", LARGE))))
    world.twin.settings.otmm.range_supported = ranges
    faults = world.twin.faults["otmm"]
    faults.add(Fault("hang", path="/contents$"))
    faults.add(Fault("cut", path="/contents$", at_byte=12_000_000, skip=1))  # the first one is refused with 401
    process, answer = world.start()
    faults.wait_for_hang(RUN_S)
    world.twin.otmm.expire_tokens()
    world.twin.box.expire_tokens()
    faults.release()
    report = world.ended(process, answer)
    assert report["headline"] == "1 delivered; moved C000000702 A1→A2"
    assert world.not_as_in_the_dam() == []
    sent = sum(seen.sent_bytes for seen in faults.requests if seen.path.endswith("/contents"))
    assert (sent < LARGE + 2_000_000) is ranges


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("status", status=503, retry_after="30", times=None), "the DAM answered 503"),
        (Fault("html", status=200, times=None), "with a page in place of data"),
    ],
    ids=["busy", "behind a login page"],
)
def test_a_run_that_cannot_search_fails_with_the_reason_and_changes_nothing(
    make_world: Callable[..., World], fault: Fault, reason: str
) -> None:
    world = make_world(seed(campaign("C000000703", asset("Key Visual.png"))))
    fault.path = "/search/text$"
    world.twin.faults["otmm"].add(fault)
    assert reason in world.failure()
    assert world.writes() == 0
