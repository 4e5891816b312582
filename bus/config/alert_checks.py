"""What must hold between alerts, statements, channels and the rest of a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bus.config.channels import AGENCY, Email, Message
from bus.config.codes import canonical_codes
from bus.config.drafting import Draft
from bus.config.problems import Finding, Severity, suggest
from bus.config.values import ANY


def channels_exist(draft: Draft) -> Iterator[Finding]:
    """Each name in ``to`` is a channel's."""
    known = draft.names["channels"]
    for section, lines, more in (("alerts", draft.alerts, ()), ("statements", draft.statements, (AGENCY,))):
        allowed = {*known, *more}
        for index, line in lines.items():
            for place, name in enumerate(line.to):
                if name not in allowed:
                    what = f"'{line.name}' is told to '{name}', which is no channel"
                    yield Finding("routes.unknown_channel", (section, index, "to", place), what, suggest(name, allowed))


def alerts_speak_of_something(draft: Draft) -> Iterator[Finding]:
    """Endpoints, partners and routes that are named are in the file."""
    known = _known(draft)
    for index, alert in draft.alerts.items():
        for key, (code, names) in known.items():
            named = getattr(alert, key, None)
            if named is not None and named not in names:
                what = f"'{alert.name}' watches the {key} '{named}', which is not in the file"
                yield Finding(code, ("alerts", index, key), what, suggest(named, names))


def statements_are_of_known(draft: Draft) -> Iterator[Finding]:
    """A partner that is named is in the file; a code that is none of a partner's is odd."""
    partners, codes = draft.names["partners"], canonical_codes(draft.partners, draft.agencies)
    for index, line in draft.statements.items():
        if line.of.partner not in (None, ANY, *partners):
            what, write = f"there is no partner '{line.of.partner}'", suggest(str(line.of.partner), {*partners, ANY})
            yield Finding("routes.unknown_partner", ("statements", index, "of", "partner"), what, write)
        for code in line.of.codes or () if draft.knows_all_codes else ():
            if code not in codes:
                what, write = f"no partner and no entry of agencies has the code '{code}'", "the code of an agency"
                yield Finding("routes.unknown_agency", ("statements", index, "of"), what, write, Severity.WARNING)


def the_bus_has_a_code(draft: Draft, agency_code: str) -> Iterator[Finding]:
    """What goes as a document has a sender."""
    write = "an e-mail channel, or set BUS_AGENCY_CODE"
    for name, channel in draft.channels.items():
        if isinstance(channel, Message) and not agency_code:
            what = "the bus has no agency code of its own to write a document under"
            yield Finding("routes.no_agency_code", ("channels", name, "kind"), what, write)
    for index, line in draft.statements.items():
        if AGENCY in line.to and not agency_code:
            what = f"'{line.name}' goes as a document, and the bus has no agency code of its own"
            yield Finding("routes.no_agency_code", ("statements", index), what, write)


def mail_goes_in_private(draft: Draft) -> Iterator[Finding]:
    """Mail without TLS can be read and changed on its way."""
    for name, channel in draft.channels.items():
        if isinstance(channel, Email) and channel.tls == "none":
            what = f"what '{name}' sends can be read on its way"
            yield Finding("routes.open_mail", ("channels", name, "tls"), what, "tls: starttls", Severity.WARNING)


def _known(draft: Draft) -> Mapping[str, tuple[str, Collection[str]]]:
    """By the key of an alert: the code of the problem, and the names there are."""
    return {
        "endpoint": ("routes.unknown_endpoint", draft.names["endpoints"]),
        "partner": ("routes.unknown_partner", draft.names["partners"]),
        "expectation": ("routes.unknown_expectation", {rule.name for rule in draft.expectations.values()}),
        "route": ("routes.unknown_route", {rule.name for rule in draft.routes.values()}),
    }
