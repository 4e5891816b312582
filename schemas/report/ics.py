"""Deadlines as an iCalendar feed (RFC 5545): one all-day event each, for calendar programs that look again now and then.

An event keeps its UID as long as the report is owed, and ``SEQUENCE`` and ``LAST-MODIFIED`` grow with what becomes of it. The same
deadlines are the same bytes. There is no ``METHOD``: nobody is invited, a program takes the feed as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from schemas.report.agenda import Language, Task, description, summary

if TYPE_CHECKING:
    from icalendar import Event

MEDIA_TYPE = "text/calendar"
#: Names of events are made below it, and stay theirs for ever.
_SPACE = UUID("6d1f0b1e-27c5-5b0e-9a56-3c1a52f7c0de")
_DAY = timedelta(days=1)
#: When a program may look again.
_AGAIN = {"VALUE": "DURATION"}, timedelta(hours=6)


def ics(tasks: Iterable[Task], title: str, language: Language) -> bytes:
    """The feed, events by their day."""
    from icalendar import Calendar  # noqa: PLC0415 - a fifth of a second, for those who ask for a calendar

    feed = Calendar.new(prodid="-//Lien Thong Bus//Reports//VI", uid=uuid5(_SPACE, title), name=title)
    feed.add("refresh-interval", _AGAIN[1], parameters=_AGAIN[0])
    feed.add("x-published-ttl", _AGAIN[1], parameters=_AGAIN[0])
    feed.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    for task in sorted(tasks, key=lambda one: (one.due, one.key)):
        feed.add_component(_event(task, language))
    written: bytes = feed.to_ical()
    return written


def _event(task: Task, language: Language) -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above
    from icalendar.enums import STATUS, TRANSP  # noqa: PLC0415 - as above

    return Event.new(
        uid=uuid5(_SPACE, task.key),
        start=task.due,
        end=task.due + _DAY,
        stamp=task.changed,
        last_modified=task.changed,
        sequence=task.revision,
        summary=summary(task, language),
        description=description(task, language),
        categories=[task.regime],
        status=STATUS.CONFIRMED,
        transparency=TRANSP.TRANSPARENT,
    )
