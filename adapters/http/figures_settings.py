"""Indicators that a partner is asked for, and their values: whose, of which periods, and how it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import InitErrorDetails

from adapters.http import names
from adapters.http.answer_settings import Rule, Rules
from adapters.http.call_names import check_other
from adapters.http.call_settings import CallSettings
from adapters.http.paths import Path
from adapters.http.report_settings import Peer
from adapters.http.sections import Section, Word
from schemas.report.base import Code, Reference
from schemas.report.peer_periods import PEERS, write
from schemas.report.periods import CALENDAR, ND09, Basis, period, spread
from schemas.report.regime import DataType, Tail


class IndicatorsSettings(Section):
    """A list of indicators, and where in a row things stand."""

    call: CallSettings
    success: Rules = (Rule(status=("2xx",)),)
    rows: Path
    code: Path
    name: Path


class ValuesSettings(Section):
    """The values of so many indicators at a time, ``{codes}``."""

    call: CallSettings
    success: Rules = (Rule(status=("2xx",)),)
    rows: Path
    code: Path
    value: Path
    unit: Path
    most: Annotated[int, Field(ge=1, le=10_000)] = 200


class FiguresSettings(Section):
    """What is asked for is the endpoint's to say, how it is asked the dialect's. Without ``offices`` nothing is."""

    #: Whose figures, by the codes the partner knows them by; ``{office}`` in calls.
    offices: tuple[Code, ...] = ()
    #: Agencies whose messages they are here.
    own: tuple[Word, ...] = ()
    #: What the lists of indicators are called here; without it none is made.
    catalogue: Code | None = None
    #: By what figures they are, the set their values belong to here.
    sets: Mapping[DataType, Reference] = {}
    #: Whose codes of periods stand in ``{peer.…}``, and how the data of its months are counted.
    peer: Peer
    basis: Literal["nd09", "calendar"] | None = None
    #: Of these (letters and tails) the ones whose data ended within so many days, or will.
    periods: tuple[Tail, ...] = ()
    days: Annotated[int, Field(ge=0, le=3_650)] = 400
    ahead: Annotated[int, Field(ge=0, le=3_650)] = 0
    #: What an indicator is measured in where the partner does not say: by its code, and else.
    units: Mapping[Code, Code] = {}
    unit: Code

    #: All indicators of an office, and those of them that have values of a period.
    indicators: IndicatorsSettings
    filled: IndicatorsSettings
    values: ValuesSettings

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.offices and not (self.own and (self.catalogue or self.sets)):
            raise ValueError(
                "expected beside 'offices': 'own', for whom it is, and 'catalogue' or 'sets', what is made of it"
            )
        if self.sets and not (self.basis and self.periods):
            raise ValueError("expected beside 'sets': 'periods', and 'basis', by which the partner counts them")
        for tail in (tail for word in self.periods for tail in spread(word)):
            write(PEERS[self.peer], period(f"2025-{tail}", self.counting))
        return self

    @property
    def counting(self) -> Basis:
        """The basis by which months are counted there."""
        return ND09 if self.basis == "nd09" else CALENDAR

    def faults(self, session: frozenset[str]) -> Iterator[InitErrorDetails]:
        """What is wrong with the templates of its calls."""
        office = names.CALL | session | {"office"}
        spoken = office | {"dataType"} | {f"peer.{name}" for one in PEERS[self.peer].codes.values() for name in one}
        yield from check_other(self.indicators.call, ("figures", "indicators", "call"), office)
        yield from check_other(self.filled.call, ("figures", "filled", "call"), spoken)
        yield from check_other(self.values.call, ("figures", "values", "call"), spoken | {"codes"})
