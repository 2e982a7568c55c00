"""Files that agencies hand in: what can be taken comes home once, what cannot is told once, where people work."""

from collections.abc import Callable

import pytest

from sandbox.drops import MISNAMED
from sandbox.otmm.catalogue import ASSET_NAME
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.homeward import FILM, STILL, TITLE, VIDEO, Homeward
from tests.acceptance.world import World
from tests.media import needs_ffprobe

pytestmark = needs_ffprobe

NUMBER = "C000001401"


@pytest.fixture
def home(make_world: Callable[..., World]) -> Homeward:
    """A campaign of two masters that have gone out."""
    return Homeward(make_world(seed(campaign(NUMBER, asset("Film.mp4"), asset("Still.png"), status="A2"))))


def fates(report: dict[str, object]) -> dict[str, str]:
    """What became of each file, by its name in Box."""
    campaigns: list[dict[str, dict[str, list[str]]]] = report["campaigns"]  # type: ignore[assignment]
    files: dict[str, list[str]] = report["files"]  # type: ignore[assignment]
    found = [*files.items(), *(item for each in campaigns for item in each["assets"].items())]
    return {path.rpartition("/")[2]: fate for path, (fate, _) in found}


def test_three_broken_files_are_told_once_each_and_hold_up_no_other(home: Homeward) -> None:
    film, other = home.of("Film.mp4"), VIDEO.replace("_001_", "_002_")
    misnamed = home.drops.misnamed(film)
    unknown = home.drops.unknown()
    damaged = home.drops.damaged(film, other)
    good = home.drops.whole(home.of("Still.png"), STILL)
    report = home.run()
    assert (report["state"], report["headline"]) == ("Partial", "1 delivered; 3 failed")
    assert [item.name for item in home.in_dam()] == [TITLE]
    assert good.name not in home.in_box()
    told = home.world.mails()
    assert sorted(told) == sorted(
        [
            f"{misnamed.name} could not be uploaded",
            f"{unknown.name} could not be uploaded",
            f"{NUMBER} Campaign 401: {damaged.name} could not be uploaded",
            f"{NUMBER} Campaign 401: {TITLE} is in the DAM (1 of 2 masters back), with 3 warnings",
        ]
    )
    remarks = home.comments()
    assert {name: len(texts) for name, texts in remarks.items()} == dict.fromkeys(
        (misnamed.name, unknown.name, damaged.name), 1
    )
    for part in ("brand: ", "country: ", "ratio: ", "Rename the file in Box"):
        assert part in remarks[misnamed.name][0]
    assert "no master carries the tracking id '000000'" in remarks[unknown.name][0]
    assert "is damaged or no video" in remarks[damaged.name][0]

    downloads = home.world.twin.box.file(damaged.id).downloads
    again = home.run()
    assert again["headline"] == "3 failed"
    assert (home.world.mails(), home.comments()) == (told, remarks)
    assert home.world.twin.box.file(damaged.id).downloads == downloads, "it rests, and is not fetched every time"


@pytest.mark.sweep
def test_a_file_is_taken_up_once_it_has_a_good_name_and_told_again_under_another_bad_one(home: Homeward) -> None:
    file = home.drops.misnamed(home.of("Film.mp4"))
    home.run()
    home.drops.rename(file.id, MISNAMED.replace("{tracking_id}", home.of("Film.mp4")).replace("raf", "rafff"))
    home.run()
    assert len(home.world.mails()) == 2
    assert len(home.comments()[home.in_box()[0]]) == 2
    home.drops.rename(file.id, VIDEO.replace("{tracking_id}", home.of("Film.mp4")))
    assert home.run()["headline"] == "1 delivered"
    assert home.world.sql("SELECT count(*) FROM facts") == [(0,)]


@pytest.mark.sweep
def test_a_damaged_file_is_taken_up_as_soon_as_another_version_is_handed_in(home: Homeward) -> None:
    home.drops.damaged(home.of("Film.mp4"), how="no index")
    home.run()
    home.drops.whole(home.of("Film.mp4"))
    assert home.run()["headline"] == "1 delivered"
    assert home.world.sql("SELECT upload_status, retry_count, last_error FROM derivative_assets") == [
        ("completed", 0, None)
    ]


def test_the_same_content_twice_is_one_asset_and_one_mail(home: Homeward) -> None:
    home.drops.whole(home.of("Film.mp4"))
    home.run()
    mails = home.world.mails()
    home.drops.whole(home.of("Film.mp4"), below=["Once more"])
    assert fates(home.run()) == {VIDEO.replace("{tracking_id}", home.of("Film.mp4")): "already there"}
    assert ([item.name for item in home.in_dam()], home.in_box()) == ([FILM], [])
    assert home.world.mails() == mails


@pytest.mark.sweep
def test_the_same_content_is_uploaded_again_when_the_dam_has_lost_it(home: Homeward) -> None:
    home.drops.whole(home.of("Film.mp4"))
    home.run()
    ((lost,),) = home.world.sql("SELECT dam_asset_id FROM derivative_assets")
    home.world.twin.otmm.tree.nodes[lost].is_deleted = True
    home.drops.whole(home.of("Film.mp4"))
    assert home.run()["headline"] == "1 delivered"
    assert home.world.sql("SELECT dam_asset_id <> %s FROM derivative_assets", lost) == [(True,)]


def test_other_content_under_the_same_name_is_a_rework_and_an_asset_of_its_own(home: Homeward) -> None:
    home.drops.whole(home.of("Film.mp4"))
    home.run()
    ((first,),) = home.world.sql("SELECT dam_asset_id FROM derivative_assets")
    home.drops.whole(home.of("Film.mp4"), seed="reworked")
    assert home.run()["headline"] == "1 delivered"
    assert [item.name for item in home.in_dam()] == [FILM, FILM]
    rows = home.world.sql("SELECT upload_status, dam_asset_id <> %s FROM derivative_assets", first)
    assert rows == [("completed", True)]
    assert home.world.mails()[1] == (
        f"{NUMBER} Campaign 401: rework of {FILM} is in the DAM (1 of 2 masters back), with 1 warning"
    )


@pytest.mark.sweep
def test_two_contents_of_one_derivative_in_one_run_come_home_one_after_the_other(home: Homeward) -> None:
    film = home.of("Film.mp4")
    home.drops.whole(film, seed="first")
    last = home.drops.whole(film, VIDEO.replace("1234567", "7654321"), seed="second")
    home.world.twin.box.file(last.id).modified_at = home.world.twin.box.now()
    assert home.run()["headline"] == "2 delivered"
    assert [item.name for item in home.in_dam()] == [FILM, FILM]
    assert home.world.sql("SELECT box_sha1 FROM derivative_assets") == [(last.sha1,)]


def test_a_tracking_id_in_other_capitals_is_not_the_masters(home: Homeward) -> None:
    home.world.sql("UPDATE master_assets SET tracking_id = 'BJP4ho' WHERE original_filename = 'Film.mp4'")
    home.drops.whole("bjp4HO")
    report = home.run()
    assert list(fates(report).values()) == ["failed"]
    assert home.in_dam() == []


@pytest.mark.sweep
def test_several_derivatives_of_one_master_do_not_complete_the_other(home: Homeward) -> None:
    film = home.of("Film.mp4")
    for spot in ("001", "002", "003"):
        home.drops.whole(film, VIDEO.replace("_001_", f"_{spot}_"))
    assert home.run()["headline"] == "3 delivered"
    assert home.status == "A2"
    home.drops.whole(home.of("Still.png"), STILL)
    assert home.run()["headline"] == f"1 delivered; moved {NUMBER} A2→A3"
    (complete,) = home.world.twin.mail.with_subject("localized files in the DAM")
    assert "4 files of 2 masters" in complete.text


@pytest.mark.sweep
def test_a_file_that_fails_keeps_its_campaign_until_it_is_taken_back(home: Homeward) -> None:
    home.drops.whole(home.of("Film.mp4"))
    home.drops.whole(home.of("Still.png"), STILL)
    bad = home.drops.damaged(home.of("Film.mp4"), VIDEO.replace("_001_", "_002_"))
    report = home.run()
    assert report["headline"] == "2 delivered; 1 failed"
    assert "not arrived: RAF_DE_de_TEST-JOB_OLV_002_6S_16x9.mp4" in report["campaigns"][0]["note"]
    home.drops.remove(bad.id)
    assert home.run()["headline"] == f"moved {NUMBER} A2→A3"
    assert home.world.sql("SELECT count(*) FROM facts") == [(0,)]
    assert sorted(home.world.sql("SELECT upload_status FROM derivative_assets")) == [
        ("completed",),
        ("completed",),
        ("withdrawn",),
    ]


def test_the_dam_is_told_what_the_rules_make_of_master_and_name(home: Homeward) -> None:
    home.drops.whole(home.of("Film.mp4"), metadata={"creativexScore": 87, "creativexUrl": "https://example.com/card"})
    home.run()
    ((asset_id,),) = home.world.sql("SELECT dam_asset_id FROM derivative_assets")
    values = home.world.twin.otmm.values(asset_id)
    assert values[ASSET_NAME] == FILM
    assert values["ARTESIA.FIELD.ASSET DESCRIPTION"] == "TEST-JOB"
    assert values["MAIN_LANGUAGES"] == ["DE"]
    assert values["FERRERO.FIELD.STATE"] == "LOCAL"
    assert values["FERRERO.FIELD.CREATIVEX LINK"] == "https://example.com/card"
    assert [str(score) for score in values["FERRERO.TAB.FIELD.CREATIVEX"]] == ["87"]
    columns = "creativex_score, width, height, round(duration_s), video_codec, frame_rate, handed_in_filename"
    handed_in = VIDEO.replace("{tracking_id}", home.of("Film.mp4"))
    assert home.world.sql(f"SELECT {columns} FROM derivative_assets") == [
        ("87", 640, 360, 6.0, "h264", 25.0, handed_in)
    ]


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        (None, "no CreativeX score was found; 0 was written"),
        ({"creativexUrl": "https://example.com/x"}, "no CreativeX score was found; 0 was written"),
        ({"creativexScore": "very good"}, "'very good' in the file's metadata in Box is not a number"),
    ],
    ids=["none", "a link only", "words"],
)
def test_a_score_that_is_missing_or_none_is_told(home: Homeward, metadata: dict[str, object] | None, told: str) -> None:
    home.drops.whole(home.of("Still.png"), STILL, size=20_000, metadata=metadata)
    (warnings,) = home.run()["campaigns"][0]["warnings"].values()
    assert any(told in warning for warning in warnings)
    assert home.world.sql("SELECT creativex_score FROM derivative_assets") == [(None,)]


def test_a_score_that_the_dams_field_cannot_hold_is_told_and_nothing_is_uploaded(home: Homeward) -> None:
    home.drops.whole(home.of("Still.png"), STILL, size=20_000, metadata={"creativexScore": 72.5})
    ((_, reason),) = home.run()["campaigns"][0]["assets"].values()
    assert "field FERRERO.TAB.FIELD.CREATIVEX: '72.5' is no whole number" in reason
    assert home.in_dam() == []
    assert "set its datatype to decimal under definitions in fields.yaml" in home.world.twin.mail.mails[0].text


def test_the_score_of_a_scorecard_wins_over_the_one_in_box(home: Homeward) -> None:
    statement = "INSERT INTO creativex_scores (filename, quality_score, creativex_url, version, status) VALUES"
    home.world.sql(statement + " (%s, 91, 'https://example.com/scorecard', 1, 'active')", TITLE)
    home.drops.whole(home.of("Still.png"), STILL, size=20_000, metadata={"creativexScore": 12})
    home.run()
    assert home.world.sql("SELECT creativex_score FROM derivative_assets") == [("91",)]
    assert "https://example.com/scorecard" in home.world.twin.mail.mails[0].text
