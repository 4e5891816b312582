"""A body that was accepted a moment ago is there without a look at the journal; nothing depends on it."""

from __future__ import annotations

from pathlib import Path

from bus.message import Claim
from bus.shelf import Shelf

MB = 1 << 20


def claim(name: str, size: int = 3) -> Claim:
    return Claim(name, size, b"x" * size)


def test_what_was_put_is_there() -> None:
    """With its bytes; what never was is not."""
    shelf = Shelf(lambda: 0.0)
    shelf.put(claim("a"))

    assert shelf.get("a") == claim("a")
    assert shelf.get("b") is None


def test_the_oldest_make_room() -> None:
    """The shelf holds some megabytes and no more; a body put again is a young one."""
    shelf = Shelf(lambda: 0.0)
    for name in ("a", "b", "a", "c"):
        shelf.put(claim(name, 3 * MB))

    assert [name for name in "abc" if shelf.get(name)] == ["a", "c"]


def test_what_has_lain_for_long_is_not_used() -> None:
    """Retention removes bodies from the journal: what it removed cannot be had from here."""
    now = [100.0]
    shelf = Shelf(lambda: now[0])
    shelf.put(claim("a"))
    now[0] += 3600
    assert shelf.get("a") is None

    shelf.put(claim("a"))
    assert shelf.get("a") is not None


def test_a_body_in_a_file_stays_there(tmp_path: Path) -> None:
    """Only what is in memory anyway is kept in memory."""
    shelf = Shelf(lambda: 0.0)
    shelf.put(Claim("a", 5, path=tmp_path / "a"))

    assert shelf.get("a") is None
