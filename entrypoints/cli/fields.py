"""`content-scaling fields`: the rules of `fields.yaml`, alone and held against the DAM's lookup domains."""

from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.options import EnvFile
from entrypoints.cli.run import SignIn
from entrypoints.console import open_console

if TYPE_CHECKING:
    from blocks.settings import Settings
    from domain.fields import CheckedValues, FieldRules

fields = typer.Typer(help="Check the rules for the metadata of derivatives.", no_args_is_help=True)


@fields.callback()
def _group() -> None:
    """Check the rules for the metadata of derivatives."""


@fields.command("check")
def check_fields(
    *,
    dam: Annotated[bool, typer.Option("--dam", help="Also check the values against the DAM's lookup domains.")] = False,
    dam_auth: Annotated[
        SignIn | None, typer.Option(help="How to sign in to the DAM; left out: oauth2.", show_default=False)
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Check fields.yaml; with --dam also that the lookup domains hold every value that it can write.

    Ends with 2 when the file is wrong, with 1 when the DAM lacks a value or a domain of it.

    A code of codes.yaml that a domain lacks is a warning, no fault. Changes nothing anywhere.
    """
    if dam_auth is not None and not dam:
        raise typer.BadParameter("is of no use without --dam", param_hint="--dam-auth")
    console = open_console()
    with console.status("Reading fields.yaml"):
        from blocks.field_rules import FILE_NAME, load_field_rules
        from blocks.settings import load_settings
        from entrypoints.config_folder import config_folder
        from entrypoints.field_table import show_checks, show_rules

        sign_in = dam_auth or SignIn.OAUTH2
        settings = load_settings(f"dam-{sign_in}") if dam else None
        folder = settings.config_dir if settings is not None else config_folder()
        rules = load_field_rules(folder)
    show_rules(folder / FILE_NAME, rules, console)
    if settings is not None:
        with console.status("Reading the DAM's lookup domains"):
            checks = _checks(rules, settings, sign_in)
        show_checks(checks, console)
        raise typer.Exit(1 if any(check.is_faulty for check in checks) else 0)


def _checks(rules: "FieldRules", settings: "Settings", sign_in: SignIn) -> list["CheckedValues"]:
    """Ask the DAM of the settings; Prefect need not run for this."""
    from blocks.bootstrap import dam_block
    from blocks.config_files import load_codes, load_roles
    from domain.fields import check_values, written_values

    written = written_values(rules, load_codes(settings.config_dir))
    with dam_block(settings, sign_in).get_client(load_roles(settings.config_dir)) as client:
        client.probe()  # a refused sign-in would look as if each domain were refused
        return [check_values(values, client.lookup_domain) for values in written]
