"""What a Content-Type says: the type, and its parameters (RFC 2045, 5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"\s]*)\s*')
_ESCAPE = re.compile(r"\\(.)")
#: Letters of one that is looked at.
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Media:
    """A type in small letters; what cannot be read is of no type."""

    type: str
    parameters: Mapping[str, str]

    def get(self, name: str) -> str:
        """A parameter; empty where it is not there."""
        return self.parameters.get(name, "")

    @property
    def bare(self) -> str:
        """The type that a package of this one has for its root: its own, or the one that is packed."""
        return bare(self.get("start-info") or self.get("type"))


def read(text: str) -> Media:
    """A Content-Type as it came."""
    type_, semicolon, rest = text[:_LONGEST].partition(";")
    parameters = semicolon + rest
    if _PARAMETER.sub("", parameters).strip(" \t;"):
        return Media("", {})
    pairs = [(name.lower(), _plain(value)) for name, value in _PARAMETER.findall(parameters)]
    if len(dict(pairs)) < len(pairs):
        return Media("", {})
    return Media(type_.strip().lower(), dict(pairs))


def bare(text: str) -> str:
    """A type without parameters, in small letters."""
    return text.partition(";")[0].strip().lower()


def plain_id(text: str) -> str:
    """A Content-ID without what stands around it."""
    return text.strip().removeprefix("<").removesuffix(">")


def _plain(value: str) -> str:
    return _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value
