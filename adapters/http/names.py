"""The names that may stand in templates, by what must be at hand for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NoReturn

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from adapters.http.template import Template

Place = tuple[str | int, ...]

#: Of any call: when it is made (a moment), a fresh text for it, the endpoint's name.
CALL = frozenset({"now", "nonce", "endpoint"})
#: Of the copy: known also when a partner is asked about it side by side with others.
COPY = CALL | {"docId", "recipient", "attempt", "remoteId"}
#: Of the message, from its envelope; nothing is read for them.
MESSAGE = COPY | {
    "messageId", "type", "kind", "sender", "documentId", "subject", "notation", "priority", "acceptedAt", "sha256",
    "size", "fileName",
}  # fmt: skip
#: The bytes of the message, as one text of JSON or one part of a form.
BYTES = frozenset({"edxml.base64", "edxml.text"})
#: Those that stand for bytes, which are never text in memory.
STREAMED = BYTES | {"file.base64"}
#: Of one file of the message, within a list of all.
FILE = frozenset(
    {
        "file.name",
        "file.type",
        "file.description",
        "file.size",
        "file.sha256",
        "file.number",
        "file.base64",
        "file.link",
    }
)
#: Of the endpoint's login, where it has one.
SESSION = frozenset({"session"})
#: Of a signature: what is about to be sent.
SIGNED = frozenset({"method", "path", "query", "host", "bodySha256"})
#: Of a list that is asked for: the page, and since when.
LIST = CALL | {"page", "offset", "limit", "since"}
#: Of an item of it, when it is fetched and acked; ``row.`` and a member's name is what the list said of it.
ITEM = CALL | {"id", "type"}
#: Of an ack besides: why not.
ACK = ITEM | {"state", "reason"}


def templates(found: object, place: Place = ()) -> Iterator[tuple[Place, Template]]:
    """All templates in a model, a list or a mapping, with their places."""
    if isinstance(found, Template):
        yield place, found
    elif isinstance(found, BaseModel):
        for name, field in type(found).model_fields.items():
            yield from templates(getattr(found, name), (*place, field.alias or name))
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from templates(value, (*place, key))
    elif isinstance(found, list | tuple):
        for index, value in enumerate(found):
            yield from templates(value, (*place, index))


def names_in(found: object) -> frozenset[str]:
    """All names in the templates of a model."""
    return frozenset[str]().union(*(template.names for _, template in templates(found)))


def wrong(place: Place, expected: str) -> InitErrorDetails:
    """One fault of a model at a place in it; ``expected`` says what was."""
    # The words are a template of pydantic's: braces in them are none of its own.
    return InitErrorDetails(
        type=PydanticCustomError("value_error", "{said}", {"said": expected}), loc=place, input=None
    )


def refuse(faults: list[InitErrorDetails]) -> None:
    """Raise a ValidationError with these faults, where there are any."""
    if faults:
        _refuse(faults)


def _refuse(faults: list[InitErrorDetails]) -> NoReturn:
    raise ValidationError.from_exception_data("endpoint", faults)


def unknown(found: object, place: Place, known: frozenset[str]) -> Iterator[InitErrorDetails]:
    """The templates of a model that name what is not known."""
    for below, template in templates(found):
        if template.names - known:
            yield wrong((*place, *below), expected(template.names - known, known))


def expected(strange: Iterable[str], known: frozenset[str]) -> str:
    """What to say of names that are not known."""
    close = [match for name in sorted(strange) for match in get_close_matches(name, known, n=1)]
    if close:
        return f"expected names that are known here, such as {{{close[0]}}}"
    return f"expected names that are known here: {', '.join(sorted(known))}"
