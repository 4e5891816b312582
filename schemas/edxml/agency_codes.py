"""Agency codes of QCVN 102:2016 and of Decision 20/2020, and what one would be in the other's form.

No rule of conversion is official, and provinces numbered anew when they took the second form up. What is computed here
is a suggestion for a person and nothing to route by; where it would be a guess there is none.
"""

from __future__ import annotations

import re

# QCVN 102: four groups of fixed width, the lowest level first, an unused level all zeros.
_OLD = re.compile(r"([0-9A-Z]{3})\.([0-9A-Z]{2})\.([0-9A-Z]{2})\.([A-Z][0-9A-Z]{2})")
# Decision 20: groups of any width, the highest level first, at most 35 characters.
_NEW = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9A-Z]+)*")
_LONGEST_NEW = 35
#: Width of the groups of an old code below its first level, from the second level down.
_WIDTHS = (2, 2, 3)


def is_old(code: str) -> bool:
    """Whether a code has the form of QCVN 102:2016."""
    return _OLD.fullmatch(code) is not None


def is_new(code: str) -> bool:
    """Whether a code has the form of Decision 20/2020."""
    return len(code) <= _LONGEST_NEW and _NEW.fullmatch(code) is not None


def suggested(code: str) -> str:
    """What the code would be in the other form; '' where that would be a guess, or the form cannot be told."""
    if is_old(code) == is_new(code):
        return ""
    other = _newer(code) if is_old(code) else _older(code)
    turned = (is_old(other), is_new(other)) == (is_new(code), is_old(code))
    back = _older(other) if is_old(code) else _newer(other)
    return other if turned and back == code else ""


def _newer(code: str) -> str:
    """Levels from the top, unused ones left out."""
    first, *lower = reversed(code.split("."))
    return ".".join((first, *(group for group in lower if group.strip("0"))))


def _older(code: str) -> str:
    """Levels from the bottom, unused ones written as zeros."""
    first, *lower = code.split(".")
    unused = ("0" * width for width in _WIDTHS[len(lower) :])
    return ".".join((*reversed((*lower, *unused)), first))
