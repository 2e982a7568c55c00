"""The catalogue of mails: how severe each one is, how that looks, and which facts it cannot do without.

Facts are JSON. Moments (`..._at`, `empty_since`) are ISO 8601 with an offset; `run_url` and every other address may be
null; `environment` is staging or production. The others:

    campaign   number, name, folder_url; null in upload_failed where the file could not be matched to one
    assets     list of name, path, tracking_id, size_bytes, box_url
    failed     list of name, path, reason, advice, will_retry
    skipped    list of name, reason
    verdicts   in a5_to_a6_* assets also have master (name, or null), status (as the DAM shows it), hand_in_name (the
               agency's full name of a derivative, under which a rework counts; null of a master; left out by older
               versions) and verdicts: a list of reviewer, comment, certifier, date (as the DAM shows it), where all but
               the reviewer may be null; failed may have tracking_id and verdicts
    file       name, path, tracking_id, size_bytes, box_url; all but the name may be null; in creativex_failed, where it
               is the PDF, without tracking_id
               in a2_to_a3_file_uploaded: name (in the DAM), handed_in_name (the agency's, in Box), path (place in Box),
               tracking_id, size_bytes, dam_asset_id; never null
    master     name, box_url
    score      value (text; null where the file has none and 0 was written), link, source (text for people, or null)
    video      width, height, duration_s, codec, frame_rate; null for a still
    warnings   list of sentences for people to act on
    is_rework, kept_in_box
               whether the file replaces an earlier upload of its name, and whether it was left in Box on request; null
               where somebody has taken it out, or replaced it, after it was sent
    progress   masters_total, masters_done, waiting (list of names of masters for which nothing has come back)
    reworks    total, done, waiting (list of names), moves_to (status that follows by itself, or null where a librarian
               makes the move); null where no file of the campaign is out for rework
    derivatives
               list of name (in the DAM), master (name), tracking_id, size_bytes, dam_asset_id, score (text or null)
    forced, missing
               whether a person made the move, and the names of the masters (of masters_total) without a localized file;
               only then `started_at`, the arrival of the first file, may be null: nothing had arrived
    reworked   names of the files whose return ended a rework; empty where there was none
    scores     list of filename (of the scored asset, as kept), score, previous (of the score that it supersedes, or
               null), version, creativex_id, creativex_url, tier, tracking_id, master (name), campaign (number, name),
               dam_asset_id, dam_score, pdf_name, nearest (up to three names), is_orphan, is_current, read_at. Scores
               are text from 0 to 100. creativex_id, tier, tracking_id, master and campaign may be null. An orphan's
               name matches no tracking id and no derivative; one that is not current has a later scorecard in its
               place. dam_asset_id is null until the file has come home; dam_score is what was written there with it,
               or null. Beside them folder_url, where the PDFs are, and kept_in_box, of them
    needs_review
               filename, score, creativex_id, creativex_url, sum_of_passed, difference, guidelines: list of name,
               weight, passed; the numbers are texts. Null unless the scorecard was read but does not add up
    since, until
               in daily_summary_report the window. Beside them headline, and left_out: why Prefect's run history is
               missing, or null. Percentages are texts such as 98 %, null of nothing
    totals     done, failed, moved, not_approved, success_rate
    workflows  list of name, runs, campaigns, assets (sentences; the last two may be null), done, failed, failed_runs,
               success_rate
    activity   list of begins_at, done, failed: equal parts of the window
    balances   campaigns and assets, each a list of name, opening, came, went, closing, difference
    differences
               list of what, meaning
    errors     list of subject, reason, workflow, campaign (text, or null), at, run_url
    waiting    list of who, groups: list of what, campaign (text, or null), lasted (text), number, assets (list of name,
               tracking_id), unnamed (how many more)
    campaigns  list of number, name, before, now (statuses, or null), masters, masters_delivered, derivatives_home,
               derivatives_open, happened (list of texts), moves: list of at, from, to, by. Here scores are a list of
               filename, score, previous (or null), state, url, read_at
    flow       in run_failed and run_long, with deployment, run_name (both may be null), campaigns (list of numbers),
               at, and state and reason of Prefect
    minutes    in no_runs for how long no run has gone through; beside it prefect_url, where the runs are, and at
    times, quiet_h
               in these and no_runs how often it was so since it was last told, and after how many hours it is told
               again
    messages   list of number (left out by older versions), name (template or hook), channel, to, reason,
               campaign_number (or null), created_at, attempts
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How a mail is meant to be read."""

    DONE = "done"
    PARTIAL = "partial"
    ERROR = "error"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Look:
    """How a severity shows. White text is readable on `colour` (contrast above 4.5 to 1)."""

    emoji: str
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class MailKind:
    """One mail. `facts` are the keys that its payload must have; a value may be null where the template says so."""

    severity: Severity
    facts: frozenset[str]


LOOKS = {
    Severity.DONE: Look("✅", "Done", "#1a7f4b"),
    Severity.PARTIAL: Look("🟠", "Needs attention", "#b45309"),
    Severity.ERROR: Look("❌", "Error", "#b91c1c"),
    Severity.REPORT: Look("📊", "Report", "#1d4ed8"),
}

REVIEWERS = {"Approver": "#2563eb", "Legal": "#9333ea", "IA&CC": "#0f766e"}
"""The colour of each reviewer, beside the name; white text is readable on it."""
OTHER_REVIEWER = "#4b5563"

_ALWAYS = frozenset({"environment", "run_url"})
_FAILURE = frozenset({"reason", "advice", "will_retry"})
_DELIVERY = frozenset(
    {
        "campaign",
        "from_status",
        "to_status",
        "box_folder_url",
        "assets",
        "failed",
        "skipped",
        "started_at",
        "finished_at",
    }
)
_FILE_UPLOADED = frozenset(
    {
        "campaign",
        "file",
        "master",
        "score",
        "video",
        "warnings",
        "is_rework",
        "kept_in_box",
        "progress",
        "reworks",
        "uploaded_at",
    }
)
_ALL_UPLOADED = frozenset(
    {
        "campaign",
        "from_status",
        "to_status",
        "derivatives",
        "masters_total",
        "forced",
        "missing",
        "reworked",
        "started_at",
        "finished_at",
    }
)
_SCORES = frozenset({"scores", "kept_in_box", "folder_url"})
_DAY = frozenset(
    {
        "since",
        "until",
        "headline",
        "left_out",
        "totals",
        "workflows",
        "activity",
        "balances",
        "differences",
        "errors",
        "waiting",
        "campaigns",
        "scores",
    }
)
_ALARM = frozenset({"at", "times", "quiet_h"})
_RUN = frozenset({"flow", "deployment", "run_name", "campaigns", "state", "reason"})
_EMPTY_CAMPAIGN = frozenset({"campaign", "from_status", "to_status", "empty_since"})

KINDS = {
    "a1_to_a2_complete": MailKind(Severity.DONE, _ALWAYS | _DELIVERY),
    "a1_to_a2_partial": MailKind(Severity.PARTIAL, _ALWAYS | _DELIVERY),
    "a1_to_a2_no_assets": MailKind(Severity.PARTIAL, _ALWAYS | _EMPTY_CAMPAIGN),
    "b1_to_b2_complete": MailKind(Severity.DONE, _ALWAYS | _DELIVERY),
    "b1_to_b2_partial": MailKind(Severity.PARTIAL, _ALWAYS | _DELIVERY),
    "b1_to_b2_no_assets": MailKind(Severity.PARTIAL, _ALWAYS | _EMPTY_CAMPAIGN),
    "a5_to_a6_rejections": MailKind(Severity.PARTIAL, _ALWAYS | _DELIVERY),
    "a5_to_a6_partial": MailKind(Severity.PARTIAL, _ALWAYS | _DELIVERY),
    "a5_to_a6_no_rejections": MailKind(Severity.PARTIAL, _ALWAYS | _EMPTY_CAMPAIGN),
    "a2_to_a3_file_uploaded": MailKind(Severity.DONE, _ALWAYS | _FILE_UPLOADED),
    "a2_to_a3_complete": MailKind(Severity.DONE, _ALWAYS | _ALL_UPLOADED),
    "campaign_failed": MailKind(Severity.ERROR, _ALWAYS | _FAILURE | {"campaign"}),
    "upload_failed": MailKind(Severity.ERROR, _ALWAYS | _FAILURE | {"file", "campaign"}),
    # An orphan among the scores is told by a notice and the subject: it may only be early, and the others are done.
    "creativex_complete": MailKind(Severity.DONE, _ALWAYS | _SCORES),
    "creativex_failed": MailKind(Severity.ERROR, _ALWAYS | _FAILURE | {"file", "needs_review"}),
    "messages_parked": MailKind(Severity.ERROR, _ALWAYS | {"messages"}),
    "run_failed": MailKind(Severity.ERROR, _ALWAYS | _ALARM | _RUN),
    "run_long": MailKind(Severity.PARTIAL, _ALWAYS | _ALARM | _RUN),
    "no_runs": MailKind(Severity.ERROR, _ALWAYS | _ALARM | {"minutes", "prefect_url"}),
    "daily_summary_report": MailKind(Severity.REPORT, _ALWAYS | _DAY),
}
