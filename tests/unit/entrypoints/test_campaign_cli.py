"""`content-scaling campaign`: what cannot be meant is refused before anything is read."""

import pytest
from typer.testing import CliRunner

from entrypoints.cli import app


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", "C000000078", "A3", "--force"), "needs --reason"),
        (("set", "C000000078", "A7"), "'A7' is not one of"),
        (("reset",), "is needed"),
        (("reset", "--reason", "  "), "is needed"),
        (("reset", "--status", "B1", "--reason", "again"), "B1 is none of A2, A3, A4, A5, A6"),
        (("advance", "C000000078"), "is needed"),
        (("retire", "C000000078", "aB3xY9"), "is needed"),
        (("retire", "Spring", "aB3xY9", "--reason", "gone"), "is not a campaign number"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: tuple[str, ...], said: str):
    done = CliRunner().invoke(app, ["campaign", *arguments])
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
