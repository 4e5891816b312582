"""The page on conversions has every field and every word there is, and no other."""

from __future__ import annotations

import pytest

from schemas.edxml.field_words import WORDS
from schemas.edxml.fields import names_of
from schemas.edxml.models import Edoc, Message, Status
from tests.unit.test_docs import firsts, page, rows, section, words


@pytest.mark.parametrize(("heading", "kind"), [("Fields of a document", Edoc), ("Fields of a status", Status)])
def test_every_field_is_told_once(heading: str, kind: type[Message]) -> None:
    """Under its own name."""
    told = firsts(section(page("conversions"), heading))

    assert set(told) == names_of(kind)
    assert len(told) == len(set(told))


@pytest.mark.parametrize(("kind", "column"), [(Edoc, 1), (Status, 2)])
def test_every_word_is_told_with_its_element(kind: type[Message], column: int) -> None:
    """For each kind of message."""
    table = rows(section(page("conversions"), "Words for the usual fields"))
    told = {words(row[0])[0]: element for row in table for element in words(row[column])}

    assert told == WORDS[kind]
