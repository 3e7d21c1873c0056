"""Calendars as files: what we write is read, what others write is read, what is broken is told."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.booking import BookingRefusal, CalendarEvent, Span, read_calendar, write_calendar
from chambre.lib.booking.icalreading import plain, unfolded
from chambre.lib.booking.icalwriting import escaped, folded

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
YEAR = Span(NOW, NOW + dt.timedelta(days=365))
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\n"


def read(*lines: str, within: Span = YEAR):
    body = "\r\n".join(lines)
    text = f"{HEAD}BEGIN:VEVENT\r\nUID:a\r\n{body}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return [each.span for each in read_calendar(text.encode(), within)]


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
def test_lines_are_folded_at_75_octets_and_come_back(text):
    line = f"SUMMARY:{escaped(text)}"
    written = folded(line)

    assert all(len(piece.encode()) <= 75 for piece in written.split("\r\n"))
    assert "".join(piece for _n, piece in unfolded(written.encode())) == line
    assert plain(escaped(text)) == text


@given(
    st.lists(
        st.tuples(
            st.datetimes(dt.datetime(2026, 3, 2), dt.datetime(2027, 2, 1)), st.integers(1, 5000),
            st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=120),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_what_is_written_is_read(found):
    events = [
        CalendarEvent(
            f"u{at}@x", start.replace(microsecond=0, tzinfo=dt.UTC),
            start.replace(microsecond=0, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes), text,
        )
        for at, (start, minutes, text) in enumerate(found)
    ]  # fmt: skip

    back = read_calendar(write_calendar("Tour à bois", events, now=NOW), YEAR)

    assert sorted((each.uid, each.span, each.summary[:100]) for each in back) == sorted(
        (each.uid, Span(each.start, each.end), each.summary[:100]) for each in events
    )


def test_times_in_zones_whole_days_and_lengths():
    assert read("DTSTART;TZID=America/New_York:20260701T090000", "DURATION:PT1H30M") == [
        Span(utc(2026, 7, 1, 13), utc(2026, 7, 1, 14, 30))
    ]
    assert read("DTSTART:20260701T090000", "DTEND:20260701T100000") == [
        Span(utc(2026, 7, 1, 7), utc(2026, 7, 1, 8))
    ]
    assert read("DTSTART;VALUE=DATE:20260329", "DTEND;VALUE=DATE:20260330") == [
        Span(utc(2026, 3, 28, 23), utc(2026, 3, 29, 22))
    ]
    assert read("DTSTART;VALUE=DATE:20260701")[0].minutes == 1440


def test_what_does_not_take_time():
    times = ("DTSTART:20260701T090000Z", "DTEND:20260701T100000Z")

    assert read(*times, "STATUS:CANCELLED") == []
    assert read(*times, "TRANSP:TRANSPARENT") == []
    assert len(read(*times, "STATUS:TENTATIVE")) == 1


def test_repetitions_with_what_is_left_out():
    found = read(
        "DTSTART;TZID=Europe/Paris:20260325T090000", "DTEND;TZID=Europe/Paris:20260325T100000",
        "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Paris:20260401T090000",
    )  # fmt: skip

    assert [each.start for each in found] == [
        utc(2026, 3, 25, 8), utc(2026, 4, 8, 7), utc(2026, 4, 15, 7),
    ]  # fmt: skip
    until = read(
        "DTSTART:20260302T100000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260311T100000Z",
    )
    assert [each.start.day for each in until] == [2, 4, 9, 11]
    endless = read(
        "DTSTART:20200101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY",
        within=Span(utc(2026, 5, 1), utc(2026, 5, 3)),
    )  # fmt: skip
    assert [each.start for each in endless] == [utc(2026, 5, 1, 10), utc(2026, 5, 2, 10)]


def test_one_time_of_a_repetition_is_moved():
    text = (
        f"{HEAD}BEGIN:VEVENT\nUID:a\nDTSTART:20260302T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n"
        "END:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260303T100000Z\nDTSTART:20260303T150000Z\n"
        "DURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    found = read_calendar(text.encode(), YEAR)
    assert [(each.span.start.day, each.span.start.hour) for each in found] == [
        (2, 10),
        (3, 15),
        (4, 10),
    ]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["DTSTART:2026-07-01"], 6),
        (["DTSTART:20260701T090000Z", "DTEND:20260701T080000Z"], 7),
        (["DTSTART;TZID=Mars/Olympus:20260701T090000"], 6),
        (["DTSTART:20260701T090000Z", "RRULE:FREQ=YEARLY"], 7),
        (["DTSTART:20260701T090000Z", "RRULE:FREQ=WEEKLY;BYSETPOS=1"], 7),
        (["DTSTART:20260701T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0"], 7),
        (["DTSTART:20260701T090000Z", "DURATION:soon"], 7),
        (["DTSTART:20260701T090000Z", "DURATION:P99999W"], 4),
        (["DTSTART:99991231T230000Z", "DURATION:P1W"], 4),
        (["SUMMARY:no beginning"], 4),
        (["no colon"], 6),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(lines, line):
    with pytest.raises(BookingRefusal) as refusal:
        read(*lines)
    assert (refusal.value.code, refusal.value.data["line"]) == ("ical", line)


def test_files_that_are_no_calendar():
    for content in (b"", b"\xff\xfe", b"hello", HEAD.encode(), b"END:VCALENDAR"):
        with pytest.raises(BookingRefusal):
            read_calendar(content, YEAR)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(content):
    with contextlib.suppress(BookingRefusal):
        read_calendar(HEAD.encode() + content, YEAR)
