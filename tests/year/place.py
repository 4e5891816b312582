"""The province of a year: its partners with their keys and codes, and routes that lead to two played reporting systems."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.reports import ReportSystem
from tests.example import parsed
from tests.year.plan import Scenario

PROVINCE, GOVERNMENT, OWN = "000.00.00.H62", "000.00.00.G22", "000.00.90.H62"
#: The two systems that are sent to, by the endpoints that lead there.
SYSTEMS: Mapping[str, str] = {"province": PROVINCE, "government": GOVERNMENT}
_USER, _KEY = "bus", "year-key"


class Systems:
    """The province's reporting system and the Government's. ``now``: microseconds."""

    def __init__(self, now: Callable[[], int]) -> None:
        known = "Basic " + base64.b64encode(f"{_USER}:{_KEY}".encode()).decode()
        self._played = {name: Rehearsal(ReportSystem(now, known)) for name in SYSTEMS}

    @contextmanager
    def running(self) -> Iterator[Systems]:
        """Both, listening."""
        for one in self._played.values():
            one.start()
        try:
            yield self
        finally:
            for one in self._played.values():
                one.stop()

    def url(self, name: str) -> str:
        """Where one of them listens."""
        return self._played[name].url

    def lose(self) -> None:
        """Each takes the next packet and gives no answer."""
        for one in self._played.values():
            one.order(Order(mode=Mode.LOST, call="send", times=1))

    def asked(self) -> int:
        """How often they were asked whether they have a packet."""
        calls: list[Any] = [one.account()["calls"] for one in self._played.values()]
        return sum(one.get("ask", 0) for one in calls)

    def kept(self, name: str) -> dict[str, tuple[str, int]]:
        """What one of them has, by the id it came under: its SHA-256, and how often it came."""
        return self._played[name].tell(
            lambda it: {key: (one.sha256, one.times) for key, one in it.shelves.taken.items()}
        )


def key(code: str) -> str:
    """What a unit shows at the doors: it guards nothing."""
    return f"key of {code}"


def write_secrets(folder: Path) -> None:
    """Those of the units and of the bus, where routes name them."""
    folder.mkdir(mode=0o700)
    secrets = {code: key(code) for code in (*_units(), PROVINCE)} | {"systems": _KEY}
    for name, value in secrets.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)


def routes_of(scenario: Scenario, systems: Systems) -> dict[str, Any]:
    """The province and the Government are sent to; units report at the doors, and fetch what is for them."""
    successors = scenario.successors or {}
    closed = {
        unit: {"name": unit, "closed": str(scenario.closing), "successor": successor}
        for unit, successor in successors.items()
    }
    units = {f"unit-{code}": {"agencies": [code], "doors": _doors(code)} for code in _units()}
    province = {"agencies": [PROVINCE], "doors": _doors(PROVINCE)}
    rule = {"name": "bao-cao", "on": "report", "since": str(scenario.begin), "aggregate": [PROVINCE]}
    return {
        "endpoints": {**{name: _endpoint(systems.url(name)) for name in SYSTEMS}, "mailbox": {"kind": "mailbox"}},
        "partners": {"province": province, "government": {"agencies": [GOVERNMENT]}, **units},
        "agencies": closed,
        "routes": [
            *({"name": name, "when": {"recipient": code}, "to": name} for name, code in SYSTEMS.items()),
            {"name": "units", "when": {"recipient": {"partner": "any"}}, "to": "mailbox"},
        ],
        "expectations": [{**rule, "regimes": list(scenario.regimes)} if scenario.regimes else rule],
    }


def _endpoint(url: str) -> dict[str, Any]:
    auth = {"kind": "basic", "user": _USER, "password": "file:systems"}
    said = {"url": url, "allow": ["127.0.0.1"], "auth": [auth], "idempotency": "ask_first"}
    return {"kind": "http", "dialect": "bao-cao", "receive": None, **said}


def _doors(code: str) -> dict[str, Any]:
    return {"reports": {"key": f"file:{code}"}, "soap": {"system_id": code, "secret": f"file:{code}"}}


def _units() -> list[str]:
    return sorted({owing.unit for regime in parsed().library for owing in regime.units} - {PROVINCE})
