"""A form as its cells are looked up: made once for a form, used for every report on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.report.form import Column, Form, FormKind, Indicator, ListField, cell

Members = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows and columns of a form by their codes, and columns by the members they are of."""

    form: Form
    rows: Mapping[str, Indicator]
    columns: Mapping[str, Column]
    by_members: Mapping[Members, str]
    fields: Mapping[str, ListField]
    not_applicable: frozenset[str]
    #: The cells that must be filled.
    mandatory: tuple[str, ...]


def table(form: Form) -> Table:
    """The form, ready for reports."""
    apart = frozenset(form.not_applicable)
    cells = (cell(row.code, one.code) for row in form.indicators if row.mandatory for one in form.columns)
    return Table(
        form,
        {one.code: one for one in form.indicators},
        {one.code: one for one in form.columns},
        {members(one.breakdown): one.code for one in form.columns},
        {one.code: one for one in form.fields},
        apart,
        tuple(name for name in cells if name not in apart) if form.kind is FormKind.MATRIX else (),
    )


def members(breakdown: Mapping[str, str]) -> Members:
    """What a figure is of, as it is compared."""
    return frozenset(breakdown.items())


def spelled(indicator: str, breakdown: Mapping[str, str]) -> str:
    """A cell that is in no form: ``I.1/channel=online``."""
    return cell(indicator, ",".join(f"{name}={member}" for name, member in sorted(breakdown.items())) or "-")
