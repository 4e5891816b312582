"""Text as it is looked up."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.words import plain, words


@pytest.mark.parametrize(
    ("text", "looked_up"),
    [
        ("Đường Đặng Thùy Trâm", ["duong", "dang", "thuy", "tram"]),
        ("15/QĐ-UBND", ["15", "qd", "ubnd"]),
        ("ƯỠNG_ẹo", ["uong", "eo"]),
        ("  ,. ", []),
        ("x" * 41, ["x" * 40, "x"]),
        ("số 7, năm 2026", ["so", "7", "nam", "2026"]),
    ],
)
def test_words_are_without_accents(text: str, looked_up: list[str]) -> None:
    """Lower case, đ as d, cut at whatever is no letter and no digit."""
    assert words(text) == looked_up


@given(st.text())
def test_the_normal_form_makes_no_difference(text: str) -> None:
    """What is typed in one form finds what was written in another."""
    forms = {plain(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}

    assert len(forms) == 1


@given(st.text())
def test_words_are_their_own_words(text: str) -> None:
    """What is stored may be asked for as it is."""
    assert [again for word in words(text) for again in words(word)] == words(text)
