"""The plan of an intake: which files can be taken, which cannot and why, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import Codes
from domain.derivatives import (
    Key,
    KnownDerivative,
    KnownMaster,
    PlannedFile,
    in_rounds,
    plan_intake,
    read_names,
    rest,
    tracking_ids,
)
from domain.errors import (
    FilenameRefused,
    FileOvertaken,
    IntegrityError,
    LeaseLost,
    MasterRetired,
    MediaRefused,
    MetadataRefused,
    NotDoneYet,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    StorageFull,
    StoreError,
    StoreUnavailable,
    UnknownTrackingId,
)

CODES = Codes(brands=("RAF",), countries=("DE",), languages=("de",), asset_types=("OLV",), social=())
NOW = datetime(2027, 3, 4, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = "1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4"
CLEAN = "RAF_DE_de_TEST_OLV_001_6S_16x9.mp4"
BAD = "1234567_raf_DE_de_TEST_OLV_001_6S_16X9_BJP4ho.mp4"


@dataclass(frozen=True)
class File:
    """A file in Box."""

    file_id: str = "1"
    name: str = GOOD
    sha1: str = "a" * 40
    version_id: str | None = None
    size_bytes: int = 1
    etag: str = "0"
    folder_path: tuple[str, ...] = ("Derivatives", "Agency")
    modified_at: datetime | None = NOW
    metadata: Mapping[str, object] | None = None


MASTER = KnownMaster(1, "BJP4ho", "Spot.mp4", "C000000078", "Spring", upload_directory="folder-9")


def named(name: str, tracking_id: str = "BJP4ho") -> str:
    """The name of a file of the derivative `name`."""
    return f"1234567_RAF_DE_de_{name}_OLV_001_6S_16x9_{tracking_id}.mp4"


def plan(
    *files: File,
    masters: tuple[KnownMaster, ...] = (MASTER,),
    known: Mapping[Key, KnownDerivative] | None = None,
    retired: Mapping[str, str] | None = None,
):
    """Read the names of files and plan them against these masters and derivatives."""
    by_id = {master.tracking_id: master for master in masters}
    return plan_intake(read_names(files, CODES), by_id, known or {}, retired or {})


def ids(planned: list[PlannedFile[File]]) -> list[str]:
    """The files in the order of the plan."""
    return [file.file.file_id for file in planned]


def rounds(planned: list[PlannedFile[File]]) -> list[list[str]]:
    """The files in rounds."""
    return [ids(batch) for batch in in_rounds(planned)]


def test_what_was_changed_longest_ago_is_read_first():
    files = [File("1", modified_at=NOW), File("2", modified_at=NOW - DAY), File("3", modified_at=NOW - HOUR)]
    assert ids(read_names(files, CODES)) == ["2", "3", "1"]


def test_what_was_changed_nobody_knows_when_is_read_before_everything_else():
    files = [File("1", modified_at=NOW - 1000 * DAY), File("2", modified_at=None)]
    assert ids(read_names(files, CODES)) == ["2", "1"]


def test_files_changed_at_once_are_read_in_the_same_order_every_time():
    files = [File(file_id) for file_id in ("b", "c", "a")]
    assert ids(read_names(files, CODES)) == ids(read_names(files[::-1], CODES)) == ["a", "b", "c"]


def test_a_good_name_is_read_with_its_warnings():
    (read,) = read_names([File(name=GOOD.replace("RAF", "NUT"))], CODES)
    assert read.refusal is None
    assert read.name is not None
    assert [warning.part for warning in read.name.warnings] == ["brand"]


def test_a_bad_name_is_refused_with_all_its_faults_and_the_nearest_good_one():
    (read,) = read_names([File(name=BAD)], CODES)
    assert isinstance(read.refusal, FilenameRefused)
    assert [fault.part for fault in read.refusal.faults] == ["brand", "ratio"]
    assert read.refusal.proposals == (GOOD,)


def test_the_tracking_ids_of_names_are_told_once_each_and_as_they_are_written():
    files = [File(name=name) for name in (GOOD, named("OTHER"), named("TEST", "bjp4HO"), BAD)]
    assert sorted(tracking_ids(read_names(files, CODES))) == ["BJP4ho", "bjp4HO"]


def test_a_file_of_a_known_master_can_be_taken():
    (planned,) = plan(File())
    assert planned.refusal is None
    assert (planned.master, planned.known) == (MASTER, None)


def test_the_plan_keeps_the_order_in_which_it_is_given_the_files():
    read = read_names([File(file_id, named(file_id)) for file_id in "ABC"], CODES)
    assert ids(plan_intake(read[::-1], {"BJP4ho": MASTER}, {}, {})) == ["C", "B", "A"]


def test_a_file_is_planned_with_what_is_known_of_its_derivative():
    known = KnownDerivative("pending", sha1="b" * 40)
    others = {("BJP4ho", "other.mp4"): KnownDerivative("failed"), ("bjp4HO", CLEAN): KnownDerivative("failed")}
    (planned,) = plan(File(), known={("BJP4ho", CLEAN): known, **others})
    assert planned.known is known


def test_a_bad_name_stays_refused_whatever_masters_there_are():
    (planned,) = plan(File(name=BAD))
    assert isinstance(planned.refusal, FilenameRefused)
    assert (planned.name, planned.master, planned.key) == (None, None, None)


def test_a_tracking_id_that_no_master_carries_is_refused_by_name():
    (planned,) = plan(File(), masters=())
    assert isinstance(planned.refusal, UnknownTrackingId)
    assert str(planned.refusal) == f"{GOOD}: no master carries the tracking id 'BJP4ho'"
    assert planned.known_tracking_id is None
    assert (planned.master, planned.key, planned.tracking_id) == (None, None, "BJP4ho")


def test_a_file_of_a_retired_master_is_refused_with_when_and_why_it_was_retired():
    said = "its master Spot.mp4 was retired 2026-03-01 08:00 UTC: the market has dropped it"
    (planned,) = plan(File(), masters=(), retired={"BJP4ho": said})
    assert isinstance(planned.refusal, MasterRetired)
    assert str(planned.refusal) == f"{GOOD}: {said}"
    assert (planned.master, planned.key, planned.tracking_id) == (None, None, "BJP4ho")
    assert planned.known_tracking_id == "BJP4ho", "so that the refusal is seen beside the master"


@pytest.mark.parametrize("written", ["bjp4ho", "BJP4HO", "bJP4ho"])
def test_a_tracking_id_that_differs_only_in_case_is_another_one(written: str):
    (planned,) = plan(File(name=named("TEST", written)))
    assert isinstance(planned.refusal, UnknownTrackingId)
    assert written in str(planned.refusal)


def test_masters_whose_tracking_ids_differ_only_in_case_each_get_their_files():
    other = KnownMaster(2, "bjp4HO", "Other.mp4", "C000000079", "Summer", upload_directory="folder-10")
    planned = plan(File("1"), File("2", named("TEST", "bjp4HO")), masters=(MASTER, other))
    assert [file.master for file in planned] == [MASTER, other]
    assert rounds(planned) == [["1", "2"]]


@pytest.mark.parametrize("folder", [None, ""])
def test_a_file_of_a_master_without_a_folder_is_refused_until_the_campaign_has_one(folder: str | None):
    master = KnownMaster(1, "BJP4ho", "Spot.mp4", "C000000078", "Spring", upload_directory=folder)
    (planned,) = plan(File(), masters=(master,))
    assert isinstance(planned.refusal, MetadataRefused)
    assert str(planned.refusal) == (
        f"{GOOD}: for its master Spot.mp4 no folder of final assets is known; see that C000000078 has one in the DAM"
    )
    assert planned.master is master


def home_since(when: datetime | None, status: str = "completed") -> dict[Key, KnownDerivative]:
    """A derivative whose content in the DAM was handed in then; `status` is of the content taken up after it."""
    return {("BJP4ho", CLEAN): KnownDerivative(status, sha1="b" * 40, dam_handed_in_at=when)}


@pytest.mark.parametrize("status", ["completed", "failed", "pending"])
def test_a_file_that_was_handed_in_before_the_one_in_the_dam_is_refused(status: str):
    (planned,) = plan(File(modified_at=NOW - HOUR), known=home_since(NOW, status))
    assert isinstance(planned.refusal, FileOvertaken)
    assert str(planned.refusal) == f"{GOOD}: {CLEAN} is in the DAM from a file that was handed in later"
    assert (planned.master, rounds([planned])) == (MASTER, [])


@pytest.mark.parametrize("handed_in", [NOW, NOW + HOUR, None], ids=["at once", "later", "nobody knows"])
def test_a_file_that_was_not_handed_in_before_the_one_in_the_dam_is_taken(handed_in: datetime | None):
    (planned,) = plan(File(modified_at=handed_in), known=home_since(NOW))
    assert planned.refusal is None


def test_an_older_file_is_taken_where_nobody_knows_when_the_one_in_the_dam_was_handed_in():
    (planned,) = plan(File(modified_at=NOW - HOUR), known=home_since(None))
    assert planned.refusal is None


def test_an_older_file_with_the_very_content_of_the_dam_is_not_refused():
    (planned,) = plan(File(sha1="b" * 40, modified_at=NOW - HOUR), known=home_since(NOW))
    assert planned.refusal is None


def test_a_file_says_where_it_lies_and_what_it_will_be_called():
    (planned,) = plan(File())
    assert planned.path == f"Derivatives/Agency/{GOOD}"
    assert planned.target_name == CLEAN
    assert planned.key == ("BJP4ho", CLEAN)
    assert planned.tracking_id == "BJP4ho"


def test_a_file_whose_name_cannot_be_read_says_only_where_it_lies():
    (planned,) = plan(File(name=BAD, folder_path=()))
    assert planned.path == BAD
    assert (planned.target_name, planned.key, planned.tracking_id) == (None, None, None)


@pytest.mark.parametrize("job", ["1", "1234567890"])
def test_the_job_number_does_not_make_it_another_derivative(job: str):
    (planned,) = plan(File(name=GOOD.replace("1234567", job)))
    assert planned.key == ("BJP4ho", CLEAN)


@pytest.mark.parametrize(
    ("known", "home"),
    [
        (KnownDerivative("completed", sha1="this"), True),
        (KnownDerivative("completed", sha1="other"), False),
        (KnownDerivative("completed"), False),
        (KnownDerivative("pending", sha1="this"), False),
        (KnownDerivative("failed", sha1="this"), False),
        (KnownDerivative("withdrawn", sha1="this"), False),
    ],
)
def test_a_content_is_home_when_this_very_one_has_arrived(known: KnownDerivative, home: bool):
    assert known.is_home("this") is home


@pytest.mark.parametrize(
    ("known", "rests"),
    [
        (KnownDerivative("failed", sha1="this", next_attempt_at=NOW + HOUR), True),
        (KnownDerivative("failed", sha1="this", next_attempt_at=NOW), False),
        (KnownDerivative("failed", sha1="this", next_attempt_at=NOW - HOUR), False),
        (KnownDerivative("failed", sha1="this"), False),
        (KnownDerivative("failed", sha1="other", next_attempt_at=NOW + HOUR), False),
        (KnownDerivative("failed", next_attempt_at=NOW + HOUR), False),
        (KnownDerivative("pending", sha1="this", next_attempt_at=NOW + HOUR), False),
        (KnownDerivative("completed", sha1="this", next_attempt_at=NOW + HOUR), False),
    ],
)
def test_a_content_rests_when_this_very_one_has_failed_and_its_time_has_not_come(known: KnownDerivative, rests: bool):
    assert known.rests("this", NOW) is rests


def test_different_derivatives_go_in_one_round():
    assert rounds(plan(*(File(name, named(name)) for name in "ABC"))) == [["A", "B", "C"]]


def test_two_contents_of_one_derivative_go_in_two_rounds_and_the_later_one_goes_last():
    late = File("1", GOOD, sha1="b" * 40, modified_at=NOW)
    early = File("2", GOOD.replace("1234567", "7654321"), modified_at=NOW - HOUR)
    assert rounds(plan(late, early, File("3", named("OTHER"), modified_at=NOW))) == [["2", "3"], ["1"]]


def test_files_that_cannot_be_taken_go_in_no_round():
    homeless = KnownMaster(2, "Abc123", "Other.mp4", "C000000079", "Summer", upload_directory=None)
    refused = [File("1", BAD), File("2", named("TEST", "Xyz789")), File("3", named("TEST", "Abc123"))]
    assert rounds(plan(*refused, File("4"), masters=(MASTER, homeless))) == [["4"]]


def test_where_nothing_can_be_taken_there_is_no_round():
    assert rounds(plan(File(name=BAD))) == []


@given(st.lists(st.sampled_from("ABCD"), max_size=20))
def test_rounds_keep_every_file_and_the_order_within_each_derivative_and_are_as_few_as_can_be(names: list[str]):
    planned = plan(*(File(f"{number:02}", named(name)) for number, name in enumerate(names)))
    found = in_rounds(planned)
    keys = [[file.key for file in batch] for batch in found]
    assert all(len(set(batch)) == len(batch) for batch in keys)
    assert len(found) == max((names.count(name) for name in names), default=0)
    for key in {file.key for file in planned}:
        assert [file for batch in found for file in batch if file.key == key] == [
            file for file in planned if file.key == key
        ]


@pytest.mark.parametrize(
    "error",
    [
        ServiceUnavailable(),
        NotDoneYet(),
        StoreError(),
        StoreUnavailable(),
        LeaseLost(),
        StorageFull(),
        IntegrityError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_only_has_to_be_tried_again_does_not_rest(error: Exception):
    assert rest(error, 9) == timedelta(0)


@pytest.mark.parametrize(
    "error",
    [MetadataRefused(), MediaRefused(), ServiceRejected(), NotFound(), RuntimeError()],
    ids=lambda error: type(error).__name__,
)
def test_what_costs_a_transfer_and_ends_the_same_rests(error: Exception):
    assert rest(error, 1) == HOUR


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (7, 24), (1_000_000, 24)]
)
def test_the_rest_grows_with_every_failure_to_a_day_at_most(failures: int, hours: int):
    assert rest(MediaRefused(), failures) == hours * HOUR
