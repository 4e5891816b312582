"""The content digest: what it does not depend on, what it does, and the values it must have for ten years."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.edxml.digest import RULE, content_digest
from schemas.edxml.names import NAMESPACE
from schemas.edxml.tree import Element
from tests.messages import edoc, read, status

GOOD = Path(__file__).parents[1] / "data" / "messages" / "good"

# Never change one of these: a changed value is a changed rule and needs a new number.
GOLDEN = {
    "bare": "00d26f27d26ff281ac062423e9976f07f6c2aedf9d44c598f0fb735ee91bdf0b",
    "extended": "2e015095fcfa01b5d6ee4e4cbbd92942d971ac2496bcfa4b16d06cb24625ceab",
    "new": "7ad319bf94b3aeaf6777b7a8721f69cc90ff451c09c2d12cb6a7addff0d1ca2f",
    "other_hand": "ca1999eea8947f07c3393bbb6f06ccf89ed489c602be0821ea57455f51ab78ea",
    "packages": "42cba4ec9e4c9f90d962014f96e4fb388ea4e3d1af42297d8ddc2d6f9aaff980",
    "passed_on": "7d6d6cc6d830c928ee6864d491e2eff51ce6398f5931e027447d7d57b1fa2bc4",
    "recall": "bd49bf45c0af594e030c85132ebe9b81ed974b2df2fc014696bdfdfc1ea6afc1",
    "replace": "c899d34787a777ce51b74108db8bb48668441b98fe4eabd296dbb9b859daa05a",
    "status": "c32af81ce944b951c95e4a329d41aec8ccc0cf93990ffac3e0f224a3632ed0b5",
    "status_01": "08486fe7f30a14f50b4bcb20e9b6ac3e7e0cbd7d9125cb32bf054022e7959050",
    "status_02": "4bc3f3ed8c1f02857f135491d62b5b9f0144e5ee8dc7945443a08f7ba15700a5",
    "status_03": "c681de9d2a0389403e1b21726962c04e1db37154881c6fd69b4be0985d287d67",
    "status_04": "eafba5fd935d51d0733e4a9ce7b66dbd5f0666a8abc2f3b5d00ea9a7a49ca0bb",
    "status_05": "8c513bbf54463ae6f679d42f5a0d9acd57115907effb7bd7e8ff910b86684b22",
    "status_06": "87d80516f55c543437b5d42eac307757b11a25bdc1e80f115eca0edf6b85394c",
    "status_13": "dacd5705c094ce4a92c7e4285d271ba7b4c237014348abfd88dd7b2e1f4678a4",
    "status_15": "106582238542a0ca7e548cf49bd5130da1b60adb437866d0889b6aa0086d20c7",
    "status_16": "e54faa4a54f5caad9bb5290e2cc54e64886f30d90ce6ef8e31c7c81a22d770fa",
    "update": "a694016ccc6893c906f30ba6b896170439a8e628cd9b6895fd9d57a1d6e8b531",
    "whole": "f60cb50934a96d7130fca2c866aaa3deead23d60688b94921169b844839d9f04",
}

_TO = re.compile(r" *<edXML:To>.*?</edXML:To>\n", re.DOTALL)
_BASE64 = re.compile(r"(<edXML:ContentTransferEncoded[^>]*>)([^<]*)")
_TRACE = "<edXML:TraceHeader><edXML:OrganId>A</edXML:OrganId></edXML:TraceHeader><edXML:Bussiness>"
_SIGNATURE = "<Signature><SignatureValue>AAAA</SignatureValue></Signature></edXML:edXMLHeader>"
_XMLDSIG = _SIGNATURE.replace("<Signature>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">')


def other_prefix(text: str) -> str:
    return text.replace("edXML:", "q:").replace("xmlns:edXML", "xmlns:q").replace("xmlns:q=", "xmlns:q =")


def no_prefix(text: str) -> str:
    return text.replace(f' xmlns:edXML="{NAMESPACE}"', "").replace("edXML:", "")


def wrapped(text: str) -> str:
    return _BASE64.sub(lambda found: found[1] + "\n".join(textwrap.wrap(found[2], 7)) + "\n", text)


HOPS: dict[str, Callable[[str], str]] = {
    "another prefix": other_prefix,
    "no prefix": no_prefix,
    "no indentation": lambda text: re.sub(r">\s+<", "><", text),
    "more indentation": lambda text: text.replace("  ", "\t\t\t"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "no recipients": lambda text: _TO.sub("", text),
    "more recipients": lambda text: _TO.sub(lambda found: found[0] * 3, text),
    "a trace": lambda text: text.replace("<edXML:Bussiness>", _TRACE),
    "a signature": lambda text: text.replace("</edXML:edXMLHeader>", _SIGNATURE),
    "a signature in its own namespace": lambda text: text.replace("</edXML:edXMLHeader>", _XMLDSIG),
    "wrapped base64": wrapped,
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "white space around text": lambda text: re.sub(r"(<edXML:Subject>)([^<]*)", r"\1\n \2 \n", text),
    "empty elements": lambda text: text.replace(
        "<edXML:Subject>", "<edXML:Content/><edXML:X> <edXML:Y/></edXML:X><edXML:Subject>"
    ),
    "comments": lambda text: text.replace("<edXML:Subject>V", "<!-- a --><edXML:Subject>V<!-- b -->"),
    "character references": lambda text: text.replace("<edXML:Subject>V", "<edXML:Subject>&#86;"),
    "an empty header block": lambda text: text.replace(
        "</edXML:TraceHeaderList>", "</edXML:TraceHeaderList><edXML:Status/>"
    ),
    "labels of attachments": lambda text: text.replace("application/pdf", "application/octet-stream"),
    "ids of attachments": lambda text: text.replace("cid:", "cid:x"),
}


@pytest.mark.parametrize("path", sorted(GOOD.iterdir()), ids=lambda path: path.stem)
def test_digests_are_frozen(path: Path) -> None:
    """Rule 1 gives these values, today and in ten years."""
    content = read(path.read_bytes())

    assert content.digest_rule == RULE == 1
    assert content.digest == GOLDEN[path.stem]


@pytest.mark.parametrize("name", HOPS)
def test_what_a_hop_may_change_does_not_change_the_digest(name: str) -> None:
    """Form, recipients, traces and signatures are not content."""
    text = edoc(kind="update").decode()
    rewritten = HOPS[name](text)

    assert rewritten != text
    assert read(rewritten.encode()).digest == read(text.encode()).digest


def header_texts() -> list[tuple[int, int]]:
    """Where in a document the texts of the header stand that are content."""
    text = edoc(kind="update").decode()
    ends = text.index("</edXML:edXMLHeader>")
    to = _TO.search(text)
    assert to
    found = re.finditer(r">([^<>]*\S[^<>]*)<", text)
    spans = [match.span(1) for match in found if text.index("<edXML:From>") < match.start() < ends]
    return [span for span in spans if not to.start() < span[0] < to.end()]


#: What may stand in a header, but for the word that systems write where they mean nothing.
_TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>&"), min_size=1).filter(
    lambda text: text.casefold() != "null"
)


@given(st.data(), _TEXTS)
def test_any_text_of_the_header_changes_the_digest(data: st.DataObject, addition: str) -> None:
    """No element of MessageHeader or Bussiness can change unnoticed."""
    text = edoc(kind="update").decode()
    start, end = data.draw(
        st.sampled_from(header_texts()).filter(lambda span: not text[: span[0]].endswith("DocType>"))
    )
    changed = text[:start] + data.draw(st.sampled_from([text[start:end], ""])) + addition + text[end:]
    assume(changed != text)

    assert read(changed.encode()).digest != read(text.encode()).digest


@pytest.mark.parametrize("kind", ["new", "recall", "replace"])
def test_the_business_type_changes_the_digest(kind: str) -> None:
    """The same header under another type is another content."""
    text = edoc(kind="update").decode()
    number = {"new": 0, "recall": 1, "replace": 3}[kind]
    changed = text.replace("<edXML:BussinessDocType>2<", f"<edXML:BussinessDocType>{number}<")

    assert read(changed.encode()).digest != read(text.encode()).digest


FILES = st.lists(
    st.tuples(st.sampled_from(["a.pdf", "b.pdf", "ab.pdf"]), st.binary(max_size=4)),
    max_size=3,
)


@given(FILES, FILES)
def test_attachments_make_the_digest_by_name_bytes_and_order(
    one: list[tuple[str, bytes]], other: list[tuple[str, bytes]]
) -> None:
    """Two lists of files have one digest exactly if they are the same list."""
    same = read(edoc(attachments=one)).digest == read(edoc(attachments=other)).digest

    assert same == (one == other)


def test_a_status_is_content_too() -> None:
    """Time and description of a status are in its digest."""
    digests = {
        read(status()).digest,
        read(status(description="khác")).digest,
        read(status(timestamp="2025/11/03 08:30:01")).digest,
        read(status(code="03")).digest,
    }

    assert len(digests) == 4


TREES = st.recursive(
    st.builds(lambda name, text: Element(name, name, text), st.sampled_from("ab"), st.text("xy", max_size=2)),
    lambda below: st.builds(
        lambda name, text, children: Element(name, name, text, tuple(children)),
        st.sampled_from("ab"),
        st.text("xy", max_size=2),
        st.lists(below, max_size=3),
    ),
    max_leaves=6,
)


def without_empty(element: Element) -> Element | None:
    children = tuple(kept for child in element.children if (kept := without_empty(child)))
    return Element(element.local, element.word, element.text, children) if element.text or children else None


def digest_of(element: Element) -> str:
    message = Element("MessageHeader", "MessageHeader", "", (element,))
    return content_digest(Element("edXMLHeader", "edXMLHeader", "", (message,)), ())


@given(TREES, TREES)
def test_the_serialisation_is_unambiguous(one: Element, other: Element) -> None:
    """Two headers have one digest exactly if they are the same tree, empty elements apart."""
    assert (digest_of(one) == digest_of(other)) == (without_empty(one) == without_empty(other))


def test_what_stands_in_a_trace_is_never_content() -> None:
    """Not even an element there that is named as a part of the content."""
    inside = "<edXML:TraceHeader><edXML:Status><edXML:X>1</edXML:X></edXML:Status></edXML:TraceHeader><edXML:Bussiness>"
    body = edoc().replace(b"<edXML:Bussiness>", inside.encode())

    assert read(body).digest == read(edoc()).digest
