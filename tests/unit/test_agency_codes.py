"""Computed codes: only a suggestion, and only where it is no guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.edxml.agency_codes import is_new, is_old, suggested

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def group(width: int) -> st.SearchStrategy[str]:
    return st.text(_SIGNS, min_size=width, max_size=width)


FIRST = st.from_regex(r"[A-Z][0-9]{2}", fullmatch=True)
OLD = st.builds(lambda *groups: ".".join(groups), group(3), group(2), group(2), FIRST)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("000.00.00.H62", "H62"),
        ("000.00.12.H62", "H62.12"),
        ("000.05.12.H62", "H62.12.05"),
        ("003.05.12.H62", "H62.12.05.003"),
    ],
)
def test_levels_are_turned_round(old: str, new: str) -> None:
    """The old form has the lowest level first and zeros for none; the new one the highest, and nothing."""
    assert (suggested(old), suggested(new)) == (new, old)


@pytest.mark.parametrize(
    "code",
    [
        "003.00.12.H62",  # an unused level above a used one would be lost
        "000.00.12.TT2",  # no first level of the new form
        "H62.5",  # would lead back to H62.05
        "H62.00",  # would read as unused
        "H55.242",
        "H37.DN.001",
        "H62.12.05.003.01",
        "01.02.G22",
        "vxp.saas.03",
        "h62.12",
        "A12.34.56.B78",  # has both forms
        "",
    ],
)
def test_what_would_be_a_guess_is_refused(code: str) -> None:
    """No suggestion is better than a wrong one."""
    assert suggested(code) == ""


@given(code=OLD)
def test_a_suggestion_leads_back(code: str) -> None:
    """Whatever is suggested has the other form, and its own suggestion is the code it came from."""
    if other := suggested(code):
        assert is_old(code) != is_old(other)
        assert is_new(code) != is_new(other)
        assert suggested(other) == code


@given(code=st.text(_SIGNS + ".", max_size=40))
def test_any_text_may_be_asked(code: str) -> None:
    """A code may be any text; a suggestion is none of its spellings but another one."""
    assert suggested(code) != code or code == ""
