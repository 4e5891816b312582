"""Places in lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.errors import Rejected
from bus.paging import place, seq_of


@given(st.integers(0, 1 << 59))
def test_a_place_is_read_back(seq: int) -> None:
    """Whatever row it stands after."""
    assert seq_of(place(seq)) == seq


def test_no_place_is_the_beginning() -> None:
    """A list begins where none is named."""
    assert seq_of("") is None


@pytest.mark.parametrize(
    "text", ["1", "abc", "1000", "-1", place(1)[:-1], "0" + place(1), place(1).upper() + "A", "f" * 40]
)
def test_what_no_page_said_is_refused(text: str) -> None:
    """In one sentence that names it."""
    with pytest.raises(Rejected, match="is not what a page called next"):
        seq_of(text)
