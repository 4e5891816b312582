"""What an operator wants to know of a partner before it is used: may it be called, does it know us, what does it list."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.http.call_settings import CallSettings
from adapters.http.client import HttpClient
from adapters.http.lists import Lists
from adapters.http.sending import Sending
from adapters.http.settings import HttpSettings
from adapters.http.targets import refused_as_resolved, words_of
from adapters.http.template import parse
from bus.endpoint import EndpointSettings, Finding, Means, address_of
from bus.errors import CallFailed, FailureClass, Unreachable


def probe(name: str, settings: EndpointSettings, means: Means) -> Iterator[Finding]:
    """Look at the partner: tokens are had and lists asked for; nothing is fetched, acked or sent."""
    assert isinstance(settings, HttpSettings)
    if refused := _refused(settings):
        yield Finding("address_refused", refused, error=True)
        return
    client = HttpClient(name, settings, means)
    try:
        yield from _signed_in(client)
        yield from _listed(settings, client, means)
    except Unreachable as failure:
        code = "wrong_secret" if failure.failure is FailureClass.AUTH else "unreachable"
        yield Finding(code, f"cannot be called: {failure}", error=True)


def _refused(settings: HttpSettings) -> str:
    """Why its address may not be called; '' where it may."""
    host, _ = address_of(settings.server)
    try:
        refused = refused_as_resolved(host, settings.allow)
    except OSError as error:
        return f"{host} cannot be looked up: {error.strerror or error}"
    return words_of(refused) if refused else ""


def _signed_in(client: HttpClient) -> Iterator[Finding]:
    if client.sign_in():
        yield Finding("signed_in", "gives us a token or session")


def _listed(settings: HttpSettings, client: HttpClient, means: Means) -> Iterator[Finding]:
    if settings.receive is None:
        yield _answers(client)
        return
    lists = Lists(client, means.clock, settings.receive.max_items)
    for number, one in enumerate(settings.receive.lists, 1):
        try:
            waiting = len(lists.rows(one))
        except CallFailed as failure:
            yield Finding("no_list", f"does not list what waits for us (list {number}): {failure}", error=True)
        else:
            yield Finding("listed", f"items that wait there for us (list {number}): {waiting}")


def _answers(client: HttpClient) -> Finding:
    """Whether somebody speaks HTTP there at all; what is said of no path in particular means nothing."""
    call = CallSettings(method="GET", path=parse(""))
    response = client.call(call, Sending(client.facts()))
    return Finding("reached", f"answers (HTTP {response.status})")
