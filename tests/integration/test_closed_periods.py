"""A period that has closed takes nothing at the doors, until an operator opens it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import adapters
from bus.assembly import build
from bus.clock import HandClock
from bus.config import load_settings
from bus.daemon import Daemon
from bus.errors import NotFound, Rejected
from tests.adapters.reports_driver import ROUTES, client_of, finance, regimes_file, report
from tests.asgi import Client
from tests.buses import ask, free_port
from tests.clis import bus
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import make_home, with_doors
from tests.integration.test_soap_reports import answered, post, submitting
from tests.integration.test_soap_reports import rules as soap_rules
from tests.owing import at, until

CLOSING, FREE, PERIOD = "BC-DONG", "BC-NHAC", "2025-Q1"
CLOSED = ("report.period_closed", "refuse")


@dataclass
class House:
    """A bus with a moved clock, and a unit at its doors."""

    daemon: Daemon
    clock: HandClock
    client: Client

    def rest(self, name: str, **changes: Any) -> tuple[int, list[tuple[str, str]]]:
        """The status of an answer, and what is wrong."""
        reply = finance(self.client).send(report(reportId=name, **{"regime": CLOSING, **changes}))
        return reply.status, [(one["rule"], one["verdict"]) for one in reply.json()["problems"]]

    def soap(self, name: str, **changes: Any) -> bool:
        """Whether it was taken; what was not is for one reason."""
        body = json.dumps(report(reportId=name, **{"regime": CLOSING, **changes})).encode()
        reply = post(self.daemon, submitting(body))
        if reply.status == 200:
            return bool(answered(reply)["messageId"])
        assert CLOSED in [one[:2] for one in soap_rules(reply)]
        return False

    @property
    def open(self) -> list[dict[str, Any]]:
        """Periods that are open again."""
        found: list[dict[str, Any]] = ask(self.daemon.parts(), "reports_reopened")["rows"]
        return found

    def order(self, name: str, **asked: Any) -> Any:
        given = {"regime": CLOSING, "period": PERIOD, "reason": "số liệu sai", **asked}
        return ask(self.daemon.parts(), f"reports_{name}", **given)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """On the day the period closes, in its last minutes."""
    home, regimes, clock = (
        make_home(tmp_path, with_doors(ROUTES, "soap")),
        regimes_file(tmp_path),
        at("2025-03-18 23:50"),
    )
    said = json.loads(regimes.read_text("utf-8"))
    lenient = {**said["regimes"][CLOSING], "code": FREE, "rules": {"report.period_closed": "warn"}}
    regimes.write_text(json.dumps({**said, "regimes": {**said["regimes"], FREE: lenient}}), "utf-8")
    listen = f"127.0.0.1:{free_port()}"
    settings = load_settings(home=home, routes=tmp_path / "routes.yaml", listen=listen, regimes=regimes)
    daemon = build(settings, adapters.all_adapters(), hand := HandClock(clock))
    try:
        daemon.start()
        with client_of(daemon.doors) as client:
            yield House(daemon, hand, client)
    finally:
        daemon.stop()


def test_a_period_closes_with_its_day_in_vietnam_and_is_opened_by_an_order(house: House) -> None:
    """To the last minute it takes everything; from the next day on neither a first report nor a correction, at both doors, where the regime
    does not say that this is a warning. What was accepted is answered as before. Opened for a unit to the end of a day, it takes both.
    """
    before = house.rest("R-1")[0], house.soap("S-1")
    until(house.clock, "2025-03-19 00:01")
    first, correction = house.rest("R-2"), house.rest("R-1", version=2, supersedes=1)
    assert before == (202, True)
    assert (first[0], correction[0], CLOSED in first[1], CLOSED in correction[1]) == (422, 422, True, True)
    assert (house.soap("S-2"), house.soap("S-1", version=2, supersedes=1), house.soap("S-1")) == (False, False, True)
    assert house.rest("R-1")[0] == 202
    assert house.rest("R-3", regime=FREE) == (202, [("report.period_closed", "warn"), ("report.late", "warn")])

    opened = house.order("reopen", unit=TAI_CHINH.agency, until="2025-03-20")
    assert (opened["unit"], opened["until"], house.open) == (
        TAI_CHINH.agency,
        "2025-03-20",
        [opened],
    )
    assert (house.rest("R-2")[0], house.soap("S-1", version=2, supersedes=1)) == (202, True)
    until(house.clock, "2025-03-20 23:59")
    assert house.rest("R-4")[0] == 202
    until(house.clock, "2025-03-21 00:00")
    assert (house.rest("R-5")[0], house.open) == (422, [])

    house.order("reopen")
    assert (house.rest("R-5")[0], house.soap("S-5")) == (202, True)
    house.order("close")
    assert (house.rest("R-6")[0], house.soap("S-6")) == (422, False)
    deeds = [(one["what"], one["reason"]) for one in ask(house.daemon.parts(), "audit")["deeds"]]
    assert {("reports_reopen", "số liệu sai"), ("reports_close", "số liệu sai")} <= set(deeds)


def test_only_a_period_that_closes_is_opened_by_who_follows_it(house: House) -> None:
    """For another unit's sake it stays closed for this one; and what cannot be is refused with why."""
    until(house.clock, "2025-03-19 00:01")
    with pytest.raises(NotFound):
        house.order("close")
    for asked in ({"regime": "BC-LA"}, {"period": "2025-M01"}, {"unit": "000.00.99.H62"}):
        with pytest.raises(NotFound):
            house.order("reopen", **asked)
    for asked in ({"regime": "BC-MC"}, {"until": "2025-03-18"}, {"reason": " "}):
        with pytest.raises(Rejected):
            house.order("reopen", **asked)
    parts = house.daemon.parts()
    for office, follows in ((NOI_VU.agency, False), ("000.00.01.H62", True)):
        given = {"regime": CLOSING, "period": PERIOD, "reason": "x"}
        theirs = replace(parts, office=office)
        if follows:
            ask(theirs, "reports_reopen", **given)
        else:
            with pytest.raises(NotFound):
                ask(theirs, "reports_reopen", **given)
        assert len(ask(theirs, "reports_reopened")["rows"]) == follows
    with pytest.raises(NotFound):
        ask(replace(parts, office=NOI_VU.agency), "reports_close", regime=CLOSING, period=PERIOD)
    assert house.rest("R-1")[0] == 202


def test_the_commands_open_and_close(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the socket of the running bus; what was not open is exit 1."""
    monkeypatch.setenv("BUS_HOME", str(house.daemon.home.settings.home))
    opened = bus("reports", "reopen", CLOSING, PERIOD, "--until", "2025-04-01", "--reason", "sai")
    listed = bus("reports", "reopened")
    closed = bus("reports", "close", CLOSING, PERIOD, "--json")

    assert (opened.code, "2025-04-01" in opened.out, CLOSING in listed.out, closed.code) == (0, True, True, 0)
    assert closed.json()["reason"] == "sai"
    assert bus("reports", "close", CLOSING, PERIOD).code == 1
