"""The report of a run as Markdown, for the Artifacts tab of Prefect."""

from domain.report import AssetOutcome, CampaignOutcome, RunReport


def as_markdown(report: RunReport) -> str:
    """Return the whole report: what was done, skipped, failed and why, with links into Box."""
    lines = [f"# {report.workflow}{' (dry run)' if report.dry_run else ''}", "", _capital(report.headline) + ".", ""]
    for campaign in report.campaigns:
        lines += _campaign(campaign)
    if report.parked:
        lines += ["## Messages given up on", "", *(f"- {_cell(line)}" for line in report.parked), ""]
    return "\n".join(lines)


def _campaign(campaign: CampaignOutcome) -> list[str]:
    lines = [f"## {_cell(campaign.number)} {_cell(campaign.name)}", "", _verdict(campaign), ""]
    if campaign.box_url is not None:
        lines += [f"[The campaign's folder in Box]({campaign.box_url})", ""]
    if campaign.assets:
        lines += ["| asset | size | outcome | tracking id | in Box |", "|---|--:|---|---|---|"]
        lines += [_row(asset) for asset in campaign.assets] + [""]
    return lines


def _verdict(campaign: CampaignOutcome) -> str:
    if campaign.failure is not None:
        retry = "It is tried again by itself." if campaign.failure.will_retry else "It waits for a person."
        return f"**Not worked on**: {_cell(campaign.failure.reason)}. {campaign.failure.advice} {retry}"
    if campaign.moved:
        return f"**Moved {campaign.origin} → {campaign.target}.** {_cell(campaign.note or '')}".rstrip()
    if campaign.failed:
        return f"**Stays in {campaign.origin}**: {len(campaign.failed)} of {len(campaign.assets)} assets failed."
    return _capital(_cell(campaign.note or f"stays in {campaign.origin}: nothing to do")) + "."


def _row(asset: AssetOutcome) -> str:
    size = f"{asset.size_bytes / 1e6:.1f}\N{NO-BREAK SPACE}MB" if asset.size_bytes is not None else ""
    outcome = str(asset.outcome)
    if asset.failure is not None:
        outcome += f": {_cell(asset.failure.reason)}. {asset.failure.advice}"
    name = _cell(asset.box_name or "")
    place = f"[{name}]({asset.box_url})" if asset.box_url else name
    return f"| {_cell(asset.path)} | {size} | {outcome} | {asset.tracking_id or ''} | {place} |"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(text: str) -> str:
    """Return text that cannot break out of its table cell or become markup."""
    for character in "\\|*_`[]<>":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")
