"""An axis with a list of agencies, and a daemon or a home that knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import Unit
from adapters.vxp.signing import sign
from bus.clock import SystemClock
from bus.daemon import Daemon
from tests.adapters.axis_partner import PROVINCE, SECRETS, axis_sandbox
from tests.adapters.vxp_driver import STAMP
from tests.buses import ask
from tests.contracts.face import NOI_VU
from tests.daemons import PARTNERS, call, running
from tests.messages import edoc

HERE, THERE, CLOSED = "000.00.05.H62", "000.00.00.G22", "000.00.00.H62"
KEY = {"X-Bus-Key": NOI_VU.key.decode()}
ROUTES = (
    PARTNERS
    + """
endpoints:
  axis: {kind: vxp, url: "%s", system_id: "00.19.H62", secret: "file:axis", poll: 1h, directory: %s}
  mailbox: {kind: mailbox}
agencies:
  "000.00.07.H62": {name: Sở Tài chính}
routes:
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
  - {name: ministry, when: {recipient: "G22"}, to: axis}
"""
)
UNITS = (
    Unit("G22", "Văn phòng Chính phủ", "", "vpcp@example.vn", THERE, version=1),
    Unit("H62.05", "Sở Nội vụ", "", "", HERE, version=1),
    Unit("H62", "Ủy ban nhân dân tỉnh", "", "", CLOSED, version=1),
    Unit("G22.15", "Cục Kiểm soát", "G22", "", "000.00.15.G22", version=1),
)


@contextmanager
def listing_axis() -> Iterator[AxisSandbox]:
    """An axis that lists :data:`UNITS`."""
    sandbox = axis_sandbox(SystemClock())
    sandbox.start()
    sandbox.list(UNITS)
    try:
        yield sandbox
    finally:
        sandbox.stop()


@contextmanager
def started(axis: AxisSandbox, folder: Path, every: str = "never") -> Iterator[Daemon]:
    """A daemon that knows the axis and polls nothing."""
    with running(folder, ROUTES % (axis.url, every), prepare=lambda: trust(folder)) as daemon:
        daemon.pollers.stop()
        yield daemon


def trust(folder: Path) -> None:
    """Put the axis's secret into the home of a folder."""
    secret = folder / "home" / "secrets" / "axis"
    secret.write_bytes(SECRETS[PROVINCE])
    secret.chmod(0o600)


def shut(axis: AxisSandbox, units: tuple[Unit, ...] = UNITS) -> None:
    """Have the axis delete the province: it is then in one of its lists only, without its former code."""
    axis.list(replace(unit, deleted=True, version=2) if unit.code == "H62" else unit for unit in units)


def refresh(daemon: Daemon, **how: Any) -> Any:
    return ask(daemon.parts(), "refresh", **how)["lists"][0]


def shown(daemon: Daemon, code: str) -> Any:
    return ask(daemon.parts(), "agency", code=code)


def sent(daemon: Daemon, *recipients: str) -> Any:
    return call(daemon, "POST", "/api/v1/messages", edoc(HERE, recipients), KEY).json()


def rows(daemon: Daemon, name: str) -> list[dict[str, Any]]:
    """What a partner's software gets."""
    signed = sign({"timestamp": STAMP, "systemid": NOI_VU.system_id, "Content-Type": "application/json"}, NOI_VU.secret)
    return list(call(daemon, "POST", f"/vxp/{name}", b"", signed).json()["data"])


def country(count: int) -> Iterable[Unit]:
    """A list as long as the nation's."""
    for number in range(count):
        level = f"{number // 8100 + 100}", f"{number // 90 % 90 + 10}", f"{number % 90 + 10}", f"H{number % 62 + 10}"
        yield Unit(".".join(reversed(level)), f"Ủy ban nhân dân xã số {number}", "", "", ".".join(level),
                   number % 500 == 0, 1)  # fmt: skip
