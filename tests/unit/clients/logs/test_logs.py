"""What every log line says of its campaign and asset, and what it never says."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest

from clients.logs import about, watch_handlers
from clients.logs.json_lines import JsonLines
from domain.errors import ServiceRejected
from domain.masking import MASK, remember

CAMPAIGN, TRACKING_ID, SECRET = "C000000078", "BJP4ho", "canary-0123456789"


class Log:
    """A logger of its own with two handlers, as a run's has: one for the terminal, one for Prefect's API."""

    def __init__(self) -> None:
        self.logger = logging.getLogger("tests.logs")
        self.terminal, self.api = logging.StreamHandler(io.StringIO()), logging.StreamHandler(io.StringIO())
        self.terminal.setFormatter(logging.Formatter("%(levelname)s %(campaign)s %(message)s"))
        self.logger.handlers, self.logger.propagate = [self.api, self.terminal], False
        self.logger.setLevel(logging.DEBUG)

    def of(self, handler: "logging.StreamHandler[io.StringIO]") -> str:
        return handler.stream.getvalue()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    log = Log()
    watch_handlers()
    yield log
    log.logger.handlers.clear()


def test_a_line_tells_its_campaign_and_asset_once_on_every_handler(log: Log):
    with about(CAMPAIGN), about(tracking_id=TRACKING_ID):
        log.logger.info("%s: delivered", "a.mp4")
    assert log.of(log.api) == f"a.mp4: delivered [campaign {CAMPAIGN}, tracking id {TRACKING_ID}]\n"
    assert log.of(log.terminal) == f"INFO {CAMPAIGN} {log.of(log.api)}"


def test_what_the_message_names_is_not_said_twice(log: Log):
    with about(CAMPAIGN, TRACKING_ID):
        log.logger.info("%s: moved", CAMPAIGN)
    assert log.of(log.api) == f"{CAMPAIGN}: moved [tracking id {TRACKING_ID}]\n"


def test_a_line_about_nothing_says_so_as_structure_only(log: Log):
    log.logger.info("100%% of %s", "it")
    assert (log.of(log.api), log.of(log.terminal)) == ("100% of it\n", "INFO  100% of it\n")


def test_another_campaign_is_about_none_of_the_assets_of_the_one_before(log: Log):
    with about(CAMPAIGN, TRACKING_ID):
        with about("C000000099"):
            log.logger.info("next")
        with about(CAMPAIGN):
            log.logger.info("same")
    log.logger.info("after")
    assert log.of(log.api).splitlines() == [
        "next [campaign C000000099]",
        f"same [campaign {CAMPAIGN}, tracking id {TRACKING_ID}]",
        "after",
    ]


def test_threads_that_get_a_copy_of_the_context_tell_it_too_each_its_own(log: Log):
    def work(tracking_id: str) -> None:
        with about(tracking_id=tracking_id):
            log.logger.info("part")

    with about(CAMPAIGN), ThreadPoolExecutor(4) as pool:
        for number in range(8):
            pool.submit(copy_context().run, work, f"asset{number}")
    lines = {f"part [campaign {CAMPAIGN}, tracking id asset{number}]" for number in range(8)}
    assert set(log.of(log.api).splitlines()) == lines


def test_no_secret_is_in_a_message_its_arguments_its_traceback_or_its_stack(log: Log):
    remember(SECRET)
    log.logger.warning("%s %r", SECRET, {"Authorization": f"Bearer {SECRET}"}, stack_info=True)
    log.logger.warning({"key": SECRET})
    try:
        try:
            raise ValueError(f"inner {SECRET}")  # noqa: TRY301
        except ValueError as error:
            raise ServiceRejected(f"answered {SECRET}", service="DAM") from error
    except ServiceRejected:
        log.logger.exception("could not, %s", SECRET)
    for handler in (log.api, log.terminal):
        assert SECRET not in log.of(handler)
        assert f"ValueError: inner {MASK}" in log.of(handler)
        assert f"ServiceRejected: answered {MASK}" in log.of(handler)
        assert "Stack (most recent call last)" in log.of(handler)


def test_an_exception_that_others_look_at_holds_no_secret_and_one_of_ours_stays_what_it_is(log: Log):
    remember(SECRET)
    seen: list[BaseException] = []

    class Curious(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            assert record.exc_info is not None
            assert record.exc_info[1] is not None
            seen.append(record.exc_info[1])

    log.logger.addHandler(Curious())
    watch_handlers()
    for error in (RuntimeError(f"told {SECRET}"), ServiceRejected(f"told {SECRET}")):
        log.logger.error("no", exc_info=error)
    assert str(seen[0]) == f"RuntimeError: told {MASK}"
    assert isinstance(seen[1], ServiceRejected)


def test_a_call_with_wrong_arguments_breaks_nothing(log: Log, capsys: pytest.CaptureFixture[str]):
    wrong = logging.LogRecord("tests.logs", logging.INFO, __file__, 1, "%d files of %s", ("no number",), None)
    log.api.handle(wrong)
    assert "--- Logging error ---" in capsys.readouterr().err


def test_as_json_each_line_is_an_object_with_what_it_is_about(log: Log):
    watch_handlers("json")
    with about(CAMPAIGN, TRACKING_ID):
        log.logger.info("a\nb: %s", "ü", extra={"flow_run_name": "a1-to-a2"})
    try:
        raise ValueError("of a library")  # noqa: TRY301
    except ValueError:
        log.logger.exception("could not", stack_info=True)
    first, second = map(json.loads, log.of(log.terminal).splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "INFO",
        "logger": "tests.logs",
        "message": "a\nb: ü",
        "campaign": CAMPAIGN,
        "tracking_id": TRACKING_ID,
        "flow_run_name": "a1-to-a2",
    }
    assert "campaign" not in second
    assert second["exception"].endswith("ValueError: of a library")
    assert second["stack"].startswith("Stack")


def test_a_log_file_keeps_its_format_where_the_terminal_gets_json(log: Log, tmp_path: Path):
    log.logger.addHandler(handler := logging.FileHandler(tmp_path / "log"))
    watch_handlers("json")
    handler.close()
    assert not isinstance(handler.formatter, JsonLines)


CRASH = """
import sys, threading
from clients.logs import watch_handlers
from domain.masking import remember
watch_handlers()
remember("canary-0123456789")
def crash():
    raise RuntimeError("told canary-0123456789")
thread = threading.Thread(target=crash)
thread.start()
thread.join()
crash()
"""


def test_no_traceback_of_a_crash_shows_a_secret():
    done = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count(f"RuntimeError: told {MASK}") == 2
    # The source of this program holds it; a traceback quotes sources of files only.
    assert SECRET not in done.stderr
