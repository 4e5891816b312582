"""The axis's list of agencies and a whole daemon: fetched, kept, in force at once, and shown to partners."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import Unit
from bus.clock import SystemClock
from bus.config import load_settings
from bus.daemon import Daemon
from bus.errors import NotFound, Rejected
from bus.refresh import ListLost, Refresh
from bus.transport.fast import FastTransport
from tests.adapters.axis_partner import MINISTRY, client_to
from tests.agency_lists import (
    CLOSED,
    HERE,
    ROUTES,
    THERE,
    UNITS,
    country,
    listing_axis,
    refresh,
    rows,
    sent,
    shown,
    shut,
    started,
)
from tests.buses import ask, free_port, until
from tests.buses import running as again
from tests.contracts.raw_server import claim
from tests.messages import edoc


@pytest.fixture
def axis() -> Iterator[AxisSandbox]:
    with listing_axis() as sandbox:
        yield sandbox


@pytest.fixture
def daemon(axis: AxisSandbox, tmp_path: Path) -> Iterator[Daemon]:
    with started(axis, tmp_path) as daemon:
        yield daemon


def test_a_list_is_in_force_when_the_order_returns(daemon: Daemon) -> None:
    """The old spelling leads to the rule that names the new one; before, nobody knew it."""
    assert sent(daemon, THERE)["code"] == "recipient.unknown"
    told = refresh(daemon)

    assert (told["agencies"], told["added"], told["closed"]) == (4, 4, 0)
    assert sent(daemon, THERE)["copies"][0]["recipient"] == "G22"
    assert shown(daemon, THERE)["rule"] == "ministry"


def test_what_another_process_wrote_is_in_force_after_the_next_look(daemon: Daemon) -> None:
    """On one journal the second finds the list as it is already; it has not seen it all the same."""
    Refresh(daemon.home.journal, daemon.home.clock, "another").look(daemon.keeper.force.lists["axis"])
    assert daemon.keeper.plan.directory.canonical(THERE) == THERE

    daemon.refreshed(daemon.keeper.force.lists["axis"])
    assert daemon.keeper.plan.directory.canonical(THERE) == "G22"


def test_a_code_the_list_closes_is_refused_at_the_door(daemon: Daemon, axis: AxisSandbox) -> None:
    """In either spelling, as if the routes said so; ours that the list knows under another code stay ours."""
    refresh(daemon)
    shut(axis)
    assert refresh(daemon)["closed"] == 1

    assert sent(daemon, CLOSED)["code"] == sent(daemon, "H62")["code"] == "recipient.closed"
    assert shown(daemon, "H62.05")["partner"] == "so-noi-vu"


def test_a_closed_code_from_a_source_is_born_dead(daemon: Daemon, axis: AxisSandbox, tmp_path: Path) -> None:
    """What the axis hands out for it is accepted and dead with that class."""
    refresh(daemon)
    shut(axis)
    refresh(daemon)
    transport = FastTransport()
    ministry = client_to(axis.url, transport, tmp_path, SystemClock(), MINISTRY, idle_timeout="30s")
    ministry.send("edoc", THERE, (CLOSED,), claim(edoc(THERE, (CLOSED,), "VB-1")))
    transport.close()

    assert daemon.pollers.make(daemon.keeper.force.inlets["axis"]).round() == 1
    (copy,) = ask(daemon.parts(), "dead", which={})["copies"]
    assert (copy["recipient"], copy["reason"]) == ("H62", "recipient.closed")


def test_partners_see_the_whole_country(daemon: Daemon, axis: AxisSandbox) -> None:
    """Our own agencies first and as the routes have them, then the list's; each once, nothing null, a real version."""
    before = rows(daemon, "getSynchronizeUnit")
    shut(axis)
    refresh(daemon)
    units = rows(daemon, "getSynchronizeUnit")

    assert [unit["code"] for unit in units] == [
        HERE, "000.00.07.H62", "G22", "G22.15", "H62"
    ]  # fmt: skip
    assert [unit["deleted"] for unit in units] == [False, False, False, False, True]
    assert {unit["version"] for unit in units} == {units[0]["version"]}
    assert units[0]["version"] >= before[0]["version"] > 1_700_000_000
    assert [row["code102"] for row in rows(daemon, "getAgenciesListQD20")] == ["", "", THERE, "000.00.15.G22"]
    assert [row["pid"] for row in rows(daemon, "getAgenciesList")] == ["", "", "", "G22"]


def test_a_list_is_looked_at_by_itself(axis: AxisSandbox, tmp_path: Path) -> None:
    """At the start where there is none yet; after a restart what is cached counts without asking anybody."""
    with started(axis, tmp_path, "24h") as daemon:
        until(lambda: daemon.keeper.plan.directory.canonical(THERE) == "G22")
    calls = axis.account()["calls"]["getSynchronizeUnit"]  # type: ignore[index]
    axis.order(Order(mode=Mode.DOWN))
    listen = f"127.0.0.1:{free_port()}"
    with again(load_settings(home=tmp_path / "home", routes=tmp_path / "routes.yaml", listen=listen)) as daemon:
        assert daemon.keeper.plan.directory.canonical(THERE) == "G22"
    assert axis.account()["calls"]["getSynchronizeUnit"] == calls  # type: ignore[index]


def test_an_axis_in_trouble_changes_nothing(daemon: Daemon, axis: AxisSandbox) -> None:
    """A list that lost most of its agencies is refused until an operator says that it is right."""
    shut(axis)
    refresh(daemon)
    axis.list(UNITS[:1])
    with pytest.raises(ListLost):
        refresh(daemon)
    assert shown(daemon, "H62")["closed"]

    assert refresh(daemon, smaller=True)["gone"] == 3
    assert not shown(daemon, "H62")["closed"]


def test_a_changed_route_keeps_the_list(daemon: Daemon, axis: AxisSandbox) -> None:
    """A new version of the routes is put in force with what the lists say."""
    refresh(daemon)
    text = (ROUTES % (axis.url, "never")).replace("Sở Tài chính", "Sở Kế hoạch")
    daemon.reload(daemon.home.planner.parse(text, "routes.yaml"), "test")

    assert daemon.keeper.plan.directory.canonical(THERE) == "G22"


def test_what_is_asked_for_must_be_there(daemon: Daemon) -> None:
    """No endpoint of that name, or one without a list; no word, no code."""
    for wrong in ("lgsp", "mailbox"):
        with pytest.raises(NotFound, match="axis"):
            refresh(daemon, endpoint=wrong)
    for name, words in (("agencies", {"words": " "}), ("agency", {"code": " "})):
        with pytest.raises(Rejected):
            ask(daemon.parts(), name, **words)


@pytest.mark.long
def test_a_national_list(daemon: Daemon, axis: AxisSandbox) -> None:
    """111,000 agencies come, are found, and only what changed of them is written again; documents pass meanwhile."""
    units = list(country(111_000))
    axis.list(units)
    assert refresh(daemon)["added"] == 111_000
    axis.list([*units[:-1], Unit(units[-1].code, "Phường mới", "", "", units[-1].old_code, True, 2)])
    told = refresh(daemon)

    assert (told["agencies"], told["added"], told["changed"], told["closed"], told["gone"]) == (111_000, 0, 1, 1, 0)
    (found,) = ask(daemon.parts(), "agencies", words="phuong moi")["agencies"]
    assert (found["code"], found["closed"]) == (units[-1].code, True)
    assert shown(daemon, units[77].old_code)["spellings"] == [units[77].code, units[77].old_code]
    assert len(rows(daemon, "getSynchronizeUnit")) == 111_002
