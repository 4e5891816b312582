"""What a reporting system has for us comes down once, whatever is lost or killed, and goes to whoever subscribes, as docs/dialects.md shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import schemas
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.quang_binh import QuangBinh
from adapters.http.rehearsal.reports import ReportSystem
from bus.clock import SystemClock, instant
from bus.daemon import Daemon
from bus.message import Inbound, ReturnAddress
from bus.poller import Poller
from schemas.report.periods import CALENDAR, ending
from schemas.report.reading import read
from tests.adapters import packets
from tests.adapters.played import playing
from tests.buses import ask
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.contracts.raw_server import claim
from tests.daemons import PARTNERS, call, make_home, started_at

PAGE = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
(EXAMPLE,) = (one for one in EXAMPLES if "rules-and-lists" in one)
(FIGURES,) = (one for one in EXAMPLES if "figures:" in one)
OFFICE = "000.00.00.H46"


@pytest.fixture
def system() -> Iterator[Rehearsal[ReportSystem]]:
    with playing(Rehearsal(ReportSystem(SystemClock().now))) as running:
        yield running


@pytest.fixture
def folder(system: Rehearsal[ReportSystem], tmp_path: Path) -> Path:
    """A home with the routes of the page, whose system is the played one."""
    return made(tmp_path, EXAMPLE.replace("https://bao-cao.tinh.example", system.url), "bao-cao")


def made(folder: Path, routes: str, secret: str) -> Path:
    """A home with these routes, where the partner is on this machine."""
    routes = re.sub(r"(http://\S+)", r"\1\n    allow: [127.0.0.1]\n    poll: 1h", routes)
    path = make_home(folder, routes + PARTNERS) / "secrets" / secret
    path.write_text("abc")
    path.chmod(0o600)
    return folder


@contextmanager
def polled(folder: Path) -> Iterator[tuple[Daemon, Poller]]:
    """The bus in that home; the test works the rounds off itself."""
    with started_at(folder) as daemon:
        daemon.pollers.stop()
        (inlet,) = daemon.keeper.force.inlets.values()
        yield daemon, daemon.pollers.make(inlet)


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


def test_a_word_goes_to_the_unit_whose_report_it_is(folder: Path, system: Rehearsal[ReportSystem]) -> None:
    """The list says whose; where it names nobody, of those we act for only that one which sent this version there gets it."""
    with polled(folder) as (daemon, poller):
        for unit in ("000.00.05.H62", "000.00.07.H62"):
            body = packets.report(f"R-{unit}", unit)
            daemon.ingress.accept(inbound(body)).result(30)
        left(system, packets.word("R-000.00.07.H62"), packets.word("R-another"))
        assert poller.round() == 2
        system.tell(lambda it: it.is_for("000.00.05.H62"))
        left(system, packets.word("R-named"))
        assert poller.round() == 1
        assert waiting(daemon, "report.status.v1") == [packets.word("R-another"), packets.word("R-named")]
        assert waiting(daemon, "report.status.v1", TAI_CHINH) == [
            packets.word("R-000.00.07.H62"),
            packets.word("R-another"),
        ]


def inbound(body: bytes) -> Inbound:
    """A report as a door takes it in."""
    reader = schemas.reader("report")
    reader.feed(body)
    content = reader.close()
    return Inbound(ReturnAddress("reports", ""), content, claim(body), content.recipients)


def test_a_lost_ack_and_a_restart_make_no_second_message(folder: Path, system: Rehearsal[ReportSystem]) -> None:
    """What was lost on its way comes again; what was accepted is neither fetched nor accepted again, and its ack is said until it is heard."""
    with polled(folder) as (daemon, poller):
        left(system, packets.form())
        system.order(Order(mode=Mode.LOST, call="get"))
        assert poller.round() == 0
        system.order(Order(mode=Mode.LOST, call="ack"))
        poller.round()
        assert waiting(daemon, "report.form.v1") == [packets.form()]
    fetched = system.account()["calls"]["get"]  # type: ignore[index]
    system.order(Order())
    system.tell(lambda it: setattr(it.shelves.offered[0], "state", "initial"))
    with polled(folder) as (daemon, poller):
        assert poller.round() == 0
        assert waiting(daemon, "report.form.v1") == [packets.form()]
    assert system.account()["calls"]["get"] == fetched  # type: ignore[index]
    assert states(system) == ["done"]


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


def test_figures_are_asked_for_and_come_once(tmp_path: Path) -> None:
    """By the routes of the page: a list and a set of values, known when they are said again; corrected values come beside them."""
    today = instant(SystemClock().now()).date()
    (year,) = list(ending(today - timedelta(days=380), today, ["A1"], CALENDAR))[-1:]
    place = (OFFICE, "4", "20", str(year.year))
    with playing(Rehearsal(QuangBinh("abc", {}))) as province:
        province.tell(lambda it: (it.define(OFFICE, "GRDP", "Tăng trưởng"), it.give(place, "GRDP", 6.75, "%")))
        folder = made(tmp_path, FIGURES.replace("https://api.tinh.example", province.url), "quang-binh")
        with polled(folder) as (daemon, poller):
            poller.round()  # that of the start may have seen it all
            assert poller.round() == 0
            (listed,), (valued,) = (waiting(daemon, one) for one in ("report.catalog.v1", "kpi.data.v1"))
            assert [one.code for one in read(listed).items] == ["GRDP"]
            assert [(one.value, one.unit) for one in read(valued).values] == [("6.75", "%")]
            assert read(valued).period.code == year.code
            province.tell(lambda it: it.give(place, "GRDP", 6.8, "%"))
            assert (poller.round(), poller.round()) == (1, 0)
            assert [read(one).values[0].value for one in waiting(daemon, "kpi.data.v1")] == ["6.75", "6.8"]
            assert len(waiting(daemon, "report.catalog.v1")) == 1
