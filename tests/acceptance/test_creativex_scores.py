"""Scorecards in Box: read once, stored as versions, told once, and used when the file comes home."""

from collections.abc import Callable

import pytest

from sandbox.faults import Fault
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.homeward import FILM, STILL, TITLE
from tests.acceptance.scored import Scored
from tests.acceptance.world import World
from tests.media import needs_ffprobe

NUMBER = "C000001501"
UNKNOWN = "RAF_FR_fr_NEVER-SEEN_OLV_001_6S_16x9.mp4"
READ = f"CreativeX score read: {TITLE} (80)"


@pytest.fixture
def scored(make_world: Callable[..., World]) -> Scored:
    """A campaign of two masters that have gone out."""
    return Scored(make_world(seed(campaign(NUMBER, asset("Film.mp4"), asset("Still.png"), status="A2"))))


def test_a_score_is_read_told_once_and_goes_along_when_the_file_comes_home(scored: Scored) -> None:
    scored.drops.whole(scored.of("Still.png"), STILL)
    full_name = STILL.replace("{tracking_id}", scored.of("Still.png"))
    card = scored.cards.whole(full_name, "80.0", creativex_id="4711", url="https://app.creativex.com/4711")
    report = scored.read()
    assert (report["state"], report["headline"]) == ("Completed", "1 read")
    assert scored.scores() == [(TITLE, "80", 1, "active")]
    assert scored.pdfs() == []
    assert scored.world.mails() == [READ]
    extracted = scored.world.sql("SELECT full_extraction_data->>'filename', box_file_id FROM creativex_scores")
    assert extracted == [(full_name, card.id)]
    events = scored.world.sql("SELECT tracking_id, campaign_number FROM asset_events WHERE event_type = 'score_read'")
    assert events == [(scored.of("Still.png"), NUMBER)]

    scored.run()
    assert scored.world.sql("SELECT creativex_score FROM derivative_assets") == [("80",)]
    mail = scored.world.twin.mail.mails[-1]
    assert "Score: 80 (CreativeX scorecard 4711, read on " in mail.text
    assert "https://app.creativex.com/4711" in mail.text
    assert scored.read()["headline"] == "nothing to do"


@pytest.mark.sweep
def test_the_same_pdf_twice_is_one_version_and_another_score_supersedes_it(scored: Scored) -> None:
    scored.cards.whole(TITLE, 70)
    scored.read()
    scored.cards.whole(TITLE, 70, name="again.pdf")
    scored.cards.whole(TITLE, 70, name="and again.pdf")
    assert scored.read()["headline"] == "2 already there"
    assert (scored.jobs(), scored.scores(), scored.pdfs()) == (1, [(TITLE, "70", 1, "active")], [])
    scored.cards.whole(TITLE.upper().removesuffix(".PNG"), 80, name="other.pdf")
    scored.read()
    assert scored.scores() == [(TITLE, "70", 1, "superseded"), (TITLE, "80", 2, "active")]


def test_what_cannot_be_read_is_told_once_and_holds_up_no_other(scored: Scored) -> None:
    scored.cards.damaged(TITLE, name="damaged.pdf")
    scored.cards.blank(TITLE, name="minutes.pdf")
    scored.cards.other("text.pdf", b"not a PDF")
    scored.cards.other("notes.txt", b"left alone")
    scored.cards.wrong_sum(FILM, 60, name="sum.pdf")
    scored.cards.whole(TITLE, 80)
    report = scored.read()
    assert (report["state"], report["headline"]) == ("Partial", "1 read; 1 to be reviewed; 3 failed")
    assert scored.pdfs() == ["damaged.pdf", "minutes.pdf", "notes.txt", "sum.pdf", "text.pdf"]
    told = sorted(scored.world.mails())
    assert told == sorted(
        [
            "damaged.pdf: CreativeX scorecard could not be read",
            "minutes.pdf: CreativeX scorecard could not be read",
            "text.pdf: CreativeX scorecard could not be read",
            "sum.pdf: CreativeX scorecard needs review",
            f"CreativeX score read: {TITLE} (80), matches no file",
        ]
    )
    assert scored.scores() == [(FILM, "60", 1, "needs review"), (TITLE, "80", 1, "active")]
    jobs = scored.jobs()
    again = scored.read()
    assert again["headline"] == "1 to be reviewed; 3 failed"
    assert (sorted(scored.world.mails()), scored.jobs()) == (told, jobs), "they rest, and cost nothing more"
    assert scored.world.sql("SELECT count(*) FROM facts") == [(4,)]


@needs_ffprobe
def test_a_score_that_does_not_add_up_never_reaches_the_dam(scored: Scored) -> None:
    scored.cards.wrong_sum(FILM, 60)
    scored.read()
    scored.drops.whole(scored.of("Film.mp4"))
    scored.run()
    assert scored.world.sql("SELECT creativex_score FROM derivative_assets") == [(None,)]
    assert (
        "a scorecard of this file needs review, so its score 60 was not used" in scored.world.twin.mail.mails[-1].text
    )
    scored.cards.whole(FILM, 65, name="corrected.pdf")
    scored.read()
    assert [row[1:] for row in scored.scores()] == [("60", 1, "superseded"), ("65", 2, "active")]
    assert scored.read()["headline"] == "1 already there", "the doubtful one is settled, and leaves Box"
    assert scored.pdfs() == []


def test_a_score_of_a_name_that_nobody_knows_is_told_with_the_nearest_names(scored: Scored) -> None:
    scored.drops.whole(scored.of("Still.png"), STILL)
    scored.run()
    scored.cards.whole(TITLE.replace("MOMENT", "MOMNT"), 55)
    report = scored.read()
    assert report["headline"] == "1 read"
    mail = scored.world.twin.mail.mails[-1]
    assert mail.subject.endswith("(55), matches no file")
    assert TITLE in mail.text


def test_a_dry_run_reads_nothing_and_writes_nothing(scored: Scored) -> None:
    scored.cards.whole(TITLE, 80)
    before = scored.world.writes()
    assert scored.read(dry_run=True)["headline"] == "dry run: 1 planned"
    assert (scored.world.writes(), scored.jobs(), scored.scores()) == (before, 0, [])
    assert scored.world.sql("SELECT count(*) FROM scorecards") == [(0,)]


@pytest.mark.sweep
def test_kept_files_are_read_once_and_taken_out_by_a_later_run(scored: Scored) -> None:
    scored.cards.whole(TITLE, 80)
    scored.read(keep_files=True)
    assert len(scored.pdfs()) == 1
    assert scored.read()["headline"] == "1 already there"
    assert (scored.pdfs(), scored.jobs()) == ([], 1)


@pytest.mark.sweep
def test_scorecards_wait_while_llamacloud_is_away(scored: Scored) -> None:
    scored.cards.whole(TITLE, 80)
    faults = scored.world.twin.faults["llamacloud"]
    faults.add(Fault("status", method="POST", path="/jobs$", status=503, times=None))
    report = scored.read()
    assert report["headline"] == "1 failed"
    assert (scored.world.mails(), len(scored.pdfs())) == ([], 1), "it heals by itself: nobody is told yet"
    faults.clear()
    assert scored.read()["headline"] == "1 read"
    faults.add(Fault("status", method="POST", path="/jobs$", status=429, times=2))
    scored.cards.whole(FILM, 80)
    assert scored.read()["headline"] == "1 read"


def test_without_its_agent_nothing_is_handed_to_llamacloud(scored: Scored) -> None:
    scored.world.twin.settings.llamacloud.agents = ["Another"]
    scored.cards.whole(TITLE, 80)
    assert "extraction agent Creativex-Extract: LlamaCloud does not have it" in scored.world.failure("creativex-scores")
    assert scored.scores() == []


@pytest.mark.sweep
def test_a_job_that_does_not_end_rests_and_can_be_asked_for(make_world: Callable[..., World]) -> None:
    scored = Scored(make_world(seed(campaign(NUMBER, asset("Still.png"), status="A2")), LLAMA_WAIT_S=1))
    scored.world.twin.settings.llamacloud.polls_to_finish = None
    card = scored.cards.whole(TITLE, 80)
    assert scored.read()["headline"] == "1 failed"
    assert scored.read()["headline"] == "1 failed"
    assert scored.jobs() == 1
    scored.world.twin.settings.llamacloud.polls_to_finish = 1
    assert scored.read(file_ids=(card.id,))["headline"] == "1 read"


def test_whatever_is_extracted_can_be_stored(scored: Scored) -> None:
    facts = {"filename": f"{TITLE}\0", "creativex_id": 4711.0, "creativex_url": "https://example.com/1", "score": 80}
    scored.cards.whole(TITLE, 80, name="odd.pdf")
    scored.world.twin.llamacloud.script("odd.pdf", data={**facts, "notes": ["a\0b", {"c\0": None}]})
    assert scored.read()["headline"] == "1 read"
    stored = scored.world.sql("SELECT filename, creativex_id, full_extraction_data->'notes' FROM creativex_scores")
    assert stored == [(TITLE, "4711", ["ab", {"c": None}])]
