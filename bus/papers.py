"""A message as fields and files, for partners that do not take its bytes as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Never

from bus.bodies import Body
from schemas.edxml.models.messages import Message as Model


@dataclass(frozen=True, slots=True)
class File:
    """One attached file as people know it: decoded, and out of the ZIP it travelled in."""

    name: str
    media_type: str
    description: str
    #: Hex, of the bytes of ``body``.
    sha256: str
    body: Body
    #: Makes the address at which the partner may fetch it for a while. Raises
    #: :class:`~bus.errors.Refused` where the bus has none that partners reach.
    link: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Papers:
    """What a message says, in the words of the standard, and its files in their order."""

    said: Model
    files: tuple[File, ...] = ()


def no_papers(*_: object) -> Never:
    """Stands where nobody asks for papers. Raises NotImplementedError."""
    raise NotImplementedError
