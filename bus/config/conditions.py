"""What a rule asks: ``when:`` as an operator writes it, and which kinds of message it lets through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from bus.config.values import ANY, Code, Section, as_list

MessageType = Literal[
    "edoc", "status",
    "report.data.v1", "report.narrative.v1", "report.status.v1",
    "report.regime.v1", "report.form.v1", "report.outline-form.v1", "report.catalog.v1", "kpi.set.v1", "kpi.data.v1",
]  # fmt: skip
Kind = Literal[
    "new", "recall", "update", "replace", "01", "02", "03", "04", "05", "06", "13", "15", "16",
    "correction", "published", "not_due", "open", "draft", "submitted", "approved", "signed", "queued", "sent", "acked",
    "accepted", "returned", "superseded", "cancelled",
]  # fmt: skip
Types = Annotated[tuple[MessageType, ...], BeforeValidator(as_list), Field(min_length=1)]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(as_list), Field(min_length=1)]

_VERSIONS: tuple[Kind, ...] = ("new", "correction")
_PUBLISHED: tuple[Kind, ...] = ("published",)
_STATES: tuple[Kind, ...] = (
    "not_due", "open", "draft", "submitted", "approved", "signed", "queued", "sent", "acked",
    "accepted", "returned", "superseded", "cancelled",
)  # fmt: skip

#: Message types and the kinds each has: how an edoc is meant, a status code, the state of a report.
KINDS: Mapping[MessageType, tuple[Kind, ...]] = {
    "edoc": ("new", "recall", "update", "replace"),
    "status": ("01", "02", "03", "04", "05", "06", "13", "15", "16"),
    "report.data.v1": _VERSIONS,
    "report.narrative.v1": _VERSIONS,
    "report.status.v1": _STATES,
    "report.regime.v1": _PUBLISHED,
    "report.form.v1": _PUBLISHED,
    "report.outline-form.v1": _PUBLISHED,
    "report.catalog.v1": _PUBLISHED,
    "kpi.set.v1": _PUBLISHED,
    "kpi.data.v1": _PUBLISHED,
}


class AgencyCondition(Section):
    """Which agencies a rule is about: every one, those of partners, of one partner, or a list.

    Written ``any``, a code, a list of codes, or ``{partner: any | NAME}``.
    """

    codes: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None
    partner: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_short_forms(cls, value: object) -> object:
        if value == ANY:
            return {}
        if isinstance(value, str | list):
            return {"codes": as_list(value)}
        if isinstance(value, dict) and set(value) == {"partner"}:
            return value
        raise ValueError("expected any, a code in quotes, a list of codes, {partner: any} or {partner: NAME}")

    @property
    def everyone(self) -> bool:
        """Whether there is nothing to ask."""
        return self.codes is None and self.partner is None


class When(Section):
    """What a rule asks of a message and one of its recipients; what is left out is not asked."""

    recipient: AgencyCondition = AgencyCondition.model_construct()
    sender: AgencyCondition = AgencyCondition.model_construct()
    type: Types | None = None
    kind: Kinds | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("expected a condition such as {recipient: any}")
        return self

    @model_validator(mode="after")
    def _kinds_of_the_type(self) -> Self:
        if not self.cells():
            raise ValueError(
                "expected kinds of that type: edoc has new to replace, status has two digits, a report new and correction"
            )
        return self

    def cells(self) -> frozenset[tuple[str, str]]:
        """The pairs of type and kind this condition lets through."""
        return frozenset(
            (type_, kind)
            for type_, kinds in KINDS.items()
            for kind in kinds
            if (self.type is None or type_ in self.type) and (self.kind is None or kind in self.kind)
        )
