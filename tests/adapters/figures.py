"""Reports that are sent to played partners in their own words, and how these partners misbehave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.figures import Figures
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.settings import HttpSettings

UNIT = "000.00.05.H62"
#: A month by the decree: its code, days and basis.
MONTH = ("2025-M03", "2025-02-15", "2025-03-14", "nd09")
#: What partners of the sinks' contract do, as orders.
ORDERS: Mapping[str, Order] = {
    "ok": Order(),
    "busy": Order(mode=Mode.BUSY, seconds=7),
    "refuse": Order(mode=Mode.REFUSE, status=422),
    "error_in_body": Order(mode=Mode.REFUSE),
    "drop_after_reading": Order(mode=Mode.LOST),
    "drop_before_reading": Order(mode=Mode.DOWN),
    "lie_loses": Order(mode=Mode.FAULT),
    "hang": Order(mode=Mode.HANG),
    "ask_unknown": Order(mode=Mode.HTML),
}


def endpoint(url: str, dialect: str, **more: Any) -> HttpSettings:
    """An endpoint of this dialect on this machine."""
    said = {"dialect": dialect, "url": url, "allow": ["127.0.0.1"], "idle_timeout": "1s"}
    return HttpSettings.model_validate({**said, **more})


def packet(code: str, begin: str, end: str, basis: str, **content: Any) -> bytes:
    """A report of the unit's for a period."""
    period = {"code": code, "basis": basis, "from": begin, "to": end}
    said = {"type": "report.data.v1", "reportId": "R", "regime": "BC", "form": {"code": "F", "version": "1"}}
    return json.dumps({**said, "period": period, "reportingUnit": UNIT, "recipients": ["X"], **content}).encode()


def secret(home: Path, name: str, text: str) -> str:
    """A secret of that home, and its name."""
    path = home / "secrets" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return f"file:{name}"


def taken(played: Rehearsal[Figures]) -> list[tuple[str, Mapping[str, Any]]]:
    """What the partner was told, by call."""
    return played.tell(lambda it: list(it.taken))
