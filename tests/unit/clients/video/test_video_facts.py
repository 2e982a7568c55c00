"""The facts of a video: what ffprobe reports in one way or another, and what it leaves out."""

import pytest

from clients.video.facts import VideoFacts, read_facts
from clients.video.names import is_video

PICTURE = {
    "codec_type": "video",
    "codec_name": "h264",
    "width": 1920,
    "height": 1080,
    "avg_frame_rate": "30000/1001",
    "r_frame_rate": "30/1",
    "duration": "6.000000",
    "disposition": {"attached_pic": 0},
}
SOUND = {"codec_type": "audio", "codec_name": "aac", "avg_frame_rate": "0/0"}
COVER = {**PICTURE, "codec_name": "png", "width": 500, "height": 500, "disposition": {"attached_pic": 1}}


def report(*streams, duration="6.040000"):
    return {"programs": [], "streams": list(streams), "format": {"duration": duration}}


def test_picture_length_and_sound_are_read():
    facts = read_facts(report(PICTURE, SOUND))
    assert facts == VideoFacts(1920, 1080, duration_s=6.04, codec="h264", frame_rate=29.97, has_audio=True)


def test_a_video_may_be_silent():
    assert read_facts(report(PICTURE)).has_audio is False


def test_a_cover_picture_is_not_taken_for_the_video():
    assert read_facts(report(COVER, SOUND, PICTURE)).width == 1920
    with pytest.raises(ValueError, match="no moving picture"):
        read_facts(report(COVER, SOUND))


@pytest.mark.parametrize(
    "turn",
    [
        {"side_data_list": [{"rotation": -90}]},
        {"side_data_list": [{}, {"rotation": 270}]},
        {"tags": {"rotate": "90"}},
    ],
)
def test_a_video_that_lies_on_its_side_has_the_size_that_viewers_see(turn):
    facts = read_facts(report({**PICTURE, **turn}))
    assert (facts.width, facts.height) == (1080, 1920)


def test_a_video_that_stands_on_its_head_keeps_its_size():
    facts = read_facts(report({**PICTURE, "side_data_list": [{"rotation": 180}]}))
    assert (facts.width, facts.height) == (1920, 1080)


@pytest.mark.parametrize("unknown", [None, "N/A", "0.000000", "nan", "inf"])
def test_a_length_that_the_container_does_not_know_is_taken_from_the_picture(unknown):
    assert read_facts(report(PICTURE, duration=unknown)).duration_s == 6.0


def test_a_mean_rate_that_is_not_known_is_taken_from_the_container():
    assert read_facts(report({**PICTURE, "avg_frame_rate": "0/0"})).frame_rate == 30.0


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"width": 0}, "no size"),
        ({"height": None}, "no size"),
        ({"codec_name": None}, "coding"),
        ({"codec_name": "unknown"}, "coding"),
        ({"avg_frame_rate": "0/0", "r_frame_rate": "0/0"}, "pictures a second"),
        ({"avg_frame_rate": None, "r_frame_rate": "many"}, "pictures a second"),
    ],
)
def test_a_picture_without_a_fact_is_refused_with_the_reason(fault, reason):
    with pytest.raises(ValueError, match=reason):
        read_facts(report({**PICTURE, **fault}))


def test_a_video_without_a_length_is_refused():
    with pytest.raises(ValueError, match="how long"):
        read_facts(report({**PICTURE, "duration": "N/A"}, duration=None))


@pytest.mark.parametrize("nothing", [{}, {"streams": None, "format": None}, {"streams": []}])
def test_an_empty_report_tells_of_no_picture(nothing):
    with pytest.raises(ValueError, match="no moving picture"):
        read_facts(nothing)


@pytest.mark.parametrize("name", ["a.mp4", "A.MOV", "spot.v2.mxf", "-x.webm"])
def test_a_video_is_known_by_its_extension(name):
    assert is_video(name)


@pytest.mark.parametrize("name", ["a.png", "mp4", ".mp4", "a.mp4.zip", "a.gif", "", "a."])
def test_stills_and_documents_are_no_videos(name):
    assert not is_video(name)
