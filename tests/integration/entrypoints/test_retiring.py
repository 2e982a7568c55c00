"""`content-scaling campaign retire`: a master that nobody is to wait for any more, and the way back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from db.engine import Store
from db.repositories.daily_balance import derivative_transitions, master_balance
from db.repositories.daily_waiting import waiting_now
from db.repositories.progress import progress_of, unsettled_campaigns
from db.repositories.rejections import reworks_of
from db.repositories.retiring import RETIRED, retirements, set_master_status
from db.repositories.visits import record_visit
from domain.daily.balance import derivative_balances
from domain.waiting import Wait
from entrypoints.board import read_board
from entrypoints.campaign_assets import CampaignAssets, read_campaign
from entrypoints.cli import app
from entrypoints.passport import read_passport
from tests.integration.storybook import LEGAL, SPRING, Storybook, derivative_name

CONFIG = Path(__file__).parents[3] / "config"
NOW = datetime.now(UTC)
WHY = "the market has dropped it"


@pytest.fixture(autouse=True)
def installation(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A campaign in A2: one master is home, of the other nothing has come. No Prefect and no DAM can be reached."""
    with store.transaction() as session:
        book = Storybook(session)
        book.campaign(SPRING, "Spring", "A2")
        book.home(book.master("Hom001", "Home.mp4", campaign_name="Spring"), derivative_name("HOME"))
        book.master("Gon001", "Gone.mp4", campaign_name="Spring")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENV_FILE", raising=False)
    for name, value in (("DATABASE_URL", store.url), ("CONFIG_DIR", str(CONFIG))):
        monkeypatch.setenv(name, value)


def retire(*options: str, number: str = SPRING, tracking_id: str = "Gon001", answer: str = "y\n") -> Result:
    """Run the command, and answer its question."""
    arguments = ["campaign", "retire", number, tracking_id, "--reason", WHY, *options]
    return CliRunner().invoke(app, arguments, input=answer)


def campaign(session: Session) -> CampaignAssets:
    """Return the campaign as its page shows it."""
    found = read_campaign(session, SPRING, NOW)
    assert found is not None
    return found


def test_a_retired_master_is_waited_for_no_more_and_the_campaign_is_complete(store: Store):
    result = retire()
    assert result.exit_code == 0, result.output
    assert f"{SPRING} Spring: Gone.mp4 Gon001" in result.output
    assert "in A2 the next run of a2-to-a3 moves it on" in result.output
    assert "Gon001 is retired" in result.output
    with store.transaction() as session:
        assert progress_of(session, SPRING).is_complete
        assert unsettled_campaigns(session, "a2-to-a3") == [SPRING]


def test_another_master_of_which_one_derivative_is_home_and_one_has_failed_is_still_waited_for(store: Store):
    with store.transaction() as session:
        book = Storybook(session)
        half = book.master("Hal001", "Half.mp4")
        book.home(half, derivative_name("HALF"))
        book.failed(half, derivative_name("CUT"), "it is cut")
    said = retire("--dry-run").output
    assert "The campaign then waits for 1 other master." in said
    assert "moves it on" not in said


def test_a_campaign_that_was_settled_before_is_looked_at_once_more_as_no_file_will_arrive(store: Store):
    with store.transaction() as session:
        record_visit(session, "a2-to-a3", SPRING, status="A2")
    with store.transaction() as session:
        assert unsettled_campaigns(session, "a2-to-a3") == []
    retire()
    with store.transaction() as session:
        assert unsettled_campaigns(session, "a2-to-a3") == [SPRING]


def test_of_two_who_retire_the_last_two_masters_at_once_one_has_the_campaign_looked_at(store: Store):
    with store.transaction() as session:
        Storybook(session).master("Gon002", "Gone too.mp4")
        record_visit(session, "a2-to-a3", SPRING, status="A2")

    def gone(tracking_id: str) -> bool:
        with store.transaction() as session:
            return set_master_status(session, SPRING, tracking_id, RETIRED, by="ana", reason=WHY)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(gone, ("Gon001", "Gon002"))) == [True, True]
    with store.transaction() as session:
        assert unsettled_campaigns(session, "a2-to-a3") == [SPRING]


def test_who_retired_it_and_why_is_kept_and_shown(store: Store):
    retire()
    traced = CliRunner().invoke(app, ["trace", "Gon001"])
    said = " ".join(traced.output.split())
    assert "Nothing: it was retired, and is not waited for." in said
    assert "Gone.mp4 was retired: nothing is waited for of it" in said
    assert WHY in said
    with store.transaction() as session:
        found = retirements(session, ["Gon001", "Hom001", "Nob001"])
        assert {each: (row.name, row.reason) for each, row in found.items()} == {"Gon001": ("Gone.mp4", WHY)}
        assert "@" in str(found["Gon001"].by)


def test_the_pages_show_it_as_retired_and_count_it_for_nothing(store: Store):
    retire()
    with store.transaction() as session:
        shown, passport = campaign(session), read_passport(session, "Gon001", NOW)
        assert [(line.master.tracking_id, line.waiting.kind) for line in shown.lines] == [
            ("Hom001", Wait.OTHERS),
            ("Gon001", Wait.RETIRED),
        ]
        assert (shown.complete, len(shown.active)) == (1, 1)
        assert shown.lines[0].waiting.sentence.endswith(
            "as all of its campaign is, which the next runs move on from A2."
        )
        assert passport is not None
        assert passport.waiting.kind == Wait.RETIRED
        assert read_board(session, NOW).total("masters") == 1
        assert not [each for each in waiting_now(session) if each.asset == "Gone.mp4"]


def test_the_numbers_of_the_report_add_up_all_the_same(store: Store):
    since, until = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    retire(tracking_id="Hom001")
    with store.transaction() as session:
        balances = derivative_balances(derivative_transitions(session, since, until))
        assert [each.difference for each in (*balances, master_balance(session, since, until))] == [0] * 4


def test_a_rework_of_a_retired_master_is_not_waited_for_as_it_would_be_refused(store: Store):
    with store.transaction() as session:
        book = Storybook(session)
        book.campaign(SPRING, "Spring", "A6")
        for tracking_id in ("Rej001", "Rej002"):
            master = book.master(tracking_id, f"{tracking_id}.mp4")
            book.rejected(master, book.home(master, derivative_name(tracking_id.upper())), LEGAL)
    retire(tracking_id="Rej001")
    with store.transaction() as session:
        assert reworks_of(session, SPRING).waiting == (derivative_name("REJ002"),)
        told = [each.asset for each in waiting_now(session) if each.what == "rejected assets not reworked yet"]
        assert told == [derivative_name("REJ002")]


def test_it_can_be_made_active_again(store: Store):
    retire()
    result = retire("--undo")
    assert (result.exit_code, "Gon001 is active" in result.output) == (0, True), result.output
    with store.transaction() as session:
        assert progress_of(session, SPRING).waiting == ("Gone.mp4",)
        assert retirements(session, ["Gon001"]) == {}
    assert "Gone.mp4 is active again" in CliRunner().invoke(app, ["trace", "Gon001"]).output


@pytest.mark.parametrize(("options", "answer", "code"), [((), "n\n", 1), (("--dry-run",), "", 0)])
def test_without_a_yes_and_in_a_dry_run_nothing_is_changed(
    store: Store, options: tuple[str, ...], answer: str, code: int
):
    result = retire(*options, answer=answer)
    assert (result.exit_code, "nothing is changed" in result.output) == (code, True)
    with store.transaction() as session:
        assert retirements(session, ["Gon001"]) == {}


def test_what_is_so_already_or_not_there_is_told(store: Store):
    retire()
    again = retire()
    assert again.exit_code == 1
    assert "nothing to do: its master Gone.mp4 was retired 20" in again.output
    assert WHY in again.output
    active = retire("--undo", tracking_id="Hom001")
    assert (active.exit_code, "nothing to do: Home.mp4 is active" in active.output) == (1, True)
    for unknown in (retire(tracking_id="gon001"), retire(number="C000000099")):
        assert (unknown.exit_code, "has no master with the tracking id" in unknown.output) == (1, True)


def test_a_campaign_whose_masters_still_go_out_is_refused(store: Store):
    with store.transaction() as session:
        Storybook(session).campaign(SPRING, "Spring", "A1")
    result = retire()
    assert (result.exit_code, "take the asset out there" in result.output) == (1, True)


def test_the_last_active_master_is_retired_with_a_warning(store: Store):
    retire()
    result = retire(tracking_id="Hom001")
    assert (result.exit_code, "It is the last active master" in result.output) == (0, True)
