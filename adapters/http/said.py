"""What a message says in its body, by the names templates have for it (docs/conversions.md). What it does not say is ''."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from adapters.http.filters import LOCAL
from bus.papers import Papers
from schemas.edxml.field_words import in_words, words_of
from schemas.edxml.fields import fields_of, names_of
from schemas.edxml.models import Edoc, Status

_KINDS: tuple[type[Edoc | Status], ...] = (Edoc, Status)


@cache
def said_names() -> frozenset[str]:
    """All there are: the bus's words, and the standard's elements."""
    return frozenset[str]().union(*(words_of(kind) | names_of(kind) for kind in _KINDS))


def said(papers: Callable[[], Papers]) -> Mapping[str, Callable[[], object]]:
    """What each name stands for. ``papers`` is asked when the first of them is looked up."""
    found: dict[str, Any] = {}

    def look_up(name: str) -> object:
        if not found:
            model = papers().said
            fields = fields_of(model)
            found.update({**fields, **in_words(type(model), fields)})
        return _local(found.get(name, ""))

    return {name: _asking(look_up, name) for name in said_names()}


def _asking(look_up: Callable[[str], object], name: str) -> Callable[[], object]:
    return lambda: look_up(name)


def _local(value: object) -> object:
    """A moment of the wire is Vietnam's."""
    return value.replace(tzinfo=LOCAL) if isinstance(value, datetime) and value.tzinfo is None else value
