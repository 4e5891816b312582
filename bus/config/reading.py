"""YAML in, plain values out, with the place of every key and value. The one home of ruamel.yaml.

Takes the plain part of YAML only: no anchors, aliases or tags of its own, no key twice. A key is always
text, as it is written. Raises :class:`RoutesInvalid` where the text is not YAML at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, MaxDepthExceededError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.reader import ReaderError

from bus.config.problems import START, Finding, Path, Place, Problem, RoutesInvalid, Severity

#: Of nodes in one another, the innermost word too.
_MAX_DEPTH = 31
_PLAIN_TAG = "tag:yaml.org,2002:"
_PLAIN_TYPES = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp"})


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values and where each stands. ``problems`` are those of the YAML itself."""

    file: str
    root: object
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]
    problems: tuple[Problem, ...]

    def locate(self, finding: Finding) -> Problem:
        """The finding with its place in the text."""
        path = self._known(finding.path)
        places = (self.keys, self.values) if finding.at_key else (self.values, self.keys)
        place = places[0].get(path) or places[1].get(path, START)
        return Problem(self.file, place, finding.severity, finding.code, finding.what, finding.write)

    def _known(self, path: Path) -> Path:
        """The path without the steps that are in our models but not in the file."""
        found: Path = ()
        for step in path:
            if (*found, step) in self.values:
                found = (*found, step)
        return found


def read(text: str, file: str) -> Document:
    """Read a whole file. Raises :class:`RoutesInvalid` where there is nothing to go on with."""
    try:
        node = _composed(text, file)
        reader = _Reader(file)
        root = reader.value(node, ()) if node is not None else None
    except YAMLError as error:
        raise RoutesInvalid([_syntax(file, text, error)]) from None
    return Document(file, root, reader.keys, reader.values, tuple(reader.problems))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands in a text, in characters from its beginning: what is written of it lies in [begin, end)."""

    begin: int
    end: int
    #: Of the key before it, in characters from the beginning of its line; of a mapping, of its first key.
    column: int
    #: Written in brackets, or a single word.
    flow: bool
    #: Keys or items below it.
    count: int


def spots(text: str) -> Mapping[Path, Spot]:
    """Every value of a text that :func:`read` takes."""
    node = _yaml().compose(text)
    found: dict[Path, Spot] = {}
    if node is not None:
        _spot(node, (), found)
    return found


def _spot(node: Any, path: Path, found: dict[Path, Spot]) -> int:
    """Find it and what is below it; where it ends, which of what is written in lines is where its last line does."""
    begin, column, flow = node.start_mark.index, node.start_mark.column, node.id == "scalar" or bool(node.flow_style)
    below = node.value if node.id != "scalar" else ()
    end = begin
    for index, item in enumerate(below):
        key, value = (item[0].value, item[1]) if node.id == "mapping" else (index, item)
        end = max(end, _spot(value, (*path, key), found))
    found[path] = Spot(begin, node.end_mark.index if flow else end, column, flow, len(below))
    return found[path].end


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = _MAX_DEPTH
    return yaml


def _composed(text: str, file: str) -> Any:
    """The nodes of a text, or None. Refuses what must not be built at all: anchors (a few make gigabytes) and endless nesting."""
    yaml = _yaml()
    yaml.Composer = _Composer
    node = yaml.compose(text)
    if yaml.composer.anchored:
        what, write = "anchors and aliases are not taken here", "it out"
        places = map(_place, yaml.composer.anchored)
        raise RoutesInvalid([_error(file, place, "routes.yaml_feature", what, write) for place in places])
    return node


class _Composer(Composer):
    """Makes nodes without anchors, and keeps where some stood."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.anchored: list[Any] = []

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if event.anchor is not None:
            self.anchored.append(event.start_mark)
            event.anchor = None
        # The event stands in for the node of an alias: nobody looks at nodes of a text that has one.
        return self.parser.get_event() if isinstance(event, AliasEvent) else super().compose_node(parent, index)


def _error(file: str, place: Place, code: str, what: str, write: str) -> Problem:
    return Problem(file, place, Severity.ERROR, code, what, write)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _syntax(file: str, text: str, error: YAMLError) -> Problem:
    """What the YAML library says, without the words of the file it quotes: they could be a secret."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        place = Place(before.count("\n") + 1, error.position - before.rfind("\n"))
        return _error(file, place, "routes.yaml", "a control character stands here", "text without it")
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, MaxDepthExceededError):
        return _error(file, _place(mark), "routes.yaml", "the file is nested too deeply", "it flat")
    what = re.sub(r"'[^'<]{2,}'", "that word", getattr(error, "problem", None) or "the text is not YAML")
    write = "correct YAML here or just above (indent, quotes, brackets)"
    return _error(file, _place(mark) if mark else START, "routes.yaml", what, write)


class _Reader:
    """Walks the nodes of one file and keeps the places."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._scalars = _yaml().constructor
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def value(self, node: Any, path: Path) -> object:
        place = self.values[path] = _place(node.start_mark)
        if str(node.tag).removeprefix(_PLAIN_TAG) not in _PLAIN_TYPES:
            self._problem(place, "routes.yaml_feature", "tags are not taken here", "the value without a tag")
            return None
        if node.id == "mapping":
            return {key: self.value(below, (*path, key)) for key, below in self._pairs(node, path)}
        if node.id == "sequence":
            return [self.value(below, (*path, index)) for index, below in enumerate(node.value)]
        return self._scalar(node)

    def _pairs(self, node: Any, path: Path) -> Iterator[tuple[str, Any]]:
        for key_node, below in node.value:
            key, place = key_node.value, _place(key_node.start_mark)
            if not isinstance(key, str):
                self._problem(place, "routes.type", "a list or mapping stands as a key", "a word as the key")
            elif (*path, key) in self.keys:
                first = self.keys[*path, key].line
                self._problem(
                    place, "routes.duplicate_key", f"key '{key}' stands here again (first in line {first})", "it once"
                )
            else:
                self.keys[*path, key] = place
                yield key, below

    def _scalar(self, node: Any) -> object:
        try:
            return self._scalars.construct_object(node, deep=True)
        except (ValueError, OverflowError):  # such as 2025-13-01: looks like a date and is none
            return str(node.value)

    def _problem(self, place: Place, code: str, what: str, write: str) -> None:
        self.problems.append(_error(self._file, place, code, what, write))
