"""What lists say of codes: pairs are taken, never made up, and what is open stays open."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bus.codebook import Codebook

CODES = st.sampled_from(["H62", "H62.05", "H62.07", "000.00.00.H62", "000.00.05.H62", ""])
ROWS = st.lists(st.tuples(CODES.filter(bool), CODES, st.integers(0, 1)), max_size=8)


def book(*rows: tuple[str, str, int]) -> Codebook:
    return Codebook.of(["axis"], rows)


def test_both_spellings_are_one_agency() -> None:
    """Either leads to the code the list goes by."""
    codes = book(("H62.05", "000.00.05.H62", 0))

    assert codes.code("000.00.05.H62") == codes.code("H62.05") == "H62.05"
    assert codes.spellings("000.00.05.H62") == ("H62.05", "000.00.05.H62")
    assert (codes.code("H62.06"), codes.spellings("H62.06")) == (None, ())


def test_an_old_code_two_claim_is_neithers() -> None:
    """Two agencies of one sort with one former code: it stands for itself."""
    assert book(("H62.05", "old", 0), ("H62.07", "old", 0)).code("old") is None
    assert book(("H62.05", "old", 1), ("H62.07", "old", 1)).code("old") is None


def test_the_open_one_has_the_old_code() -> None:
    """Of an open and a closed claimant the open one is meant, whichever comes first."""
    assert book(("H62.05", "old", 1), ("H62.07", "old", 0)).code("old") == "H62.07"
    assert book(("H62.05", "old", 0), ("H62.07", "old", 1)).code("old") == "H62.05"


def test_a_code_in_use_is_no_former_spelling() -> None:
    """What is an agency's code today means that agency and no other."""
    codes = book(("H62.05", "H62.07", 0), ("H62.07", "", 0))

    assert codes.code("H62.07") == "H62.07"
    assert codes.spellings("H62.05") == ("H62.05",)


def test_the_first_list_counts() -> None:
    """Where two lists have a code, what the first says of it holds."""
    codes = book(("H62.05", "old", 1), ("H62.05", "older", 0))

    assert codes.closed("H62.05")
    assert codes.code("older") is None


@given(rows=ROWS)
def test_every_spelling_has_one_meaning(rows: list[tuple[str, str, int]]) -> None:
    """The spellings of a spelling's code hold it, and all of them have the same code."""
    codes = book(*rows)
    for text in {text for code, old, _ in rows for text in (code, old)} - {""}:
        meant = codes.spellings(text)
        assert not meant or (text in meant and {codes.code(one) for one in meant} == {meant[0]})
