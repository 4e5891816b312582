"""JSON whose texts are templates. A template that is one name and nothing else keeps that value's type."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainSerializer, PlainValidator
from pydantic_core import InitErrorDetails

from adapters.http import names
from adapters.http.template import Template, parse

#: A mapping with this one key is a list: what stands behind it, once for each file of the message.
EACH_FILE = "{files}"


def parse_tree(given: object) -> object:
    """The value with templates in place of its texts. Raises ValidationError with the places of those that are none."""
    faults: list[InitErrorDetails] = []
    made = _parsed(given, (), faults)
    names.refuse(faults)
    return made


def _parsed(given: object, place: names.Place, faults: list[InitErrorDetails]) -> object:
    if isinstance(given, dict):
        return {str(key): _parsed(value, (*place, str(key)), faults) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return tuple(_parsed(value, (*place, index), faults) for index, value in enumerate(given))
    if given is None or isinstance(given, bool | int | float | Template):
        return given
    try:
        return parse(given)
    except ValueError as error:
        faults.append(names.wrong(place, str(error)))
        return None


def _dumped(made: object) -> object:
    if isinstance(made, dict):
        return {key: _dumped(value) for key, value in made.items()}
    if isinstance(made, tuple):
        return [_dumped(value) for value in made]
    return made.text if isinstance(made, Template) else made


#: Such a value in a model; it is dumped as it was written.
Json = Annotated[object, PlainValidator(parse_tree), PlainSerializer(_dumped)]
