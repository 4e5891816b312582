"""The page on platforms has every key and every code there is, and no other."""

from __future__ import annotations

from adapters.lgsp import codes
from adapters.lgsp.dialect import CLASSES
from adapters.lgsp.operations import OPERATIONS
from adapters.lgsp.settings import LgspSettings
from tests.unit.test_docs import firsts, keys, page, rows, section, words

#: Of every endpoint, and told with those.
_COMMON = {"kind", "rate", "retry", "trace_header", "flood"}


def test_every_call_of_the_door_is_told() -> None:
    """With its method."""
    told = {word for word in firsts(section(page("lgsp"), "The door")) if " " in word}

    assert told == {f"{one.method} /lgsp/{path}" for path, one in OPERATIONS.items()}


def test_every_code_of_the_guide_is_told() -> None:
    """At the door, and of the platform with the class that decides."""
    known = {value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)}
    door = {word for word in firsts(section(page("lgsp"), "The door")) if word.isdigit()}
    told = list(rows(section(page("lgsp"), "The platform as a partner")))
    classes = {words(row[0])[0]: words(row[1])[0] for row in told if words(row[0])[:1] and words(row[0])[0].isdigit()}

    assert door == known
    assert classes == CLASSES


def test_every_key_of_an_endpoint_is_told() -> None:
    """Beside those that every endpoint has."""
    told = {word for word in firsts(section(page("lgsp"), "The platform as a partner")) if not word.isdigit()}

    assert told == keys(LgspSettings) - _COMMON
