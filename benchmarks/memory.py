"""Peak memory of this process from a chosen moment on."""

import gc
import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_FORGET_PEAK = "5"


class PeakMemory:
    """Resident memory above what the process held when this was made.

    Not by `ru_maxrss` where the kernel has something better: Linux hands the peak of the process that started this one
    on to it, and the imports' own peak would hide a smaller one of the work.
    """

    def __init__(self) -> None:
        gc.collect()
        if _STATUS.exists():
            Path("/proc/self/clear_refs").write_text(_FORGET_PEAK)
            self._before = _from_kernel("VmRSS")
        else:
            self._before = _from_rusage()

    def peak_bytes(self) -> int:
        """Return the most that was held, less what was held at the beginning."""
        peak = _from_kernel("VmHWM") if _STATUS.exists() else _from_rusage()
        return max(0, peak - self._before)


def _from_kernel(field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{_STATUS} has no {field}")
    return int(found[1]) * 1024


def _from_rusage() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
