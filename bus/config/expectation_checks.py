"""What must hold between expectations and the rest of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bus.config.codes import canonical_codes
from bus.config.drafting import Draft
from bus.config.expectations import OfDocuments, Report
from bus.config.problems import Finding, Path, Severity, closest, suggest
from bus.config.values import ANY


def expectations_speak_of_documents(draft: Draft) -> Iterator[Finding]:
    """What is owed for a delivered document is asked of documents, and of partners that are in the file."""
    partners = draft.names["partners"]
    for index, line in draft.expectations.items():
        when = line.when if isinstance(line, OfDocuments) else None
        if when is None:
            continue
        if when.type not in (None, ("edoc",)):
            what = f"'{line.name}' waits for what is owed for documents, and these are none"
            yield Finding("routes.value", ("expectations", index, "when", "type"), what, "edoc")
        for side in ("recipient", "sender"):
            name = getattr(when, side).partner
            if name not in (None, ANY, *partners):
                where = ("expectations", index, "when", side, "partner")
                yield Finding(
                    "routes.unknown_partner", where, f"there is no partner '{name}'", suggest(name, {*partners, ANY})
                )


def expected_codes_known(draft: Draft) -> Iterator[Finding]:
    """Whose reports are made, and of whom something is expected, is spelled as the file spells it."""
    known = canonical_codes(draft.partners, draft.agencies)
    for path, codes in _codes(draft) if draft.knows_all_codes else ():
        for index, code in enumerate(codes):
            if code not in known:
                close = closest(code, known)
                told = f"'{close}' (did you mean that?), or " if close else ""
                what = f"no partner and no entry of agencies has the code '{code}'"
                write = f'{told}agencies: {{"{code}": {{name: …}}}}'
                yield Finding("routes.unknown_agency", (*path, index), what, write, Severity.WARNING)


def _codes(draft: Draft) -> Iterator[tuple[Path, Sequence[str]]]:
    """The codes that stand in expectations, each list with its path."""
    for index, line in draft.expectations.items():
        if isinstance(line, Report):
            yield ("expectations", index, "aggregate"), line.aggregate
        elif isinstance(line, OfDocuments) and line.when:
            for side in ("recipient", "sender"):
                yield ("expectations", index, "when", side), getattr(line.when, side).codes or ()


def reminders_have_a_sender(draft: Draft, agency_code: str) -> Iterator[Finding]:
    """A reminder goes as a document, so the bus needs a code to write it under."""
    for index, line in draft.expectations.items():
        if (line.remind.before or line.remind.after) and not agency_code:
            what = f"'{line.name}' reminds by documents, and the bus has no agency code of its own"
            yield Finding("routes.no_agency_code", ("expectations", index, "remind"), what, "set BUS_AGENCY_CODE")
