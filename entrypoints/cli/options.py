"""Options that several commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer


def _use(path: Path | None) -> Path | None:
    if path is not None:
        os.environ["ENV_FILE"] = str(path.absolute())
    return path


EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", help="File with the settings instead of .env.", callback=_use, show_default=False),
]
