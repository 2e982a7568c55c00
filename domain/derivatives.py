"""The plan of an intake: for each file that an agency handed in whether it can go to the DAM, is there, or cannot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from domain.codes import Codes
from domain.errors import (
    FilenameRefused,
    FileOvertaken,
    IntegrityError,
    MasterRetired,
    MetadataRefused,
    RuleError,
    ServiceUnavailable,
    StorageFull,
    StoreError,
    UnknownTrackingId,
)
from domain.filenames.parse import ParsedName, parse

Key = tuple[str, str]
"""What makes a derivative: its tracking id, and its name in the DAM."""

_FIRST_REST = timedelta(hours=1)
_LONGEST_REST = timedelta(days=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class HandedIn(Protocol):
    """A file in Box as somebody handed it in. `sha1` is hex; `folder_path` are the folders above it."""

    @property
    def file_id(self) -> str:
        """Box's id of the file, the same for all its versions."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def sha1(self) -> str:
        """Checksum of its current version."""

    @property
    def version_id(self) -> str | None:
        """Box's id of its current version."""

    @property
    def size_bytes(self) -> int:
        """Size of its current version."""

    @property
    def etag(self) -> str:
        """Changes with every change to the file."""

    @property
    def folder_path(self) -> tuple[str, ...]:
        """Names of the folders above it."""

    @property
    def modified_at(self) -> datetime | None:
        """When it was last changed."""

    @property
    def metadata(self) -> Mapping[str, object] | None:
        """Values of the metadata template, where the listing brought them."""


File = TypeVar("File", bound=HandedIn)


@dataclass(frozen=True, slots=True)
class KnownMaster:
    """An active master, as the database has it."""

    master_id: int
    tracking_id: str
    name: str
    campaign_number: str
    campaign_name: str
    upload_directory: str | None
    box_url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownDerivative:
    """What the database says of a derivative; the checksums are of the content which was last taken up.

    `dam_asset_id` is the asset that arrived last, `dam_handed_in_at` when its content was handed in, if that is known.
    """

    status: str
    sha1: str | None = None
    md5: str | None = None
    dam_asset_id: str | None = None
    import_job_id: str | None = None
    failures: int = 0
    last_error: str | None = None
    next_attempt_at: datetime | None = None
    dam_handed_in_at: datetime | None = None

    def is_home(self, sha1: str) -> bool:
        """Whether this very content is in the DAM, as far as we know."""
        return self.status == "completed" and self.sha1 == sha1

    def has_overtaken(self, file: HandedIn) -> bool:
        """Whether other content is in the DAM that was handed in later."""
        if self.dam_handed_in_at is None or file.modified_at is None or self.is_home(file.sha1):
            return False
        return file.modified_at < self.dam_handed_in_at

    def failures_of(self, sha1: str) -> int:
        """How often this very content has failed."""
        return self.failures if self.sha1 == sha1 else 0

    def rests(self, sha1: str, now: datetime) -> bool:
        """Whether this very content has failed, and is not to be tried again yet."""
        return (
            self.status == "failed"
            and self.sha1 == sha1
            and self.next_attempt_at is not None
            and now < self.next_attempt_at
        )


@dataclass(frozen=True, slots=True)
class PlannedFile(Generic[File]):
    """One file with its fate. With `refusal` set it cannot be taken; name and master are None where they are why."""

    file: File
    name: ParsedName | None = None
    master: KnownMaster | None = None
    known: KnownDerivative | None = None
    refusal: RuleError | None = None

    @property
    def path(self) -> str:
        """Its place in Box, for people."""
        return "/".join((*self.file.folder_path, self.file.name))

    @property
    def tracking_id(self) -> str | None:
        """The tracking id in its name, whether or not a master has it."""
        return self.name.name.tracking_id if self.name is not None else None

    @property
    def known_tracking_id(self) -> str | None:
        """The tracking id in its name, where a master has it, active or retired."""
        is_known = self.master is not None or isinstance(self.refusal, MasterRetired)
        return self.tracking_id if is_known else None

    @property
    def target_name(self) -> str | None:
        """Its name in the DAM."""
        return self.name.name.clean_name if self.name is not None else None

    @property
    def key(self) -> Key | None:
        """Which derivative it is, where that can be told."""
        if self.name is None or self.master is None:
            return None
        return self.master.tracking_id, self.name.name.clean_name

    def overtaken(self) -> FileOvertaken:
        """Return why it is not taken where a later one has taken its place."""
        return FileOvertaken(f"{self.file.name}: {self.target_name} is in the DAM from a file that was handed in later")


def read_names(files: Iterable[File], codes: Codes) -> list[PlannedFile[File]]:
    """Return the files with their names read, those changed longest ago first."""
    oldest_first = sorted(files, key=lambda file: (file.modified_at or _LONG_AGO, file.file_id))
    return [_named(file, codes) for file in oldest_first]


def plan_intake(
    named: Sequence[PlannedFile[File]],
    masters: Mapping[str, KnownMaster],
    known: Mapping[Key, KnownDerivative],
    retired: Mapping[str, str],
) -> list[PlannedFile[File]]:
    """Plan each file, in the order given. `masters` maps tracking ids to active masters.

    `retired` maps those of retired masters to what is said of that: when, by whom, why.
    """
    return [_planned(file, masters, known, retired) for file in named]


def in_rounds(plan: Iterable[PlannedFile[File]]) -> list[list[PlannedFile[File]]]:
    """Return the files that can be taken, in batches in which each derivative occurs once.

    The order is kept: of two contents of one derivative the later one stays.
    """
    rounds: list[list[PlannedFile[File]]] = []
    seen: dict[Key, int] = {}
    for planned in plan:
        if planned.key is None or planned.refusal is not None:
            continue
        number = seen.get(planned.key, 0)
        seen[planned.key] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(planned)
    return rounds


def rest(error: BaseException, failures: int) -> timedelta:
    """Return how long a derivative rests after so many failures of its content.

    What only has to be tried again does not rest. Anything else costs a transfer and ends the same, until a person has
    acted.

    >>> str(rest(ServiceUnavailable(), 3)), str(rest(MetadataRefused(), 1)), str(rest(MetadataRefused(), 9))
    ('0:00:00', '1:00:00', '1 day, 0:00:00')
    """
    if isinstance(error, ServiceUnavailable | StoreError | StorageFull | IntegrityError):
        return timedelta(0)
    return rest_after(failures)


def rest_after(failures: int) -> timedelta:
    """Return how long it rests after so many failures: an hour, then twice as long, up to a day."""
    return min(_FIRST_REST * (1 << min(max(failures, 1) - 1, 8)), _LONGEST_REST)


def tracking_ids(named: Iterable[PlannedFile[File]]) -> set[str]:
    """Return the tracking ids in the names, each once."""
    return {found for file in named if (found := file.tracking_id) is not None}


def _named(file: File, codes: Codes) -> PlannedFile[File]:
    try:
        return PlannedFile(file, parse(file.name, codes))
    except FilenameRefused as refusal:
        return PlannedFile(file, refusal=refusal)


def _planned(
    named: PlannedFile[File],
    masters: Mapping[str, KnownMaster],
    known: Mapping[Key, KnownDerivative],
    retired: Mapping[str, str],
) -> PlannedFile[File]:
    file, name = named.file, named.name
    if name is None:
        return named
    master = masters.get(name.name.tracking_id)
    if master is None and name.name.tracking_id in retired:
        return PlannedFile(file, name, refusal=MasterRetired(f"{file.name}: {retired[name.name.tracking_id]}"))
    if master is None:
        text = f"{file.name}: no master carries the tracking id {name.name.tracking_id!r}"
        return PlannedFile(file, name, refusal=UnknownTrackingId(text))
    takeable = PlannedFile(file, name, master, known.get((master.tracking_id, name.name.clean_name)))
    if takeable.known is not None and takeable.known.has_overtaken(file):
        return replace(takeable, refusal=takeable.overtaken())
    if not master.upload_directory:
        text = f"{file.name}: for its master {master.name} no folder of final assets is known"
        refusal = MetadataRefused(f"{text}; see that {master.campaign_number} has one in the DAM")
        return replace(takeable, refusal=refusal)
    return takeable
