"""The demo's parts by hand: its sandboxes, the software that calls, and what the manual tells people to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import adapters
from adapters.http.rehearsal.orders import Order as Told
from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Order
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_orders import Control
from bus.cli.demo import keys, manual
from bus.cli.demo.alone import LGSP_TO_TRY
from bus.cli.demo.axis import TO_TRY, outside
from bus.cli.demo.offices import Office
from bus.cli.demo.sandbox import Sandboxes
from bus.cli.demo.traffic import ministries, offices
from bus.config import load_settings
from bus.control.routing import read_routes
from bus.daemon import Daemon
from bus.errors import BusError
from bus.planning import Planner
from bus.secret import Secrets
from tests.buses import free_port, running, until
from tests.messages import edoc, status

SAMPLE = (Path(__file__).parents[2] / "routes.yaml").read_text(encoding="utf-8")
HERE, PUSHED, FAR = "000.00.05.H62", "000.00.08.H62", "000.00.00.G22"


@dataclass(frozen=True)
class Town:
    """All that runs in a demo but its traffic."""

    daemon: Daemon
    sandboxes: Sandboxes
    ours: Office
    ministry: Office

    @property
    def axis(self) -> AxisSandbox:
        (axis,) = self.sandboxes.axes.values()
        return axis

    def on_the_axis(self) -> list[tuple[str, str, str]]:
        copies: Any = self.axis.account()["copies"]
        return [(copy["type"], copy["recipient"], copy["state"]) for copy in copies]

    def poll(self) -> int:
        return self.daemon.pollers.make(self.daemon.keeper.force.inlets["axis"]).round()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """The sample routes on ports of their own; the test polls by hand."""
    sample = SAMPLE.replace(":8090", f":{free_port()}").replace(":8091", f":{free_port()}")
    (tmp_path / "routes.yaml").write_text(sample.replace("poll: 5s", "poll: 1h"), encoding="utf-8")
    settings = load_settings(home=tmp_path / "home", routes=tmp_path / "routes.yaml", listen=f"127.0.0.1:{free_port()}")
    planner = Planner(adapters.all_adapters(), settings.ask_after, settings.agency_code)
    routes = read_routes(planner, settings.routes)
    keys.make_missing(settings, routes)
    far = outside(planner.plan(routes))
    sandboxes = Sandboxes.of(routes, far, Secrets(settings.home))
    with sandboxes.running(), running(settings) as daemon:
        daemon.pollers.stop()
        own = offices(routes, daemon.home.secrets, settings.address)
        (office,) = [one for one in own if one.agency == HERE]
        (ministry,) = ministries(far, sandboxes)
        yield Town(daemon, sandboxes, office, ministry)


def test_a_document_goes_up_and_its_status_comes_back(town: Town) -> None:
    """An agency of ours sends to a ministry, which fetches it from the axis; its status lies in the agency's mailbox."""
    assert town.ours.send(edoc(HERE, (FAR,), "VB-1"), (FAR,))
    until(lambda: town.on_the_axis() == [("edoc", FAR, "initial")])
    (item,) = town.ministry.waiting("edoc")
    assert town.ministry.take(item) == "VB-1"
    assert town.ministry.send(status(FAR, HERE, "VB-1", "03"), (HERE,), "status")

    assert town.poll() == 1
    (answer,) = town.ours.waiting("status")
    assert (answer.sender, town.ours.take(answer)) == (FAR, "VB-1")


def test_a_document_comes_down_and_its_status_goes_back(town: Town) -> None:
    """A ministry sends to an agency that fetches and one that is pushed to; the status of the first goes up."""
    assert town.ministry.send(edoc(FAR, (HERE, PUSHED), "VB-2"), (HERE, PUSHED))
    town.poll()

    (item,) = town.ours.waiting("edoc")
    assert town.ours.take(item) == "VB-2"
    (pushed,) = town.sandboxes.rest.values()
    until(lambda: bool(pushed.account("so-y-te")["documents"]))
    assert town.ours.send(status(HERE, FAR, "VB-2", "03"), (FAR,), "status")
    until(lambda: ("status", FAR, "initial") in town.on_the_axis())


def test_a_taken_address_is_told() -> None:
    """It says which, and leaves nothing running."""
    taken, free = ("127.0.0.1", free_port()), ("127.0.0.1", free_port())
    with Sandboxes({taken: RestSandbox(*taken)}, {}).running():
        second = Sandboxes({free: RestSandbox(*free)}, {taken: AxisSandbox({}, *taken)})
        with pytest.raises(BusError, match=f"{taken[0]}:{taken[1]}"), second.running():
            pass
    with Sandboxes({free: RestSandbox(*free)}, {}).running():
        pass


def test_every_order_of_the_manual_is_one() -> None:
    """What people are told to type is what the sandboxes take."""
    orders = re.findall(r"-d '([^']+)'", "\n".join(manual.partners("http://h:1/so-y-te/edoc")))
    controls = re.findall(r"-d '([^']+)'", "\n".join(manual.axis("http://h:1/XrdAdapter/adapter", TO_TRY)))

    assert {Order.model_validate_json(order).mode for order in orders} >= {"slow", "drop_before_reading", "lie_accepts"}
    told = [Control.model_validate_json(control).order for control in controls]
    assert {order.mode for order in told if order} >= {"slow", "down", "lies"}
    orders = re.findall(r"-d '([^']+)'", "\n".join(manual.platform("http://h:1", LGSP_TO_TRY)))
    assert {Told.model_validate_json(order).mode for order in orders} >= {"down", "lost", "refuse", "deny"}
