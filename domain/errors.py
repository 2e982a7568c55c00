"""Every error of the project, in one tree.

    ContentScalingError
    ├── RuleError                a rule of ours is broken; a person mends it; never retried
    │   ├── NameRefused          a name that Box does not take
    │   ├── FilenameRefused      an agency's file name that breaks the grammar; lists every fault at once
    │   ├── UnknownTrackingId    a file name whose tracking id no master carries
    │   ├── MasterRetired        a file whose master a person has retired
    │   ├── FileOvertaken        a file in whose place a later one is in the DAM
    │   ├── MetadataRefused      an asset or campaign lacks what a rule needs
    │   ├── FieldRefused         a value that its field of the DAM, as fields.yaml describes it, cannot hold
    │   │   └── ScoreRefused         a score that its field cannot hold
    │   ├── MediaRefused         a file that is damaged or no video
    │   ├── ScorecardRefused     a scorecard that cannot be read; lists every fault at once
    │   ├── MoveRefused          a status move that the status machine does not list, or that somebody else has made
    │   ├── BackupMissing        no backup where there should be one, or none that is young enough
    │   └── NotWaiting           the campaign has left the status that a workflow waits for; nothing is wrong
    ├── ServiceError             an outside system
    │   ├── ServiceUnavailable   could not be reached, or asked us to wait; the only error that is retried
    │   │   ├── NotDoneYet           has taken the work and is not done with it; looked at again by the next run only
    │   │   └── RecipientDeferred    a mail server that takes nothing for one recipient just now; other mails go out
    │   ├── ServiceRejected      answered no, and will say so again
    │   │   └── StorageFull      has no room left
    │   ├── NotFound             looked, and it is not there (never used for "could not look")
    │   └── IntegrityError       size or checksum differs from what was promised
    │       └── BackupDamaged        a backup that is not what was written, or does not bring back what it should
    ├── StoreError               the project's own database
    │   ├── StoreUnavailable     could not be reached
    │   ├── StoreInUse           others are connected to what is to be replaced
    │   └── LeaseLost            another holder has taken the campaign over; this one's writes are refused
    └── ConfigError              settings or config files; lists every fault at once

Facts are attributes; the text is for the person who reads it: which asset, what happened, what to do.
"""

from collections.abc import Sequence
from typing import ClassVar

from domain.filenames.faults import NameFault, visible
from domain.masking import mask


class ContentScalingError(Exception):
    """Something went wrong in content scaling."""

    advice: ClassVar[str] = "Look at the run's log for details."
    """What the reader can do about it, one sentence."""

    for_uploader: ClassVar[bool] = False
    """Whether it is told beside the file in Box: whoever handed it in can mend it."""

    for_librarian: ClassVar[bool] = False
    """Whether something has to be completed or corrected in the DAM."""

    def __str__(self) -> str:
        """The message given, or the class's own sentence; other systems' words in it may quote what we sent them."""
        return mask(super().__str__()) or (type(self).__doc__ or "").splitlines()[0]

    def __repr__(self) -> str:
        """The class, and the message as it is shown."""
        return f"{type(self).__name__}({str(self)!r})"


class RuleError(ContentScalingError):
    """A rule is broken; a person has to mend it."""


class NameRefused(RuleError):
    """The name cannot be used."""

    advice = "Rename it in the DAM; the next run takes it up."
    for_librarian = True


class FilenameRefused(RuleError):
    """The file name breaks the grammar. `faults` lists every fault, `proposals` the nearest valid names, if any."""

    advice = "Rename the file in Box; it is taken up by itself."
    for_uploader = True

    def __init__(self, name: str, faults: Sequence[NameFault], proposals: Sequence[str] = ()) -> None:
        super().__init__(name, faults, proposals)  # all of them, so that it survives pickling
        self.name = name
        self.faults = tuple(faults)
        self.proposals = tuple(proposals)

    def __str__(self) -> str:
        """The name with all its faults, one a line, then the proposals."""
        faults = "".join(f"\n- {fault.text}" for fault in self.faults)
        nearest = f"\nNearest valid name: {' or '.join(self.proposals)}" if self.proposals else ""
        return f"{visible(self.name)} cannot be taken in:{faults}{nearest}"


class UnknownTrackingId(RuleError):
    """No master carries the tracking id of the file name."""

    advice = (
        "Copy the tracking id from the end of the master's file name in Box, with capitals and small letters as they "
        "are, and rename the file; it is taken up by itself."
    )
    for_uploader = True


class MasterRetired(RuleError):
    """The master of this file has been retired."""

    advice = (
        "Take the file out of the folder. If it is wanted after all, ask those who run the system to make the master "
        "active again; the file is then taken up by itself."
    )
    for_uploader = True


class FileOvertaken(RuleError):
    """A file that was handed in later has taken this one's place."""

    advice = (
        "Take the file out of the folder. If it is the one that is wanted after all, hand it in once more under the "
        "same name: the file handed in last counts."
    )
    for_uploader = True


class MetadataRefused(RuleError):
    """The asset or campaign lacks what a rule needs."""

    advice = "Complete it in the DAM; the next run takes it up."
    for_librarian = True


class FieldRefused(RuleError):
    """A value does not fit its field of the DAM, as fields.yaml describes it."""

    advice = (
        "Correct the value or the field's datatype in fields.yaml: content-scaling fields check. The file is tried "
        "again within a day, or at once when its id is given to a run."
    )


class ScoreRefused(FieldRefused):
    """A score does not fit its field of the DAM, as fields.yaml describes it."""

    advice = (
        "If the DAM's field takes fractions, set its datatype to decimal under definitions in fields.yaml; if not, "
        "hand in a corrected scorecard. The file is tried again within a day, or at once when its id is given to a run."
    )


class MediaRefused(RuleError):
    """The file is damaged or no video."""

    advice = "Export it once more and hand it in again under the same name."
    for_uploader = True


class ScorecardRefused(RuleError):
    """The scorecard cannot be read. `faults` lists everything that is wrong with it."""

    advice = "Open the PDF: if it is whole, export it once more from CreativeX and hand it in again."

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Every fault, one a line where there are several parts to name."""
        return "what was read of the scorecard cannot be used:" + "".join(f"\n- {fault}" for fault in self.faults)


class MoveRefused(RuleError):
    """The status machine does not list this move."""

    advice = "Look at the campaign's status in the DAM; if somebody has changed it on purpose, nothing has to be done."


class BackupMissing(RuleError):
    """There is no backup where there should be one."""

    advice = "Make one now: content-scaling backup create. Then look why the runs of backup-database made none."


class NotWaiting(RuleError):
    """The campaign no longer waits for this workflow."""

    advice = "Nothing: the campaign has moved on."


class ServiceError(ContentScalingError):
    """An outside system did not do what was asked.

    `service` is its name for people (`DAM`, `Box`, `mail`), `status_code` the HTTP status where there was one,
    `code` the vendor's own error code.
    """

    def __init__(
        self, message: str = "", *, service: str = "", status_code: int | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.service = service
        self.status_code = status_code
        self.code = code


class ServiceUnavailable(ServiceError):
    """The system could not be reached or asked us to wait. `retry_after_s` is what it asked for, where it did."""

    advice = "Nothing: the next run tries again."

    def __init__(
        self,
        message: str = "",
        *,
        service: str = "",
        status_code: int | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, service=service, status_code=status_code, code=code)
        self.retry_after_s = retry_after_s


class NotDoneYet(ServiceUnavailable):
    """The system has taken the work, or may have, and does not show what came of it."""

    advice = "Nothing: the next run looks again. Nothing is sent twice meanwhile."


class RecipientDeferred(ServiceUnavailable):
    """The mail server takes nothing for this recipient just now; it takes mails for others."""


class ServiceRejected(ServiceError):
    """The system refused the request and will refuse it again."""

    advice = "Read the system's reason; the next run tries again after it is mended."


class StorageFull(ServiceRejected):
    """The system has no room left."""

    advice = "Free space or raise the quota; the next run tries again."


class NotFound(ServiceError):
    """It is not there, or this user may not see it."""

    advice = "Check that it exists and that the service user may see it."


class IntegrityError(ServiceError):
    """The bytes that arrived are not the bytes that were promised."""

    advice = "Nothing was kept; the next run transfers it again. If it repeats, replace the content in the DAM."


class BackupDamaged(IntegrityError):
    """The backup cannot be relied on."""

    advice = "Make a new one now: content-scaling backup create. To restore, take an older one that passes the check."


class StoreError(ContentScalingError):
    """The project's database did not do what was asked."""


class StoreUnavailable(StoreError):
    """The project's database could not be reached."""

    advice = "Check DATABASE_URL and that the server runs: content-scaling check."


class StoreInUse(StoreError):
    """Others are connected to the database that is to be replaced."""

    advice = (
        "Pause the work pool (prefect work-pool pause content-scaling), wait for its runs to end, stop content-scaling "
        "serve and whatever else reads the database, and try again; --force ends their connections."
    )


class LeaseLost(StoreError):
    """Another run has taken the campaign over."""

    advice = "Nothing: the run that holds the campaign finishes it."


class ConfigError(ContentScalingError):
    """Settings or config files are wrong. `faults` lists every one of them."""

    advice = "Mend the settings named above; nothing was started."

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"- {fault}" for fault in self.faults))
