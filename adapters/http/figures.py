"""A partner's indicators as packets: the list of an office's indicators, and their values for a set and a period. Pure.

The same rows in any order make the same bytes. What is no number is never made one: it stands in the note of an empty figure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from adapters.http.figures_settings import FiguresSettings, IndicatorsSettings
from adapters.http.paths import MISSING, JsonPath
from adapters.http.rows import text_at
from schemas.report.base import Part, clean
from schemas.report.catalogue import IndicatorItem, Indicators
from schemas.report.data import Observation, ObservationStatus, ReportPeriod
from schemas.report.kpi import KpiData
from schemas.report.numbers import number, plain
from schemas.report.periods import Period
from schemas.report.regime import DataType

_CODE, _LINE, _NOTE = 100, 500, 150
#: Numbers beyond this power of ten are none of ours, and are not written out to see.
_POWER = 40
#: Of different values of one indicator so many are told.
_TOLD = 5


def indicators(rows: Iterable[object], settings: IndicatorsSettings) -> Mapping[str, str]:
    """The names of indicators by their codes; of two with one code the first, and without what can be none."""
    found: dict[str, str] = {}
    for row in rows:
        code, name = _text(row, settings.code), _text(row, settings.name)
        if 0 < len(code) <= _CODE and code.isprintable() and len(name) <= _LINE:
            found.setdefault(code, name)
    return found


def catalogue(settings: FiguresSettings, office: str, found: Mapping[str, str]) -> Indicators:
    """The list of an office's indicators. Its version is made of what is in it, for the partner names none."""
    assert settings.catalogue
    items = tuple(
        IndicatorItem(code=code, name=name, unit=settings.units.get(code, settings.unit))
        for code, name in sorted(found.items())
    )
    version = hashlib.sha256("\n".join(one.model_dump_json() for one in items).encode()).hexdigest()[:16]
    return Indicators(code=settings.catalogue, version=version, issued_by=office, items=items)


def values(
    settings: FiguresSettings, office: str, kind: DataType, period: Period, codes: Sequence[str], rows: Iterable[object]
) -> KpiData:
    """The values of a set for an office and a period, one for each of these indicators."""
    said = _said(rows, settings, frozenset(codes))
    return KpiData(
        set=settings.sets[kind],
        period=ReportPeriod(code=period.code, basis=_basis(settings), from_=period.data_from, to=period.data_to),
        reporting_unit=office,
        values=tuple(_observation(code, said[code], settings) for code in sorted(said)),
    )


def body(packet: Part) -> bytes:
    """A packet as it stands on the wire."""
    return packet.model_dump_json(by_alias=True, exclude_none=False).encode()


def _said(
    rows: Iterable[object], settings: FiguresSettings, codes: frozenset[str]
) -> dict[str, list[tuple[object, str]]]:
    """What is said of each of these indicators: value and unit, mostly once."""
    said: dict[str, list[tuple[object, str]]] = {code: [] for code in codes}
    for row in rows:
        code = _text(row, settings.values.code)
        one = (_value(row, settings.values.value), _text(row, settings.values.unit))
        if code in said and len(said[code]) < _TOLD and one not in said[code]:
            said[code].append(one)
    return said


def _observation(code: str, said: Sequence[tuple[object, str]], settings: FiguresSettings) -> Observation:
    units = {unit for _, unit in said if 0 < len(unit) <= _CODE}
    unit = units.pop() if len(units) == 1 else settings.units.get(code, settings.unit)
    if len(said) > 1:
        return _missing(code, unit, f"nguồn ghi nhiều số: {', '.join(_words(said))}")
    given = said[0][0] if said else None
    value = _number(given)
    if value is not None:
        return Observation(indicator=code, value=value, unit=unit)
    nothing = given is None or not str(given).strip()
    return _missing(code, unit, None if nothing else f"nguồn ghi '{given}', không phải là số")


def _missing(code: str, unit: str, note: str | None) -> Observation:
    cut = note and note[:_NOTE]
    return Observation(indicator=code, value=None, unit=unit, status=ObservationStatus.MISSING, note=cut)


def _words(said: Sequence[tuple[object, str]]) -> Iterator[str]:
    return (f"{value} {unit}".strip() for value, unit in said)


def _text(row: object, path: JsonPath) -> str:
    return clean(text_at(row, path))


def _value(row: object, path: JsonPath) -> object:
    """What stands there; of what is neither text nor number, that there is something."""
    found = path.find(row)
    if found is None or found is MISSING:
        return None
    return found if isinstance(found, str | int | Decimal) else "[…]"


def _number(given: object) -> str | None:
    """A number of the partner's as it is written here; None for what is none."""
    if isinstance(given, bool):
        return None
    if isinstance(given, Decimal):
        text = plain(given) if given.is_finite() and abs(given.adjusted()) < _POWER else ""
    else:
        text = str(given).strip() if isinstance(given, str | int) else ""
    return text if number(text) is not None else None


def _basis(settings: FiguresSettings) -> str:
    assert settings.basis
    return settings.basis
