"""`content-scaling campaign`: campaigns looked at and moved by somebody at a terminal, or by a script."""

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner

from entrypoints.campaign_desk import operator
from entrypoints.cli import app
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.command import alone, content_scaling, of
from tests.acceptance.homeward import STILL, Homeward
from tests.acceptance.operators import ME, events, moves
from tests.acceptance.world import World

SPRING, SUMMER, AUTUMN = "C000002401", "C000002402", "C000002403"
MakeWorld = Callable[..., World]


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Three campaigns, in A1, A3 and A5."""
    return make_world(
        seed(
            campaign(SPRING, asset("Still.png"), name="Spring in Bloom"),
            campaign(SUMMER, name="Summer [Sale]", status="A3"),
            campaign(AUTUMN, name="Autumn Sale", status="A5"),
        )
    )


def command(world: World, *arguments: str, answers: str = "", **more: str) -> "CompletedProcess[str]":
    """Run `content-scaling campaign` in that world."""
    return content_scaling("campaign", *arguments, environment=of(world, **more), answers=answers)


def lines(output: str) -> list[str]:
    """What was printed, cells apart by two blanks."""
    return [re.sub(r" {2,}", "  ", line).strip() for line in output.splitlines()]


def test_each_campaign_is_asked_for_with_the_rule_and_only_those_agreed_to_are_moved(world: World):
    done = command(world, "reset", "sale", "--reason", "start over", answers="y\nn\n")
    assert done.returncode == 0, done.stderr
    rule = "Rule: A3 may move to A4 or A5; A3 → A1 is not listed"
    assert f"{SUMMER} Summer [Sale]: A3 → A1. {rule}" in lines(done.stdout)
    assert f"Move {AUTUMN} to A1 by force?" in done.stdout
    assert lines(done.stdout)[-1] == f"reset-campaigns: moved {SUMMER} A3→A1"
    assert world.status() == {SPRING: "A1", SUMMER: "A1", AUTUMN: "A5"}
    (event,) = events(world, SUMMER)
    assert (event["by"], event["reason"], event["forced"]) == (operator(), "start over", True)


def test_a_no_to_every_campaign_moves_nothing_and_is_no_failure(world: World):
    done = command(world, "advance", "--reason", "hurry", answers="n\n")
    assert done.returncode == 0, done.stderr
    assert lines(done.stdout)[-1] == "advance-campaigns: 1 campaign looked at, nothing moved"
    assert f"{SPRING} Spring in Bloom: does not move on to A3: not confirmed: stays A1" in done.stdout
    assert command(world, "advance", "--reason", "hurry").returncode == 1  # nobody there to answer
    assert (world.writes(), moves(world)) == (0, [])


@pytest.mark.sweep
def test_what_cannot_be_done_is_told_before_anything_is_asked(world: World):
    several = command(world, "set", "sale", "A1", "--force", "--reason", "again")
    assert several.returncode == 1
    assert f"{SUMMER} Summer [Sale] (A3), {AUTUMN} Autumn Sale (A5)" in several.stdout
    unlisted = command(world, "set", SPRING.lower(), "A5")
    assert unlisted.returncode == 1
    assert "A1 may move to A2; A1 → A5 is not listed; it can be made by force, with a reason" in unlisted.stdout
    done = command(world, "set", SPRING, "A1")
    assert (done.returncode, lines(done.stdout)[0].endswith("is A1 already")) == (0, True)
    assert (world.writes(), moves(world)) == (0, [])


def test_a_dry_run_behind_the_certificate_asks_nothing_and_writes_nothing(world: World):
    done = command(world, "reset", "--status", "A3", "--dry-run", "--dam-auth", "mtls")
    assert done.returncode == 0, done.stderr
    assert f"{SUMMER} Summer [Sale]: would move A3 → A1 by force: " in done.stdout
    assert AUTUMN not in done.stdout
    assert (world.writes(), moves(world)) == (0, [])


def test_a_list_counts_what_is_known_of_each_campaign(make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch):
    world = make_world(seed(campaign(SPRING, asset("Still.png"), status="A2"), campaign(SUMMER, name="Sum [b]mer")))
    home = Homeward(world, SPRING)
    home.drops.whole(home.of("Still.png"), STILL, size=20_000)
    home.run()
    here = looking_at(world, monkeypatch)
    head, *rows = here("list")
    assert head == "number  name  type  status  masters  derivatives"
    assert rows == [
        f"{SPRING}  Campaign 401  Local Adaptation  A3  1  1",
        f"{SUMMER}  Sum [b]mer  Local Adaptation  A1  0  0",
    ]
    assert [row[:10] for row in here("list", "--status", "A1", "--status", "A2")[1:]] == [SUMMER]
    assert here("list", "winter") == ["no campaign with a status matches"]

    shown = here("show", SPRING, "--dam-auth", "mtls")
    assert shown[:2] == [f"{SPRING} Campaign 401: Local Adaptation", "is A3, may move to A4 or A5"]
    assert f"Still.png  {home.of('Still.png')}  It is on its way to Box." in shown, "this test has not delivered it"
    assert any(line.endswith("  in the DAM") for line in shown)
    assert shown[-1].endswith("moved A2 → A3  a2-to-a3")


@pytest.mark.sweep
def test_one_campaign_is_shown_without_prefect_and_of_several_none_is(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    confirmed = {"confirmed": (f"{SPRING} A1",), "operator": ME}
    world.run("advance-campaigns", campaign=SPRING, reason="done elsewhere", **confirmed)
    environment = alone(tmp_path / "home", **world.environment)
    done = content_scaling("campaign", "show", "bloom", environment=environment)
    assert done.returncode == 0, done.stderr
    assert lines(done.stdout)[-1].endswith(f"moved A1 → A3 by force  {ME}  done elsewhere")

    here = looking_at(world, monkeypatch)
    several = here("show", "sale", ends_with=1)
    assert [line[:10] for line in several[1:3]] == [SUMMER, AUTUMN]
    assert here("show", "winter", ends_with=1)[0].startswith("no campaign with a status has the number 'winter'")


def looking_at(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Run commands that only look in this process, for that is quicker."""
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)

    def look(*arguments: str, ends_with: int = 0) -> list[str]:
        done = CliRunner().invoke(app, ["campaign", *arguments])
        assert done.exit_code == ends_with, done.output
        return lines(done.stdout)

    return look
