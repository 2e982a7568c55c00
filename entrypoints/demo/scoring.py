"""The demo's scorecards: CreativeX scores files before they come home, and not every scorecard is good."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console

from db.engine import Store
from db.repositories.progress import progress_of
from db.repositories.scores import current_score, scores_of
from entrypoints.demo import story
from entrypoints.demo.agency import still_names
from entrypoints.demo.proof import Claim, clean
from entrypoints.demo.stage import Stage
from entrypoints.score_table import show_histories
from entrypoints.score_view import History
from sandbox.scorecards import Scorecards

SCORES = "creativex-scores/creativex-scores"
_SCORE = "FERRERO.TAB.FIELD.CREATIVEX"


@dataclass(frozen=True)
class Scored:
    """Clean names of the files that were scored: once, twice (the later one counts), and in a way that is not right.

    `doubtful_pdf` is the name of the scorecard that is not right.
    """

    once: str
    twice: str
    in_doubt: str
    doubtful_pdf: str


def tell_scores(stage: Stage, store: Store, console: Console, told: tuple[int, int]) -> tuple[Scored, tuple[int, int]]:
    """Play it; return what was scored. `told` counts the mails and webhooks shown before, and is returned anew."""
    once, twice, in_doubt = still_names(story.hero_masters(store))[:3]
    console.print(
        "\nCreativeX has scored files that are about to come home: its scorecards lie in Box as PDFs", style="bold"
    )
    cards = Scorecards(stage.twin)
    cards.whole(once, 83)
    cards.whole(twice, 61, name="First cut.pdf")
    cards.whole(twice, "0.74", name="Second cut.pdf")
    doubtful = cards.wrong_sum(in_doubt, 90)
    cards.damaged(once, name="Broken.pdf")
    cards.whole("RAF_DE_de_NEVER-HANDED-IN_OLV_001_6S_16x9.mp4", 55)
    story.finish_runs([story.start_run(SCORES)], console)
    scored = Scored(clean(once), clean(twice), clean(in_doubt), doubtful.name)
    _show(scored, store, console)
    return scored, story.show_messages(stage, console, after=told)


def claims_of_scores(stage: Stage, store: Store, scored: Scored) -> Iterator[Claim]:
    """Yield what must hold once the files that were scored have come home."""
    twin = stage.twin
    with store.transaction() as session:
        current = {name: current_score(session, name) for name in (scored.once, scored.twice, scored.in_doubt)}
        versions = [row.status for row in scores_of(session, scored.twice)]
        home = {row.derivative_filename: row.dam_asset_id or "" for row in progress_of(session, story.HERO).derivatives}
    in_dam = {name: str(twin.otmm.values(home[name]).get(_SCORE)) for name in current}
    left = {file.name for file in twin.box.files_below(twin.box_folders["BOX_FOLDER_CREATIVEX"])}
    about = [mail.subject for mail in twin.mail.mails if "CreativeX" in mail.subject]
    yield "of two scorecards of one file the later one counts", versions == ["superseded", "active"]
    yield (
        "the scores that were read are in the DAM, with the files that came home",
        [in_dam[name] for name in (scored.once, scored.twice)] == ["['83']", "['74']"],
    )
    yield (
        "the score that does not add up waits for review, and is not in the DAM",
        current[scored.in_doubt] is None and "90" not in in_dam[scored.in_doubt],
    )
    yield "only what somebody has to look at is left of the PDFs", left == {"Broken.pdf", scored.doubtful_pdf}
    yield (
        "one mail tells of the scores, and one of each of the two PDFs that could not be used",
        len(set(about)) == len(about) == 3,
    )


def _show(scored: Scored, store: Store, console: Console) -> None:
    names = (scored.once, scored.twice, scored.in_doubt)
    with store.transaction() as session:
        histories = [History(name, scores_of(session, name), ()) for name in names]
    show_histories(histories, console)
    console.print()
