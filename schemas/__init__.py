"""The contracts of messages, by type; nothing of ours is imported here.

In reading order: ``content`` is what any body says to the bus and what a reader is; ``xml`` is the one XML
parser, ``sheets`` are files of rows; ``edxml`` is the document standard, ``report`` are reports, ``either`` reads
what may be one or the other; ``value`` makes values quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from schemas.content import Reader
from schemas.edxml.reader import EdxmlReader
from schemas.either import EitherReader
from schemas.report.packets import MODELS
from schemas.report.reader import ReportReader

_READERS: Mapping[str, Callable[[], Reader]] = MappingProxyType(
    {"edxml": EdxmlReader, "report": ReportReader, "either": EitherReader}
)


def reader(format: str = "edxml") -> Reader:  # noqa: A002 - the word the catalogue of formats uses
    """A fresh reader for one body of that format. Raises ``KeyError`` for a format there is none of."""
    return _READERS[format]()


def format_of(type_: str) -> str:
    """The format of bodies of a message type."""
    return "report" if type_ in MODELS else "edxml"
