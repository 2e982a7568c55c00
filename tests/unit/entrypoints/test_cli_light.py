"""Commands that end before Prefect is needed do not wait for the libraries that take seconds to load."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command import CHECKOUT, alone

RUN = """
import sys
from entrypoints.cli import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
BROKEN = "1234567_raf_DE_de_TEST-JOB_OLV_001_6S_16X9_BJP4ho.mp4"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("names", "check", BROKEN), 1, BROKEN.replace("raf", "RAF").replace("X", "x")),
        (("fields", "check"), 0, "is well-formed"),
        (("fields", "check", "--dam"), 2, "DAM_BASE_URL: not set"),
        (("backup", "list"), 0, "no backup yet"),
        (("run", "a1-to-a2"), 2, "DAM_BASE_URL: not set"),
        (("run", "a2-to-a3"), 2, "DAM_BASE_URL: not set"),
        (("run", "creativex-scores"), 2, "LLAMA_CLOUD_API_KEY: not set; llamacloud needs it"),
        (("setup",), 2, "BOX_JWT_CONFIG_PATH: not set"),
        (("box-webhook", "list"), 2, "BOX_JWT_CONFIG_PATH: not set"),
    ],
)
def test_a_command_that_needs_no_service_says_its_part_at_once(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
):
    environment = alone(tmp_path, CONFIG_DIR=str(CHECKOUT / "config"), PYTHONPATH=str(CHECKOUT))
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert not {"prefect", "sqlalchemy", "box_sdk_gen", "requests", "uvicorn"} & set(done.stdout.split())
