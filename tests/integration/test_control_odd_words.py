"""Words no name has, in questions and orders."""

from __future__ import annotations

import pytest

from bus.control.operations import call
from bus.errors import Rejected
from tests.buses import WHO, alone, home


@pytest.mark.parametrize(
    ("name", "arguments", "what"),
    [
        ("trace", {"id": "a\0b"}, "id"),
        ("messages", {"which": {"text": "a\0b"}}, "which"),
        ("messages", {"which": {"senders": ["a\0b"]}}, "which"),
        ("messages", {"which": {"a\0b": 1}}, "which"),
        ("reports_show", {"id": "a\0b"}, "id"),
        ("hold", {"which": {"ids": ["a"]}, "reason": "a\0b"}, "reason"),
    ],
)
def test_a_nul_is_refused_before_anything_is_asked(tmp_path, name, arguments, what):
    """PostgreSQL has no place for one: the answer is the same on every database."""
    with alone(home(tmp_path)) as parts, pytest.raises(Rejected, match=f"{what}: a NUL"):
        call(parts, WHO, name, arguments)


def test_a_routes_file_is_told_of_its_own(tmp_path):
    """Its check names the place."""
    with alone(home(tmp_path)) as parts:
        told = call(parts, WHO, "check", {"text": "endpoints: {}\n\0"})

    assert [one["code"] for one in told["problems"]] == ["routes.yaml"]
