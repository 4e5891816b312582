"""Small spellings of the axis: times, the ``to`` header, states."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.vxp import times
from adapters.vxp.labels import OUTBOX, TRANSPORT
from adapters.vxp.recipients import parse_to
from bus.clock import MICROS
from bus.errors import Rejected

NOON = int(datetime(2026, 3, 2, 5, 0, 0, tzinfo=UTC).timestamp()) * MICROS


def test_times_are_shown_in_vietnamese_local_time() -> None:
    """Five in the morning UTC is noon in Hanoi."""
    assert times.shown(NOON) == "02/03/2026 12:00:00"


def test_a_window_holds_its_last_second_and_its_last_day() -> None:
    """``toDate`` is inclusive in the unit it is written in."""
    assert times.parse_from("02/03/2026 12:00:00") == NOON
    assert times.parse_to("02/03/2026 12:00:00") == NOON + MICROS - 1
    assert times.parse_to("02/03/2026") == NOON + 12 * 3600 * MICROS - 1


def test_a_stamp_ends_in_milliseconds() -> None:
    """What looks like an offset is not one."""
    assert times.parse_stamp("02032026T120000+0042") == NOON + 42_000


@given(st.one_of(st.text(), st.from_regex(r"\d\d/\d\d/\d{4}( \d\d:\d\d:\d\d)?|\d{8}T\d{6}\+\d{4}", fullmatch=True)))
def test_other_spellings_are_value_errors(text: str) -> None:
    """Whatever is written: a moment or a ValueError."""
    for parse in (times.parse_from, times.parse_to, times.parse_stamp):
        try:
            assert isinstance(parse(text), int)
        except ValueError:
            continue


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 - local times
def test_what_is_shown_can_be_asked_for(moment: datetime) -> None:
    """A caller may put a time of ours into its next question."""
    text = moment.strftime("%d/%m/%Y %H:%M:%S")
    assert times.shown(times.parse_from(text)) == text


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('["000.00.07.H62","H62.05"]', ("000.00.07.H62", "H62.05")),
        ('"000.00.07.H62"', ("000.00.07.H62",)),
        ("000.00.07.H62", ("000.00.07.H62",)),
        (' [ "A" , "A", "B" ] ', ("A", "B")),
        ("", ()),
        ('""', ()),
        ("[]", ()),
    ],
)
def test_the_three_forms_of_to(text: str, codes: tuple[str, ...]) -> None:
    """A JSON list, a JSON string, or a bare code, each code once."""
    assert parse_to(text) == codes


@pytest.mark.parametrize("text", ['["A"', '{"a":1}', "[1]", "[null]", '[["A"]]', '[""]', '"A'])
def test_a_to_that_holds_no_codes_is_refused(text: str) -> None:
    """Nobody is guessed at: a broken list of recipients is refused whole."""
    with pytest.raises(Rejected) as refused:
        parse_to(text)
    assert refused.value.code == "request.invalid"


@given(st.text())
def test_to_gives_codes_or_a_refusal(text: str) -> None:
    """Callers write what they like here."""
    with suppress(Rejected):
        assert all(parse_to(text))


def test_every_state_of_the_account_has_its_words() -> None:
    """The outbox can show each of the ten states of the account, in the axis's four words."""
    open_ = {"queued", "sending", "waiting", "offered", "held", "in_doubt"}
    assert set(OUTBOX) == open_ | {"delivered", "dead", "cancelled", "expired"}
    assert {word for send, receive, _ in OUTBOX.values() for word in (send, receive)} <= set(TRANSPORT)
