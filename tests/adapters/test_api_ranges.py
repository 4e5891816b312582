"""One range of a file, as RFC 9110 has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.api.ranges import Part, etag, has_it, part_of
from bus.errors import Rejected

TAG = etag("5f" * 32)


def bounds(wish: str, size: int = 1000, only_if: str = "") -> tuple[int, int] | None:
    part = part_of(wish, only_if, TAG, size)
    return (part.start, part.stop) if part else None


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-999", (0, 1000)),
        ("bytes=10-", (10, 1000)),
        ("bytes=990-5000", (990, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("Bytes= 5 - 6 ", (5, 7)),
    ],
)
def test_a_range_is_that_part(wish: str, expected: tuple[int, int]) -> None:
    """From the beginning, to the end, or the last so many."""
    assert bounds(wish) == expected


@pytest.mark.parametrize(
    "wish",
    ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes=" + "9" * 99],
)
def test_what_is_no_one_range_is_the_whole(wish: str) -> None:
    """As the standard allows; nobody is refused for it."""
    assert bounds(wish) is None


@pytest.mark.parametrize(
    ("wish", "size"), [("bytes=1000-", 1000), ("bytes=9999-99999", 1000), ("bytes=-0", 1000), ("bytes=0-", 0)]
)
def test_nothing_of_it_is_there(wish: str, size: int) -> None:
    """Refused, with the size to ask below of."""
    with pytest.raises(Rejected) as caught:
        bounds(wish, size)
    assert caught.value.code == "range.unsatisfiable"
    assert caught.value.details["headers"] == {"Content-Range": f"bytes */{size}"}


def test_a_range_counts_only_if_the_file_is_that_one() -> None:
    """By its strong tag; a date, another tag or a weak one gets the whole."""
    assert bounds("bytes=0-1", only_if=TAG) == (0, 2)
    for other in (f"W/{TAG}", etag("00" * 32), "Mon, 02 Mar 2026 01:00:00 GMT"):
        assert bounds("bytes=0-1", only_if=other) is None
        assert bounds("bytes=5000-", only_if=other) is None


def test_who_has_it_is_known() -> None:
    """Among others, weak or strong, or whatever it is."""
    for told in (TAG, f'"x", {TAG}', f"W/{TAG}", "*"):
        assert has_it(told, TAG)
    for told in ("", '"x"', TAG[:-2]):
        assert not has_it(told, TAG)


@given(st.text(max_size=30) | st.from_regex(r"bytes=[0-9]{0,12}-[0-9]{0,12}", fullmatch=True), st.integers(0, 10_000))
def test_a_part_is_always_within(wish: str, size: int) -> None:
    """Whatever is asked for."""
    try:
        part = part_of(wish, "", TAG, size)
    except Rejected:
        return
    assert part is None or (isinstance(part, Part) and 0 <= part.start < part.stop <= size)
