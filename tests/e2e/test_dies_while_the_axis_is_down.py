"""SIGKILL while everything waits for the axis, and while it goes: nothing is lost, and nothing arrives twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.rest.sandbox import RestSandbox
from adapters.vxp.sandbox import AxisSandbox
from bus.config import load_settings
from tests.adapters.axis_partner import PROVINCE, SECRETS, axis_sandbox
from tests.buses import alone
from tests.e2e import accounts, places
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.places import Place
from tests.e2e.standing import VARIABLE, StandingClock
from tests.papers import Wanted, fill

MINISTRY = "000.00.00.G22"
HOUR, PROBED = 3600, 900
#: Longer than a breaker stays open, and than it takes until the axis is asked about a doubt.
WHILE = 300
ROUTES = """
endpoints:
  axis: {{kind: vxp, url: "{url}", system_id: "00.19.H62", secret: "file:axis", poll: 1h, list_sent: "yes"}}
partners:
  so-noi-vu: {{agencies: ["000.00.05.H62"]}}
routes:
  - {{name: outside, when: {{recipient: any}}, to: axis}}
"""


@dataclass(frozen=True, slots=True)
class AxisPlace(Place):
    """A home whose documents go to the axis; time passes there when the test says so."""

    axis: AxisSandbox
    clock: StandingClock

    @property
    def environment(self) -> Mapping[str, str]:
        # Few calls run ahead, so that few outcomes are unknown: each has to be asked about.
        return {VARIABLE: str(self.clock.path)}

    def fill(self, number: int) -> list[Wanted]:
        """Have so many documents accepted before the first life."""
        with alone(load_settings(home=self.home, routes=self.routes), self.clock) as parts:
            return fill(parts.ingress, number, (MINISTRY,))

    def went(self) -> list[tuple[str, str, int]]:
        """What the axis has: digest, recipient, and how often it came."""
        copies: Any = self.axis.account()["copies"]
        return [(copy["sha256"], copy["recipient"], copy["times"]) for copy in copies]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[AxisPlace]:
    """In place of the fixture of this folder: ``begin`` begins lives here."""
    clock = StandingClock(tmp_path / "clock")
    axis = axis_sandbox(clock)
    axis.start()
    place = AxisPlace(tmp_path, RestSandbox(), places.free_port(), axis, clock)
    secrets = place.home / "secrets"
    secrets.mkdir(parents=True, mode=0o700)
    (secrets / "axis").write_bytes(SECRETS[PROVINCE])
    (secrets / "axis").chmod(0o600)
    place.routes.write_text(ROUTES.format(url=axis.url), encoding="utf-8")
    yield place
    axis.stop()


def breaker(life: Life) -> Mapping[str, Any]:
    """How the axis's breaker stands."""
    (axis,) = life.ask("status")["endpoints"]
    return dict(axis)


def states(life: Life) -> Mapping[str, int]:
    return dict(life.ask("status")["states"])


def outlast(place: AxisPlace, life: Life, seconds: int) -> None:
    """So much time without the axis, probed whenever that is due."""
    life.until(lambda: breaker(life)["breaker"] == "open", "the breaker had opened")
    for _ in range(seconds // PROBED):
        before = breaker(life)["breaker_until"]
        place.clock.move(PROBED)
        life.until(lambda before=before: breaker(life)["breaker_until"] > before, "the axis was probed")


def drain(place: AxisPlace, life: Life) -> None:
    """Until everything has gone: time passes only where everything waits for it."""
    while set(now := states(life)) != {"delivered"}:
        place.clock.move(WHILE)
        life.until(lambda: not set(states(life)) & {"queued", "sending", "waiting"}, f"they had gone from {now}")


def arrived_once(place: AxisPlace, life: Life, wanted: Sequence[Wanted]) -> None:
    """The axis has every copy once, and the account balances."""
    assert sorted(place.went()) == sorted((digest, recipient, 1) for digest, recipient in wanted)
    assert accounts.balanced(life) == {"delivered": len(wanted)}


def death(mode: Mode, number: int) -> Any:
    """A case of the long ring."""
    return pytest.param(mode, number, marks=[pytest.mark.long, pytest.mark.timeout(600)])


# No multiples of 50, nor is what is there when the axis is asked: such a list counts as cut short.
@pytest.mark.parametrize(
    ("mode", "number"), [(Mode.LOST, 549), death(Mode.BUSY, 5049), death(Mode.DOWN, 5049), death(Mode.LOST, 5049)]
)
def test_killed_while_waiting_and_while_draining(place: AxisPlace, begin: Begin, mode: Mode, number: int) -> None:
    """An hour without the axis, a death in it, another when everything goes, and the account at the end."""
    wanted = place.fill(number)
    place.axis.order(Order(mode=mode))
    waiting = begin()
    outlast(place, waiting, HOUR // 2)
    waiting.kill()

    draining = begin()
    outlast(place, draining, HOUR // 2)
    place.axis.order(Order())
    place.clock.move(WHILE)
    draining.until(lambda: len(place.went()) > number // 4, "a quarter had gone")
    draining.kill()
    assert len(place.went()) < number

    life = begin()
    drain(place, life)
    arrived_once(place, life, wanted)
