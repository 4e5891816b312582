"""Whether a report is right: everything that is wrong at once, at what it costs in its regime."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from schemas.report.base import Reference
from schemas.report.canonical import content_hash
from schemas.report.check_list import check_list
from schemas.report.check_matrix import check_matrix
from schemas.report.data import CONTENT, Data, Narrative
from schemas.report.deadlines import over
from schemas.report.form import FormKind
from schemas.report.library import Library
from schemas.report.periods import PeriodUnknown
from schemas.report.problem import Problem, judged, problem
from schemas.report.regime import Occasion, Regime, Span


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a report cannot say of itself: when it came, by when it was owed, whether its period takes any more, and for whom it is."""

    now: datetime | None = None
    deadline: date | None = None
    closed: bool = False
    #: The unit that owes it, where its code was closed and whoever reports took its place.
    predecessor: str = ""


def check(report: Data | Narrative, library: Library, at: Circumstances | None = None) -> tuple[Problem, ...]:
    """All problems of a report, in its own order; none where it is right."""
    regime = library.regime(report.regime, report.period.to)
    if regime is None:
        return (problem("report.regime_unknown", given=report.regime),)
    at = at or Circumstances()
    found = [*_header(report, regime, at), *_attachments(report), *_signatures(report)]
    content = _data(report, regime, library, at) if isinstance(report, Data) else _narrative(report, regime, library)
    return judged([*found, *content], regime)


def _header(report: Data | Narrative, regime: Regime, at: Circumstances) -> Iterator[Problem]:
    try:
        span = regime.span(report.period.code)
    except PeriodUnknown:
        yield problem("report.period_unknown", given=report.period.code, expected=", ".join(regime.owed_for))
        return
    yield from _days(report, regime, span)
    unit = at.predecessor or report.reporting_unit
    if all(unit != one.unit for one in regime.owing(span)):
        yield problem("report.not_owing", given=report.reporting_unit)
    expected = regime.recipients_of(unit, span)
    if set(report.recipients) != set(expected):
        yield problem("report.recipients", given=", ".join(report.recipients), expected=", ".join(expected))
    yield from _in_time(report, at)


def _in_time(report: Data | Narrative, at: Circumstances) -> Iterator[Problem]:
    if at.closed:
        yield problem("report.period_closed", given=report.period.code)
    if at.now and at.deadline and at.now >= over(at.deadline):
        yield problem("report.late", expected=at.deadline)


def _days(report: Data | Narrative, regime: Regime, span: Span) -> Iterator[Problem]:
    said, basis = report.period, regime.basis
    asked = said.basis if isinstance(span, Occasion) else basis
    if (said.basis, said.from_, said.to) != (asked, span.data_from, span.data_to):
        given, expected = (
            f"{begin} – {end} ({by})"
            for begin, end, by in ((said.from_, said.to, said.basis), (span.data_from, span.data_to, asked))
        )
        yield problem("report.period_basis", given=given, expected=expected)


def _attachments(report: Data | Narrative) -> Iterator[Problem]:
    there = {one.id for one in report.attachments}
    over = (one.over.removeprefix("attachment:") for one in report.signatures if one.over.startswith("attachment:"))
    named = report.narrative.attachments if isinstance(report, Data) and report.narrative else ()
    yield from (problem("report.attachment", given=one) for one in (*named, *over) if one not in there)


def _signatures(report: Data | Narrative) -> Iterator[Problem]:
    signed = [one for one in report.signatures if one.over == CONTENT]
    hashed = content_hash(report) if signed else ""
    yield from (problem("report.signature", given=one.signer) for one in signed if one.hash != hashed)


def _data(report: Data, regime: Regime, library: Library, at: Circumstances) -> Iterator[Problem]:
    if report.data_type not in regime.data_types:
        yield problem("report.data_type", given=report.data_type, expected=", ".join(regime.data_types))
    table, owed = None, regime.forms_of(at.predecessor or report.reporting_unit)
    for one in owed:
        if one.code == report.form.code:
            yield from _version(report.form, one)
            table = library.form(one)
    if table is None:
        known = ", ".join(one.code for one in owed)
        yield problem("report.form_unknown", given=report.form.code, expected=known)
    elif table.form.kind is not report.kind:
        yield problem("report.kind", given=report.kind, expected=table.form.kind)
    elif report.kind is FormKind.MATRIX:
        yield from check_matrix(report.observations, table)
    else:
        yield from check_list(report.rows, table)


def _version(given: Reference, expected: Reference) -> Iterable[Problem]:
    if given.version != expected.version:
        yield problem("report.form_version", given=given.version, expected=expected.version)


def _narrative(report: Narrative, regime: Regime, library: Library) -> Iterator[Problem]:
    outline = library.outline(regime.outline) if regime.outline else None
    if regime.outline is None or outline is None or outline.code != report.outline.code:
        expected = regime.outline.code if regime.outline else ""
        yield problem("report.form_unknown", given=report.outline.code, expected=expected)
        return
    yield from _version(report.outline, regime.outline)
    written = {one.code for one in report.sections if one.text}
    known = {one.code for one in outline.sections}
    yield from (
        problem("report.section_unknown", one.code, given=one.code) for one in report.sections if one.code not in known
    )
    lost = (one.code for one in outline.sections if one.mandatory and one.code not in written)
    yield from (problem("report.section_missing", code, given=code) for code in lost)
