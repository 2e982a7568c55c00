"""`content-scaling trace`, as a person and as a program use it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.engine import Store
from entrypoints import tracing
from entrypoints.cli import app
from tests.integration.storybook import HOSTILE, SPRING, Storybook, derivative_name, tell

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(autouse=True)
def told(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Campaigns in the database of the settings; no Prefect, no DAM and no Box can be reached."""
    with store.transaction() as session:
        tell(session)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENV_FILE", raising=False)
    for name, value in (("DATABASE_URL", store.url), ("CONFIG_DIR", str(CONFIG))):
        monkeypatch.setenv(name, value)


def trace(named: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["trace", "--", named])


def lines(result: Result) -> list[str]:
    """What is printed, without the widths of columns."""
    return [" ".join(line.split()) for line in result.output.splitlines() if line.strip()]


def test_a_tracking_id_shows_the_passport_with_what_it_waits_for_first():
    result = trace("aB3xY9")
    said = lines(result)
    assert result.exit_code == 0
    assert said[:3] == [
        "Hero Film 16x9.mp4 aB3xY9",
        "2 derivatives are home; the campaign waits for 6 other masters.",
        said[2],
    ]
    assert said[2].startswith(f"campaign {SPRING} Spring & Summer <Hazelnut>, A2 since 20")
    (home,) = (line for line in said if line.startswith(f"{derivative_name('HERO')} in the DAM"))
    assert "score 80, 1920×1080, 6 s, h264, 25 frames/s, 2.4 MB" in home
    assert any(line.startswith(f"{derivative_name('HERO')} 1 72 superseded") for line in said)
    assert any(line.endswith("has arrived in Box a1-to-a2") for line in said)


@pytest.mark.parametrize(
    "named",
    [
        derivative_name("HERO"),
        derivative_name("HERO").lower().removesuffix(".mp4"),
        f"1234567_{derivative_name('HERO').replace('.mp4', '_aB3xY9.mp4')}",
        f"9_{derivative_name('NEVER-SEEN').replace('.mp4', '_aB3xY9.mp4')}",
        "hero film 16x9",
        "Hero Film 16x9_aB3xY9.mp4",
    ],
)
def test_every_name_that_it_has_leads_to_it(named: str):
    result = trace(named)
    assert (result.exit_code, lines(result)[0]) == (0, "Hero Film 16x9.mp4 aB3xY9")


def test_a_rejection_is_shown_with_all_that_was_said():
    said = lines(trace("Rej001"))
    assert said[1].startswith("Rejected: ")
    assert "Legal (A. Example, 2026-03-01): The claim is not approved." in " ".join(said)
    assert "see <b>guide</b>." in " ".join(said)


def test_a_campaign_number_lists_its_assets():
    result = trace(SPRING.lower())
    said = lines(result)
    assert result.exit_code == 0
    assert said[1] == "tracking id master waits for"
    assert len(said) == 2 + 7
    assert f"Bad001 {HOSTILE} Its way to Box failed: Box is full; the next run tries again once that is mended." in said
    assert lines(trace("C000000080"))[1] == "the database knows no master of it"


def test_a_campaign_that_cannot_go_on_says_why(store: Store):
    with store.transaction() as session:
        Storybook(session).no_go("C000000080", "a1-to-a2", "no folder\nMaster Assets")
    said = lines(trace("C000000080"))
    assert said[1].startswith("a1-to-a2 cannot work on it since 20") and said[1].endswith(": no folder Master Assets")


def test_in_another_case_it_is_said_that_case_counts_and_nothing_is_taken():
    result = trace("ab3xy9")
    assert result.exit_code == 1
    assert lines(result) == [
        "nothing is known under 'ab3xy9'",
        "aB3xY9 is a tracking id: capitals and small letters are not the same in those",
    ]
    result = trace(f"1234567_{derivative_name('HERO').replace('.mp4', '_AB3xY9.mp4')}")
    assert result.exit_code == 1
    assert lines(result)[1].startswith("aB3xY9 is a tracking id")


def test_several_that_match_are_listed_and_none_is_taken():
    result = trace("RAF_DE_de")
    said = lines(result)
    assert result.exit_code == 1
    assert [line.split()[0] for line in said[1:-1]] == ["Don001", "Rej001", "Way001", "Cut001", "aB3xY9"]
    assert said[-1] == "give the tracking id or the campaign number of the one that is meant"


def test_of_many_of_one_name_the_newest_are_listed_with_their_campaigns_and_how_many_there_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tracing, "MOST_MATCHES", 2)
    with store.transaction() as session:
        for number in range(3):
            Storybook(session).master(f"Kv000{number}", "KV.tif", f"C00000030{number}", campaign_name="Many")
    said = lines(trace("kv.tif"))
    assert said[1:4] == [
        "Kv0002 KV.tif C000000302 Many name of the master",
        "Kv0001 KV.tif C000000301 Many name of the master",
        "these are the newest 2 of 3 assets",
    ]
    assert "these are the newest 2 of 3 assets; give more of the name" in lines(trace("kv.t"))


def test_a_part_of_one_name_is_listed_too():
    result = trace("Storyb")
    assert result.exit_code == 1
    assert lines(result)[1] == "Pen001 Storyboard.pdf C000000078 part of the master's name"
    assert "C000000081 Autumn" in lines(trace("autum"))


@pytest.mark.parametrize(
    ("named", "near"),
    [
        (derivative_name("HERO").replace("OLV", "OVL"), derivative_name("HERO")),
        ("Strybord.pdf", "Storyboard.pdf"),
        ("aB3xY8", "aB3xY9"),
    ],
)
def test_where_nothing_matches_the_nearest_is_named(named: str, near: str):
    result = trace(named)
    assert result.exit_code == 1
    assert lines(result)[0] == f"nothing is known under '{named}'"
    assert f"nearest: {near}" in lines(result)


def test_a_file_that_was_refused_is_told_with_when_and_why(store: Store):
    name, why = "1234567_raf_de.mp4", "cannot be taken in:\n- brand: expected 2-5 upper-case letters; found 'raf'"
    with store.transaction() as session:
        Storybook(session).refused(name, f"{name} {why}")
    result = trace(name.upper())
    said = lines(result)
    assert result.exit_code == 1
    assert said[0].startswith(f"{name} was refused 20") and said[0].endswith(f" UTC: {name} cannot be taken in:")
    assert said[1] == "- brand: expected 2-5 upper-case letters; found 'raf'"
    assert "nothing is known" not in result.output


def test_a_file_of_a_retired_master_that_was_refused_is_among_what_happened_to_the_master(store: Store):
    with store.transaction() as session:
        Storybook(session).refused("9_late_Box001.mp4", "its master was retired", tracking_id="Box001")
    assert any(line.endswith("9_late_Box001.mp4 was refused its master was retired") for line in lines(trace("Box001")))


@pytest.mark.parametrize("named", ["", " ", "%", "x" * 5000, "\x1b[2J", "\udc80", "C999", "*" * 200])
def test_whatever_is_typed_is_answered(named: str):
    result = trace(named)
    assert result.exit_code == 1
    assert "\x1b" not in result.output
