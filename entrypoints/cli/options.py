"""Options that several commands share."""

import os
import re
from pathlib import Path
from typing import Annotated

import typer

_NUMBER = re.compile(r"C\d{1,12}", re.ASCII)


def _use(path: Path | None) -> Path | None:
    if path is not None:
        os.environ["ENV_FILE"] = str(path.absolute())
    return path


def _check_number(number: str | None) -> str | None:
    if number is not None and not _NUMBER.fullmatch(number):
        raise typer.BadParameter(f"{number!r} is not a campaign number, such as C000000078")
    return number


EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", help="File with the settings instead of .env.", callback=_use, show_default=False),
]

CampaignNumber = Annotated[
    str | None, typer.Option(help="Only this campaign, such as C000000078.", callback=_check_number)
]
