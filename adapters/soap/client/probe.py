"""What an operator wants to know before messages fail: does the partner answer, and is its WSDL still the one we know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from adapters.http.lists import Lists
from adapters.http.probe import refused
from adapters.soap.client.call import SoapCall
from adapters.soap.client.client import SoapClient
from adapters.soap.client.description import Description
from adapters.soap.client.drift import drifted
from adapters.soap.client.endpoint import client_of, library_of
from adapters.soap.client.settings import SoapSettings
from bus.endpoint import Finding, Kept, Means
from bus.endpoint_settings import EndpointSettings
from bus.errors import CallFailed, FailureClass, Unreachable


def probe(name: str, settings: EndpointSettings, means: Means) -> Iterator[Finding]:
    """Look at the partner: its WSDL is had and compared, tokens are had and lists asked for; nothing is fetched or sent."""
    assert isinstance(settings, SoapSettings)
    if words := refused(settings):
        yield Finding("address_refused", words, error=True)
        return
    kept = Kept()
    client, library = client_of(name, settings, means, kept), library_of(name, settings, means, kept)
    try:
        now, same = library.fresh(client.document)
        yield from _described(settings, now, library.kept(), same=same)
        if client.sign_in():
            yield Finding("signed_in", "gives us a token or session")
        # By the WSDL of this moment: looking keeps nothing.
        yield from _listed(settings, SoapClient(name, settings, means, kept, described=lambda: now), means)
    except Unreachable as failure:
        code = "wrong_secret" if failure.failure is FailureClass.AUTH else "unreachable"
        yield Finding(code, f"cannot be called: {failure}", error=True)


def _described(settings: SoapSettings, now: Description, was: Description | None, *, same: bool) -> Iterator[Finding]:
    """Whether all that is called is there, as the WSDL is now and, where one is kept, as it was."""
    operations = sorted({call.operation for call in calls(settings)})
    for name in operations:
        if not now.has(name):
            yield Finding("no_operation", f"its WSDL has no operation {name}", error=True)
    if was is None:
        yield Finding("wsdl", "gives us its WSDL, which will be kept when it is first needed")
    elif same:
        yield Finding("wsdl", "its WSDL is the one that is kept")
    else:
        yield from _changed(was, now, operations)


def _changed(was: Description, now: Description, operations: list[str]) -> Iterator[Finding]:
    changes = [words for name in operations for words in drifted(was, now, name)]
    for words in changes:
        yield Finding("wsdl_changed", f"its WSDL is no longer the one that is kept: {words}", error=True)
    if not changes:
        yield Finding("wsdl_changed", "its WSDL is no longer the one that is kept; what is called here is the same")


def _listed(settings: SoapSettings, client: SoapClient, means: Means) -> Iterator[Finding]:
    if settings.receive is None:
        return
    lists = Lists(client, means.clock, settings.receive.max_items)
    for number, one in enumerate(settings.receive.lists, 1):
        try:
            waiting = len(lists.rows(one))
        except CallFailed as failure:
            yield Finding("no_list", f"does not list what waits for us (list {number}): {failure}", error=True)
        else:
            yield Finding("listed", f"items that wait there for us (list {number}): {waiting}")


def calls(found: object) -> Iterator[SoapCall]:
    """All calls of an endpoint, or of a part of its settings."""
    if isinstance(found, SoapCall):
        yield found
        return
    below: Iterable[object] = ()
    if isinstance(found, BaseModel):
        below = vars(found).values()
    elif isinstance(found, tuple):
        below = found
    for one in below:
        yield from calls(one)
