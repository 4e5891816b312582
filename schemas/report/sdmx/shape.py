"""A form as SDMX sees it: dimensions, one measure, attributes, and the names its codes have there. Pure.

Concepts are those of the cross-domain list where it has one (FREQ, TIME_PERIOD, OBS_VALUE, UNIT_MEASURE, OBS_STATUS, COMMENT_OBS). The
rest are ours (PROPOSED).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from schemas.report.data import ObservationStatus
from schemas.report.form import Form, FormKind
from schemas.report.periods import Kind
from schemas.report.sdmx.names import component, named, spelled

#: What a figure is of, as a whole: of all members of a dimension.
WHOLE = "_T"
#: CL_OBS_STATUS of SDMX: A normal, P provisional, O missing value, M missing value that cannot exist.
STATUS: Mapping[ObservationStatus, str] = MappingProxyType(
    {
        ObservationStatus.NORMAL: "A",
        ObservationStatus.PROVISIONAL: "P",
        ObservationStatus.MISSING: "O",
        ObservationStatus.NOT_APPLICABLE: "M",
    }
)
#: CL_FREQ of SDMX; nine months and what is asked for once are of none of its kinds.
FREQ: Mapping[Kind, str] = MappingProxyType({Kind.MONTH: "M", Kind.QUARTER: "Q", Kind.HALF: "S", Kind.YEAR: "A"})
OTHER_FREQ = "_O"
#: Attributes of the whole report, and whether each has to be there.
WHOLE_ATTRIBUTES: Mapping[str, bool] = MappingProxyType(
    {
        "REGIME": True,
        "PERIOD_BASIS": False,
        "DATA_FROM": False,
        "DATA_TO": False,
        "REPORT_ID": False,
        "REPORT_VERSION": False,
        "SUPERSEDES": False,
        "DEADLINE": False,
    }
)
#: Attributes of one figure.
OBS_ATTRIBUTES: Mapping[str, bool] = MappingProxyType({"UNIT_MEASURE": True, "OBS_STATUS": True, "COMMENT_OBS": False})
MEASURE = "OBS_VALUE"
FIRST_DIMENSIONS = ("FREQ", "REPORTING_UNIT", "INDICATOR", "DATA_TYPE")
LAST_DIMENSION = "TIME_PERIOD"
_OURS = (*FIRST_DIMENSIONS, LAST_DIMENSION, MEASURE, *OBS_ATTRIBUTES, *WHOLE_ATTRIBUTES)
#: Of SDMX-CSV, about the structure.
STRUCTURAL = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
VERSION = "1.0"


class Unwritable(ValueError):
    """What SDMX has no way to say; says why."""


@dataclass(frozen=True)
class Shape:
    """A matrix with its names."""

    form: Form

    @property
    def agency(self) -> str:
        """Who made the form; an agency's name begins with a letter there."""
        return f"VN_{spelled(self.form.issued_by)}"

    @property
    def id(self) -> str:
        """The structure's name: each version of a form is one of its own."""
        return spelled(f"{self.form.code}_{self.form.version}")

    @property
    def full_id(self) -> str:
        """With agency and version, as data name it."""
        return f"{self.agency}:{self.id}({VERSION})"

    @cached_property
    def indicators(self) -> Mapping[str, str]:
        """Names by code."""
        return named(one.code for one in self.form.indicators)

    @cached_property
    def breakdowns(self) -> Mapping[str, str]:
        """Names of dimensions by what the form calls them."""
        found = dict.fromkeys(name for one in self.form.columns for name in one.breakdown)
        made: dict[str, str] = {}
        for name in found:
            made[name] = self._free(component(name), made)
        return made

    def _free(self, name: str, made: Mapping[str, str]) -> str:
        while name in (*_OURS, *STRUCTURAL, *made.values()):
            name += "_"
        return name

    def members(self, breakdown: str) -> Mapping[str, str]:
        """Names of a dimension's members by code."""
        return self._members[breakdown]

    @cached_property
    def _members(self) -> Mapping[str, Mapping[str, str]]:
        return {
            name: named((one.breakdown[name] for one in self.form.columns if name in one.breakdown), [WHOLE])
            for name in self.breakdowns
        }

    @property
    def dimensions(self) -> tuple[str, ...]:
        """In their order."""
        return (*FIRST_DIMENSIONS, *self.breakdowns.values(), LAST_DIMENSION)

    @property
    def columns(self) -> tuple[str, ...]:
        """All components in the order of SDMX-CSV: dimensions, measure, attributes."""
        return (*self.dimensions, MEASURE, *OBS_ATTRIBUTES, *WHOLE_ATTRIBUTES)

    def key(self, breakdown: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """A column's place in the dimensions. Raises KeyError for one the form does not have."""
        if set(breakdown) - set(self.breakdowns):
            raise KeyError(*breakdown)
        for name, dimension in self.breakdowns.items():
            yield dimension, self.members(name)[breakdown[name]] if name in breakdown else WHOLE


def shape_of(form: Form) -> Shape:
    """That of a form. Raises Unwritable for a list."""
    if form.kind is not FormKind.MATRIX:
        raise Unwritable(f"form {form.code} is a list, and SDMX tells figures")
    return Shape(form)
