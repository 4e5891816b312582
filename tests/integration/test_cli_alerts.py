"""``bus alerts`` and ``bus statement`` on a home that no daemon runs, and through a running one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from bus.alerts.statement import local
from bus.clock import SystemClock
from bus.config import Settings
from tests.alerted import OPS, told
from tests.buses import home, running
from tests.clis import bus
from tests.messages import RECIPIENT, SENDER, edoc
from tests.post_offices import PostOffice


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice().opened() as office:
        yield office


@pytest.fixture(params=["alone", "running"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """A home, and a daemon that runs it or none."""
    made = home(tmp_path, told(office.port, "name: hong, on: dead"))
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    with nullcontext() if request.param == "alone" else running(made):
        yield made


def test_alerts_are_listed_snoozed_and_tried(settings: Settings, office: PostOffice) -> None:
    """As JSON and for people."""
    assert bus("alerts", "--json").json()["rules"] == [
        {"rule": "hong", "on": "dead", "to": [OPS], "snoozed_until": None, "things": []}
    ]
    assert bus("alerts", "snooze", "hong", "2h", "--json").json()["rule"] == "hong"
    assert "quiet until" in bus("alerts").out
    assert bus("alerts", "snooze", "hong", "0s").code == 0
    assert bus("alerts", "--json").json()["rules"][0]["snoozed_until"] is None
    assert bus("alerts", "test", OPS, "--json").json() == {"channel": OPS, "kind": "email", "taken": True, "error": ""}
    assert len(office.taken) == 1
    office.say = "451 later"
    told_ = bus("alerts", "test", OPS)
    assert (told_.code, "451 later" in told_.out) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("snooze", "hongg", "2h"), 1, "there is no alert hongg; there are hong"),
        (("snooze", "hong", "2 hours"), 2, "30s"),
        (("snooze", "hong", "90d"), 1, "31 days"),
        (("test", "nobody"), 1, f"there are {OPS}"),
    ],
)
def test_what_is_wrong_is_said(settings: Settings, words: tuple[str, ...], code: int, says: str) -> None:
    """With what to write."""
    told_ = bus("alerts", *words)

    assert told_.code == code
    assert says in told_.err


def test_a_statement_for_people_and_for_spreadsheets(settings: Settings, tmp_path: Path) -> None:
    """The same numbers; CSV comes with its mark and nothing else."""
    day = local(SystemClock().now()).date().isoformat()
    file = tmp_path / "d.edxml"
    file.write_bytes(edoc(recipients=(RECIPIENT,), document_id="=1+1"))
    assert bus("send", file, "--as", "so-noi-vu").code == 0

    told_ = bus("statement", "--agency", SENDER, "--day", day, "--json").json()
    assert told_["counts"] == [{"state": "offered", "reason": "", "count": 1}]
    csv = bus("statement", "--agency", SENDER, "--day", day, "--csv").out
    assert csv.startswith("\ufeffphần,")
    assert ",'=1+1," in csv
    page = bus("statement", "--agency", SENDER, "--day", day).out
    assert "1 offered · chờ lấy" in page
    assert bus("statement", "--agency", "nobody").code == 1
    assert bus("statement", "--agency", SENDER, "--day", "22/11/2026").code == 2
