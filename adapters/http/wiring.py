"""From a call's templates to where it goes and what stands in its head."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from adapters.http.call_settings import Body as BodySettings
from adapters.http.call_settings import CallSettings, FormBody, JsonBody, MultipartBody, RawBody
from adapters.http.form_out import form_body, multipart_body
from adapters.http.json_out import json_body
from adapters.http.sending import Sending, header_value
from adapters.http.through import Wire
from bus.bodies import Body
from bus.errors import FailureClass, Refused
from bus.message import new_id

_CLIMBS = frozenset({".", ".."})


def wire_of(base: str, call: CallSettings, names: Mapping[str, object]) -> Wire:
    """The call without its body. Raises Refused for a value that cannot stand where it should."""
    return Wire(
        call.method,
        base,
        call.path.render(names, _segment),
        tuple((name, template.render(names)) for name, template in call.query.items()),
        {name: header_value(name, template.render(names)) for name, template in call.headers.items()},
    )


def url_of(wire: Wire) -> str:
    """Where it goes."""
    query = urlencode(wire.query, quote_via=quote, errors="replace")
    return f"{wire.base}{wire.path}{'?' if query else ''}{query}"


def body_of(settings: BodySettings | None, sending: Sending) -> tuple[Body | bytes | None, str]:
    """The body and its type; '' without one."""
    match settings:
        case RawBody():
            return sending.message, settings.content_type
        case JsonBody():
            return json_body(settings.value, sending), settings.content_type
        case FormBody():
            return form_body(settings.fields, sending), "application/x-www-form-urlencoded"
        case MultipartBody():
            boundary = f"bus-{new_id()}"
            return multipart_body(settings.parts, boundary, sending), f"multipart/form-data; boundary={boundary}"
        case _:
            return None, ""


def _segment(value: str) -> str:
    """A value inside a path: it can begin no other segment, and lead nowhere else, though a server unfold it once more."""
    if not value or not value.isprintable() or not _CLIMBS.isdisjoint(value.replace("\\", "/").split("/")):
        raise Refused(FailureClass.CLIENT_FAULT, f"a value cannot stand in the path of a call: {value[:60]!a}")
    return quote(value, safe="")
