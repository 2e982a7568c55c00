"""Options that several commands share."""

import os
import re
from pathlib import Path
from typing import Annotated

import typer

_NUMBER = re.compile(r"C\d{1,12}", re.ASCII)
_BOX_ID = re.compile(r"\d{1,20}", re.ASCII)


def _use(path: Path | None) -> Path | None:
    if path is not None:
        os.environ["ENV_FILE"] = str(path.absolute())
    return path


def check_number(number: str | None) -> str | None:
    """Return the number of a campaign; raise BadParameter for anything that would not be one."""
    if number is not None and not _NUMBER.fullmatch(number):
        raise typer.BadParameter(f"{number!r} is not a campaign number, such as C000000078")
    return number


def _check_box_ids(ids: list[str] | None) -> list[str] | None:
    for value in ids or ():
        check_box_id(value)
    return ids


def check_box_id(value: str | None) -> str | None:
    """Return an id of Box; raise BadParameter for anything that would not be one."""
    if value is not None and not _BOX_ID.fullmatch(value):
        raise typer.BadParameter(f"{value!r} is not an id of Box: digits only")
    return value


EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", help="File with the settings instead of .env.", callback=_use, show_default=False),
]

CampaignNumber = Annotated[
    str | None, typer.Option(help="Only this campaign, such as C000000078.", callback=check_number)
]

BoxFileIds = Annotated[
    list[str] | None,
    typer.Option(
        "--file-id",
        help="Only this file in Box, at once, even after failures; may be given several times.",
        callback=_check_box_ids,
    ),
]

ProxyAddress = Annotated[
    str, typer.Option("--proxy", help="Address of the TLS proxy in front: its X-Forwarded-For tells who asks.")
]
