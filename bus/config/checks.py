"""What must hold between the entries of one file. Each check is a function from the draft to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bus.config.alerts import Alert
from bus.config.channels import Statement
from bus.config.codes import canonical_codes
from bus.config.drafting import Draft
from bus.config.expectations import Expectation
from bus.config.models import MAILBOX, Rule, Tap
from bus.config.problems import Finding, Path, Severity, suggest
from bus.config.reach import CodeBook, hidden
from bus.config.values import ANY
from bus.endpoint_settings import Idempotency

Check = Callable[[Draft], Iterator[Finding]]


def _lines(draft: Draft) -> Iterator[tuple[Path, Rule | Tap]]:
    """Rules and taps, each with its path."""
    for index, rule in draft.routes.items():
        yield ("routes", index), rule
    for index, tap in draft.taps.items():
        yield ("taps", index), tap


def endpoints_exist(draft: Draft) -> Iterator[Finding]:
    known = draft.names["endpoints"]
    for path, line in _lines(draft):
        if line.to not in known:
            what = f"'{line.name}' leads to '{line.to}', which is no endpoint"
            yield Finding("routes.unknown_endpoint", (*path, "to"), what, suggest(line.to, known))


def partners_exist(draft: Draft) -> Iterator[Finding]:
    known = draft.names["partners"]
    for path, line in _lines(draft):
        for side in ("recipient", "sender"):
            name = getattr(line.when, side).partner
            if name is not None and name != ANY and name not in known:
                what, write = f"there is no partner '{name}'", suggest(name, {*known, ANY})
                yield Finding("routes.unknown_partner", (*path, "when", side, "partner"), what, write)


def policies_exist(draft: Draft) -> Iterator[Finding]:
    known = {"default", *draft.names["retry"]}
    for name, endpoint in draft.endpoints.items():
        if endpoint.retry not in known:
            what = f"there is no retry policy '{endpoint.retry}'"
            yield Finding("routes.unknown_retry", ("endpoints", name, "retry"), what, suggest(endpoint.retry, known))


def retention_is_of_rules(draft: Draft) -> Iterator[Finding]:
    rules, taps = ({line.name for line in lines.values()} for lines in (draft.routes, draft.taps))
    known = {"default", *rules, *taps}
    for name in draft.retention.keys() - known:
        what = f"there is no rule and no tap '{name}'"
        yield Finding("routes.unknown_rule", ("retention", name), what, suggest(name, known), at_key=True)


def names_differ(draft: Draft) -> Iterator[Finding]:
    sections: dict[str, Mapping[int, Rule | Tap | Alert | Statement | Expectation]] = {
        "routes": draft.routes,
        "taps": draft.taps,
        "alerts": draft.alerts,
        "statements": draft.statements,
        "expectations": draft.expectations,
    }
    for section, lines in sections.items():
        seen: set[str] = set()
        for index, line in lines.items():
            if line.name in seen:
                what = f"two entries of {section} are called '{line.name}'"
                yield Finding("routes.double_name", (section, index, "name"), what, "a name of its own")
            seen.add(line.name)


def rules_take_something(draft: Draft) -> Iterator[Finding]:
    positions = list(draft.routes)
    for index, takers in hidden(list(draft.routes.values()), _book(draft)):
        path: Path = ("routes", positions[index])
        what = (
            f"rule '{draft.routes[positions[index]].name}' never takes anything: all goes by {_quoted(takers)} before"
        )
        yield Finding("routes.unreachable", path, what, "it above them, or leave it out")


def codes_known(draft: Draft) -> Iterator[Finding]:
    known = canonical_codes(draft.partners, draft.agencies)
    for path, line in _lines(draft) if draft.knows_all_codes else ():
        for side in ("recipient", "sender"):
            for index, code in enumerate(getattr(line.when, side).codes or ()):
                if code not in known:
                    what = f"no partner and no entry of agencies has the code '{code}'"
                    write = f'the code in its known spelling, or agencies: {{"{code}": {{name: …}}}}'
                    where = (*path, "when", side, index)
                    yield Finding("routes.unknown_agency", where, what, write, Severity.WARNING)


def mailbox_is_fetched(draft: Draft) -> Iterator[Finding]:
    """What lies in the mailbox for an agency of no partner is never fetched."""
    book, held = _book(draft), {code for partner in draft.partners.values() for code in partner.agencies}
    for index, rule in draft.routes.items() if draft.knows_all_codes else ():
        codes = book.codes(rule.when.recipient)
        endpoint = draft.endpoints.get(rule.to)
        if endpoint and endpoint.kind == MAILBOX and (codes is None or codes - held):
            what = f"rule '{rule.name}' puts into the mailbox what no partner can fetch"
            write = "recipient: {partner: any}"
            yield Finding("routes.nobody_fetches", ("routes", index, "when"), what, write, Severity.WARNING)


def taps_are_sent(draft: Draft) -> Iterator[Finding]:
    """A tap's copy has no recipient who could fetch it."""
    for index, tap in draft.taps.items():
        endpoint = draft.endpoints.get(tap.to)
        if endpoint and endpoint.kind == MAILBOX:
            what = f"tap '{tap.name}' leads to a mailbox, where nobody could fetch its copies"
            yield Finding("routes.tap_to_mailbox", ("taps", index, "to"), what, "an endpoint that is called")


def duplicates_needed(draft: Draft) -> Iterator[Finding]:
    for index, rule in draft.routes.items():
        endpoint = draft.endpoints.get(rule.to)
        if rule.duplicates and endpoint and endpoint.idempotency is not Idempotency.NONE:
            what = f"'{rule.to}' has the contract {endpoint.idempotency}, so 'duplicates' changes nothing"
            path = ("routes", index, "duplicates")
            yield Finding("routes.duplicates_needless", path, what, "the rule without it", Severity.WARNING)


def hops_are_named(draft: Draft, agency_code: str) -> Iterator[Finding]:
    """A hop of the bus's own says whose it is, and nothing gets one in a mailbox."""
    for name, endpoint in draft.endpoints.items():
        if endpoint.trace_header == "never":
            continue
        path = ("endpoints", name, "trace_header")
        if endpoint.kind == MAILBOX:
            yield Finding("routes.trace_header", path, "what is fetched from a mailbox leaves as it came", "'never'")
        elif not agency_code:
            what = "the bus has no agency code of its own to write into a hop"
            yield Finding("routes.trace_header", path, what, "'never', or set BUS_AGENCY_CODE")


def _book(draft: Draft) -> CodeBook:
    return CodeBook(draft.partners, canonical_codes(draft.partners, draft.agencies))


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
