"""Keys are added and replaced in a routes file as an editor would, whatever way it is written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.config.reading import read
from bus.config.writing import added, replaced

WAYS = {
    "in lines": """\
# who calls us
partners:
  one:            # the first
    agencies: ["A"]
    doors:
      api: {key: "file:one"}   # its key

# what follows
routes:
  - {name: a, when: {}, to: b}
""",
    "in brackets": """\
partners: {one: {agencies: ["A"], doors: {api: {key: "file:one"} } } }  # all of them
routes: []
""",
    "as JSON": '{"partners": {"one": {"agencies": ["A"], "doors": {"api": {"key": "file:one"}}}}, "routes": []}',
    "at the end, without a line break": 'routes: []\npartners:\n    one:\n        agencies:\n        - "A"\n        doors:\n            api:\n                key: "file:one"',
    "with odd line breaks": 'partners:\r\n  one:\r\n    agencies: ["A"]\r\n    doors:\r\n      api: {key: "file:one"}\r\n\r\nroutes: []\r\n',
    "with a comma too many": 'partners: {one: {agencies: ["A"], doors: {api: {key: "file:one"},}, }, }\nroutes: []\n',
    "after a text of lines": 'routes: []\npartners:\n  one:\n    agencies: ["A"]\n    doors: {api: {key: "file:one"}}\n    name: |\n      lines\n      of text\n',
}
NEW = {"name": 'Xã "Mẫu": #1', "agencies": ["B", "C"], "doors": {"api": {"key": "file:two"}, "vxp": {"system_id": "x"}}}


def root(text: str) -> dict[str, object]:
    found = read(text, "routes.yaml")
    assert not found.problems
    assert isinstance(found.root, dict)
    return found.root


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_what_is_added_is_there_and_nothing_else_has_changed(text: str) -> None:
    """A partner, and a door of one there is, in one go; all that was written stands as it was."""
    after = added(text, {("partners",): {"two": NEW}, ("partners", "one", "doors"): {"vxp": {"system_id": "1"}}})

    expected = root(text)
    expected["partners"]["two"] = NEW
    expected["partners"]["one"]["doors"]["vxp"] = {"system_id": "1"}
    assert root(after) == expected
    left = iter(after)
    assert all(letter in left for letter in text), "something was taken out"
    assert ("\r\n" in text) == ("\r\n" in after)
    assert after.replace("\r\n", "").count("\n") == 0 or "\r\n" not in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "routes: []\n",
        "partners:\n",
        "partners:   # none\nroutes: []\n",
        "partners: {}\n",
        "{}",
        "routes: []",
    ],
)
def test_a_section_that_is_not_there_is_begun(text: str) -> None:
    """Also where the file is empty."""
    after = added(text, {("partners",): {"two": NEW}})

    assert root(after)["partners"] == {"two": NEW}


def test_a_key_that_is_not_there_is_begun() -> None:
    """A partner without doors gets them."""
    for text in ('partners:\n  one: {agencies: ["A"]}\n', 'partners:\n  one:\n    agencies: ["A"]\n\n'):
        after = added(text, {("partners", "one", "doors"): {"api": {"key": "file:one"}}})
        assert root(after)["partners"] == {"one": {"agencies": ["A"], "doors": {"api": {"key": "file:one"}}}}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_a_value_is_replaced(text: str) -> None:
    """By a list, where a word stood."""
    path = ("partners", "one", "doors", "api", "key")
    after = replaced(text, {path: ["file:new", "file:one"]})

    expected = root(text)
    expected["partners"]["one"]["doors"]["api"]["key"] = ["file:new", "file:one"]
    assert root(after) == expected
    assert root(replaced(after, {path: "file:one"})) == root(text)


def test_a_list_in_lines_is_replaced() -> None:
    """What is behind it stays."""
    text = "a:\n  b:\n  - 1  # one\n  - 2\n  # and\n  c: 3\n"
    assert root(replaced(text, {("a", "b"): ["x"]})) == {"a": {"b": ["x"], "c": 3}}


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_any_text_is_read_as_it_was_meant(name: str) -> None:
    """Whatever stands in a name."""
    assert root(added(WAYS["in lines"], {("partners",): {"two": {"name": name}}}))["partners"]["two"] == {"name": name}
