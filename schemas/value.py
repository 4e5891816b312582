"""Values that are made anew for every document, and made quickly.

A frozen dataclass sets each of its fields by a call; with some two hundred fields on a document's way that was four
hundredths of all it cost. These are as frozen to the type checker, which sees every line of ours, and plain when they are made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """A dataclass with slots that is compared and hashed by its fields, none of which is set again."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
