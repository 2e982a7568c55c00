"""The report of a run as Markdown, for the Artifacts tab of Prefect."""

import json
from collections.abc import Sequence

from domain.report import AssetOutcome, CampaignOutcome, RunReport


def as_markdown(report: RunReport) -> str:
    """Return the whole report: what was done, skipped, failed and why, with links into Box."""
    lines = [f"# {report.workflow}{' (dry run)' if report.dry_run else ''}", "", _capital(report.headline) + ".", ""]
    for campaign in report.campaigns:
        lines += _campaign(campaign, report.destination)
    if report.files:
        lines += [f"## {report.files_are}", "", *_table(report.files, report.destination)]
    if report.parked:
        lines += ["## Messages given up on", "", *(f"- {cell(line)}" for line in report.parked), ""]
    for asset in report.assets:
        lines += _representation(asset)
    return "\n".join(lines)


def _campaign(campaign: CampaignOutcome, destination: str) -> list[str]:
    lines = [f"## {cell(campaign.number)} {cell(campaign.name)}", "", _verdict(campaign), ""]
    if campaign.box_url is not None:
        lines += [f"[The campaign's folder in Box]({campaign.box_url})", ""]
    return lines + (_table(campaign.assets, destination) if campaign.assets else [])


def _table(assets: Sequence[AssetOutcome], destination: str) -> list[str]:
    head = [f"| asset | size | outcome | tracking id | in {destination} |", "|---|--:|---|---|---|"]
    return [*head, *(_row(asset, destination) for asset in assets), ""]


def _verdict(campaign: CampaignOutcome) -> str:
    note = cell(campaign.note or "")
    if campaign.failure is not None:
        retry = "It is tried again by itself." if campaign.failure.will_retry else "It waits for a person."
        return f"**Not worked on**: {cell(campaign.failure.reason)}. {campaign.failure.advice} {retry}"
    if campaign.moved:
        return f"**Moved {campaign.origin} → {campaign.target}.** {note}".rstrip()
    if campaign.failed:
        failed = f"{len(campaign.failed)} of {len(campaign.assets)} assets failed"
        return f"**Does not move on to {campaign.target}**: {failed}{f'; {note}' if note else ''}."
    return _capital(note or f"stays in {campaign.origin}: nothing to do") + "."


def _row(asset: AssetOutcome, destination: str) -> str:
    size = _size(asset.size_bytes) if asset.size_bytes is not None else ""
    outcome = str(asset.outcome)
    if asset.failure is not None:
        outcome += f": {cell(asset.failure.reason)}. {asset.failure.advice}"
    outcome += "".join(f"<br>Look at this: {cell(warning)}" for warning in asset.warnings)
    path, name = cell(asset.path), cell(asset.target_name or "")
    if destination == "Box":
        name = _linked(name, asset.box_url)
    else:
        path = _linked(path, asset.box_url)
    return f"| {path} | {size} | {outcome} | {asset.tracking_id or ''} | {name} |"


def _size(size_bytes: int) -> str:
    number, unit = (size_bytes / 1e6, "MB") if size_bytes >= 100_000 else (size_bytes / 1e3, "kB")
    return f"{number:.1f}\N{NO-BREAK SPACE}{unit}"


def _representation(asset: AssetOutcome) -> list[str]:
    """Return what the DAM would be told of a file, as JSON."""
    if asset.representation is None:
        return []
    text = json.dumps(asset.representation, indent=2, ensure_ascii=False)
    return [f"## What the DAM would be told of {cell(asset.path)}", "", "```json", text, "```", ""]


def _linked(text: str, url: str | None) -> str:
    # Beside the text: one of Prefect's two sets of pages shows the backslashes of cell inside of a link.
    return f"{text} ([open]({url}))" if url else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def cell(text: str) -> str:
    """Return text that cannot break out of its table cell or become markup."""
    for character in "\\|*_`[]<>~&":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.splitlines())
