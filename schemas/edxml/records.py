"""Reads lists of records with flat fields, such as attachments, one record at a time and none of them kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.names import NAMESPACE
from schemas.xml import Event, Name, Tree

_OURS = f"{{{NAMESPACE}}}"


class Record(Protocol):
    """One record while it is read."""

    def field(self, local: str) -> None:
        """The field that begins now."""
        ...

    def data(self, text: str) -> None:
        """Text of the field."""
        ...

    def nested(self) -> None:
        """An element stands inside the field."""
        ...

    def end_field(self) -> None:
        """The field ends."""
        ...

    def close(self) -> None:
        """The record ends."""
        ...


class Records:
    """Takes what stands in a list; ``begin`` makes the record number n (from 1) of those named ``local``."""

    def __init__(self, local: str, begin: Callable[[int], Record]) -> None:
        self._name = Name(NAMESPACE, local)
        self._tag = _OURS + local
        self._begin = begin
        self._count = 0
        self._depth = 0
        self._record: Record | None = None

    def take(self, events: Iterator[Event]) -> bool:
        """What comes next, to the end of the list; whether that was there. Raises :class:`Invalid`."""
        for event in events:
            if isinstance(event, str):
                if self._record is not None and self._depth == 2:
                    self._record.data(event)
            elif event is None:
                if not self._depth:
                    return True
                self._end()
            elif isinstance(event, Name):
                self._start(event)
        return False

    def read(self, element: Tree) -> None:
        """The list as a whole. Raises :class:`Invalid`."""
        for child in element:
            if child.tag == self._tag:
                _read(self._next(), child)

    def _start(self, name: Name) -> None:
        self._depth += 1
        if self._depth == 1:
            self._record = self._next() if name == self._name else None
        elif self._record is None:
            return
        elif self._depth == 2:
            self._record.field(_field(name))
        else:
            self._record.nested()

    def _end(self) -> None:
        if self._record is not None and self._depth == 2:
            self._record.end_field()
        elif self._record is not None and self._depth == 1:
            self._record.close()
            self._record = None
        self._depth -= 1

    def _next(self) -> Record:
        self._count += 1
        if self._count > limits.ATTACHMENTS:
            raise Invalid("edxml.too_many", f"there are more than {limits.ATTACHMENTS} {self._name.local} elements")
        return self._begin(self._count)


def _field(name: Name) -> str:
    return name.local if name.namespace == NAMESPACE else ""


def _read(record: Record, element: Tree) -> None:
    for field in element:
        tag = field.tag
        record.field(tag.removeprefix(_OURS) if tag.startswith(_OURS) else "")
        if text := field.text:
            record.data(text)
        if len(field):
            record.nested()
        record.end_field()
    record.close()
