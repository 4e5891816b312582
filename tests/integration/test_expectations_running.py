"""What is owed, asked of a running bus: by the command line, from afar as an operator of an office, by its metrics and its alerts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

import adapters
from bus.alerts.found import Asked
from bus.alerts.late import OfExpectations
from bus.assembly import build
from bus.clock import HandClock
from bus.control.client import FarClient
from bus.control.failures import ControlFailed
from bus.daemon import Daemon
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.pick import Filter
from tests.buses import alone, ask, by_hand, until
from tests.clis import bus
from tests.owing import FINANCE, FORM, OFFICE, OTHER_OFFICE, OWN, REGIME, ROUTES, at, put, regime, settings_of

#: Operator an belongs to OTHER_OFFICE, and gives orders.
OTHER = "BC-KHAC"
ALERTING = """
channels:
  ops: {kind: webhook, url: "http://127.0.0.1:9/truc"}
alerts:
  - {name: tre, on: overdue, more_than: 2, expectation: bao-cao, to: ops}
  - {name: im, on: silence, sender: "000.00.07.H62", longer_than: 4h, to: ops}
"""


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """A running bus, on the day after February's reports were due, its rounds done by hand."""
    settings = settings_of(tmp_path, ROUTES + ALERTING)
    put(settings, regime(), regime(OTHER, OTHER_OFFICE))
    settings.secrets.mkdir(mode=0o700, exist_ok=True)
    (settings.secrets / "an").touch(0o600)
    (settings.secrets / "an").write_text("token-of-an")
    monkeypatch.setenv("BUS_HOME", str(settings.home))
    monkeypatch.setenv("BUS_ROUTES", str(settings.routes))
    monkeypatch.setenv("BUS_AGENCY_CODE", OWN)
    with by_hand(settings, HandClock(at("2026-02-25 08:00"))) as daemon:
        yield daemon


def test_the_commands_show_what_is_owed_and_remind_of_it(daemon: Daemon) -> None:
    """As JSON and for people; what is not there is said with exit 1."""
    late = bus("reports", "overdue", "--regime", REGIME, "--json").json()["rows"]
    dated = bus("reports", "calendar", "--since", "2026-03-01", "--until", "2026-03-31", "--json").json()["dates"]
    shown = bus("reports", "show", f"{REGIME}|{FORM}|2026-M02|{FINANCE}").out
    nobody = bus("reports", "show", "KHONG-CO", "--json")
    dry = bus("reports", "remind", "--unit", "H62.07", "--dry-run")
    sent = bus("reports", "remind", "--unit", "H62.07", "--json").json()
    told = bus("expectations")

    assert {row["name"] for row in late} == {f"Chế độ {REGIME}"}
    assert all(row["overdue"] for row in late)
    assert [(one["regime"], one["period"], one["due"], len(one["units"])) for one in dated] == [
        (OTHER, "2026-M03", "2026-03-17", 3),
        (REGIME, "2026-M03", "2026-03-17", 3),
    ]
    assert "QUÁ HẠN" in shown
    assert (nobody.code, nobody.json()["error"]["code"]) == (1, "not_found")
    assert "nothing was sent" in dry.out
    assert (sent["done"], sent["refused"]) == (4, 0)
    assert {row["who"] for row in sent["rows"]} == {FINANCE}
    assert "bao-cao (report): " in told.out
    assert "im: sender:" in told.out
    assert bus("reports", "due", "--days", "40").code == 0


def test_a_deadline_is_the_day_that_ends_with_it(daemon: Daemon) -> None:
    """As the calendar and the warning of a late report have it, and not the midnight after it."""
    (told,) = bus("reports", "overdue", "--unit", FINANCE, "--regime", REGIME, "--limit", 1, "--json").json()["rows"]
    shown = bus("reports", "show", told["key"]).out

    assert told["due_at"] == "2026-01-16T17:00:00.000+00:00"
    assert "\n2026-01-16  " in shown


@pytest.mark.parametrize(
    "words", [("due",), ("overdue",), ("calendar",), ("remind", "--dry-run")], ids=lambda words: words[0]
)
def test_a_regime_there_is_none_of_is_not_taken_for_one_that_owes_nothing(
    daemon: Daemon, words: tuple[str, ...]
) -> None:
    """A slip of the pen would look like good news; those there are are named."""
    told = bus("reports", *words, "--regime", "BC-MC0", "--json")

    assert told.code == 1
    assert f"there are {OTHER}, {REGIME}" in told.json()["error"]["text"]
    assert bus("reports", *words, "--regime", REGIME, "--json").code == 0


def test_where_nothing_is_asked_for_it_is_said_why(tmp_path: Path) -> None:
    """No regimes, or no rule that waits for reports: an empty list alone would look as if everybody had reported."""
    settings = settings_of(tmp_path, ROUTES.partition("expectations:")[0])
    settings.regimes.unlink()
    with alone(settings, HandClock(at("2026-02-25 08:00"))) as parts:
        neither = ask(parts, "reports_due")["problems"]
        put(settings, regime())
        no_rule = ask(parts, "reports_due")["problems"]
        dated = ask(parts, "reports_calendar")["problems"]

    assert [one.split()[:2] for one in neither] == [["regimes.yaml", "(BUS_REGIMES)"], ["no", "rule"]]
    assert (no_rule, dated) == (neither[1:], [])


def test_a_reminder_that_nothing_leads_to_is_told(daemon: Daemon) -> None:
    """The others go, and the command ends with 1."""
    lost = regime(units=[{"unit": "000.00.77.H62", "level": "department"}, {"unit": FINANCE, "level": "department"}])
    put(daemon.home.settings, lost)
    assert isinstance(daemon.home.clock, HandClock)
    daemon.home.clock.move(60)
    daemon.expecting.work()
    ended = bus("reports", "remind", "--regime", f"{REGIME}|{FORM}|2026-M02", "--json")
    told = {row["who"]: row["error"] for row in ended.json()["rows"]}

    assert ended.code == 1
    assert told["000.00.77.H62"].startswith("recipient.unknown")
    assert told[FINANCE] == ""


def test_an_operator_of_an_office_sees_and_chases_its_own(daemon: Daemon) -> None:
    """Over HTTP there is no way around it."""
    assert daemon.server
    far = FarClient(f"http://127.0.0.1:{daemon.server.port}", str(daemon.home.settings.secrets / "an"))
    with pytest.raises(ControlFailed) as refused:
        far.call("reports_overdue", office=OFFICE)
    seen = [far.call(name)["rows"] for name in ("reports_overdue", "expectations")]
    chased = far.call("reports_remind")
    sent = daemon.home.browse.copies(Filter(senders=(OWN,), limit=100))

    assert refused.value.error["code"] == "operator.other_office"
    assert all(row["office"] == OTHER_OFFICE for rows in seen for row in rows)
    assert chased["done"] == len(sent) == len(seen[0])
    assert all(OTHER in one.event.subject for one in sent)
    assert ask(daemon.parts(), "audit")["deeds"][0]["who"] == "an"


def test_metrics_and_the_alert_count_what_is_owed_and_overdue(daemon: Daemon) -> None:
    """By rule; the alert speaks when there is more than it allows, with the oldest deadline."""
    assert daemon.server
    with urlopen(f"http://127.0.0.1:{daemon.server.port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    rule = daemon.keeper.plan.routes.alerts[0]
    question = OfExpectations(ExpectationReads(daemon.home.journal.store)).overdue
    asked = Asked(rule, daemon.keeper.plan, daemon.home.clock.now())
    (found,) = question(asked)
    late = len(ask(daemon.parts(), "reports_overdue")["rows"])
    quiet = question(Asked(rule.model_copy(update={"more_than": late}), asked.plan, asked.now))

    assert re.search(rf'^bus_expectations_overdue{{rule="bao-cao"}} {late}\.0$', text, re.MULTILINE)
    assert re.search(r'^bus_expectations_open{rule="nhan"} 0\.0$', text, re.MULTILINE)
    assert (found.thing, found.en, found.since) == ("bao-cao", f"{late} overdue", at("2026-01-17 00:00"))
    assert quiet == []


def test_the_running_bus_does_its_rounds_by_itself(tmp_path: Path) -> None:
    """Nobody has to ask: what is owed is there a moment after the start."""
    settings = settings_of(tmp_path)
    daemon = build(settings, adapters.all_adapters(), HandClock(at("2026-02-25 08:00")))
    try:
        daemon.start()
        until(lambda: bool(ask(daemon.parts(), "reports_overdue")["rows"]))
    finally:
        daemon.stop()
