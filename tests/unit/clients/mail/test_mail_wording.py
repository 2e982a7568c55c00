import pytest

from clients.mail.wording import counted, duration, moment, said_on, size


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_440_000, "1.4 MB"), (999_999_999, "1 GB"), (None, "–")],
)
def test_sizes_are_decimal_and_short(size_bytes, shown):
    assert size(size_bytes) == shown


def test_a_moment_is_shown_in_utc_whatever_its_offset():
    assert moment("2026-12-31T23:30:00-02:00") == "1 Jan 2027, 01:30 UTC"


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="no offset"):
        moment("2026-03-01T08:00:00")


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ("2026-03-02", "2 Mar 2026"),
        ("2026-03-02T00:00:00Z", "2 Mar 2026"),
        ("2026-03-02T09:05:00+01:00", "2 Mar 2026, 08:05 UTC"),
        ("2026-03-02T09:05:00", "2026-03-02T09:05:00"),
        ("2026-13-02", "2026-13-02"),
        ("02.03.2026", "02.03.2026"),
        ("", ""),
        (None, None),
    ],
)
def test_a_date_is_worded_where_it_is_sure_and_shown_as_the_dam_does_where_not(date, shown):
    assert said_on(date) == shown


@pytest.mark.parametrize(
    ("finished_at", "shown"),
    [
        ("2026-03-01T08:00:42Z", "42 s"),
        ("2026-03-01T08:04:12Z", "4 min 12 s"),
        ("2026-03-01T10:03:42Z", "2 h 3 min"),
        ("2026-03-01T07:59:59Z", "0 s"),
    ],
)
def test_a_duration_is_never_negative(finished_at, shown):
    assert duration("2026-03-01T08:00:00Z", finished_at) == shown


def test_one_thing_is_not_plural():
    assert (counted(["a"], "master"), counted(2, "master")) == ("1 master", "2 masters")
