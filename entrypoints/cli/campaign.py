"""`content-scaling campaign`: campaigns looked at, and moved by hand."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from domain.operations import ADVANCE, RESET, SET_STATUS, Order
from domain.report import RunReport
from domain.status import Status
from entrypoints.cli.options import EnvFile, check_number
from entrypoints.cli.run import DamSignIn, DryRun, SignIn
from entrypoints.console import open_console

if TYPE_CHECKING:
    from domain.operations import Consent

campaign = typer.Typer(help="Look at campaigns, and move them by hand.", no_args_is_help=True)

_QUERY = "Number of the campaign, such as C000000078, or part of its name."
_Named = Annotated[str, typer.Argument(metavar="CAMPAIGN", help=_QUERY)]
_Query = Annotated[str | None, typer.Argument(metavar="CAMPAIGN", help=f"{_QUERY} Left out: all.", show_default=False)]
_Why = Annotated[str, typer.Option("--reason", help="Why; kept with each move.", show_default=False)]


@campaign.callback()
def _group() -> None:
    """Look at campaigns, and move them by hand."""


@campaign.command("set")
def set_status(  # noqa: PLR0913  (each is an option)
    named: _Named,
    status: Annotated[Status, typer.Argument(metavar="STATUS", help="The status that it is to have: A1 to B2.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also a move that the status machine does not list; needs --reason.")
    ] = False,
    reason: _Why = "",
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Set the status of one campaign, after a y.

    Of several that match none is taken. No mail and no webhook tells of it.
    """
    if force and not reason.strip():
        raise typer.BadParameter("needs --reason: why the move is made all the same", param_hint="--force")
    order = Order(operation=SET_STATUS, query=named, origins=SET_STATUS.origins, target=status, force=force)

    def flow(consent: "Consent") -> object:
        from flows.set_campaign_status import set_campaign_status

        # What was agreed to is one campaign, which others may have come to be named like.
        meant = consent.tokens[0].partition(" ")[0] if consent.tokens else named
        return set_campaign_status(meant, status, force, **_given(consent, reason, dam_auth, dry_run=dry_run))

    _move(order, reason, dam_auth, flow, dry_run=dry_run)


@campaign.command("reset")
def reset(  # noqa: PLR0913  (each is an option)
    query: _Query = None,
    status: Annotated[
        list[Status] | None,
        typer.Option(help="Only campaigns in this status, A2 to A6; may be given several times.", show_default=False),
    ] = None,
    *,
    reason: _Why = "",
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Set campaigns in A2 to A6 back to A1, each after a y. Needs --reason, unless it is a dry run."""
    for each in status or ():
        if each not in RESET.origins:
            raise typer.BadParameter(f"{each} is none of {', '.join(RESET.origins)}", param_hint="--status")
    _require_reason(reason, dry_run=dry_run)
    origins = tuple(status or RESET.origins)
    order = Order(operation=RESET, query=query, origins=origins, target=Status.A1, force=True)

    def flow(consent: "Consent") -> object:
        from flows.reset_campaigns import reset_campaigns

        filtered: Any = tuple(each.value for each in status or ())
        return reset_campaigns(query, filtered, **_given(consent, reason, dam_auth, dry_run=dry_run))

    _move(order, reason, dam_auth, flow, dry_run=dry_run)


@campaign.command("advance")
def advance(
    query: _Query = None,
    *,
    reason: _Why = "",
    dry_run: DryRun = False,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """Move campaigns from A1 to A3, each after a y. Needs --reason, unless it is a dry run."""
    _require_reason(reason, dry_run=dry_run)
    order = Order(operation=ADVANCE, query=query, origins=ADVANCE.origins, target=Status.A3, force=True)

    def flow(consent: "Consent") -> object:
        from flows.advance_campaigns import advance_campaigns

        return advance_campaigns(query, **_given(consent, reason, dam_auth, dry_run=dry_run))

    _move(order, reason, dam_auth, flow, dry_run=dry_run)


@campaign.command("retire")
def retire(  # noqa: PLR0913  (each is an option)
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="Number of the campaign, such as C000000078.", callback=check_number)
    ],
    tracking_id: Annotated[
        str, typer.Argument(metavar="TRACKING-ID", help="Tracking id of the master; capitals and small letters differ.")
    ],
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Make it active again.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in its history.", show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it means, and change nothing.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Retire a master, after a y: its campaign waits for it no more. Needs --reason, unless it is a dry run.

    Files that are handed in for it are refused. Ends with 1 when nothing was changed.
    """
    if not dry_run and not reason.strip():
        raise typer.BadParameter("is needed: whoever hands in a file for it is told", param_hint="--reason")
    console = open_console()
    from db.repositories.retiring import ACTIVE, RETIRED
    from entrypoints.retiring_desk import Change, carry_out, open_store

    change = Change(number, tracking_id, ACTIVE if undo else RETIRED)
    with open_store() as store:
        is_done = carry_out(change, reason.strip(), store, console, dry_run=dry_run)
    raise typer.Exit(0 if is_done else 1)


@campaign.command("list")
def list_all(
    query: _Query = None,
    status: Annotated[
        list[Status] | None,
        typer.Option(help="Only campaigns in this status; may be given several times.", show_default=False),
    ] = None,
    *,
    dam_auth: DamSignIn = SignIn.OAUTH2,
    env_file: EnvFile = None,
) -> None:
    """List campaigns that have a status, as the DAM's search knows them.

    With their masters, and the derivatives that have come home. Changes nothing.
    """
    console = open_console()
    from entrypoints.campaign_table import show_list
    from entrypoints.campaign_view import open_archive

    with open_archive(dam_auth) as archive:
        found = archive.count(archive.find(query, status or ()))
    if found:
        show_list(found, console)
    else:
        console.print("no campaign with a status matches")


@campaign.command("show")
def show(named: _Named, *, dam_auth: DamSignIn = SignIn.OAUTH2, env_file: EnvFile = None) -> None:
    """Show one campaign: where it may move, what its assets wait for, what has happened to it. Changes nothing.

    Ends with 1 when none matches, or several do; those are listed.
    """
    console = open_console()
    from entrypoints.campaign_table import show_campaign, show_candidates
    from entrypoints.campaign_view import open_archive

    with open_archive(dam_auth) as archive:
        found = archive.find(named)
        if len(found) == 1:
            show_campaign(archive.view(found[0]), console)
            return
    if found:
        show_candidates(found, console)
        console.print("several match; give the number of the one that is meant", style="yellow")
    else:
        text = f"no campaign with a status has the number {named!r}, nor has one that in its name"
        console.print(text, style="yellow", markup=False, highlight=False)
    raise typer.Exit(1)


def _require_reason(reason: str, *, dry_run: bool) -> None:
    if not dry_run and not reason.strip():
        raise typer.BadParameter("is needed: the status machine does not list this move", param_hint="--reason")


def _given(consent: "Consent", reason: str, dam_auth: SignIn, *, dry_run: bool) -> dict[str, Any]:
    """Return the parameters that all these flows share."""
    from blocks.dam import DamAuth

    shared = {"reason": reason, "dry_run": dry_run, "dam_auth": DamAuth(dam_auth)}
    return {**shared, "confirmed": consent.tokens, "operator": consent.by}


def _move(order: Order, reason: str, dam_auth: SignIn, flow: Callable[["Consent"], object], *, dry_run: bool) -> None:
    """Ask and move on a Prefect server, and show the report; a dry run asks nothing."""
    console = open_console()
    from blocks.dam import DamAuth
    from blocks.settings import load_settings
    from domain.operations import Consent
    from entrypoints.campaign_desk import carry_out
    from entrypoints.prefect_api import prefect_server
    from entrypoints.report_table import show_report
    from entrypoints.terminal_log import shorten_our_errors

    def run(consent: Consent) -> RunReport:
        return cast(RunReport, flow(consent))

    settings = load_settings(f"dam-{dam_auth}")
    shorten_our_errors()
    with prefect_server(settings, say=lambda line: console.print(line, style="dim", highlight=False)):
        report = run(Consent()) if dry_run else carry_out(order, reason, DamAuth(dam_auth), run, console)
    show_report(report, console)
    raise typer.Exit(1 if report.in_trouble else 0)
