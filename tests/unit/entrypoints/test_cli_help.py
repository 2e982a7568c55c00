import subprocess
import sys

SHOW_ALL_HELP = """
import sys
from typer.testing import CliRunner
from entrypoints.cli import app

for path in ([], ["demo"], ["sandbox"], ["setup"], ["check"], ["run"], ["run", "a1-to-a2"], ["run", "a2-to-a3"],
             ["run", "a4-live"], ["names", "check"], ["fields", "check"], ["campaign"], ["campaign", "set"],
             ["campaign", "reset"], ["campaign", "advance"], ["campaign", "list"], ["campaign", "show"],
             ["run", "creativex-scores"], ["scores", "show"],
             ["backup"], ["backup", "create"], ["backup", "check"], ["backup", "restore"], ["report"], ["trace"],
             ["up"], ["run", "clean-up"],
             ["messages"], ["messages", "list"], ["messages", "show"], ["messages", "send"], ["messages", "drop"],
             ["campaign", "retire"]):
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0, (path, shown.output)
    print(" ".join(shown.output.split()))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_help_says_what_every_command_does_without_loading_the_libraries_that_take_seconds():
    done = subprocess.run([sys.executable, "-c", SHOW_ALL_HELP], capture_output=True, text=True, check=True)
    *pages, modules = done.stdout.splitlines()
    assert len(pages) == 33
    for page, words in zip(pages, WORDS, strict=True):
        for word in words:
            assert word in page
    assert not {"prefect", "sqlalchemy", "box_sdk_gen", "requests", "uvicorn"} & set(modules.split())


WORDS = (
    ("demo", "sandbox", "setup", "up", "check", "run", "campaign", "names", "fields", "serve", "box-webhook"),
    ("--keep", "Leave everything up"),
    ("--env-file", "--seed", "--folder", "--switch", "--any-port", "until Ctrl-C"),
    ("--check", "--env-file", "Safe to run again", "PREFECT_API_URL", "ends with 0 when nothing would change"),
    ("--env-file", "--strict", "--json", "Try each connection", "Changes nothing", "Ends with 1", "details"),
    ("a1-to-a2", "a2-to-a3", "a4-live", "in this terminal"),
    ("--campaign", "--dry-run", "--dam-auth", "oauth2", "mtls", "--env-file"),
    ("--campaign", "--file-id", "--keep-files", "--force-status-update", "--dry-run", "--dam-auth", "--env-file"),
    ("--campaign", "--dry-run", "--dam-auth", "--env-file", "one webhook"),
    ("FILE-OR-NAME", "Only the last part of a path counts", "Ends with 1"),
    ("--dam", "--dam-auth", "lookup domains", "Changes nothing"),
    ("set", "reset", "advance", "retire", "list", "show"),
    ("--force", "--reason", "--dry-run", "--dam-auth", "--env-file", "none is taken"),
    ("--status", "--reason", "--dry-run", "--dam-auth", "--env-file", "A2 to A6"),
    ("--reason", "--dry-run", "--dam-auth", "--env-file", "from A1 to A3"),
    ("--status", "--dam-auth", "--env-file", "Changes nothing"),
    ("--dam-auth", "--env-file", "Ends with 1"),
    ("--file-id", "--keep-files", "--dry-run", "--env-file", "nothing to LlamaCloud"),
    ("NAME", "--env-file", "Changes nothing", "Ends with 1"),
    ("create", "list", "check", "restore"),
    ("--base", "--env-file", "as the schedule does"),
    ("FILE", "--env-file", "scratch database", "26 hours"),
    ("FILE", "--yes", "--force", "--drop-old", "--env-file", "safety dump"),
    ("--since", "--env-file", "24h", "Changes nothing", "Ends with 1"),
    ("ID-OR-NAME", "--env-file", "Ends with 1", "Changes nothing"),
    ("--host", "--port", "--proxy", "--env-file", "started again", "DATA_DIR/up"),
    ("--dry-run", "--env-file", "nothing that tracks assets"),
    ("list", "show", "send", "drop"),
    ("--parked", "--env-file", "Changes nothing"),
    ("NUMBER", "--env-file", "Changes nothing", "Ends with 1"),
    ("[NUMBER]...", "--all-parked", "--env-file", "five minutes", "Ends with 1"),
    ("NUMBER...", "--reason", "--env-file", "after a y", "Ends with 1"),
    ("TRACKING-ID", "--undo", "--reason", "--dry-run", "--env-file", "Ends with 1"),
)
"""What each page has to say at least."""
