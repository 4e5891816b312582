"""What must arrive by when, by rule: ``expectations:`` in ``routes.yaml``, one model for each thing that may be owed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bus.config.conditions import When
from bus.config.values import Name, Positive, Section, as_list

Handling = Literal["01", "02", "03", "04", "05", "06"]
Durations = Annotated[tuple[Positive, ...], BeforeValidator(as_list), Field(max_length=8)]
Codes = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], BeforeValidator(as_list)]


class Remind(Section):
    """When who owes is reminded, counted from the deadline; each of them once."""

    before: Durations = ()
    after: Durations = ()


class Expectation(Section):
    """What every line of ``expectations:`` has."""

    name: Name
    on: str
    remind: Remind = Remind()


class OfDocuments(Expectation):
    """Owed by each recipient of a document that was delivered to it."""

    #: Which documents; every one where nothing is said.
    when: When | None = None


class Receipt(OfDocuments):
    """A word on the handling of a document: a status."""

    on: Literal["receipt"]
    status: Annotated[tuple[Handling, ...], BeforeValidator(as_list), Field(min_length=1)] = (
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
    )
    #: Working days after the delivery, to the same time of day.
    working_days: Annotated[int, Field(ge=1, le=250)] = 1


class Answer(OfDocuments):
    """A document that answers one with a DueDate, by the end of that day."""

    on: Literal["answer"]


class Report(Expectation):
    """The reports of ``regimes.yaml``."""

    on: Literal["report"]
    #: Reports that were due before this day are not asked for.
    since: date
    #: Codes of regimes; all of them where none are named.
    regimes: Codes = ()
    #: A report that was returned is owed again within so many working days, or by its deadline where that is later.
    corrected_within: Annotated[int, Field(ge=1, le=250)] = 3
    #: Units whose own reports the bus makes of those they receive, on the same form for the same period.
    aggregate: Codes = ()


#: By what stands at ``on``.
EXPECTATIONS: Mapping[str, type[Expectation]] = MappingProxyType(
    {"answer": Answer, "receipt": Receipt, "report": Report}
)
