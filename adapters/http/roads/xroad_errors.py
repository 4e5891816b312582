"""Whose failure it is: X-Road says ``X-Road-Error``, or gives a body with a ``type`` of its own; all else is the provider's. Pure.

``Client.*`` is a configuration to be put right and never tried again by itself. Of ``Server.*`` only a network over which no
connection was made is certain to be worth another try: the same type is given where one broke or an answer did not come,
and then, as with all else that went wrong there, the provider may have acted.
"""

from __future__ import annotations

import re

import orjson

from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

#: Letters of what is kept.
_MAX_WORDS, _MAX_TYPE = 500, 120
#: An error of X-Road's own, as its header, its JSON and its SOAP faults name it.
KIND = re.compile(r"(?:Server\.(?:Server|Client)Proxy|Server|Client)\.[A-Za-z0-9_.]{1,120}")
#: What a security server says no with before it calls the provider.
_FORBIDDEN = ("AccessDenied",)
#: In the words of a network error: no connection was made, so nothing was sent.
_NOT_REACHED = (
    "could not connect",
    "connection refused",
    "connect timed out",
    "no route to host",
    "network is unreachable",
    "name or service not known",
    "unknownhost",
)
_UNKNOWN = ("UnknownService", "UnknownMember", "ServiceDisabled", "InvalidServiceIdentifier", "InvalidClientIdentifier")


def check(response: Response) -> None:
    """Raise what an error of X-Road means; nothing where the answer is the provider's."""
    told = _members(response.body)
    kind = _kind(response, told)
    if kind:
        raise failure(kind, _words(response, kind, told))


def _kind(response: Response, told: dict[str, object]) -> str:
    """The type of an error of X-Road's own; '' where it is none. The header alone is enough, and so is the body."""
    header, said = response.headers.get("x-road-error", ""), told.get("type")
    found = said if isinstance(said, str) and KIND.fullmatch(said) and response.status >= 400 else ""
    return _line(header)[:_MAX_TYPE] or found


def failure(kind: str, words: str) -> CallFailed:
    """What an error of this kind is to whoever called."""
    last = kind.rpartition(".")[2]
    if kind.startswith("Client."):
        return Refused(FailureClass.CLIENT_FAULT, words, code=kind)
    if "Timeout" in kind or "TimedOut" in kind:
        return OutcomeUnknown(words, code=kind)
    if "Network" in kind:
        reached = not any(sign in words.casefold() for sign in _NOT_REACHED)
        return OutcomeUnknown(words, code=kind) if reached else Unreachable(FailureClass.CONNECT, words, code=kind)
    if last in _FORBIDDEN:
        return Refused(FailureClass.AUTH, words, code=kind)
    if last in _UNKNOWN:
        return Refused(FailureClass.CLIENT_FAULT, words, code=kind)
    return OutcomeUnknown(words, code=kind)


def _words(response: Response, kind: str, told: dict[str, object]) -> str:
    """The error with the id it is tracked by, on one line."""
    said = [f"HTTP {response.status} {kind}", *(str(told[name]) for name in ("message", "detail") if told.get(name))]
    if "detail" not in told and (id_ := response.headers.get("x-road-request-id")):
        said.append(id_)
    return _line(" ".join(said))[:_MAX_WORDS]


def _line(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())


def _members(body: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
