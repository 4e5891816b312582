"""Calendars of reports."""

from __future__ import annotations

from typing_extensions import TypedDict


class Feed(TypedDict):
    """Deadlines as an iCalendar file. ``problems``: what is wrong with ``regimes.yaml``; what it said before holds."""

    ics: str
    events: int
    problems: list[str]
