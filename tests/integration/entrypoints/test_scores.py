"""`content-scaling scores show` by tracking id: of the master, of what was made of it, of what has not come yet."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.engine import Store
from entrypoints.cli import app
from tests.integration.storybook import Storybook, derivative_name

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(autouse=True)
def told(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two masters of one name, each with a score; of one a film is home, and a score of one that is not."""
    with store.transaction() as session:
        book = Storybook(session)
        for tracking_id, score in (("Kv0001", 61), ("Kv0002", 62)):
            master = book.master(tracking_id, "KV.tif", f"C0000000{score}")
            book.carries(master, score)
        book.home(master, derivative_name("HOME"))
        book.scored(derivative_name("HOME"), 80)
        book.scored(derivative_name("COMES"), 55, "needs review", tracking_id="Kv0002")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENV_FILE", raising=False)
    for name, value in (("DATABASE_URL", store.url), ("CONFIG_DIR", str(CONFIG))):
        monkeypatch.setenv(name, value)


def show(named: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["scores", "show", named])


def lines(result: Result) -> list[str]:
    """What is printed, without the widths of columns."""
    return [" ".join(line.split()) for line in result.output.splitlines() if line.strip()]


def test_a_masters_own_score_is_found_by_its_tracking_id_and_no_other_masters():
    result = show("Kv0001")
    assert result.exit_code == 0
    said = lines(result)
    assert (said[0], len(said)) == ("KV.tif", 3)
    assert said[2].startswith("1 61 in the DAM, of the master Kv0001 20")


def test_scores_of_films_that_are_home_and_of_those_to_come_are_found_by_the_tracking_id():
    said = lines(show("Kv0002"))
    assert [line for line in said if line in ("KV.tif", derivative_name("HOME"), derivative_name("COMES"))] == [
        "KV.tif",
        derivative_name("HOME"),
        derivative_name("COMES"),
    ]
    assert any(line.startswith("1 55 needs review") for line in said)


def test_by_the_name_that_masters_share_all_their_scores_are_shown_with_whose_they_are():
    said = lines(show("kv.tif"))
    assert [line.split(" 20")[0] for line in said[2:]] == [
        "1 61 in the DAM, of the master Kv0001",
        "2 62 in the DAM, of the master Kv0002",
    ]


def test_an_unknown_tracking_id_has_no_scores():
    assert show("Kv0003").exit_code == 1
