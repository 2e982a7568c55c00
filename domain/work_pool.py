"""The work pool of Prefect that every deployment of ours is in: by it our runs are told from those of others."""

WORK_POOL = "content-scaling"
