"""Number and symbol by Decree 30."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.edxml.abbreviations import TYPES
from schemas.edxml.number import Number, Symbol, join, letter, split, symbol, with_type


@pytest.mark.parametrize(
    ("text", "number", "notation", "parts"),
    [
        ("15/QĐ-UBND", "15", "QĐ-UBND", Symbol("QĐ", ("UBND",))),
        ("7816/VPCP-TTĐT", "7816", "VPCP-TTĐT", Symbol("", ("VPCP", "TTĐT"))),
        ("28/2018/QĐ-TTg", "28", "2018/QĐ-TTg", Symbol("QĐ", ("TTg",), 2018)),
        ("05/TTr-SNV", "05", "TTr-SNV", Symbol("TTr", ("SNV",))),
        ("3/KH-BCĐ-TH", "3", "KH-BCĐ-TH", Symbol("KH", ("BCĐ", "TH"))),
        ("74thu22", "74thu22", "", Symbol("", ("",))),
    ],
)
def test_a_number_is_taken_apart_and_put_together(text: str, number: str, notation: str, parts: Symbol) -> None:
    """The number stands before the first stroke, the rest is the symbol, and a year is of the symbol."""
    assert split(text) == Number(number, notation)
    assert symbol(notation) == parts
    assert str(parts) == notation
    assert join(number, notation) == text


@pytest.mark.parametrize("text", ["Số: 15/QĐ-UBND", " số:15/QĐ-UBND ", "15 / QĐ-UBND"])
def test_the_word_before_a_number_is_not_of_it(text: str) -> None:
    """People copy the whole line."""
    assert split(text) == Number("15", "QĐ-UBND")


def test_numbers_are_built_by_the_decree() -> None:
    """A leading zero below ten; the type first where it has a name; the unit in a công văn."""
    assert str(with_type(5, "QĐ", "UBND")) == "05/QĐ-UBND"
    assert str(with_type(28, "QĐ", "TTg", 2018)) == "28/2018/QĐ-TTg"
    assert str(letter(7816, "VPCP", "TTĐT")) == "7816/VPCP-TTĐT"
    with pytest.raises(KeyError):
        with_type(5, "CV", "UBND")


GROUPS = st.text("ABCĐUNDg", min_size=1, max_size=6)


@given(st.integers(1, 99_999), st.sampled_from(sorted(TYPES)), GROUPS, st.none() | st.integers(1945, 2999))
def test_what_is_built_is_taken_apart_again(number: int, kind: str, issuer: str, year: int | None) -> None:
    """Building and taking apart are one another's reverse."""
    built = split(str(with_type(number, kind, issuer, year)))

    assert int(built.number) == number
    assert symbol(built.notation) == Symbol(kind, (issuer,), year)


@given(st.text(max_size=30))
def test_any_text_is_taken_apart(text: str) -> None:
    """Nothing people write makes an error, and a symbol goes together again as it was."""
    notation = split(text).notation

    assert str(symbol(notation)) == notation
