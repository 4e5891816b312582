"""What may go of a message, by its age, its rule and its states."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bus.clock import micros
from bus.config.models import Keep, Retention
from bus.journal.ageing import Aged, AgedBody, AgedCopy
from bus.keeping import Keeping

DAY = micros(timedelta(days=1))
NOW = 10_000 * DAY


def days(bodies: int = 0, events: int = 0) -> dict[str, timedelta]:
    given = {"bodies": bodies, "events": events}
    return {name: timedelta(days=number) for name, number in given.items() if number}


RETENTION = {
    "default": Retention(**days(100, 200), cancelled=Keep(**days(bodies=10))),
    "finance": Retention(**days(bodies=300), expired=Keep(**days(events=20))),
}
KEEPING = Keeping(RETENTION, timedelta(days=700), timedelta(days=800))


def aged(age: int, *copies: tuple[str, str], body_age: int | None = None, held: bool = False) -> Aged:
    """A message of so many days, with copies by rule and state."""
    found = tuple(AgedCopy("primary", rule, state, "b") for rule, state in copies)
    body = AgedBody("b", 5, NOW - (age if body_age is None else body_age) * DAY)
    return Aged(1, "m", NOW - age * DAY, True, held, found, (body,))


@pytest.mark.parametrize(
    ("rule", "state", "bodies", "events"),
    [
        ("other", "delivered", 100, 200),
        ("other", "cancelled", 10, 200),
        ("finance", "delivered", 300, 200),
        ("finance", "cancelled", 300, 200),
        ("finance", "expired", 300, 20),
    ],
)
def test_the_nearest_word_counts(rule: str, state: str, bodies: int, events: int) -> None:
    """Of a rule's state, the rule, the default's state and the default, the first that says something."""
    assert KEEPING.time("bodies", rule, state) == bodies * DAY
    assert KEEPING.time("events", rule, state) == events * DAY


def test_what_the_routes_do_not_say_the_settings_do() -> None:
    """Without a section all is as it was."""
    plain = Keeping({}, timedelta(days=700), timedelta(days=800))

    assert (plain.time("bodies", "finance", "expired"), plain.longest("events")) == (700 * DAY, 800 * DAY)
    assert (plain.shortest(), KEEPING.shortest(), KEEPING.longest("bodies")) == (700 * DAY, 10 * DAY, 300 * DAY)


@pytest.mark.parametrize(
    ("message", "bodies", "events"),
    [
        (aged(99, ("other", "delivered")), False, False),
        (aged(101, ("other", "delivered")), True, False),
        (aged(201, ("other", "delivered")), True, True),
        (aged(201, ("other", "delivered"), ("finance", "delivered")), False, True),
        (aged(301, ("other", "delivered"), ("finance", "delivered")), True, True),
        (aged(201, ("other", "delivered"), body_age=50), False, True),
        (aged(9_000, ("other", "delivered"), ("other", "dead")), False, False),
        (aged(9_000, ("other", "held")), False, False),
        (aged(9_000, ("other", "delivered"), held=True), False, False),
    ],
)
def test_the_longest_time_of_a_message_s_copies_counts(message: Aged, bodies: bool, events: bool) -> None:
    """What is open, dead or held by law stays whatever its age; a body that came again is young again."""
    due = KEEPING.due(message, NOW)

    assert (bool(due.bodies), due.events) == (bodies, events)
