"""What the pages say of files, commands and settings is there."""

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import typer

from blocks.settings import Settings
from entrypoints.cli import app
from tests.documents import ROOT, Page, codes_of, pages

PROGRAM = "content-scaling"
NOT_SETTINGS = {"ENV_FILE", "PROXY_ADDRESS"}
"""Names in capitals that are read from the environment and are no fields of Settings; the second by compose.yaml."""
SHARED = {"--env-file", "--help", "--no-any-port"}
"""Options that the page of commands explains once, or not at all."""
MENU: Any = typer.main.get_command(app)
"""Of a class that typer brings along, so that no other name for it is sure."""
COMMANDS_PAGE = Page(ROOT / "docs" / "commands.md")
ALL_PAGES = pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)

_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b")


@ALL_PAGES
def test_every_link_leads_somewhere(page: Page):
    local = [link for link in page.links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not _leads_somewhere(page, link)] == []


@ALL_PAGES
def test_every_command_that_is_named_exists_with_its_options(page: Page):
    assert [fault for line in _command_lines(page) for fault in _faults(line)] == []


@ALL_PAGES
def test_every_option_beside_a_command_in_a_table_is_one_of_that_command(page: Page):
    faults = [
        f"{' '.join(named)} has no {option}"
        for named, options in _command_rows(page)
        for option in options
        if option not in _options(_found(named))
    ]
    assert faults == []


@ALL_PAGES
def test_every_setting_that_is_named_exists(page: Page):
    known = {name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    drawn = " ".join(page.blocks("mermaid"))
    named = set(_CAPITALS.findall(f"{page.words()} {drawn}"))
    assert {name for name in named - known if not name.startswith("PREFECT_")} == set()


def test_the_page_of_commands_has_each_with_all_its_options():
    told: dict[tuple[str, ...], set[str]] = {}
    for named, options in _command_rows(COMMANDS_PAGE):
        told.setdefault(tuple(named), set()).update(options)
    lacking = {path: _options(command) - SHARED - told.get(path, set()) for path, command in _leaves(MENU)}
    assert {path for path in lacking if path not in told} == set()
    assert {path: options for path, options in lacking.items() if options} == {}


def _leads_somewhere(page: Page, link: str) -> bool:
    place, _, anchor = link.partition("#")
    target = (page.path.parent / place).resolve() if place else page.path
    return target.exists() and (not anchor or anchor in Page(target).anchors)


def _command_lines(page: Page) -> Iterator[list[str]]:
    """Yield every command of ours on a page, as words without the program's name."""
    lines = [line for block in page.blocks("") for line in block.splitlines()]
    for text in (*page.codes(), *lines):
        _, is_ours, rest = f" {text}".partition(f" {PROGRAM} ")
        if is_ours and "prefect" not in text:
            yield shlex.split(rest.replace("…", "..."), comments=True)


def _command_rows(page: Page) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the command that begins a row, and every option named in that row."""
    for cells in page.rows():
        if cells[0].startswith(f"`{PROGRAM} "):
            named = [word for word in codes_of(cells[0])[0].split()[1:] if not word.startswith("-")]
            yield named, [each.split()[0] for cell in cells for each in codes_of(cell) if each.startswith("--")]


def _faults(words: list[str]) -> Iterator[str]:
    """Yield what is wrong with a command: a name that does not exist, an option that it has not."""
    command, rest = _walk(words)
    if _below(command) and rest and not rest[0].startswith("-"):
        yield f"{PROGRAM} {' '.join(words)}: there is no {rest[0]}"
        return
    for option in (word for word in rest if word.startswith("--")):
        if option not in _options(command):
            yield f"{PROGRAM} {' '.join(words)}: has no {option}"


def _walk(words: list[str]) -> tuple[Any, list[str]]:
    """Follow the names of groups and commands; return the last one found, and the words behind it."""
    command, rest = MENU, list(words)
    while rest and rest[0] in _below(command):
        command = _below(command)[rest.pop(0)]
    return command, rest


def _found(named: list[str]) -> Any:
    command, rest = _walk(named)
    assert not (_below(command) and rest), f"there is no {' '.join(named)}"
    return command


def _below(command: Any) -> Mapping[str, Any]:
    """Return the commands of a group by name, nothing of a command."""
    found: Mapping[str, Any] = getattr(command, "commands", {})
    return found


def _options(command: Any) -> set[str]:
    return {
        "--help",
        *(opt for each in command.params for opt in (*each.opts, *each.secondary_opts) if opt[:2] == "--"),
    }


def _leaves(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, each in _below(command).items():
        yield from _leaves(each, *path, name)
    if not _below(command):
        yield path, command
