"""Finding the asset that an upload became, by listing its folder: OpenText Media Management, REST v6.

Names are not unique in a folder, and the search index lags: only a listing with checksums tells.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clients.otmm import parse
from clients.otmm.errors import SERVICE
from clients.otmm.http import DamHttp
from clients.otmm.jobs import JobWatch
from clients.otmm.walk import children
from domain.assets import Json
from domain.errors import NotDoneYet, ServiceRejected

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What was uploaded, or may have been. `md5` is hex; `job_id` is None where the answer was lost."""

    folder_id: str
    name: str
    md5: str
    size_bytes: int
    job_id: str | None

    def became(self, item: Json) -> bool:
        """Tell whether the asset has our content; without a checksum size and job must do."""
        shown = parse.asset(item)
        if shown.md5 is not None:
            return shown.md5 == self.md5.lower()
        return self.is_of_job(item) and shown.size_bytes == self.size_bytes

    def is_of_job(self, item: Json) -> bool:
        """Tell whether our job made the asset. Unproven: that `import_job_id` (a number) is the job's id (a text)."""
        return self.job_id is not None and str(item.get("import_job_id", "")) == self.job_id


class Arrival:
    """The place where an upload shows."""

    def __init__(self, http: DamHttp, sent: Sent, page_size: int) -> None:
        self._http = http
        self._sent = sent
        self._page_size = page_size

    def asset_id(self) -> str | None:
        """Return the id of the asset, or None while there is none; of several the one of our job, then the newest."""
        matches = [item for item in self._namesakes() if self._sent.became(item)]
        return str(max(matches, key=self._rank)["asset_id"]) if matches else None

    def wait(self, *, deadline_s: float, sleep: Callable[[float], None], clock: Callable[[], float]) -> str:
        """Return the id of the asset as soon as it shows. Raises ServiceRejected when the job fails instead."""
        watch, ends_at = JobWatch(self._http, self._sent.job_id), clock() + deadline_s
        for pause in _growing():
            failure = watch.failure()  # before the listing: an asset that shows outweighs what its job says
            asset_id = self.asset_id()
            if asset_id is not None:
                return asset_id
            if failure is not None:
                raise ServiceRejected(f"{self._what}: {self._job} failed: {failure}", service=SERVICE)
            left_s = ends_at - clock()
            if left_s <= 0:
                break
            sleep(min(pause, left_s))
        raise self._too_late()

    @property
    def _what(self) -> str:
        return f"upload of {self._sent.name} to folder {self._sent.folder_id}"

    @property
    def _job(self) -> str:
        return "the import" if self._sent.job_id is None else f"import job {self._sent.job_id}"

    def _too_late(self) -> NotDoneYet:
        text = f"{self._what}: the DAM has not shown the asset of {self._job} yet; the next run looks again"
        for item in self._namesakes():
            if self._sent.is_of_job(item) and not self._sent.became(item):
                text += f". Asset {item.get('asset_id')} is of that job, with other content: look at it in the DAM"
        return NotDoneYet(text, service=SERVICE)

    def _namesakes(self) -> list[Json]:
        items = children(self._http, self._sent.folder_id, self._page_size)
        return [item for item in items if item.get("name") == self._sent.name and not parse.is_deleted(item)]

    def _rank(self, item: Json) -> tuple[bool, bool, int, int]:
        number, job_number = parse.whole(item.get("version")) or 0, parse.whole(item.get("import_job_id")) or 0
        return self._sent.is_of_job(item), not parse.is_superseded(item), number, job_number


def _growing() -> Iterator[float]:
    """Yield the pauses between looks, without end."""
    pause = FIRST_WAIT_S
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_WAIT_S)
