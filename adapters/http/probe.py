"""What an operator wants to know of a partner before it is used: may it be called, does it know us, what does it list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from adapters.http.asking import Asker
from adapters.http.call_settings import CallSettings
from adapters.http.client import HttpClient
from adapters.http.directory import HttpDirectory
from adapters.http.lists import NOT_THERE, Lists
from adapters.http.receive_settings import ListSettings
from adapters.http.sending import Sending
from adapters.http.settings import HttpSettings
from adapters.http.targets import refused_as_resolved, words_of
from adapters.http.template import parse
from bus.endpoint import Finding, Means
from bus.endpoint_settings import EndpointSettings, address_of
from bus.errors import CallFailed, FailureClass


@dataclass(frozen=True, slots=True)
class Look:
    """A list that may be asked for and changes nothing: what its items are, and how many there are now (raises
    CallFailed).
    """

    at: str
    count: Callable[[], int]


Looks = Callable[[HttpClient], Iterable[Look]]


def probe(name: str, settings: EndpointSettings, means: Means) -> Iterator[Finding]:
    """Look at the partner: tokens are had and lists asked for; nothing is fetched, acked or sent."""
    assert isinstance(settings, HttpSettings)
    return looked_at(name, settings, means, partial(_lists, name, settings, means))


def looked_at(name: str, settings: HttpSettings, means: Means, looks: Looks) -> Iterator[Finding]:
    """The same, with these lists to ask for."""
    if words := refused(settings):
        yield Finding("address_refused", words, error=True)
        return
    client = HttpClient(name, settings, means)
    try:
        yield from _signed_in(client)
        found = list(looks(client))
        yield from (_listed(one) for one in found)
        if not found:
            yield _answers(client)
    except CallFailed as failure:
        code = "wrong_secret" if failure.failure is FailureClass.AUTH else "unreachable"
        yield Finding(code, f"cannot be called: {failure}", error=True)


def agencies(name: str, settings: HttpSettings, client: HttpClient) -> Iterator[Look]:
    """The list of agencies, where the partner has one."""
    if settings.listed:
        directory = HttpDirectory(name, settings, client)
        yield Look("agencies", lambda: len(list(directory.agencies())))


def _lists(name: str, settings: HttpSettings, means: Means, client: HttpClient) -> Iterator[Look]:
    if settings.receive:
        lists = Lists(client, means.clock, settings.receive.max_items)
        for number, one in enumerate(settings.receive.lists, 1):
            yield Look(f"items that wait there for us (list {number})", partial(_waiting, lists, one))
    if settings.figures:
        asker = Asker(settings.figures, client, means.clock)
        for office in settings.figures.offices:
            yield Look(f"indicators of {office}", partial(_indicators, asker, office))
    yield from agencies(name, settings, client)


def _indicators(asker: Asker, office: str) -> int:
    return len(asker.indicators(office))


def _waiting(lists: Lists, one: ListSettings) -> int:
    return len(lists.rows(one))


def refused(settings: HttpSettings) -> str:
    """Why its address may not be called; '' where it may."""
    host, _ = address_of(settings.server)
    try:
        found = refused_as_resolved(host, settings.allow)
    except OSError as error:
        return f"{host} cannot be looked up: {error.strerror or error}"
    return words_of(found) if found else ""


def _signed_in(client: HttpClient) -> Iterator[Finding]:
    if client.sign_in():
        yield Finding("signed_in", "gives us a token or session")


def _listed(look: Look) -> Finding:
    """What one list says. Raises CallFailed where there is no more to learn of the partner."""
    try:
        return Finding("listed", f"{look.at}: {look.count()}")
    except CallFailed as failure:
        if failure.failure in NOT_THERE:
            raise
        return Finding("no_list", f"answers, but does not list {look.at}: {failure}", error=True)


def _answers(client: HttpClient) -> Finding:
    """Whether somebody speaks HTTP there at all; what is said of no path in particular means nothing."""
    call = CallSettings(method="GET", path=parse(""))
    response = client.call(call, Sending(client.facts()))
    return Finding("reached", f"answers (HTTP {response.status})")
