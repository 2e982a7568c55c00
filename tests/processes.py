"""Processes of others, as the system has them."""

import psutil


def has_ended(pid: int) -> bool:
    """Whether the process has ended, collected or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
