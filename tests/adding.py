"""Reports that are made of others, in a test's hands: a province, its units' packets, and the rounds over a home."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

import schemas
from bus.aggregator.rounds import Aggregating
from bus.clock import HandClock
from bus.config import Settings, load_settings
from bus.control.parts import Parts
from bus.expectation.regimes import Regimes
from bus.journal.pick import Filter
from bus.journal.turns import Turn
from bus.message import Claim, Inbound, ReturnAddress
from bus.turn import HeldTurn
from tests.buses import PATIENCE, alone
from tests.owing import FINANCE, HEALTH, NEW, OLD, at

PROVINCE, MINISTRY, OWN = "000.00.00.H62", "000.00.00.G22", "000.00.90.H62"
REGIME, FORM, PERIOD = "BC-MC", "MC-01", "2026-M02"
#: What the report of the province is called in lists.
WHOLE = f"{REGIME}|{FORM}|{PERIOD}|{PROVINCE}"
ROWS: list[dict[str, Any]] = [
    {"code": "I", "name": "Hồ sơ", "unit": "hồ sơ"},
    {"code": "II", "name": "Đúng hạn", "unit": "hồ sơ"},
    {"code": "III", "name": "Tỷ lệ", "unit": "%", "decimals": 2, "mandatory": False,
     "aggregate": {"by": "ratio", "numerator": "II", "denominator": "I", "factor": "100"}},
]  # fmt: skip
FORMS: dict[str, Any] = {
    FORM: {
        "version": "1",
        "name": "Một cửa",
        "indicators": ROWS,
        "columns": [{"code": "all", "name": "Tổng số"}],
    }
}
ROUTES = f"""
endpoints: {{mailbox: {{kind: mailbox}}}}
partners:
  province: {{agencies: ["{PROVINCE}"]}}
  ministry: {{agencies: ["{MINISTRY}"]}}
  departments: {{agencies: ["{FINANCE}", "{HEALTH}", "{OLD}", "{NEW}"]}}
agencies:
  "{OLD}": {{name: Sở cũ, closed: 2026-03-01, successor: "{NEW}"}}
operators:
  an: {{token: "file:an", may: operate, office: "000.00.05.H62"}}
routes: [{{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}]
expectations:
  - {{name: bao-cao, on: report, since: 2026-01-01, aggregate: ["{PROVINCE}"]}}
"""


def regimes(**changes: Any) -> str:
    """The regime: departments to the province, the province to the ministry."""
    said = {
        "version": "1",
        "name": "Một cửa",
        "periods": ["M"],
        "forms": [FORM],
        "deadlines": {"department": {"working_days": 2}, "province": {"day": 25}},
        "units": [{"unit": unit, "level": "department"} for unit in (FINANCE, HEALTH, OLD)]
        + [{"unit": PROVINCE, "level": "province"}],
        "office": PROVINCE,
        "recipients": [PROVINCE],
        "recipients_by_level": {"province": [MINISTRY]},
        "valid_from": "2025-01-01",
        **changes,
    }
    return orjson.dumps({"issuer": MINISTRY, "forms": FORMS, "regimes": {REGIME: said}}).decode()


def settings_of(folder: Path, routes: str = ROUTES, **more: Any) -> Settings:
    """Settings of a home below a folder, made where it is not there."""
    home = folder / "home"
    if not home.exists():
        home.mkdir(mode=0o700)
        (folder / "routes.yaml").write_text(routes, encoding="utf-8")
        (folder / "regimes.yaml").write_text(regimes(), encoding="utf-8")
    return load_settings(
        home=home,
        regimes=folder / "regimes.yaml",
        routes=folder / "routes.yaml",
        listen="127.0.0.1:0",
        agency_code=OWN,
        **more,
    )


def aggregating(parts: Parts, holder: str = "home") -> Aggregating:
    """The rounds over a home, for a test to call; each call of this one looks at everything."""
    turn = HeldTurn(parts.journal, Turn("aggregates", holder, 60_000_000), parts.clock)
    regimes = parts.regimes or Regimes(parts.settings.regimes)
    return Aggregating(parts.journal, parts.browse, parts.claims, parts.holder, parts.ingress, regimes, turn)


@contextmanager
def adding(folder: Path, when: str = "2026-02-17 08:00", **more: Any) -> Iterator[tuple[Parts, HandClock]]:
    """A home where reports are made of others, from this moment on."""
    clock = HandClock(at(when))
    with alone(settings_of(folder, **more), clock) as parts:
        aggregating(parts).work()
        yield replace(parts, regimes=Regimes(parts.settings.regimes)), clock


def data(unit: str, figures: Mapping[str, str | None], version: int = 1, **more: Any) -> dict[str, Any]:
    """A unit's report as JSON: its figures by row."""
    units = {one["code"]: one["unit"] for one in ROWS}
    observations = [
        {"indicator": row, "value": value, "unit": units[row], "status": "missing" if value is None else "normal"}
        for row, value in figures.items()
    ]
    return {
        "type": "report.data.v1",
        "reportId": f"{REGIME}-{FORM}-{PERIOD}-{unit}",
        "version": version,
        "supersedes": version - 1 or None,
        "regime": REGIME,
        "form": {"code": FORM, "version": "1"},
        "period": {"code": PERIOD, "basis": "nd09", "from": "2026-01-15", "to": "2026-02-14"},
        "reportingUnit": unit,
        "recipients": [PROVINCE],
        "observations": observations,
        **more,
    }


def word(unit: str, version: int, state: str = "RETURNED", by: str = PROVINCE) -> dict[str, Any]:
    """A word on a unit's report, as JSON."""
    said = {"type": "report.status.v1", "reportId": f"{REGIME}-{FORM}-{PERIOD}-{unit}", "version": version}
    return {**said, "state": state, "at": "2026-02-18T08:00:00+07:00", "by": by, "message": "sai"}


def come(parts: Parts, said: Mapping[str, Any], *to: str) -> str:
    """A packet is accepted; its message."""
    body = orjson.dumps(said)
    reader = schemas.reader("report")
    reader.feed(body)
    content = reader.close()
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    inbound = Inbound(ReturnAddress("api", ""), content, claim, to or content.recipients)
    return parts.ingress.accept(inbound).result(PATIENCE).message_id


def made(parts: Parts, to: str = MINISTRY) -> list[dict[str, Any]]:
    """What was made and went to an agency, the oldest first."""
    copies = parts.browse.copies(Filter(recipients=(to,), limit=1000))
    found = sorted(copies, key=lambda one: one.seq)
    bodies = [parts.claims.find(parts.journal.reads.body(one.copy.body)) for one in found]
    return [orjson.loads(claim.open().read()) for claim in bodies if claim]
