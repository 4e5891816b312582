"""What partners call a period, as data; where a partner has no code for one, an error says so and nothing is guessed.

The nine months are such a hole of the Quang Binh interface: its numbers go from 18 to 20, and 19 stands for nothing anybody has said.
A table is in tails and letters of :mod:`schemas.report.periods`; a tail goes before its letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from schemas.report.periods import Basis, Kind, Period, of_year

#: A field's text, with ``{year}``, ``{number}`` (of its kind in the year), ``{month}`` (its last) and ``{begin}`` (its first day) to be filled in.
Fields = Mapping[str, str | bool]
_NUMBER = re.compile(r"-?\d+", re.ASCII)
_YEAR = re.compile(r"2[01]\d\d", re.ASCII)


class NoPeerCode(ValueError):
    """A partner has no code for a period, or a code stands for none."""


@dataclass(frozen=True, slots=True)
class PeerPeriods:
    """How one partner writes periods."""

    peer: str
    codes: Mapping[str, Fields]
    #: Fields that are numbers and not text.
    numbers: frozenset[str] = frozenset()
    #: The only basis it counts by, by name; empty where nobody has said, or any will do.
    basis: str = ""
    #: What is known of the kinds it has no code for.
    holes: Mapping[Kind, str] = field(default_factory=dict)


def write(peer: PeerPeriods, period: Period) -> Mapping[str, str | int | bool]:
    """The partner's fields for a period. Raises NoPeerCode."""
    fields = peer.codes.get(period.tail) or peer.codes.get(period.tail[0])
    if fields is None:
        known = peer.holes.get(period.kind, "it documents none")
        raise NoPeerCode(f"{peer.peer} has no code for {period.code} ({period.kind}): {known}")
    if peer.basis not in {"", period.basis.name}:
        raise NoPeerCode(f"{peer.peer} counts by '{peer.basis}', and {period.code} is of '{period.basis.name}'")
    return {name: _filled(text, period, name in peer.numbers) for name, text in fields.items()}


def read(peer: PeerPeriods, fields: Mapping[str, str | int | bool], basis: Basis) -> Period:
    """The period a partner's fields mean; a number may come as text. Raises NoPeerCode."""
    given = {name: str(value) for name, value in fields.items()}
    years = sorted({int(year) + more for text in given.values() for year in _YEAR.findall(text) for more in (0, 1)})
    for one in (one for year in years for kind in Kind for one in of_year(year, kind, basis)):
        if one.tail in peer.codes or one.tail[0] in peer.codes:
            said = {name: str(value) for name, value in write(peer, one).items()}
            if said.items() <= given.items():
                return one
    raise NoPeerCode(f"no period of {peer.peer} is written {dict(fields)}")


def _filled(text: str | bool, period: Period, number: bool) -> str | int | bool:
    if isinstance(text, bool):
        return text
    filled = text.format(
        year=period.year, number=period.number, month=period.last_month, begin=period.data_from.isoformat()
    )
    return int(filled) if number and _NUMBER.fullmatch(filled) else filled


def _quang_binh(number: str) -> Fields:
    return {"periodId": number, "dataYear": "{year}"}


_NUMBERS = {
    "M": "{number}",
    **{f"Q{one}": str(12 + one) for one in range(1, 5)},
    "S1": "17",
    "S2": "18",
    "A1": "20",
    "Y5": "21",
}

#: Of the published text of the provincial interface of Quang Binh.
QUANG_BINH = PeerPeriods(
    "quang-binh",
    MappingProxyType({tail: _quang_binh(number) for tail, number in _NUMBERS.items()}),
    frozenset({"periodId", "dataYear"}),
    holes=MappingProxyType(
        {Kind.NINE_MONTHS: "its list leaves number 19 out and says nothing of it; agree on one with the partner"}
    ),
)

#: One-stop statistics by period as a product in use keeps them; it counts months of the calendar.
STATISTICS = PeerPeriods(
    "statistics",
    MappingProxyType(
        {
            "M": {"LoaiThoiGian": "Tháng", "Ky": "{number}", "Nam": "{year}"},
            "Q": {"LoaiThoiGian": "Quý", "Ky": "{number}", "Nam": "{year}"},
            "A1": {"LoaiThoiGian": "Năm", "Ky": "0", "Nam": "{year}"},
        }
    ),
    basis="calendar",
)

#: ``MStatistic`` of the one-stop software through an LGSP. That a year is told by ``false`` is inferred from the schema's names.
ONE_STOP = PeerPeriods(
    "one-stop",
    MappingProxyType(
        {
            "M": {"Month": "{number}", "Year": "{year}", "IsMonthStatistic": True},
            "A1": {"Year": "{year}", "IsMonthStatistic": False},
        }
    ),
    frozenset({"Month", "Year"}),
)

#: The price database of the Ministry of Finance; of its codes for how often only the month's was seen.
PRICES = PeerPeriods(
    "prices",
    MappingProxyType(
        {
            "M": {
                "DINH_KY": "24",
                "THOI_GIAN_BC_1": "{number}",
                "THOI_GIAN_BC_2": "{number}",
                "THOI_GIAN_BC_NAM": "{year}",
            }
        }
    ),
    frozenset({"DINH_KY", "THOI_GIAN_BC_1", "THOI_GIAN_BC_2", "THOI_GIAN_BC_NAM"}),
)

#: SDMX has no label for nine months, so they go as a time range; the basis goes beside, as an attribute.
SDMX = PeerPeriods(
    "sdmx",
    MappingProxyType(
        {
            "M": {"TIME_PERIOD": "{year}-{month:02}"},
            "Q": {"TIME_PERIOD": "{year}-Q{number}"},
            "S": {"TIME_PERIOD": "{year}-S{number}"},
            "N9": {"TIME_PERIOD": "{begin}/P9M"},
            "A1": {"TIME_PERIOD": "{year}"},
        }
    ),
)

PEERS: Mapping[str, PeerPeriods] = MappingProxyType(
    {one.peer: one for one in (QUANG_BINH, STATISTICS, ONE_STOP, PRICES, SDMX)}
)
