"""What a reporting system has for us comes down once, whatever is lost or killed, and goes to whoever subscribes, as docs/dialects.md shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.reports import ReportSystem
from bus.clock import SystemClock
from bus.daemon import Daemon
from bus.poller import Poller
from tests.adapters import packets
from tests.adapters.played import playing
from tests.buses import ask
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import PARTNERS, call, make_home, started_at

PAGE = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text("utf-8")
(EXAMPLE,) = (one for one in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "rules-and-lists" in one)


@pytest.fixture
def system() -> Iterator[Rehearsal[ReportSystem]]:
    with playing(Rehearsal(ReportSystem(SystemClock().now))) as running:
        yield running


@pytest.fixture
def folder(system: Rehearsal[ReportSystem], tmp_path: Path) -> Path:
    """A home with the routes of the page, whose system is the played one."""
    routes = EXAMPLE.replace("https://bao-cao.tinh.example", f"{system.url}\n    allow: [127.0.0.1]\n    poll: 1h")
    password = make_home(tmp_path, routes + PARTNERS) / "secrets" / "bao-cao"
    password.write_text("mật khẩu")
    password.chmod(0o600)
    return tmp_path


@contextmanager
def polled(folder: Path) -> Iterator[tuple[Daemon, Poller]]:
    """The bus in that home; the test works the rounds off itself."""
    with started_at(folder) as daemon:
        daemon.pollers.stop()
        yield daemon, daemon.pollers.make(daemon.keeper.force.inlets["tinh"])


def left(system: Rehearsal[ReportSystem], *bodies: bytes) -> None:
    for body in bodies:
        system.tell(lambda it, one=body: it.leave(one, ""))  # type: ignore[misc]


def waiting(daemon: Daemon, type_: str, partner: Any = NOI_VU) -> list[bytes]:
    """What lies in the mailbox of a partner."""
    key = {"X-Bus-Key": partner.key.decode()}
    items = call(daemon, "GET", f"/api/v1/mailbox?type={type_}", headers=key).json()["items"]
    return [call(daemon, "GET", f"/api/v1/mailbox/{one['doc_id']}", headers=key).body for one in items]


def states(system: Rehearsal[ReportSystem]) -> list[str]:
    return [one["state"] for one in system.account()["offered"]]  # type: ignore[attr-defined]


def test_each_goes_to_those_who_subscribe(folder: Path, system: Rehearsal[ReportSystem]) -> None:
    """By the routes of the page, in the bytes it came in; the system hears that we have it."""
    word = packets.word("R-1", "RETURNED", cells=["I.1/-"])
    rules, lists = packets.regime(), packets.catalogue(1, "period")
    with polled(folder) as (daemon, poller):
        left(system, word, rules, lists)
        assert (poller.round(), poller.round()) == (3, 0)
        for partner in (NOI_VU, TAI_CHINH):
            assert waiting(daemon, "report.regime.v1", partner) == [rules]
            assert waiting(daemon, "report.catalog.v1", partner) == [lists]
            assert waiting(daemon, "report.status.v1", partner) == [word]
    assert states(system) == ["done"] * 3


def test_whom_the_list_names_gets_it_and_nobody_else(folder: Path, system: Rehearsal[ReportSystem]) -> None:
    """A word goes to the unit whose report it is."""
    system.tell(lambda it: it.is_for("000.00.07.H62"))
    with polled(folder) as (daemon, poller):
        left(system, packets.word("R-1"))
        assert poller.round() == 1
        assert waiting(daemon, "report.status.v1", TAI_CHINH) == [packets.word("R-1")]
        assert waiting(daemon, "report.status.v1") == []


def test_a_lost_ack_and_a_restart_make_no_second_message(folder: Path, system: Rehearsal[ReportSystem]) -> None:
    """Listed again it is neither fetched nor accepted again, and the ack is said again until it is heard."""
    with polled(folder) as (daemon, poller):
        left(system, packets.form())
        system.order(Order(mode=Mode.LOST, call="ack"))
        poller.round()
        assert waiting(daemon, "report.form.v1") == [packets.form()]
    system.order(Order())
    system.tell(lambda it: setattr(it.shelves.offered[0], "state", "initial"))
    with polled(folder) as (daemon, poller):
        assert poller.round() == 0
        assert waiting(daemon, "report.form.v1") == [packets.form()]
    assert states(system) == ["done"]
    assert system.account()["calls"]["get"] == 1  # type: ignore[index]


def test_a_lost_answer_comes_again_and_is_accepted_once(folder: Path, system: Rehearsal[ReportSystem]) -> None:
    """A packet whose answer was lost on the way is fetched at a later round."""
    with polled(folder) as (daemon, poller):
        left(system, packets.form())
        system.order(Order(mode=Mode.LOST, call="get"))
        assert poller.round() == 0
        system.order(Order())
        assert (poller.round(), poller.round()) == (1, 0)
        assert waiting(daemon, "report.form.v1") == [packets.form()]


def test_the_same_version_with_another_content_is_for_an_operator(
    folder: Path, system: Rehearsal[ReportSystem]
) -> None:
    """Under another id the same packet is no second message; with other content it is held, and the first one stands."""
    first, other = packets.catalogue(1), packets.catalogue(1, name="Hồ sơ đã giải quyết")
    with polled(folder) as (daemon, poller):
        left(system, first)
        assert poller.round() == 1
        left(system, first, other)
        assert poller.round() == 1
        assert waiting(daemon, "report.catalog.v1") == [first]
        held = ask(daemon.parts(), "messages", which={"states": ["held"]})["copies"]
        assert [one["reason"] for one in held] == ["conflict", "conflict"]
        left(system, packets.catalogue(1, version="2", name="Hồ sơ đã giải quyết"))
        assert poller.round() == 1
        assert len(waiting(daemon, "report.catalog.v1")) == 2
    assert states(system) == ["done"] * 4
