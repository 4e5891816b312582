"""The bus's words for elements: each has one meaning, and the way back is the same way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from schemas.content import Invalid
from schemas.edxml.field_words import WORDS, in_elements, in_words, words_of
from schemas.edxml.fields import fields_of, names_of
from schemas.edxml.models import Edoc, Message, Status
from tests.edxml_models import EDOC, edocs, statuses


@pytest.mark.parametrize("kind", [Edoc, Status])
def test_a_word_is_one_element(kind: type[Message]) -> None:
    """That there is, under no other word; and no word is an element's name."""
    elements = list(WORDS[kind].values())

    assert set(elements) <= names_of(kind)
    assert len(set(elements)) == len(elements)
    assert not words_of(kind) & names_of(kind)


@given(edocs() | statuses())
@settings(max_examples=30)
def test_what_words_say_comes_back(message: Message) -> None:
    """All that there are words for, beside the rest or alone."""
    kind, fields = type(message), fields_of(message)
    words = {name: value for name, value in in_words(kind, fields).items() if name != "notation"}

    assert in_elements(kind, words) == {element: fields[element] for element in fields.keys() & WORDS[kind].values()}
    assert in_elements(kind, {**fields, **words}) == fields


def test_number_and_symbol_are_seen_as_one() -> None:
    """Whatever they are taken from, they are two elements."""
    words = in_words(Edoc, fields_of(EDOC))

    assert words["notation"] == "15/QĐ-UBND"
    for said in ({"notation": "Số: 15/QĐ-UBND"}, {"number": "15", "symbol": "QĐ-UBND"}, words):
        found = in_elements(Edoc, said)
        assert (found["Code.CodeNumber"], found["Code.CodeNotation"]) == ("15", "QĐ-UBND")


def test_what_is_said_twice_differently_is_refused() -> None:
    """Neither is more right than the other."""
    assert in_elements(Edoc, {"subject": "V/v", "Subject": "V/v"}) == {"Subject": "V/v"}
    with pytest.raises(Invalid, match="Subject"):
        in_elements(Edoc, {"subject": "V/v", "Subject": "Khác"})
