"""Facts in, readable mail out. Each mail is a folder of templates: subject.txt, body.txt, body.html."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from clients.mail import wording
from clients.mail.catalogue import KINDS, LOOKS, OTHER_REVIEWER, REVIEWERS, Severity
from clients.mail.message import RenderedMail
from domain.errors import ConfigError

ROWS_SHOWN = 100
"""Assets, failures and messages that one mail lists; mail programs cut a mail of about 100 kB off."""
REJECTIONS_SHOWN = 500
"""Rejected assets that one mail lists with every comment, although some programs then cut it off: the mail says so."""
SCORES_SHOWN = 60
"""Scores that one mail lists: each takes more of it than an asset."""
DAY_SHOWN = 10
"""Errors, campaigns, scores and things that wait for somebody, of each that the report of a day lists."""
CUT_OFF_BYTES = 90_000


def template_names() -> tuple[str, ...]:
    """Return the names of all mails."""
    return tuple(KINDS)


def severity_of(template: str) -> Severity:
    """Return how severe a mail is; raises ConfigError where there is no such mail."""
    if template not in KINDS:
        raise ConfigError([f"mail template {template}: there is none; there are {', '.join(KINDS)}"])
    return KINDS[template].severity


def render(template: str, facts: Mapping[str, Any]) -> RenderedMail:
    """Return the mail `template` filled with `facts`; raises ConfigError for a fact that is missing or unusable."""
    look = LOOKS[severity_of(template)]
    missing = sorted(KINDS[template].facts - facts.keys())
    if missing:
        raise ConfigError([f"mail template {template}: the fact {name!r} is missing" for name in missing])
    try:
        subject, text, html = (
            _environment().get_template(f"{template}/{part}").render(facts, look=look)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    except (TemplateError, TypeError, ValueError) as error:
        raise ConfigError([f"mail template {template}: {error}"]) from error
    return RenderedMail(_subject_line(f"{look.emoji} {subject}", str(facts["environment"])), _tidy(text), html)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(size=wording.size, moment=wording.moment, counted=wording.counted, one_line=_one_line)
    environment.filters.update(said_on=wording.said_on)
    environment.globals.update(duration=wording.duration, ROWS_SHOWN=ROWS_SHOWN, REJECTIONS_SHOWN=REJECTIONS_SHOWN)
    environment.globals.update(SCORES_SHOWN=SCORES_SHOWN, DAY_SHOWN=DAY_SHOWN, CUT_OFF_BYTES=CUT_OFF_BYTES)
    environment.globals.update(REVIEWERS=REVIEWERS, OTHER_REVIEWER=OTHER_REVIEWER)
    return environment


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _subject_line(subject: str, environment: str) -> str:
    # A line break in a name would start a header of its own.
    return _one_line(subject if environment == "production" else f"[{environment}] {subject}")


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"
