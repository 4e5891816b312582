"""How options are read and times are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import typer

from bus.cli.options import moment, picked
from bus.cli.words import STATES, age, state, when
from bus.clock import MICROS, SystemClock
from bus.journal.states import State


def test_a_day_is_a_day_in_vietnam():
    """A date without a zone begins at midnight in Vietnam; one with a zone is what it says."""
    assert moment("2026-03-02") == int(datetime(2026, 3, 1, 17, tzinfo=UTC).timestamp()) * MICROS
    assert moment("2026-03-02 08:15") - moment("2026-03-02") == (8 * 60 + 15) * 60 * MICROS
    assert moment("2026-03-01T17:00:00+00:00") == moment("2026-03-02")


def test_a_duration_is_so_long_ago():
    """``2h`` is two hours before the moment it is read at."""
    before = SystemClock().now()
    read = moment("2h") + 7200 * MICROS
    assert before <= read <= SystemClock().now()


def test_nonsense_is_wrong_usage():
    """What is neither a duration nor a time is refused with examples."""
    with pytest.raises(typer.BadParameter, match="expected 2h"):
        moment("soon")


def test_what_is_not_given_is_not_asked():
    """Only given options become part of a filter, each under the filter's name."""
    assert picked() == {}
    assert picked(["a"], ["dead"], "push", reason_is="schema", document="d", since="2026-03-02") == {
        "ids": ["a"],
        "states": ["dead"],
        "endpoint": "push",
        "reason": "schema",
        "document_id": "d",
        "since": moment("2026-03-02"),
    }


def test_every_state_has_a_word():
    """People read each state in both languages."""
    assert set(STATES) == {str(one) for one in State}
    assert state("dead") == "dead · không giao được"


def test_times_are_shown_as_in_vietnam():
    """An instant is shown seven hours ahead of UTC; ages in the largest unit that fits."""
    assert when("2026-03-01T17:00:00.000+00:00") == "2026-03-02 00:00:00"
    assert when(None) == ""
    now = datetime(2026, 3, 2, tzinfo=UTC)
    seen = [age(text, now) for text in ("2026-03-01T23:59:30+00:00", "2026-03-01T22:00:00+00:00", None)]
    assert seen == ["30s", "2h", ""]


def test_a_clock_ahead_gives_no_negative_age():
    """What happened in a moment to come is zero seconds old."""
    assert age("2026-03-02T00:00:05+00:00", datetime(2026, 3, 2, tzinfo=UTC)) == "0s"
