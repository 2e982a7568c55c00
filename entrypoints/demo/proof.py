"""What must be true after the demo's runs; each claim is looked up in the system it is about."""

from collections.abc import Iterator

from db.engine import Store
from db.repositories.masters import masters_of
from db.repositories.progress import progress_of
from domain.assets import Campaign
from entrypoints.demo.agency import HandedIn
from entrypoints.demo.stage import Stage
from sandbox.otmm import OtmmState
from sandbox.otmm.nodes import Node

Claim = tuple[str, bool]
_DERIVATIVES = "BOX_FOLDER_DERIVATIVES"
_BOX_ROOT = "BOX_FOLDER_LOCAL_MASTERS"
_GLOBAL_ROOT = "BOX_FOLDER_GLOBAL_MASTERS"


def campaigns_in_dam(stage: Stage) -> list[Campaign]:
    """Return every campaign of the seed as the DAM holds it now."""
    dam = stage.twin.otmm
    fields = dam.settings.fields
    found = []
    for number, folder_id in stage.twin.campaigns.items():
        values = dam.values(folder_id)
        name = dam.tree.nodes[folder_id].name
        found.append(Campaign(folder_id, number, name, str(values[fields.campaign_type]), str(values[fields.status])))
    return found


def masters_in_dam(dam: OtmmState, campaign_folder_id: str) -> dict[str, str]:
    """Return the SHA-1 of every asset with content below a campaign, by asset id."""
    found: dict[str, str] = {}
    waiting = [campaign_folder_id]
    with dam.lock:
        while waiting:
            nodes: list[Node] = [dam.tree.nodes[child] for child in dam.tree.nodes[waiting.pop()].children]
            waiting += [node.id for node in nodes if node.is_folder]
            found |= {node.id: node.content.blob.sha1 for node in nodes if node.content is not None}
    return found


def claims(stage: Stage, store: Store, hero: str, global_: str, before: list[Campaign]) -> Iterator[Claim]:
    """Yield what must hold for the two campaigns that went out, and for those that had to stay."""
    now = campaigns_in_dam(stage)
    in_dam = masters_in_dam(stage.twin.otmm, stage.twin.campaigns[hero])
    in_box = {file.id: file.sha1 for file in stage.twin.box.files_below(stage.twin.box_folders[_BOX_ROOT])}
    with store.transaction() as session:
        masters = masters_of(session, hero)
    arrived = {master.opentext_id: in_box.get(master.box_file_id or "") for master in masters}
    subjects = [mail.subject for mail in stage.twin.mail.mails if hero in mail.subject]
    yield f"{hero} moved from A1 to A2 in the DAM", _status(now, hero) == "A2"
    yield f"each of its {len(in_dam)} masters is in Box, byte for byte", arrived == in_dam
    yield "no two masters share a tracking id", len({master.tracking_id for master in masters}) == len(in_dam)
    yield "one mail says that the campaign is complete", len(subjects) == 1
    yield "one webhook announces A1 to A2", _announced(stage) == [(hero, "A1", "A2")]
    yield f"{global_} moved from B1 to B2, and nobody but people was told", _status(now, global_) == "B2"
    yield (
        f"the masters of {global_} are in Box, byte for byte, and its working files are not",
        _sent_out(stage, _GLOBAL_ROOT) == _finals(stage, global_),
    )
    others = _without(now, hero, global_) == _without(before, hero, global_)
    yield "every other campaign stays where it was", others


def claims_of_homecoming(stage: Stage, store: Store, hero: str, handed_in: list[HandedIn]) -> Iterator[Claim]:
    """Yield what must hold once everything that was handed in for the campaign `hero` has come home."""
    twin, now = stage.twin, campaigns_in_dam(stage)
    with store.transaction() as session:
        derivatives = progress_of(session, hero).derivatives
    nodes = [twin.otmm.tree.nodes[row.dam_asset_id or ""] for row in derivatives]
    in_dam = sorted((node.name, node.content.blob.sha1) for node in nodes if node.content is not None)
    wanted = sorted((clean(each.good_name), each.file.sha1) for each in handed_in)
    finals = twin.otmm.tree.nodes[_folder(twin.otmm, twin.campaigns[hero], "Final Assets")].children
    refused = [mail.subject for mail in twin.mail.mails if "could not be uploaded" in mail.subject]
    remarks = [seen for seen in twin.faults["box"].writes() if seen.path.endswith("/comments")]
    yield f"{hero} moved from A2 to A3 in the DAM", _status(now, hero) == "A3"
    yield (
        f"each of the {len(handed_in)} localized files is in the DAM, byte for byte, under its clean name",
        in_dam == wanted,
    )
    yield "none of them is there twice", len(finals) == len(handed_in)
    yield "none of them is left in Box", twin.box.files_below(twin.box_folders[_DERIVATIVES]) == []
    yield "three mails tell of the three broken files, and none tells it twice", len(refused) == len(set(refused)) == 3
    yield "one remark stood beside each of them in Box", len(remarks) == len(refused)
    yield "one webhook announces A2 to A3", _announced(stage)[1:] == [(hero, "A2", "A3")]


def clean(name: str) -> str:
    """Return the name without job number and tracking id."""
    stem, dot, extension = name.rpartition(".")
    return stem.partition("_")[2].rpartition("_")[0] + dot + extension


def _folder(dam: OtmmState, campaign_folder_id: str, named: str) -> str:
    children = dam.tree.nodes[campaign_folder_id].children
    return next(child for child in children if named in dam.tree.nodes[child].name)


def _status(campaigns: list[Campaign], number: str) -> str:
    return next(campaign.status for campaign in campaigns if campaign.number == number)


def _without(campaigns: list[Campaign], *numbers: str) -> list[Campaign]:
    return [campaign for campaign in campaigns if campaign.number not in numbers]


def _sent_out(stage: Stage, root: str) -> list[str]:
    """Return the SHA-1 of each file below a folder of Box."""
    return sorted(file.sha1 for file in stage.twin.box.files_below(stage.twin.box_folders[root]))


def _finals(stage: Stage, number: str) -> list[str]:
    """Return the SHA-1 of each final asset of a campaign."""
    folder = _folder(stage.twin.otmm, stage.twin.campaigns[number], "Final Assets")
    return sorted(masters_in_dam(stage.twin.otmm, folder).values())


def _announced(stage: Stage) -> list[tuple[str, str, str]]:
    bodies = [delivery.body for delivery in stage.twin.hooks.deliveries]
    moves = [body for body in bodies if "old_status" in body]
    return [(body["campaign_number"], body["old_status"], body["new_status"]) for body in moves]
