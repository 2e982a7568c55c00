"""What agencies hand in at the twin: videos that play, and files that are broken in each way."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.parse import parse
from sandbox.blobs import GeneratedBlob, VideoBlob
from sandbox.box.models import AGENCY_USER_ID
from sandbox.drops import MISNAMED, STILL, UNKNOWN_TRACKING_ID, VIDEO
from sandbox.media import films
from sandbox.twin import Twin
from tests.media import needs_ffprobe

FFPROBE = shutil.which("ffprobe") or ""
CODES = Codes(brands=(), countries=(), languages=(), asset_types=(), social=())

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture
def without_ffmpeg(monkeypatch, tmp_path) -> Iterator[None]:
    films.film.cache_clear()
    with monkeypatch.context() as context:
        context.setenv("PATH", str(tmp_path))
        yield
    films.film.cache_clear()


def measured(content: bytes, folder: Path) -> tuple[str, int, int, float]:
    """Return codec, width, height and seconds as ffprobe reads them; fails when it finds anything wrong."""
    path = folder / "measured.mp4"
    path.write_bytes(content)
    shown = ["-show_entries", "stream=codec_name,width,height:format=duration", "-select_streams", "v"]
    command = [FFPROBE, "-v", "error", "-count_packets", *shown, "-of", "json", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (answer.returncode, answer.stderr) == (0, "")
    report = json.loads(answer.stdout)
    (stream,) = report["streams"]
    return stream["codec_name"], stream["width"], stream["height"], float(report["format"]["duration"])


def handed_in(twin: Twin) -> dict[str, bytes]:
    folder_id = twin.box_folders["BOX_FOLDER_DERIVATIVES"]
    return {facts.path: twin.box.content_of(facts.id) for facts in twin.box.files_below(folder_id)}


@pytest.mark.parametrize("shape", ["16x9", "1x1", "9x16"])
def test_a_shipped_film_is_small(shape):
    assert len(films.sample(shape)) < 60_000


@needs_ffprobe
@pytest.mark.usefixtures("without_ffmpeg")
@pytest.mark.parametrize(("shape", "width", "height"), [("16x9", 640, 360), ("1x1", 360, 360), ("9x16", 360, 640)])
@pytest.mark.parametrize("size", [300_000, 5_000_000])
def test_a_shipped_film_stays_a_good_video_when_it_is_padded(tmp_path, shape, width, height, size):
    blob = VideoBlob("seed", size, ratio=shape, seconds=15)
    content = blob.read(0, size + 1)
    assert len(content) == size
    assert measured(content, tmp_path) == ("h264", width, height, 6.0)


@needs_ffprobe
def test_a_generated_mp4_is_a_good_video(tmp_path):
    assert measured(GeneratedBlob("seed", 200_000, "mp4").read(0, 200_000), tmp_path) == ("h264", 640, 360, 6.0)


@needs_ffmpeg
@needs_ffprobe
def test_a_film_is_rendered_in_shape_and_length(tmp_path):
    path = tmp_path / "-rendered.mp4"
    films.render_video(path, 2, 320, 180, frame_rate=30, with_sound=False)
    first = path.read_bytes()
    assert measured(first, tmp_path) == ("h264", 320, 180, 2.0)
    films.render_video(path, 2, 320, 180, frame_rate=30, with_sound=False)
    assert path.read_bytes() == first


@pytest.mark.usefixtures("without_ffmpeg")
def test_without_ffmpeg_rendering_says_so(tmp_path):
    with pytest.raises(films.RenderError, match="not installed"):
        films.render_video(tmp_path / "film.mp4")


@needs_ffmpeg
def test_what_ffmpeg_refuses_is_told(tmp_path):
    with pytest.raises(films.RenderError, match="made no video"):
        films.render_video(tmp_path / "film.mp4", 1, 641, 361)


@needs_ffmpeg
@needs_ffprobe
def test_a_dropped_video_is_what_its_name_says(twin, drops, tmp_path):
    pattern = "1234567_RAF_ME-MOMENT_OLV_3S_4x5_REF_GL_it_IGF_{tracking_id}.mp4"
    drops.whole("6x9Sab", pattern, size=250_000)
    content = handed_in(twin)["1234567_RAF_ME-MOMENT_OLV_3S_4x5_REF_GL_it_IGF_6x9Sab.mp4"]
    assert len(content) == 250_000
    assert measured(content, tmp_path) == ("h264", 360, 450, 3.0)


def test_a_dropped_file_is_the_agencys(drops):
    assert drops.whole("BJP4ho").owner_id == AGENCY_USER_ID


def test_stills_are_dropped_too_and_sub_folders_are_made_once(twin, drops):
    drops.whole("BJP4ho", STILL, below=["Week 12", "Stills"])
    drops.whole("pOiJ9s", STILL, below=["Week 12", "Stills"])
    dropped = handed_in(twin)
    assert sorted(dropped) == [
        f"Week 12/Stills/{STILL.replace('{tracking_id}', tracking_id)}" for tracking_id in ("BJP4ho", "pOiJ9s")
    ]
    assert all(content.startswith(b"\x89PNG") for content in dropped.values())


def test_the_same_name_again_is_a_new_version_with_the_same_content_unless_told_otherwise(drops):
    first = drops.whole("BJP4ho")
    sha1 = first.sha1
    again = drops.whole("BJP4ho")
    assert (again.id, len(again.versions), again.sha1) == (first.id, 2, sha1)
    reworked = drops.whole("BJP4ho", seed="other")
    assert (reworked.id, len(reworked.versions), reworked.size) == (first.id, 3, first.size)
    assert reworked.sha1 != sha1


def test_two_derivatives_of_one_master_differ(drops):
    other = VIDEO.replace("_DE_de_", "_CH_fr_")
    assert drops.whole("BJP4ho").sha1 != drops.whole("BJP4ho", other).sha1


@needs_ffprobe
@pytest.mark.parametrize("how", ["cut", "no index"])
def test_a_damaged_video_is_no_good_video(twin, drops, tmp_path, how):
    drops.damaged("BJP4ho", how=how)
    (content,) = handed_in(twin).values()
    with pytest.raises(AssertionError):
        measured(content, tmp_path)


def test_an_unknown_tracking_id_is_dropped_under_a_good_name(drops):
    assert drops.unknown().name.endswith(f"_{UNKNOWN_TRACKING_ID}.mp4")


def test_the_names_of_drops_are_as_good_or_bad_as_they_say(drops):
    for pattern in (VIDEO, STILL):
        assert parse(pattern.replace("{tracking_id}", "BJP4ho"), CODES).name.tracking_id == "BJP4ho"
    with pytest.raises(FilenameRefused) as refused:
        parse(drops.misnamed("BJP4ho").name, CODES)
    assert [fault.part for fault in refused.value.faults] == ["brand", "country", "ratio"]
    assert MISNAMED.endswith(".mp4")
