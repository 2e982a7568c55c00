"""The third part of the demo: the live check, what reviewers reject, and the rework that comes home."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from db.engine import Store
from db.models import DerivativeAsset, RejectedAsset
from db.repositories.progress import progress_of
from db.repositories.rejections import current_rejections
from entrypoints.campaign_table import said_of
from entrypoints.demo import story
from entrypoints.demo.agency import HandedIn
from entrypoints.demo.homecoming import ON_UPLOAD
from entrypoints.demo.proof import Claim
from entrypoints.demo.stage import Stage
from sandbox.box.items import File
from sandbox.drops import Drops
from sandbox.librarian import Librarian

LIVE, SENT_BACK = "a4-live/a4-live", "a5-to-a6/a5-to-a6"
REJECTED, APPROVED, IN_LIVE_CHECK = "C000000108", "C000000109", "C000000110"
"""Campaigns of the seed: one with rejected assets, one in which all is approved, one in A4."""

_SAID = {
    "approver": {"comment": "The logo is too small.\nThe claim is cut off on the right.", "certifier": "A. Approver"},
    "legal": {"comment": "The disclaimer is missing.", "certifier": "L. Legal"},
}
_SIZE = 700_000


@dataclass(frozen=True)
class Rework:
    """The derivative that was rejected, and the file that the agency has made of it."""

    rejected: DerivativeAsset
    file: File


def tell_review(
    stage: Stage, store: Store, console: Console, handed_in: Sequence[HandedIn], told: tuple[int, int]
) -> Rework:
    """Play it; return what was rejected and reworked. `told` counts the mails and webhooks shown before."""
    librarian = Librarian(stage.twin)
    console.print("\nA librarian moves the campaign to the live check (A4), which is announced once", style="bold")
    librarian.set_status(story.HERO, "A4")
    story.finish_runs([story.start_run(LIVE)], console)
    told = story.show_messages(stage, console, after=told)

    console.print("\nTwo reviewers reject one of the files (A5); it goes back with what both have said", style="bold")
    rejected, name = _one_of(handed_in, store)
    librarian.review(story.HERO, rejected.dam_asset_id or "", "NOT APPROVED", **_SAID)
    librarian.set_status(story.HERO, "A5")
    story.finish_runs([story.start_run(SENT_BACK)], console)
    _show_rejections(store, console)
    told = story.show_messages(stage, console, after=told)

    console.print("\nThe agency reworks the file, and hands it in again under its old name", style="bold")
    file = Drops(stage.twin).whole("", name, size=_SIZE, seed="reworked", below=["Rework"])
    story.finish_runs([story.run_started_by_webhook(ON_UPLOAD, nth=2)], console)
    story.show_campaigns(stage, console, "\nAfter")
    story.show_messages(stage, console, after=told)
    return Rework(rejected, file)


def claims_of_review(stage: Stage, store: Store, rework: Rework) -> Iterator[Claim]:
    """Yield what must hold once the rework has come home."""
    twin, hero, rejected = stage.twin, story.HERO, rework.rejected
    dam, status = twin.otmm, {number: twin.otmm.campaign_status(folder) for number, folder in twin.campaigns.items()}
    in_box = {file.name: file.sha1 for file in twin.box.files_below(twin.box_folders["BOX_FOLDER_REVISIONS"])}
    with store.transaction() as session:
        rows = {number: list(current_rejections(session, number).values()) for number in (hero, REJECTED)}
        now = {row.id: row.dam_asset_id for row in progress_of(session, hero).derivatives}
    bodies = [hook.body for hook in twin.hooks.deliveries]
    live = [body["campaign_number"] for body in bodies if body.get("live_campaign") == "NO"]
    mails = [mail.text for mail in twin.mail.with_subject(hero)]
    back = dam.tree.nodes[now[rejected.id] or ""]
    yield "one webhook tells of each of the two campaigns in the live check", sorted(live) == [hero, IN_LIVE_CHECK]
    yield f"{hero} is in rework (A6), and so is {REJECTED}", (status[hero], status[REJECTED]) == ("A6", "A6")
    yield f"{APPROVED}, in which everything is approved, stays A5", status[APPROVED] == "A5"
    yield (
        "what was rejected, and nothing else, is in Box, byte for byte, under its tracking id",
        in_box == {_name_in_box(row): _content(stage, row.opentext_id) for found in rows.values() for row in found},
    )
    yield "the derivative went back under the tracking id of its master", _ids(rows[hero]) == [rejected.tracking_id]
    said = [remark["comment"].splitlines()[0] for remark in _SAID.values()]
    yield "one mail holds what both reviewers said", sum(all(text in mail for text in said) for mail in mails) == 1
    yield (
        "the rework is in the DAM as an asset of its own, byte for byte",
        back.id != rejected.dam_asset_id and _content(stage, back.id) == rework.file.sha1,
    )
    yield "a mail says that all reworked files are back", len(twin.mail.with_subject("reworked")) == 1


def _one_of(handed_in: Sequence[HandedIn], store: Store) -> tuple[DerivativeAsset, str]:
    """Return a still that has come home, and the name that the agency gave it."""
    with store.transaction() as session:
        rows = {row.handed_in_filename: row for row in progress_of(session, story.HERO).derivatives}
    name = next(each.good_name for each in handed_in if PurePosixPath(each.good_name).suffix == ".png")
    return rows[name], name


def _show_rejections(store: Store, console: Console) -> None:
    title = "Back at the agencies"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for heading in ("campaign", "file in Box", "what was said"):
        table.add_column(heading, overflow="fold")
    with store.transaction() as session:
        for number in (story.HERO, REJECTED):
            for row in current_rejections(session, number).values():
                table.add_row(number, escape(row.box_filename or "-"), escape(said_of(row)))
    console.print(table)


def _name_in_box(row: RejectedAsset) -> str:
    path = PurePosixPath(row.original_filename)
    return f"{path.stem}_{row.tracking_id}{path.suffix}"


def _content(stage: Stage, asset_id: str) -> str | None:
    content = stage.twin.otmm.tree.nodes[asset_id].content
    return content.blob.sha1 if content is not None else None


def _ids(rows: Sequence[RejectedAsset]) -> list[str]:
    return [row.tracking_id for row in rows]
