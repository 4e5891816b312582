"""YAML with places: what is taken, what is refused, and that nothing foreign gets out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.config.problems import Finding, Place, Problem, RoutesInvalid
from bus.config.reading import read
from bus.config.routes import normalise
from tests.unit.routes_models import routes_of


def problems_of(text: str) -> tuple[Problem, ...]:
    """The problems of a bad text, none of a good one; anything else raised gets out."""
    try:
        routes_of(text)
    except RoutesInvalid as invalid:
        return invalid.problems
    return ()


def test_places_of_keys_and_values() -> None:
    """Lines and columns start at 1, in flow style too."""
    document = read("a:\n  b: [x, {c: y}]\n", "f")

    assert document.root == {"a": {"b": ["x", {"c": "y"}]}}
    assert document.keys["a", "b"] == Place(2, 3)
    assert document.values["a", "b", 1, "c"] == Place(2, 14)


def test_a_path_beyond_the_file_is_told_where_it_leaves_it() -> None:
    """Steps of our models that are not in the file are passed over."""
    document = read("a:\n  b: [x]\n", "f")

    problem = document.locate(Finding("c", ("a", "b", "codes", 0), "w", "x"))

    assert problem.place == Place(2, 7)


def test_keys_are_text_as_written() -> None:
    """A code that looks like a number keeps its zeros as a key."""
    assert read("001.10: x\n", "f").root == {"001.10": "x"}


def test_deep_nesting_is_a_problem_like_others() -> None:
    """A file cannot break the reader by its depth."""
    with pytest.raises(RoutesInvalid, match=r"routes\.yaml: the file is nested too deeply"):
        read("[" * 100, "f")


@pytest.mark.parametrize("text", ["*a", "? *a\n: b", "[*a, *b]", "a: &x 1\nb: *x", "&x [*x]", "{a: &x 1, b: &x 2}"])
def test_each_anchor_and_alias_is_a_problem(text: str) -> None:
    """Wherever it stands, and whether it leads to anything."""
    with pytest.raises(RoutesInvalid) as caught:
        read(text, "f")

    assert {one.code for one in caught.value.problems} == {"routes.yaml_feature"}
    assert len(caught.value.problems) == text.count("*") + text.count("&")


def test_two_documents_are_refused() -> None:
    """One file is one document."""
    with pytest.raises(RoutesInvalid) as caught:
        read("a: 1\n---\nb: 2\n", "f")

    assert caught.value.problems[0].place.line == 2


@given(st.text(alphabet=st.sampled_from("ab01:-[]{}&*!'\"#|>%@,? \n\t\x00\u0301đ"), max_size=60))
def test_any_text_is_routes_or_problems(text: str) -> None:
    """Whatever stands in the file, parsing gives routes or RoutesInvalid with a place inside the text."""
    lines = normalise(text).count("\n") + 1

    assert all(1 <= problem.place.line <= lines for problem in problems_of(text))


def test_version_does_not_depend_on_what_editors_change() -> None:
    """Byte order mark, line ends, spaces at line ends and Unicode form make no new version."""
    plain = "# Sở\nendpoints:\n  mailbox: {kind: mailbox}\n"
    edited = "\ufeff# Sơ\u0309  \r\nendpoints: \r\n  mailbox: {kind: mailbox}\r\n\r\n"

    assert routes_of(edited).version == routes_of(plain).version
    assert routes_of(plain + "# more\n").version != routes_of(plain).version
    assert len(routes_of(plain).version) == 12


def test_the_kept_text_parses_to_the_same_version() -> None:
    """A version out of the journal is the version that was put in."""
    first = routes_of("endpoints:\n  mailbox: {kind: mailbox}   \n")

    assert routes_of(first.text).version == first.version
