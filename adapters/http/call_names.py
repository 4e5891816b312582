"""Whether the templates of a call name what there is where they stand, and its body is made of what there is."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import InitErrorDetails

from adapters.http import names
from adapters.http.call_settings import CallSettings, FilePart, MultipartBody, RawBody
from adapters.http.json_tree import EACH_FILE
from adapters.http.names import Place, wrong
from adapters.http.template import Template


def check_sent(
    call: CallSettings | None, place: Place, known: frozenset[str], secret: frozenset[str] = frozenset()
) -> Iterator[InitErrorDetails]:
    """The faults of a call that sends a message. ``secret``: names that are known in its body, and not in an address."""
    for below, template in names.templates(call):
        there = known | _besides(call, below) | (secret if below[0] == "body" else frozenset())
        yield from _unknown(template, (*place, *below), there)
        if template.names & names.STREAMED and template.text.strip("{}") not in names.STREAMED:
            yield wrong(
                (*place, *below), "expected the bytes of a message or file alone in their text, without filters"
            )


def check_other(
    call: CallSettings, place: Place, known: frozenset[str], *, rows: bool = False
) -> Iterator[InitErrorDetails]:
    """The faults of a call that is about no message. ``rows``: names that begin with ``row.`` are known."""
    for below, template in names.templates(call):
        yield from _unknown(template, (*place, *below), known, rows=rows)
    if _needs_message(call):
        yield wrong((*place, "body"), "expected a body without the message and its files: this call sends none")


def _besides(call: CallSettings | None, place: Place) -> frozenset[str]:
    """What else is known at a place of a call that sends a message."""
    match place:
        case ("body", "value", *below) | ("parameters", *below):
            return names.BYTES | (names.FILE if EACH_FILE in below else frozenset())
        case ("body", "parts", int(), "value"):
            return names.BYTES
        case ("body", "parts", int(index), _) if call and isinstance(call.body, MultipartBody):
            part = call.body.parts[index]
            return names.FILE if isinstance(part, FilePart) and part.file == "files" else frozenset()
        case _:
            return frozenset()


def _needs_message(call: CallSettings) -> bool:
    match call.body:
        case RawBody():
            return True
        case MultipartBody(parts=parts):
            return any(isinstance(part, FilePart) for part in parts)
        case _:
            return any(EACH_FILE in place for place, _ in names.templates(call))


def _unknown(
    template: Template, place: Place, known: frozenset[str], *, rows: bool = False
) -> Iterator[InitErrorDetails]:
    unknown = {name for name in template.names - known if not (rows and name.startswith("row."))}
    if unknown:
        yield wrong(place, names.expected(unknown, known))
