"""Reads lists of records with flat fields, such as attachments, one record at a time and none of them kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from schemas.content import Invalid
from schemas.edxml.names import NAMESPACE
from schemas.xml import Name


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
    """Told of the elements inside a list; ``begin`` makes the record number n (from 1) of those named ``local``."""

    def __init__(self, local: str, limit: int, begin: Callable[[int], Record]) -> None:
        self._name = Name(NAMESPACE, local)
        self._limit = limit
        self._begin = begin
        self._count = 0
        self._depth = 0
        self._record: Record | None = None

    def start(self, name: Name) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth == 1:
            self._record = self._next() if name == self._name else None
        elif self._record is None:
            return
        elif self._depth == 2:
            self._record.field(name.local if name.namespace == NAMESPACE else "")
        else:
            self._record.nested()

    def data(self, text: str) -> None:
        """Text of the open element."""
        if self._record is not None and self._depth == 2:
            self._record.data(text)

    def end(self) -> None:
        """The open element ends."""
        if self._record is not None and self._depth == 2:
            self._record.end_field()
        elif self._record is not None and self._depth == 1:
            self._record.close()
            self._record = None
        self._depth -= 1

    def _next(self) -> Record:
        self._count += 1
        if self._count > self._limit:
            raise Invalid("edxml.too_many", f"there are more than {self._limit} {self._name.local} elements")
        return self._begin(self._count)
