"""``report.data.v1``, ``report.narrative.v1``, ``report.status.v1``: a report itself, and what became of it.

A figure is text, so that nothing drifts, and an empty one is not zero: its status says why it is empty. Whether figures are right is
not asked here but in :mod:`schemas.report.check`, which names all that is wrong at once.
Shaped on the packets "số liệu báo cáo", "số liệu báo cáo danh sách", "gửi đề cương báo cáo" and "trạng thái báo cáo" of QCVN 125; the
field names are ours (PROPOSED).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from schemas.report import numbers
from schemas.report.base import Code, Line, Part, Reference, Text
from schemas.report.form import FormKind
from schemas.report.regime import DataType
from schemas.report.states import State

_SHA256 = r"^[0-9a-f]{64}$"


#: What a signature is over, where not over an attachment.
CONTENT = "content"


class ObservationStatus(StrEnum):
    """What a figure is, or why there is none."""

    NORMAL = "normal"
    PROVISIONAL = "provisional"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


#: A number as it was written, right or not; the JSON Schema says what is right.
Written = Annotated[
    str, StringConstraints(strict=True, max_length=100), Field(json_schema_extra={"pattern": numbers.PATTERN})
]


class ReportPeriod(Part):
    """The period a report says it is about; both days are included."""

    code: Code
    basis: Literal["nd09", "calendar", "custom"]
    from_: Annotated[date, Field(validation_alias="from", serialization_alias="from")]
    to: date


class Observation(Part):
    """One figure. ``value`` is as it was written; what is no number is told by the check."""

    indicator: Code
    breakdown: Mapping[Code, Code] = Field(default_factory=dict)
    value: Written | None
    unit: Code
    status: ObservationStatus = ObservationStatus.NORMAL
    note: Line | None = None


class ListRow(Part):
    """One row of a list: texts by the codes of its fields. A field left out is empty."""

    values: Mapping[Code, Annotated[str, StringConstraints(strict=True, max_length=5000)]]


class Attachment(Part):
    """A file: in the packet as base64, or where it can be fetched."""

    id: Code
    name: Line
    media_type: Code
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=_SHA256)]
    inline: str | None = None
    url: Line | None = None


class Signature(Part):
    """Who signed, and over what: ``content`` (by its hash) or ``attachment:`` and its id."""

    signer: Line
    role: Code
    signed_at: AwareDatetime
    format: Literal["CAdES", "PAdES", "XAdES"]
    over: Code
    #: Of ``content``: the hash that was signed (:mod:`schemas.report.canonical`).
    hash: Code | None = None
    value: str | None = None


class NarrativeSection(Part):
    """What is said under one heading of the outline."""

    code: Code
    text: Text


class NarrativeText(Part):
    """What is said beside the figures."""

    text: Text = ""
    attachments: tuple[Code, ...] = ()


class _Sent(Part):
    """What data and narrative have in common."""

    report_id: Code
    version: Annotated[int, Field(ge=1, le=10_000)] = 1
    #: The version it takes the place of.
    supersedes: Annotated[int, Field(ge=1, le=10_000)] | None = None
    regime: Code
    period: ReportPeriod
    reporting_unit: Code
    recipients: Annotated[tuple[Code, ...], Field(min_length=1, max_length=2000)]
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=500)] = ()
    signatures: Annotated[tuple[Signature, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _takes_a_place(self) -> Self:
        if (self.supersedes or 0) >= self.version or (self.version > 1) != (self.supersedes is not None):
            raise ValueError("expected a version after the first, and no other, to name an older one in 'supersedes'")
        return self


class Data(_Sent):
    """A report's figures: ``observations`` of a matrix, ``rows`` of a list."""

    type: Literal["report.data.v1"] = "report.data.v1"
    form: Reference
    deadline: date | None = None
    data_type: DataType = DataType.OFFICIAL
    kind: FormKind = FormKind.MATRIX
    observations: Annotated[tuple[Observation, ...], Field(max_length=90_000)] = ()
    rows: Annotated[tuple[ListRow, ...], Field(max_length=5000)] = ()
    #: Of an aggregate that was released without them: the units whose reports are not in it.
    missing_units: Annotated[tuple[Code, ...], Field(max_length=5000)] = ()
    narrative: NarrativeText | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if self.observations if self.kind is FormKind.LIST else self.rows:
            raise ValueError("expected 'observations' in a matrix alone, and 'rows' in a list alone")
        return self


class Narrative(_Sent):
    """A report's text by the headings of its outline."""

    type: Literal["report.narrative.v1"] = "report.narrative.v1"
    outline: Reference
    sections: Annotated[tuple[NarrativeSection, ...], Field(max_length=200)] = ()


class Status(Part):
    """What became of a report. ``cells`` are those it was returned for, as ``I.1/online``."""

    type: Literal["report.status.v1"] = "report.status.v1"
    report_id: Code
    version: Annotated[int, Field(ge=1, le=10_000)]
    state: State
    at: AwareDatetime
    by: Code
    code: Code | None = None
    message: Text = ""
    cells: Annotated[tuple[Code, ...], Field(max_length=5000)] = ()


def report_id(regime: str, form: str, period: str, unit: str) -> str:
    """What a unit's report is called, in all its versions. It stands in addresses, so it has no slash."""
    return f"{regime}-{form}-{period}-{unit}".replace("/", ".")
