"""The XML parser: what it tells, what it refuses, and that it raises nothing but Invalid."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.content import Invalid
from schemas.xml import MAX_DEPTH, MAX_ELEMENTS, MAX_NAMES, MAX_TOKEN, Listener, Name, PushParser, plain_tree


class Told(Listener):
    """Keeps what it is told, neighbouring texts joined."""

    def __init__(self) -> None:
        self.events: list[Name | str | None] = []

    def start(self, name: Name) -> None:
        self.events.append(name)

    def attributes(self, attributes: Mapping[str, str]) -> None:
        self.events.append(Name("", str(dict(attributes))))

    def data(self, text: str) -> None:
        if self.events and isinstance(self.events[-1], str):
            text = self.events.pop() + text
        self.events.append(text)

    def end(self) -> None:
        self.events.append(None)


def parse(*pieces: bytes) -> list[Name | str | None]:
    listener = Told()
    parser = PushParser(listener)
    for piece in pieces:
        parser.feed(piece)
    parser.close()
    return listener.events


def refusal(*pieces: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse(*pieces)
    return caught.value


def test_elements_and_text_are_told_in_order_with_their_namespace() -> None:
    """Names come with their namespace, whatever the prefix; comments and instructions are not told."""
    body = b'<p:a xmlns:p="urn:x">one<!-- c --><?pi d?><b>two</b></p:a>'

    assert parse(body) == [Name("urn:x", "a"), "one", Name("", "b"), "two", None, None]


def test_attributes_are_told_to_who_asks() -> None:
    """Right after the start of their element, and only where there are any."""
    listener = Told()
    parser = PushParser(listener, attributes=True)
    parser.feed(b"<a><b xmlns:p='urn:x' c='1' p:d='2'/></a>")
    parser.close()

    told = Name("", str({"c": "1", "{urn:x}d": "2"}))
    assert listener.events == [Name("", "a"), Name("", "b"), told, None, None]


@pytest.mark.parametrize(
    ("written", "value"),
    [("&amp;", "&"), ("&#38;", "&"), ("&amp;#38;&amp;amp;", "&#38;&amp;"), ("&lt;&#10;&quot;", '<\n"')],
)
def test_attributes_are_told_as_they_are_meant(written: str, value: str) -> None:
    """Character references and the entities of XML itself are resolved."""
    listener = Told()
    parser = PushParser(listener, attributes=True)
    parser.feed(f'<a b="{written}"/>'.encode())
    parser.close()

    assert listener.events == [Name("", "a"), Name("", str({"b": value})), None]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_byte_order_mark_is_passed_over(size: int) -> None:
    """A UTF-8 byte order mark in front does no harm, even in pieces."""
    body = b"\xef\xbb\xbf<a>x</a>"

    assert parse(*(body[i : i + size] for i in range(0, len(body), size))) == [Name("", "a"), "x", None]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_line_ends_are_read_as_one(size: int) -> None:
    """CRLF and a lone CR are line feeds, wherever the pieces are cut; a written-out CR stays."""
    body = b"<a>1\r\n2\r3&#13;\n4</a>"

    assert parse(*(body[i : i + size] for i in range(0, len(body), size)))[1] == "1\n2\n3\r\n4"


def test_nothing_at_all_is_an_empty_body() -> None:
    """No byte is refused as an empty body, not as bad XML."""
    assert refusal().code == "body.empty"
    assert refusal(b"").code == "body.empty"


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"\xef\xbb\xbf",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>x</a>\0",
        b"<a>&nbsp;</a>",
        b"<a>&#0;</a>",
        b'<?xml version="1.1"?><a>&#x1c;</a>',
        b"<a>\xe9</a>",
        b"<a>\xed\xa0\x80</a>",
        "<a>é</a>".encode("utf-16"),
        b"<x:a/>",
        b"<a x:b='1'/>",
    ],
)
def test_what_is_not_well_formed_utf8_is_malformed(body: bytes) -> None:
    """Broken XML, other encodings, unknown entities and undeclared prefixes are all xml.malformed."""
    assert refusal(body).code == "xml.malformed"


def test_a_refusal_names_line_and_column() -> None:
    """The place of a fault is told, counted from 1."""
    invalid = refusal(b"<a>\n  <b></c>\n</a>")

    assert (invalid.line, invalid.column) == (2, 10)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://example.invalid/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_done_with_it(body: bytes) -> None:
    """Whatever the DOCTYPE says, it is refused at sight, whole or in single bytes."""
    assert refusal(body).code == "xml.dtd_forbidden"
    assert refusal(*(bytes([byte]) for byte in body)).code == "xml.dtd_forbidden"


def test_the_limit_of_depth_is_exact() -> None:
    """Elements may stand as deep in each other as the limit says, and no deeper."""
    parse(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH)

    assert refusal(b"<a>" * (MAX_DEPTH + 1)).code == "xml.too_deep"


def test_too_many_elements_are_refused() -> None:
    """An endless row of empty elements stops at the limit."""
    assert refusal(b"<a>", b"<b/>" * MAX_ELEMENTS).code == "xml.too_deep"


@pytest.mark.parametrize("opening", [b"<a b='", b"<a><!--", b"<a><?p ", b"<a><![CDATA[", b"<a xmlns='"])
def test_a_token_without_end_is_refused(opening: bytes) -> None:
    """What the library would collect until its end comes is stopped soon after the limit."""
    parser = PushParser(Told())
    parser.feed(opening)
    piece = b"z" * (MAX_TOKEN // 16)
    for _ in range(15):
        parser.feed(piece)

    with pytest.raises(Invalid) as caught:
        parser.feed(piece * 3)

    assert caught.value.code == "xml.too_deep"


def test_a_name_without_end_is_refused() -> None:
    """A name longer than the library or the limit allows is refused."""
    assert refusal(b"<", *[b"z" * 65_536] * 20).code in {"xml.too_deep", "xml.malformed"}


def test_names_that_differ_each_time_are_refused_together() -> None:
    """The library keeps every different name, so their sum is limited."""
    one = b"<n%06d%s/>"
    pieces = [b"".join(one % (place * 100 + n, b"z" * 9_000) for n in range(100)) for place in range(20)]

    assert MAX_NAMES < 20 * 100 * 9_000
    assert refusal(b"<a>", *pieces).code == "xml.too_deep"


def test_namespaces_that_differ_each_time_are_refused_together() -> None:
    """The same for namespaces and attribute names."""
    piece = b"<n xmlns:p='urn:%s' p:q='1'/>" % (b"z" * 500_000)

    assert refusal(b"<a>", *[piece] * (MAX_NAMES // 500_000 + 2)).code == "xml.too_deep"


def test_text_may_be_long() -> None:
    """Text has no limit of its own: attachments are text."""
    events = parse(b"<a>", *[b"y" * 100_000] * 30, b"</a>")

    assert events[1] == "y" * 3_000_000


def test_the_first_refusal_stands() -> None:
    """After a refusal every further call raises the same again."""
    parser = PushParser(Told())
    with pytest.raises(Invalid) as first:
        parser.feed(b"<a></b>")

    with pytest.raises(Invalid) as second:
        parser.feed(b"<a/>")
    with pytest.raises(Invalid) as third:
        parser.close()

    assert first.value is second.value is third.value


@pytest.mark.parametrize("fault", [b"</c>", b"<x:y/>", b"<b>" * MAX_DEPTH])
def test_what_stands_before_a_fault_is_told_first(fault: bytes) -> None:
    """A handler's refusal counts before a fault that stands behind it, though both came in one piece."""

    class Refusing(Listener):
        def start(self, name: Name) -> None:
            if name.local == "b":
                raise Invalid("edxml.value", "no b")

    with pytest.raises(Invalid) as caught:
        PushParser(Refusing()).feed(b"<a><b>" + fault)

    assert caught.value.code == "edxml.value"


def test_a_plain_document_is_there_as_a_whole() -> None:
    """With its text as it is told piece by piece, and no white space between elements."""
    root = plain_tree(b"<a>\n <b>one<!-- c -->two<?p d?> </b> <!-- e --> <b><![CDATA[<x>]]></b>\n <c/> </a>")

    assert root is not None
    assert [(one.tag, one.text, one.tail) for one in root.iter()] == [
        ("a", None, None),
        ("b", "onetwo ", None),
        ("b", "<x>", None),
        ("c", None, None),
    ]


@pytest.mark.parametrize(
    "body", [b"<a>x<b/></a>", b"<a><b/>x</a>", b"<a><b/>x<b/> <b/></a>", b"<a xml:space='preserve'> <b/></a>"]
)
def test_where_text_stands_beside_elements_there_is_no_tree(body: bytes) -> None:
    """White space may say something there."""
    assert plain_tree(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<x:a/>",
        b"<a x:b='1'/>",
        b"<a>&nbsp;</a>",
        b"<!DOCTYPE a><a/>",
        b"<!-- --><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!DOCTYPE a><a/>".encode("utf-16"),
        b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
    ],
)
def test_what_is_wrong_with_a_document_the_parser_says(body: bytes) -> None:
    """There is no tree of what the parser refuses."""
    assert plain_tree(body) is None
    refusal(body)


def test_the_limit_of_depth_is_the_same_for_a_plain_document() -> None:
    """As deep as the limit says is not too deep."""
    assert plain_tree(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH) is not None


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b"<a>", b"</a>", b"<!", b"<?xml", b"&#x", b"]]>", b"='"])))
def test_any_bytes_are_told_or_refused(pieces: list[bytes]) -> None:
    """No input makes anything but events or Invalid."""
    with suppress(Invalid):
        parse(*pieces)
