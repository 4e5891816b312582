"""What all blocks of a message have in common."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Need:
    """Marks an element that a block must have when we write it; when it is read, it may be missing."""


NEED: Final = Need()
Needed = Annotated[T, NEED]


class Block(BaseModel):
    """An element with elements: one field for each, named as the element is."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    #: The fields in the order of the wire, where it is not the one in which they are declared.
    wire_order: ClassVar[tuple[str, ...]] = ()
