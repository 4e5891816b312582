"""What arrived at a partner, as the matrix compares it with what was sent."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.edxml.field_words import in_elements
from schemas.edxml.fields import Fields, fields_of
from schemas.edxml.fields_in import document_of, status_of
from schemas.edxml.load import load
from schemas.edxml.models import Edoc, Status


@dataclass(frozen=True)
class Seen:
    """Bytes by their SHA-256, or else what the partner was told in fields, and its files."""

    sha256: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    #: Name and SHA-256 of each.
    files: tuple[tuple[str, str], ...] = ()


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def as_it_is(body: bytes) -> Seen:
    """A message that came byte for byte."""
    return Seen(hash_of(body))


def all_as_they_are(bodies: Iterable[bytes]) -> list[Seen]:
    """Messages that came byte for byte."""
    return [as_it_is(body) for body in bodies]


def expected(body: bytes, says: frozenset[str]) -> Seen:
    """What of a message arrives where these elements are told; none: all of it, byte for byte."""
    if not says:
        return as_it_is(body)
    sinks: dict[int, io.BytesIO] = {}
    found = load(io.BytesIO(body), lambda place: sinks.setdefault(place, io.BytesIO()))
    fields = {name: value for name, value in fields_of(found.message).items() if name in says}
    files = zip(found.files, sinks.values(), strict=True)
    return Seen("", fields, tuple((one.attachment.name, hash_of(sink.getvalue())) for one, sink in files))


def said_as(kind: type[Edoc | Status], fields: Mapping[str, Any]) -> Fields:
    """What a partner was told, with values as the bus has them."""
    told = in_elements(kind, fields)
    model = status_of(told) if kind is Status else document_of(told)
    return {name: value for name, value in fields_of(model).items() if name in told}


def meet(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The elements that both sides can express; none: everything."""
    return one & other if one and other else one or other


def only(seen: Seen, says: frozenset[str]) -> Seen:
    """Of what came, these elements."""
    return replace(seen, fields={name: value for name, value in seen.fields.items() if name in says})


def differences(wanted: Seen, came: Seen) -> str:
    """What came instead, in few words."""
    if came.sha256:
        return f"bytes {came.sha256[:8]}"
    names = sorted(wanted.fields.keys() | came.fields.keys())
    fields = {name: (wanted.fields.get(name), came.fields.get(name)) for name in names}
    differ = {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
    return f"{differ}, files {'alike' if wanted.files == came.files else came.files}"[:2000]
