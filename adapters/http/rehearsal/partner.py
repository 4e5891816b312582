"""A played partner: what it is asked, and what it must be able to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl

import orjson

from adapters.http.rehearsal.orders import Order
from adapters.http.stage import Head, Reply


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that was read whole. ``call``: what the partner calls it."""

    call: str
    head: Head
    body: bytes = field(repr=False)

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark."""
        return dict(parse_qsl(self.head.query, keep_blank_values=True))

    @property
    def form(self) -> Mapping[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def header(self, name: str) -> str:
        """A header's value; '' without it."""
        return self.head.headers.get(name.lower().encode(), b"").decode("latin-1")

    def json(self) -> Mapping[str, object]:
        """The body as a JSON object; an empty one where it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class Partner(Protocol):
    """Somebody who answers. Everything happens in one loop."""

    #: Members of a listed item that stay what they are when others are null.
    needed: frozenset[str]

    def call(self, head: Head) -> str:
        """What it calls what is asked, for orders and counts; '' for nothing it knows."""
        ...

    def answer(self, asked: Asked) -> Reply:
        """Carry a call out."""
        ...

    def refusal(self, order: Order) -> Reply:
        """Its own way to say no."""
        ...

    def denial(self) -> Reply:
        """Its own way to say that it does not know the caller."""
        ...

    def leave(self, body: bytes, type_: str) -> str:
        """Have something for us; what it is called there. Raises ValueError for what this partner cannot have."""
        ...

    def account(self) -> Mapping[str, object]:
        """What it has."""
        ...
