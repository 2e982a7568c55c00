"""What docs/workers.md has people write into prefect.yaml keeps what the file says otherwise."""

import re

import yaml

from tests.documents import ROOT


def test_a_queue_for_backups_keeps_the_heartbeat_by_which_dead_runs_are_found() -> None:
    page = (ROOT / "docs" / "workers.md").read_text(encoding="utf-8")
    [written] = re.findall(r"`(work_pool: \{[^`]*backups\})`", page)
    text = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    file = yaml.safe_load(text.replace("work_pool: *pool", written))
    pool = file["definitions"]["pool"]
    assert [one["work_pool"] for one in file["deployments"]] == [
        {**pool, "work_queue_name": "backups"} for _ in file["deployments"]
    ]
    assert pool["job_variables"]["env"]
