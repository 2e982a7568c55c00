"""The score that goes along with a file, where it is from, and what people are told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from blocks.field_rules import load_field_rules
from blocks.services import Services
from blocks.settings import Settings
from db.engine import Store
from db.repositories.scores import store_score
from domain.codes import Codes
from domain.derivatives import PlannedFile, read_names
from sandbox.certificates import make_certificates
from tasks.scores import Score, find_score
from tests.contract.clients.box_world import running_box

CODES = Codes(brands=("RAF",), countries=("DE",), languages=("de",), asset_types=("OLV",), social=())
NAME = "RAF_DE_de_TEST_OLV_001_6S_16x9.mp4"
URL = "https://app.creativex.com/4711"
NONE_FOUND = "no CreativeX score was found; 0 was written"
READ_ON = datetime(2027, 3, 4, 5, tzinfo=UTC)
CONFIG = Path(__file__).parents[3] / "config"


@dataclass(frozen=True)
class File:
    """A file in Box."""

    metadata: Mapping[str, object] | None = None
    file_id: str = "1"
    name: str = f"1234567_{NAME.removesuffix('.mp4')}_BJP4ho.mp4"
    sha1: str = "a" * 40
    version_id: str | None = None
    size_bytes: int = 1
    etag: str = "0"
    folder_path: tuple[str, ...] = ()
    modified_at: datetime | None = None


@pytest.fixture
def services(store: Store) -> Services:
    """A database and the rules that are shipped; nothing else is asked."""
    services = Services(Settings(_env_file=None))
    services.store, services.field_rules = store, load_field_rules(CONFIG)
    return services


def planned(metadata: Mapping[str, object] | None) -> PlannedFile[File]:
    """The file, with its metadata in Box."""
    (file,) = read_names([File(metadata)], CODES)
    return file


def score(services: Services, metadata: Mapping[str, object] | None = None) -> Score:
    """The score that is found for the file."""
    return find_score(planned(metadata or {}), services)


def keep(
    services: Services,
    value: float,
    filename: str = NAME,
    *,
    in_review: bool = False,
    creativex_id: str | None = "4711",
) -> None:
    """Store a score that was read on 4 March 2027, a minute after the one before."""
    status: Literal["active", "needs review"] = "needs review" if in_review else "active"
    with services.store.transaction() as session:
        facts = {"filename": filename, "score": value, "url": URL, "creativex_id": creativex_id}
        row = store_score(session, status=status, **facts)  # type: ignore[arg-type]
        row.extracted_at = READ_ON + timedelta(minutes=row.id)


def test_a_score_of_a_scorecard_says_which_one_it_is_from(services: Services):
    keep(services, 70)
    keep(services, 80.0)
    source = "CreativeX scorecard 4711, read on 04 Mar 2027, version 2"
    assert score(services, {"creativexScore": 50.0}) == Score("80", URL, source)


def test_a_scorecard_without_an_id_is_told_without_one(services: Services):
    keep(services, 82.5, creativex_id=None)
    assert score(services) == Score("82.5", URL, "CreativeX scorecard, read on 04 Mar 2027, version 1")


def test_a_score_is_found_by_the_name_in_other_case_and_without_extension(services: Services):
    for value, scored in enumerate((NAME.upper(), NAME.removesuffix(".mp4"))):
        keep(services, value, scored)
        assert score(services).value == str(value)


def test_without_a_scorecard_the_score_is_the_one_in_box(services: Services):
    for metadata, value, link in (
        ({"creativexScore": 80.0, "creativexUrl": URL}, "80", URL),
        ({"creativexScore": "82.50"}, "82.5", None),
        ({"creativexScore": 0, "creativexUrl": ""}, "0", None),
    ):
        assert score(services, metadata) == Score(value, link, "metadata in Box")


def test_without_any_score_people_are_told_what_was_written(services: Services):
    nothing: list[dict[str, object]] = [{}, {"creativexScore": None}, {"creativexScore": "", "creativexUrl": URL}]
    for metadata in nothing:
        assert score(services, metadata) == Score(warning=NONE_FOUND)


def test_what_is_no_score_in_box_is_quoted(services: Services):
    for odd in ("very good", 140, -1, "80%"):
        text = f"the CreativeX score {odd!r} in the file's metadata in Box is not a number from 0 to 100; 0 was written"
        assert score(services, {"creativexScore": odd}) == Score(warning=text)


def test_a_score_that_needs_review_is_told_and_not_used(services: Services):
    keep(services, 60, in_review=True)
    doubt = "a scorecard of this file needs review, so its score 60 was not used"
    assert score(services) == Score(warning=f"{NONE_FOUND}; {doubt}")
    found = score(services, {"creativexScore": 50})
    assert (found.value, found.warning) == ("50", doubt)


def test_a_review_beside_a_score_that_counts_is_told_with_it(services: Services):
    keep(services, 80)
    keep(services, 60, in_review=True)
    found = score(services)
    assert (found.value, found.warning) == (
        "80",
        "a scorecard of this file needs review, so its score 60 was not used",
    )


@pytest.mark.parametrize("corrected", [NAME, NAME.removesuffix(".mp4")])
def test_a_review_that_a_later_scorecard_has_settled_is_told_no_more(services: Services, corrected: str):
    for doubtful in (NAME, NAME.removesuffix(".mp4")):
        keep(services, 60, doubtful, in_review=True)
    keep(services, 80, corrected)
    found = score(services)
    assert (found.value, found.warning) == ("80", None)


def test_box_is_asked_where_the_listing_has_not_brought_the_values(services: Services, tmp_path: Path):
    with running_box(make_certificates(tmp_path)) as box:
        services.box = box.client()
        file = box.state.add_file(box.state.add_folder("Derivatives").id, "film.mp4", b"film")
        (unlisted,) = read_names([File(None, file_id=file.id)], CODES)
        assert find_score(unlisted, services) == Score(warning=NONE_FOUND)
        box.state.set_metadata(file.id, "ferrerodammetadata", {"creativexScore": 80.0, "creativexUrl": URL})
        assert find_score(unlisted, services) == Score("80", URL, "metadata in Box")
