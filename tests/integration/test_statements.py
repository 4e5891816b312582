"""Statements every morning: by the bus to the agency, by mail to the operators, once a day whatever happens between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bus.clock import HandClock
from bus.daemon import Daemon
from bus.journal.states import State
from tests.alerted import OPS, alerted, move, told
from tests.buses import PUSHED, ask, send, settle, until
from tests.messages import RECIPIENT, SENDER, edoc
from tests.post_offices import PostOffice

OWN_CODE = "000.00.00.H62"
#: 08:00 in Vietnam on the day after which all begins.
MORNING = 1_790_000_000 + 11 * 3600 - 800
DAY = 86_400.0


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice().opened() as office:
        yield office


def routes(port: int, to: str, of: str = "any") -> str:
    return told(port, "name: truc, on: bus", more=f"statements: [{{name: sao-ke, of: {of}, to: {to}}}]\n")


def documents(daemon: Daemon) -> list[dict[str, Any]]:
    """What the bus itself sent."""
    copies: list[dict[str, Any]] = ask(daemon.parts(), "messages", which={"sender": OWN_CODE})["copies"]
    return copies


def two_sent(daemon: Daemon, folder: Path) -> None:
    """One document waits in a mailbox, one is dead."""
    parts = daemon.parts()
    ask(parts, "pause", endpoint="push")
    send(parts, folder, edoc(recipients=(RECIPIENT,), document_id="d1"))
    (copy,) = send(parts, folder, edoc(recipients=(PUSHED,), document_id="d2"))
    settle(parts, copy, State.DEAD, "schema")


def test_what_an_agency_sent_on_a_day(tmp_path: Path, office: PostOffice) -> None:
    """In any of its spellings; not what others sent, nor on another day."""
    with alerted(tmp_path, routes(office.port, OPS), HandClock()) as daemon:
        two_sent(daemon, tmp_path)
        day = daemon.home.clock.now()
        told_ = ask(daemon.parts(), "statement", agency=SENDER, day="2026-09-21")
        other = ask(daemon.parts(), "statement", agency=RECIPIENT, day="2026-09-21")
        before = ask(daemon.parts(), "statement", agency=SENDER)

    assert day == HandClock().now()
    assert told_["counts"] == [
        {"state": "dead", "reason": "schema", "count": 1},
        {"state": "offered", "reason": "", "count": 1},
    ]
    assert [one["document_id"] for one in told_["not_arrived"]] == ["d1", "d2"]
    assert (other["copies"], before["copies"], before["day"]) == (0, 0, "2026-09-20")


def test_by_mail_once_a_day_with_the_csv(tmp_path: Path, office: PostOffice) -> None:
    """For each agency that sent something; a restart sends none again, and a day without anything none at all."""
    clock = HandClock()
    with alerted(tmp_path, routes(office.port, OPS), clock) as daemon:
        two_sent(daemon, tmp_path)
        move(daemon, 60)
        assert office.taken == []
        move(daemon, MORNING - 1_790_000_000)
        until(lambda: len(office.taken) == 1)
        move(daemon, 60)
    with alerted(tmp_path, routes(office.port, OPS), clock) as daemon:
        move(daemon, 60)
        move(daemon, DAY)
        assert [one["kind"] for one in ask(daemon.parts(), "alerts")["letters"]] == ["statement"]

    (mail,) = office.taken
    _, file = mail.iter_parts()
    assert mail["Subject"] == f"[Trục liên thông] SAO KÊ · STATEMENT · {SENDER} · 2026-09-21"
    assert file.get_payload(decode=True).startswith(b"\xef\xbb\xbf")
    assert b"d2" in file.get_payload(decode=True)


def test_through_the_bus_to_the_agency_itself(tmp_path: Path, office: PostOffice) -> None:
    """A document of the bus in its mailbox, under one DocumentId for the agency and day."""
    clock, text = HandClock(), routes(office.port, "agency")
    with alerted(tmp_path, text, clock, agency_code=OWN_CODE) as daemon:
        two_sent(daemon, tmp_path)
        move(daemon, MORNING - 1_790_000_000)
        (document,) = documents(daemon)
        move(daemon, 60)
        assert len(documents(daemon)) == 1

    assert (document["recipient"], document["state"], document["endpoint"]) == (SENDER, "offered", "mailbox")
    assert document["document_id"].startswith(f"{OWN_CODE},2026/09/22,statement-")


def test_a_death_before_it_is_noted_makes_no_second(
    tmp_path: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document was accepted and the note was not written; what it told of has changed since."""
    clock, text = HandClock(), routes(office.port, "agency")
    with alerted(tmp_path, text, clock, agency_code=OWN_CODE) as daemon:
        two_sent(daemon, tmp_path)
        with monkeypatch.context() as dying:
            dying.setattr(daemon.home.journal, "alert", _dead)
            move(daemon, MORNING - 1_790_000_000)
        assert len(documents(daemon)) == 1
    with alerted(tmp_path, text, clock, agency_code=OWN_CODE) as daemon:
        ask(daemon.parts(), "cancel", which={"endpoint": "mailbox", "sender": SENDER})
        move(daemon, 60)
        move(daemon, 60)
        assert len(documents(daemon)) == 1


def _dead(*_anything: object) -> None:
    raise OSError("killed")


def test_an_agency_nothing_leads_to_is_passed_over(tmp_path: Path, office: PostOffice) -> None:
    """Once, with the reason; the others get theirs."""
    text = routes(office.port, "agency", of=f'["{SENDER}"]').replace(
        "recipient: {partner: any}", f'recipient: "{RECIPIENT}"'
    )
    with alerted(tmp_path, text, HandClock(), agency_code=OWN_CODE) as daemon:
        send(daemon.parts(), tmp_path, edoc(recipients=(RECIPIENT,), document_id="d1"))
        move(daemon, MORNING - 1_790_000_000)
        move(daemon, 60)

        assert documents(daemon) == []
        assert not daemon.problems()
