"""Reports that are sent to played partners in their own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.figures import Figures
from adapters.http.settings import HttpSettings

UNIT = "000.00.05.H62"
#: A month by the decree: its code, days and basis.
MONTH = ("2025-M03", "2025-02-15", "2025-03-14", "nd09")


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
