"""What is owed, in a test's hands: a regime, reports as messages, and the rounds of expectations on a home or a journal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson

from bus.clock import HandClock, micros
from bus.config import Settings, load_settings
from bus.control.parts import Parts
from bus.expectation.regimes import Regimes
from bus.expectation.rounds import Expecting
from bus.journal.browse import Browse
from bus.journal.intake import Intake
from bus.journal.placement import Placement
from bus.journal.turns import Turn
from bus.message import Claim, Inbound, ReturnAddress
from bus.turn import HeldTurn
from schemas.content import Content
from tests.buses import alone
from tests.journals import empty_journal

VIETNAM = timezone(timedelta(hours=7))
#: The bus, the office that follows the regime and receives its reports, another office, and units below.
OWN, OFFICE, OTHER_OFFICE = "000.00.90.H62", "000.00.00.H62", "000.00.05.H62"
FINANCE, HEALTH, OLD, NEW = "000.00.07.H62", "000.00.08.H62", "000.00.11.H62", "000.00.12.H62"
REGIME, FORM = "BC-MOT-CUA", "MC-01"

ROUTES = f"""
endpoints:
  mailbox: {{kind: mailbox}}
  push: {{kind: rest, url: "http://127.0.0.1:9/edoc", idempotency: id}}
partners:
  office: {{agencies: ["{OFFICE}"], doors: {{api: {{key: "file:office"}}}}}}
  inner: {{agencies: ["{OTHER_OFFICE}"]}}
  finance: {{agencies: ["{FINANCE}"], aliases: {{"{FINANCE}": ["H62.07"]}}}}
  health: {{agencies: ["{HEALTH}"]}}
  new: {{agencies: ["{NEW}"]}}
  old: {{agencies: ["{OLD}"]}}
agencies:
  "{OLD}": {{name: Sở cũ, closed: 2026-03-01, successor: "{NEW}"}}
operators:
  an: {{token: "file:an", may: operate, office: "{OTHER_OFFICE}"}}
routes:
  - {{name: finance, when: {{recipient: "{FINANCE}"}}, to: push}}
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
expectations:
  - {{name: bao-cao, on: report, since: 2026-01-01, remind: {{before: 2d, after: [1d, 3d]}}}}
  - {{name: nhan, on: receipt, when: {{recipient: "{FINANCE}"}}, status: ["01", "03"], remind: {{after: 1h}}}}
  - {{name: tra-loi, on: answer}}
"""


def at(text: str) -> int:
    """A time of day in Vietnam (``2026-03-02 08:15``) in journal microseconds."""
    return micros(datetime.fromisoformat(text).replace(tzinfo=VIETNAM) - datetime.fromtimestamp(0, UTC))


def regime(code: str = REGIME, office: str = OFFICE, **more: Any) -> dict[str, Any]:
    """A regime as regimes.yaml has it, by its code: monthly, two working days after the data end."""
    said = {
        "version": "1",
        "name": f"Chế độ {code}",
        "periods": ["M"],
        "forms": [FORM],
        "deadlines": {"department": {"working_days": 2}},
        "units": [{"unit": unit, "level": "department"} for unit in (FINANCE, HEALTH, OLD)],
        "office": office,
        "recipients": [OFFICE],
        "valid_from": "2025-01-01",
        **more,
    }
    return {code: said}


def regimes_text(*regimes: dict[str, Any]) -> str:
    """A whole regimes.yaml with these, and the form they are owed on."""
    row, column = {"code": "I.1", "name": "Tổng số", "unit": "ho-so"}, {"code": "ky-nay", "name": "Kỳ này"}
    form = {"version": "1", "name": "Một cửa", "indicators": [row], "columns": [column]}
    every = {code: said for one in regimes for code, said in one.items()}
    return orjson.dumps({"issuer": OFFICE, "forms": {FORM: form}, "regimes": every}).decode()


def report(
    unit: str, period: str, version: int = 1, state: str = "", *, to: str = OFFICE, code: str = REGIME
) -> Intake:
    """A report that was read and routed; with a ``state`` the word on one."""
    type_, sender = ("report.status.v1", OFFICE) if state else ("report.data.v1", unit)
    about = {"regime": code, "form": FORM, "period": period, "unit": unit}
    said = {"version": version, "state": state} if state else {**about, "version": version}
    recipient = unit if state else to
    body = orjson.dumps([sender, about, said])
    content = Content(
        type=type_,
        kind=state or "new",
        sender=sender,
        recipients=(recipient,),
        document_id=f"{code}|{FORM}|{period}|{unit}",
        key=f"{code}|{FORM}|{period}|{unit}",
        variant=f"{version}{state}",
        digest=hashlib.sha256(body).hexdigest(),
        digest_rule=1,
        view=said,
    )
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    inbound = Inbound(ReturnAddress("api", ""), content, claim, (recipient,))
    return Intake(inbound, (sender,), (), (Placement(recipient, "mailbox", "inside", mailbox=True),), (), "v1")


def put(settings: Settings, *regimes: dict[str, Any]) -> None:
    """Have these regimes in force, and no others."""
    settings.regimes.write_text(regimes_text(*regimes), encoding="utf-8")


def settings_of(folder: Path, routes: str = ROUTES, **more: Any) -> Settings:
    """Settings of a home below a folder with one regime in force."""
    (folder / "routes.yaml").write_text(routes, encoding="utf-8")
    home = folder / "home"
    home.mkdir(mode=0o700)
    (home / "journal.db").write_bytes(empty_journal())
    settings = load_settings(
        home=home,
        regimes=folder / "regimes.yaml",
        routes=folder / "routes.yaml",
        listen="127.0.0.1:0",
        agency_code=OWN,
        **more,
    )
    put(settings, regime())
    return settings


def expecting(parts: Parts, holder: str = "home") -> Expecting:
    """The rounds of expectations over a home, for a test to call."""
    turn = HeldTurn(parts.journal, Turn("expectations", holder, 60_000_000), parts.clock)
    browse = Browse(parts.journal.store)
    regimes = parts.regimes or Regimes(parts.settings.regimes)
    return Expecting(parts.journal, browse, parts.holder, parts.ingress, regimes, parts.settings.agency_code, turn)


@contextmanager
def owing(folder: Path, when: str = "2026-02-10 08:00", **more: Any) -> Iterator[tuple[Parts, Expecting, HandClock]]:
    """A home whose expectations have begun, at a time of day."""
    clock = HandClock(at(when))
    with alone(settings_of(folder, **more), clock) as parts:
        rounds = expecting(parts)
        rounds.work()
        yield replace(parts, regimes=rounds.regimes), rounds, clock


def until(clock: HandClock, when: str) -> None:
    """Move the clock ahead to a time of day."""
    clock.move(timedelta(microseconds=at(when) - clock.now()))


def keys(rows: Sequence[Any]) -> list[str]:
    """Period and unit of reports that were told."""
    return ["|".join(row["key"].split("|")[2:]) for row in rows]
