"""The second part of the demo: the agency hands files in, mends what it is told of, and the campaign moves on."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from db.engine import Store
from db.repositories.progress import Progress, progress_of
from entrypoints.demo import story
from entrypoints.demo.agency import Agency, HandedIn
from entrypoints.demo.stage import Stage
from sandbox.drops import Drops

POLL, ON_UPLOAD = "a2-to-a3/a2-to-a3", "a2-to-a3-on-upload"


def tell_homecoming(
    stage: Stage, store: Store, console: Console, told: tuple[int, int]
) -> tuple[list[HandedIn], tuple[int, int]]:
    """Play it; return what was handed in. `told` counts the mails and webhooks shown before, and is returned anew."""
    agency = Agency(Drops(stage.twin))
    console.print("\nThe agency hands in a localized file for each master; three of them are broken", style="bold")
    handed_in = agency.hand_in(story.hero_masters(store))
    _show_handed_in(handed_in, console)
    broken = [each for each in handed_in if each.wrong]

    def sight() -> tuple[int, str]:
        done = len(_progress(store).derivatives)
        return done, f"{done} files in the DAM"

    story.run_with_progress(POLL, stage, console, len(handed_in), sight)
    _show_remarks(stage, broken, console)
    told = story.show_messages(stage, console, after=told)

    console.print("\nThe agency mends the three: two get their right names, the film is handed in again", style="bold")
    console.print("Box tells the receiver of the film, which starts a run; the renamed two are found by the next poll")
    misnamed, mistyped, cut_off = broken
    _have_box_tell(stage)
    agency.rename(misnamed)
    agency.rename(mistyped)
    mended = agency.hand_in_again(cut_off)
    story.watch(story.run_started_by_webhook(ON_UPLOAD), stage, console, len(handed_in), sight)
    story.run_with_progress(POLL, stage, console, len(handed_in), sight)
    _show_home(_progress(store), console)
    told = story.show_messages(stage, console, after=told)
    return [HandedIn(mended, each.good_name) if each is cut_off else each for each in handed_in], told


def _have_box_tell(stage: Stage) -> None:
    """Do what `content-scaling box-webhook create` does."""
    target = {"type": "folder", "id": stage.twin.box_folders["BOX_FOLDER_DERIVATIVES"]}
    wishes = {"target": target, "address": stage.receiver_url, "triggers": ["FILE.UPLOADED"]}
    stage.twin.box.webhooks.create(stage.twin.box.app.service_user_id, wishes)


def _show_handed_in(handed_in: list[HandedIn], console: Console) -> None:
    for each in handed_in:
        wrong = f"  [yellow]{each.wrong}[/]" if each.wrong else ""
        console.print(f"  {escape(each.file.name)}{wrong}", highlight=False, soft_wrap=True)
    console.print()


def _show_remarks(stage: Stage, broken: list[HandedIn], console: Console) -> None:
    console.print("What the agency reads beside the three files in Box", style="bold")
    for each in broken:
        for comment in stage.twin.box.file(each.file.id).comments:
            console.print(f"  {escape(each.file.name)}", highlight=False, soft_wrap=True)
            for line in comment.message.splitlines():
                console.print(f"    {line}", style="yellow", markup=False, highlight=False)
    console.print()


def _show_home(progress: Progress, console: Console) -> None:
    title = f"{story.HERO}: home in the DAM"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for heading in ("name in the DAM", "tracking id", "score", "asset id"):
        table.add_column(heading, overflow="fold")
    for row in progress.derivatives:
        asset_id = (row.dam_asset_id or "")[:12]
        table.add_row(escape(row.derivative_filename), row.tracking_id, row.creativex_score or "none", f"{asset_id}…")
    console.print(table)


def _progress(store: Store) -> Progress:
    with store.transaction() as session:
        return progress_of(session, story.HERO)
