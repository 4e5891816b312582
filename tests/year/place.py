"""The province of a year: its codes, and routes that lead to two places which are sent to."""

from __future__ import annotations

from typing import Any

from adapters.rest.sandbox import RestSandbox
from tests.example import parsed
from tests.year.plan import Scenario

PROVINCE, GOVERNMENT, OWN = "000.00.00.H62", "000.00.00.G22", "000.00.90.H62"


def routes_of(scenario: Scenario, sandbox: RestSandbox) -> dict[str, Any]:
    """The province and the Government are sent to; units fetch what is for them."""
    successors = scenario.successors or {}
    closed = {
        unit: {"name": unit, "closed": str(scenario.closing), "successor": successor}
        for unit, successor in successors.items()
    }
    push = {
        name: {"kind": "rest", "url": sandbox.url(name), "idempotency": "id"} for name in ("province", "government")
    }
    partners = {"province": [PROVINCE], "government": [GOVERNMENT], "units": sorted(_units())}
    rule = {"name": "bao-cao", "on": "report", "since": str(scenario.begin), "aggregate": [PROVINCE]}
    return {
        "endpoints": {**push, "mailbox": {"kind": "mailbox"}},
        "partners": {name: {"agencies": codes} for name, codes in partners.items()},
        "agencies": closed,
        "routes": [
            {"name": "province", "when": {"recipient": PROVINCE}, "to": "province"},
            {"name": "government", "when": {"recipient": GOVERNMENT}, "to": "government"},
            {"name": "units", "when": {"recipient": {"partner": "any"}}, "to": "mailbox"},
        ],
        "expectations": [{**rule, "regimes": list(scenario.regimes)} if scenario.regimes else rule],
    }


def _units() -> set[str]:
    return {owing.unit for regime in parsed().library for owing in regime.units} - {PROVINCE}
