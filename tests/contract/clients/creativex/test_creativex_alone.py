"""The package that reads scorecards takes seconds to load: whoever reads none does not wait for it."""

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[4]
IMPORT = """
import sys
import clients.creativex
from blocks.llamacloud import LlamaCloud
from blocks.settings import Settings

LlamaCloud(api_key="llx-sandbox").get_client(Settings(_env_file=None))
print(*(name for name in sys.modules if name.startswith("llama_")))
"""


def test_the_package_is_not_loaded_before_a_card_is_read(tmp_path: Path):
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PREFECT_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
