"""Running ffprobe: on good videos, on broken ones, and when it does not run at all."""

from pathlib import Path

import pytest

from clients.video import VideoFacts, ffprobe_version, probe
from domain.errors import ConfigError, MediaRefused, ServiceUnavailable
from sandbox.media import KINDS, films, generate, mp4
from tests.media import needs_ffprobe

SAMPLE = VideoFacts(640, 360, duration_s=6.0, codec="h264", frame_rate=25.0, has_audio=True)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "spot.mp4"
    path.write_bytes(films.sample("16x9"))
    return path


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a shell script in ffprobe's place."""

    def install(script: str, mode: int = 0o700) -> Path:
        path = tmp_path / "bin" / "ffprobe"
        path.parent.mkdir()
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(mode)
        monkeypatch.setenv("PATH", str(path.parent))
        return path

    return install


@needs_ffprobe
def test_a_video_is_measured(video):
    assert probe(video) == SAMPLE


@needs_ffprobe
@pytest.mark.parametrize("name", ["-version.mp4", "-i.mp4", "a:b.mp4", "http:x.mp4", "100%20 ü $(x);'\".mp4", "\n.mp4"])
def test_a_name_is_neither_an_option_nor_an_address(video, monkeypatch, name):
    video.rename(video.parent / name)
    monkeypatch.chdir(video.parent)
    assert probe(Path(name)) == SAMPLE


@needs_ffprobe
def test_a_video_that_breaks_off_is_refused_although_its_index_is_whole(video):
    video.write_bytes(video.read_bytes()[:30_000])
    with pytest.raises(MediaRefused, match=r"spot\.mp4 is damaged or no video \(it breaks off"):
        probe(video)


@needs_ffprobe
def test_a_video_without_an_index_is_refused_with_what_ffprobe_says(video):
    video.write_bytes(mp4.make_shell("seed", 50_000).read(0, 50_000))
    with pytest.raises(MediaRefused, match="moov atom not found"):
        probe(video)


@needs_ffprobe
@pytest.mark.parametrize("kind", sorted({*KINDS} - {"mp4"}))
def test_other_content_under_the_name_of_a_video_is_refused(video, kind):
    video.write_bytes(generate(kind, "seed", 60_000).read(0, 60_000))
    with pytest.raises(MediaRefused):
        probe(video)


@needs_ffprobe
@pytest.mark.parametrize("text", ["#EXTM3U\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile '{}'\n"])
def test_a_list_that_names_another_file_is_not_followed(video, text):
    listed = video.with_name("list.mp4")
    listed.write_text(text.format(video))
    with pytest.raises(MediaRefused):
        probe(listed)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(MediaRefused, match="is empty"):
        probe(tmp_path / "empty.mp4")


@needs_ffprobe
def test_a_refusal_calls_the_file_by_the_name_given_and_keeps_its_place_to_itself(video):
    video.write_bytes(b"no video")
    with pytest.raises(MediaRefused) as refused:
        probe(video, name="Spot\x1b 15.mp4")
    assert str(refused.value).startswith("Spot\\x1b 15.mp4 is damaged or no video (")
    assert str(video.parent) not in str(refused.value)
    assert "hand it in again" in refused.value.advice


def test_a_file_that_is_not_there_is_not_called_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "missing.mp4")


@pytest.mark.parametrize("use", [probe, lambda _: ffprobe_version()])
def test_without_ffprobe_the_error_says_how_to_install_it(video, monkeypatch, use):
    monkeypatch.setenv("PATH", str(video.parent))
    with pytest.raises(ConfigError, match=r"not installed; install it: .*apt-get install ffmpeg.*brew install ffmpeg"):
        use(video)


def test_an_ffprobe_that_cannot_be_started_is_a_matter_of_the_machine(video, program):
    program("").write_text("#!/no/such/shell\n")
    with pytest.raises(ConfigError, match="cannot be started"):
        probe(video)


def test_an_ffprobe_that_fails_by_itself_has_no_version(program):
    program("echo libavutil is missing >&2; exit 127")
    with pytest.raises(ConfigError, match="does not run"):
        ffprobe_version()


@needs_ffprobe
def test_the_version_is_told():
    assert ffprobe_version()[0].isalnum()


def test_a_video_that_takes_too_long_is_not_called_damaged(video, program):
    program("exec sleep 60")
    with pytest.raises(ServiceUnavailable, match=r"spot\.mp4: ffprobe did not finish within 0\.2 s"):
        probe(video, timeout_s=0.2)


def test_an_ffprobe_that_was_killed_says_nothing_of_the_video(video, program):
    program("kill -KILL $$")
    with pytest.raises(ServiceUnavailable, match="stopped by signal 9"):
        probe(video)


def test_a_video_that_ffprobe_breaks_down_over_is_refused(video, program):
    program("kill -SEGV $$")
    with pytest.raises(MediaRefused, match="ffprobe fails on it"):
        probe(video)


def test_an_answer_that_is_no_report_is_a_refusal(video, program):
    program("echo '[]'")
    with pytest.raises(MediaRefused, match="reports nothing"):
        probe(video)


def test_ffprobe_is_not_given_our_environment(video, program, monkeypatch):
    script = program('/usr/bin/env > "$0.env"; exit 1')
    monkeypatch.setenv("DAM_CLIENT_SECRET", "made up")
    with pytest.raises(MediaRefused):
        probe(video)
    assert "made up" not in script.with_name("ffprobe.env").read_text()
