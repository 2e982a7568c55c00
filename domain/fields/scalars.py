"""From text to the scalar inside a metadata value: numbers as JSON numbers, dates in the form a field wants.

The scalar types are those of OpenText Media Management (REST v6).
"""

import re
from datetime import UTC, datetime, tzinfo
from typing import Literal

Datatype = Literal["string", "int", "number", "decimal", "dateTime", "datetime"]
_NUMBER = re.compile(r"([+-]?[0-9]{1,15})(\.[0-9]{1,9})?")


def scalar(text: str, datatype: Datatype) -> str | int | float:
    """Return `text` as a value of this type. Raises ValueError with a reason when it is none.

    >>> scalar("80", "string"), scalar("80.0", "int"), scalar("87.5", "decimal")
    ('80', 80, 87.5)
    >>> scalar("87.5", "int")
    Traceback (most recent call last):
    ValueError: '87.5' is no whole number
    """
    if datatype not in {"int", "number", "decimal"}:
        return text
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no number")
    whole, fraction = match.groups()
    if not (fraction or "").strip(".0"):
        return int(whole)
    if datatype == "int":
        raise ValueError(f"{text!r} is no whole number")
    return float(whole + fraction)


def formatted_date(text: str, date_format: str, zone: tzinfo | None) -> str:
    """Return a date in `date_format` (of strftime); text that has this form already is left alone.

    The DAM answers dates as moments in UTC. The day they mean is the day in `zone`, the zone of whoever typed them:
    midnight in Rome is still the day before in UTC. Raises ValueError when `text` is no date.

    >>> from zoneinfo import ZoneInfo
    >>> formatted_date("2023-10-17T22:00:00Z", "%m/%d/%Y", ZoneInfo("Europe/Rome"))
    '10/18/2023'
    >>> formatted_date("10/18/2023", "%m/%d/%Y", None), formatted_date("2023-10-18", "%m/%d/%Y", None)
    ('10/18/2023', '10/18/2023')
    """
    if _has_form(text, date_format):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date, neither ISO 8601 nor {date_format}") from None
    return (moment.astimezone(zone or UTC) if moment.tzinfo else moment).strftime(date_format)


def keeps_the_day(date_format: str) -> bool:
    """Tell whether a date written in this form can be read back as the same day.

    >>> keeps_the_day("%m/%d/%Y"), keeps_the_day("MM/DD/YYYY"), keeps_the_day("%m/%Y")
    (True, False, False)
    """
    day = datetime(2023, 10, 18, tzinfo=UTC)
    try:
        read = datetime.strptime(day.strftime(date_format), date_format)
    except ValueError:
        return False
    return read.date() == day.date()


def _has_form(text: str, date_format: str) -> bool:
    try:
        datetime.strptime(text, date_format)
    except ValueError:
        return False
    return True
