"""The rules of `fields.yaml`, and what the DAM's lookup domains say of them, on the terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.fields import CheckedValues, FieldRules
from domain.fields.model import Place
from domain.filenames.faults import visible

_LONGEST_LIST = 20
_ROOM_FOR_IDS = 0.4
"""Part of the width up to which ids stay in one piece, to be copied; on a narrow terminal they are broken, not cut."""

_OK, _WARNING, _FAULT = "[green]ok[/]", "[yellow]warning[/]", "[red]fault[/]"


def show_rules(path: Path, rules: FieldRules, console: Console) -> None:
    """Print that the file is well-formed, and how many fields each of its sections has."""
    overridden = {field_id for fields in rules.overrides.values() for field_id in fields}
    counts = {
        "defined": len(rules.definitions),
        "taken over": len(rules.fields),
        "set from the name": len(rules.filename_updates),
        "forced": len(rules.forced),
        "defaulted": len(rules.defaults),
        "overridden": len(overridden),
    }
    console.print(f"{path} is well-formed; its fields:", markup=False, highlight=False, soft_wrap=True)
    for what, count in counts.items():
        console.print(f"  {what:<18}{count:>4}", highlight=False)


def show_checks(checks: Sequence[CheckedValues], console: Console) -> None:
    """Print every value that was checked with its verdict, the codes of a field in one row; then the count."""
    table = Table(box=None, padding=(0, 1, 0, 1))
    longest = max((len(check.written.field_id) for check in checks), default=0)
    table.add_column("field", overflow="fold", no_wrap=longest < _ROOM_FOR_IDS * console.width)
    for heading in ("value, or place", "verdict", "what to do"):
        table.add_column(heading, overflow="fold")
    verdicts = []
    for check in checks:
        for number, (what, verdict, advice) in enumerate(_rows(check)):
            name = check.written.field_id if number == 0 else ""
            table.add_row(_safe(name), _safe(what), verdict, _safe(advice))
            verdicts.append(verdict)
    if checks:
        console.print(table)
    counts = f"{_count(verdicts.count(_FAULT), 'fault')}, {_count(verdicts.count(_WARNING), 'warning')}"
    console.print(f"{_count(len(checks), 'field')} with a lookup domain checked: {counts}", highlight=False)


def _rows(check: CheckedValues) -> Iterator[tuple[str, str, str]]:
    """Yield what was checked, verdict, and what to do."""
    written = check.written
    if check.unread is not None:
        advice = "correct the field's domain under definitions, or let the service user see it"
        yield f"domain {written.domain_id}", _FAULT, f"{check.unread}; {advice}"
        return
    if not written.own and not written.codes:
        yield f"domain {written.domain_id}", _OK, ""
    nearest = {fault.value: fault.nearest for fault in check.faults}
    for value, places in written.own.items():
        what = f"{value!r} ({', '.join(_section(place, written.field_id) for place in places)})"
        if value in nearest:
            yield what, _FAULT, _correction(written.domain_id, nearest[value])
        else:
            yield what, _OK, ""
    if written.codes:
        yield f"codes.yaml > {written.code_list} ({len(written.codes)})", *_of_codes(check)


def _of_codes(check: CheckedValues) -> tuple[str, str]:
    codes = check.lacking_codes
    if not codes:
        return _OK, ""
    more = f", and {len(codes) - _LONGEST_LIST} more" if len(codes) > _LONGEST_LIST else ""
    named = ", ".join(codes[:_LONGEST_LIST]) + more
    domain_id = check.written.domain_id
    return _WARNING, f"{len(codes)} not in {domain_id}: {named}; have those that your file names use added in the DAM"


def _correction(domain_id: str, nearest: str | None) -> str:
    instead = f"write {nearest!r} instead" if nearest else "write the id of a value that it holds"
    return f"not in {domain_id}: {instead}, or have it added in the DAM"


def _section(place: Place, field_id: str) -> str:
    """Return the place as it is found in the file; the field has a column of its own."""
    return " > ".join(str(part) for part in place if part != field_id)


def _safe(text: str) -> str:
    return escape(visible(text))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
