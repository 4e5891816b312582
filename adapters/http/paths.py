"""Where something stands in an answer: ``error.code``, ``data[0].docId``, ``data["rh:doc"]``; ``$`` is all of it.

Read with patience: a member whose name differs only in case is taken where there is no other, and a text that is JSON is
stepped into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import orjson
from pydantic import PlainSerializer, PlainValidator

_STEP = re.compile(r"""\.?([^.\[\]"]+)|\[(\d{1,6})\]|\["([^"]+)"\]""")
Step = str | int
#: Reads JSON; raises ValueError.
Loads = Callable[[bytes | str], object]


class Missing:
    """Stands for what an answer does not have, which is not null."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class JsonPath:
    """One place."""

    text: str
    steps: tuple[Step, ...]

    def find(self, root: object) -> object:
        """What stands there, or MISSING."""
        found = root
        for step in self.steps:
            found = _below(found, step)
        return found


def parse_path(given: object) -> JsonPath:
    """The path of a text. Raises ValueError."""
    if isinstance(given, JsonPath):
        return given
    if not isinstance(given, str) or not given:
        raise ValueError("expected where it stands in the answer, such as error.code or data[0].docId")
    text = given.strip().removeprefix("$")
    steps: list[Step] = []
    end = 0
    for match in _STEP.finditer(text):
        if match.start() != end:
            break
        steps.append(int(match[2]) if match[2] else (match[1] or match[3]).strip())
        end = match.end()
    if end != len(text):
        raise ValueError('expected where it stands in the answer, such as error.code, data[0].docId or data["a.b"]')
    return JsonPath(given, tuple(steps))


def opened(value: object, loads: Loads = orjson.loads) -> object:
    """A text that is a JSON object or list as that; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            return loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _below(value: object, step: Step) -> object:
    value = opened(value)
    if isinstance(value, Mapping):
        return _member(value, str(step))
    if isinstance(value, list) and (isinstance(step, int) or step.isdigit()):
        return value[int(step)] if int(step) < len(value) else MISSING
    return MISSING


def _member(found: Mapping[str, object], name: str) -> object:
    if name in found:
        return found[name]
    alike = [key for key in found if key.casefold() == name.casefold()]
    return found[alike[0]] if len(alike) == 1 else MISSING


#: A path in a model; it is dumped as its text.
Path = Annotated[JsonPath, PlainValidator(parse_path), PlainSerializer(lambda made: made.text, return_type=str)]
