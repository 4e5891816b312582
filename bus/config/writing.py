"""Small changes of ``routes.yaml`` as an editor makes them: what is not changed stays as it was written, to the last space.

Gives texts and judges none: whoever changed one reads it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from bus.config.problems import Path
from bus.config.reading import Spot, spots

#: By the mapping they are added to, new keys with their values: plain ones, and mappings and lists of such.
Additions = Mapping[Path, Mapping[str, object]]
_STEP = 2


def added(text: str, additions: Additions) -> str:
    """The text with these keys at the end of mappings there are, or of a section that is not there yet."""
    known, ends = spots(text), "\r\n" if "\r\n" in text else "\n"
    edits = [_addition(text, known, path, entries) for path, entries in additions.items() if entries]
    for at, more in sorted(edits, reverse=True):
        text = text[:at] + more.replace("\n", ends) + text[at:]
    return text


def replaced(text: str, values: Mapping[Path, object]) -> str:
    """The text with other values where there are some, each written on one line."""
    known = spots(text)
    for path in sorted(values, key=lambda path: known[path].begin, reverse=True):
        begin = known[path].begin if known[path].flow else text.rindex(":", 0, known[path].begin) + 1
        gap = "" if known[path].flow else " "
        text = text[:begin] + gap + _flow(values[path]) + text[known[path].end :]
    return text


def _addition(text: str, known: Mapping[Path, Spot], path: Path, entries: Mapping[str, object]) -> tuple[int, str]:
    """Where to put something, and what."""
    spot = known.get(path)
    if spot is None and not path:
        return len(text), "\n" + "\n".join(_block(entries, 0))
    if spot is None:
        return _addition(text, known, path[:-1], {str(path[-1]): entries})
    if spot.flow and text[spot.begin : spot.begin + 1] == "{":
        return _in_brackets(known, path, entries)
    if spot.flow:  # nothing is written there
        return _line_end(text, spot.end), "\n" + "\n".join(_block(entries, len(path) * _STEP))
    return _line_end(text, spot.end), "\n" + "\n".join(_block(entries, spot.column))


def _in_brackets(known: Mapping[Path, Spot], path: Path, entries: Mapping[str, object]) -> tuple[int, str]:
    more, spot = _flow(entries)[1:-1], known[path]
    if not spot.count:
        return spot.begin + 1, more
    last = max(below.end for at, below in known.items() if at[:-1] == path and at)
    return last, f", {more}"


def _line_end(text: str, at: int) -> int:
    """Where the line ends in which a value does: a comment behind it stays there. Of a text in lines the last one's end."""
    at -= at > 0 and text[at - 1] == "\n"
    at -= at > 0 and text[at - 1] == "\r"
    ends = [found for end in ("\r\n", "\n") if (found := text.find(end, at)) >= 0]
    return min(ends, default=len(text))


def _block(entries: Mapping[str, object], column: int) -> Iterator[str]:
    margin = " " * column
    for key, value in entries.items():
        if isinstance(value, Mapping) and any(isinstance(below, Mapping) for below in value.values()):
            yield f"{margin}{key}:"
            yield from _block(value, column + _STEP)
        else:
            yield f"{margin}{key}: {_flow(value)}"


def _flow(value: object) -> str:
    """On one line. Text is quoted as JSON does, which YAML reads alike."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
