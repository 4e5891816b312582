"""Values that are made quickly are values all the same."""

from __future__ import annotations

from dataclasses import field, fields, replace

import pytest

from schemas.value import value


@value
class Parcel:
    number: int
    names: tuple[str, ...] = ()
    said: str = field(default="", compare=False)


def test_a_value_is_what_its_fields_say() -> None:
    """Compared and hashed by them, copied with one changed, and with room for no other."""
    parcel = Parcel(1, ("a",), said="here")

    assert parcel == Parcel(1, ("a",), said="there")
    assert hash(parcel) == hash(Parcel(1, ("a",)))
    assert {parcel: 1}[Parcel(1, ("a",))] == 1
    assert replace(parcel, number=2) == Parcel(2, ("a",)) != parcel
    assert [one.name for one in fields(parcel)] == ["number", "names", "said"]
    with pytest.raises(AttributeError):
        parcel.weight = 3  # type: ignore[attr-defined]
