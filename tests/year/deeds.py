"""One deed of a year, done at a door of the bus; what it came to, and whether the door said what it should."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from schemas.report.check import check
from schemas.report.data import Data, Status, report_id
from schemas.report.library import Library
from schemas.report.rules import Verdict
from schemas.report.states import State
from tests.owing import VIETNAM
from tests.year.doors import Caller, Parcel, Said, Way, packed
from tests.year.figures import Writing, mistakes, packet, table_of
from tests.year.place import PROVINCE
from tests.year.plan import Act, Deed

#: Out of a hundred; the others come as JSON.
_WAYS = ((1, Way.XLSX), (4, Way.CSV), (7, Way.SOAP), (9, Way.TWICE), (19, Way.TRIED))


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed came to. ``said``: the report as JSON, where one was sent."""

    act: Act
    way: Way
    said: dict[str, Any] | None = None
    message: str = ""
    #: SHA-256 of what was sent; empty where the bus made the packet of a form.
    sha256: str = ""
    #: What is not as it should be.
    wrong: tuple[str, ...] = ()


def way_of(act: Act) -> Way:
    """How a report comes in, by its key and version alone."""
    number = zlib.crc32(f"{act.key}|{act.version}|way".encode()) % 100
    return next((one for share, one in _WAYS if number < share), Way.JSON)


def do(act: Act, caller: Caller, library: Library) -> Done:
    """Do it."""
    return _give_back(act, caller, library) if act.deed is Deed.RETURNED else _report(act, caller, library)


def _give_back(act: Act, caller: Caller, library: Library) -> Done:
    """The province finds what is wrong with a report, and says so."""
    duty = act.duty
    status = Status(
        report_id=report_id(duty.regime, duty.form, duty.period, act.unit),
        version=act.version,
        state=State.RETURNED,
        at=datetime(act.day.year, act.day.month, act.day.day, 8, tzinfo=VIETNAM),
        by=PROVINCE,
        message="số liệu sai",
        cells=mistakes(Writing(duty, act.unit, act.version), library),
    )
    told = caller.send(PROVINCE, Parcel("application/json", orjson.dumps(status.model_dump(mode="json"))))
    held = told.status == 202 and status.cells
    return Done(act, Way.JSON, wrong=() if held else (f"{act.key}: the province is told {told}",))


def _report(act: Act, caller: Caller, library: Library) -> Done:
    data, way = packet(Writing(act.duty, act.unit, act.version, act.deed), library), way_of(act)
    parcel = packed(data, table_of(act.duty, library), way)
    tried = caller.try_out(act.unit, parcel) if way is Way.TRIED else None
    told = caller.submit(act.unit, parcel) if way is Way.SOAP else caller.send(act.unit, parcel)
    again = caller.send(act.unit, parcel) if way is Way.TWICE else None
    wrong = [*_otherwise(act, data, told, library), *_beside(act, told, tried, again)]
    sheet = way in {Way.XLSX, Way.CSV}
    digest = "" if sheet else hashlib.sha256(parcel.body).hexdigest()
    return Done(act, way, data.model_dump(mode="json"), told.message, digest, tuple(wrong))


def _otherwise(act: Act, data: Data, told: Said, library: Library) -> Iterator[str]:
    """What a door says otherwise than it should: of the right, late or not; of the wrong, which cells."""
    late = ("report.late",) if act.day > act.duty.due else ()
    if act.deed is not Deed.REFUSED:
        if not told.message or told.refused or (act.unit == act.duty.unit and told.warned != late):
            yield f"{act.key}: sent, and told {told}"
        return
    found = (one for one in check(data, library) if one.verdict is Verdict.REFUSE and one.cell)
    expected = {one.cell: one.rule for one in found}
    own = act.unit == act.duty.unit
    if told.message or not expected or (own and told.refused != expected):
        yield f"{act.key}: wrong in {expected}, and told {told}"


def _beside(act: Act, told: Said, tried: Said | None, again: Said | None) -> Iterator[str]:
    """What is asked beside: of what is only tried the same is said, and the same again is the same report."""
    if tried and (tried.status, tried.message, tried.refused, tried.warned) != (200, "", told.refused, told.warned):
        yield f"{act.key}: tried, and told {tried}"
    if again and (again.message, again.repeated) != (told.message, bool(told.message)):
        yield f"{act.key}: sent again, and told {again}"
