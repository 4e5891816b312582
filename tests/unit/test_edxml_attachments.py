"""Attachments: decoded as they pass, named safely, and matched to the manifest."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pybase64
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.attachments_in import check_name
from schemas.edxml.base64_in import BadBase64, Base64Digest
from tests.messages import edoc, read

CONTENT = "ContentTransferEncoded"


def refused(body: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(body)
    return caught.value


def changed(old: str, new: str, body: bytes | None = None) -> bytes:
    text = (body or edoc()).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def decoded(*pieces: str) -> tuple[int, str]:
    decoder = Base64Digest()
    for piece in pieces:
        decoder.feed(piece)
    digest = decoder.finish()
    return decoder.size, digest


@given(
    st.binary(max_size=400), st.lists(st.integers(0, 700)), st.integers(1, 80), st.sampled_from(["\n", "\r\n", " \t"])
)
def test_base64_is_decoded_whatever_the_pieces_and_lines(data: bytes, cuts: list[int], width: int, gap: str) -> None:
    """Wrapped at any width and cut anywhere, the same bytes come out."""
    plain = pybase64.b64encode(data).decode()
    text = gap.join(plain[i : i + width] for i in range(0, len(plain), width))
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]

    assert decoded(*pieces) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    "text", ["A", "AA", "AAA", "AA=", "A===", "=", "AA==AA==", "AA==A", "AA*A", "AA-_", "ÁAAA", "AA A\u00a0A"]
)
def test_what_is_not_base64_is_refused(text: str) -> None:
    """Wrong letters, missing padding and anything after the padding are refused, whole or letter by letter."""
    with pytest.raises(BadBase64):
        decoded(text)
    with pytest.raises(BadBase64):
        decoded(*text)


def test_an_attachment_is_known_by_its_decoded_bytes() -> None:
    """Size and digest are of the file, its ContentId without the cid: prefix."""
    (attachment,) = read(edoc(attachments=(("a.pdf", b"hello"),))).attachments

    assert (attachment.name, attachment.content_type, attachment.size) == ("a.pdf", "application/pdf", 5)
    assert attachment.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert not attachment.content_id.startswith("cid:")


def test_an_empty_file_is_an_attachment() -> None:
    """No bytes are bytes too."""
    (attachment,) = read(edoc(attachments=(("a.pdf", b""),))).attachments

    assert (attachment.size, attachment.sha256) == (0, hashlib.sha256().hexdigest())


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        ". .",
        "a/b.pdf",
        "a\\b.pdf",
        "/etc/passwd",
        "C:\\x",
        "a\nb",
        "a\x00b",
        "a\x7f",
        "a\x9f",
        "fdp.\u202eexe",
        "ă" * 128,
    ],
)
def test_a_name_that_is_no_bare_file_name_is_refused(name: str) -> None:
    """Paths, control characters, names of dots, hidden endings and names too long for a disk are refused."""
    with pytest.raises(Invalid) as caught:
        check_name(name, 1)

    assert caught.value.code == "edxml.attachment_name"


@pytest.mark.parametrize("name", ["Công văn số 15.pdf", "a..b", ".ẩn", "a b (1).doc", "x" * 255])
def test_an_ordinary_name_is_taken(name: str) -> None:
    """Vietnamese, blanks, dots and brackets are what names are made of."""
    check_name(name, 1)


def test_a_name_longer_than_any_is_refused_while_it_is_read() -> None:
    """A name is not collected without end."""
    assert (
        refused(changed("<AttachmentName>cong-van.pdf", "<AttachmentName>" + "x" * 5_000)).code
        == "edxml.attachment_name"
    )
    assert refused(changed("<ContentType>application", "<ContentType>" + "x" * 5_000)).code == "edxml.value"


def test_ids_that_do_not_match_the_manifest_are_a_warning() -> None:
    """Manifests and attachments disagree in the wild; the document is taken."""
    assert read(edoc()).warnings == ()
    assert len(read(changed("      <ContentId>cid:", "      <ContentId>other-")).warnings) == 1


def test_the_cid_prefix_may_be_left_out_on_one_side() -> None:
    """Some implementations write it in the manifest only."""
    assert read(changed("      <ContentId>cid:", "      <ContentId>")).warnings == ()


def test_a_reference_without_an_id_matches_nothing() -> None:
    """The manifest may be as bare as it likes; the document is taken with a warning."""
    body = edoc().decode()
    start = body.index("<edXML:ContentId>")
    bare = body[:start] + body[body.index("</edXML:ContentId>") + len("</edXML:ContentId>") :]

    assert len(read(bare.encode()).warnings) == 1


@pytest.mark.parametrize("name", ["AttachmentName", "ContentId"])
def test_a_field_that_comes_twice_is_refused(name: str) -> None:
    """Where systems would pick different ones, none is picked."""
    assert refused(changed(f"<{name}>", f"<{name}>first</{name}><{name}>")).code == "edxml.value"


def test_two_contents_in_one_attachment_are_refused() -> None:
    """One attachment is one file."""
    double = f"<{CONTENT}>AAAA</{CONTENT}><edXML:{CONTENT}"

    assert refused(changed(f"<edXML:{CONTENT}", double)).code == "edxml.value"


def test_an_element_inside_the_base64_is_refused() -> None:
    """Readers would differ on what the file is."""
    invalid = refused(changed(f"</edXML:{CONTENT}>", f"<x/></edXML:{CONTENT}>"))

    assert invalid.code == "edxml.bad_base64"
    assert "cong-van.pdf" in invalid.detail


def test_elements_that_are_unknown_are_passed_over() -> None:
    """Neither fields nor records nobody knows get in the way."""
    body = changed("<AttachmentName>cong", "<More>x<Deep>AttachmentName</Deep>y</More><AttachmentName>cong")
    body = changed("  <AttachmentEncoded>", "  <AttachmentEncoded><Other><ContentId>1</ContentId></Other>", body)
    body = changed("<edXML:AttachmentName>", "<edXML:More><edXML:Deep/></edXML:More><edXML:AttachmentName>", body)

    assert read(body).attachments == read(edoc()).attachments


def test_base64_cut_short_is_refused_with_its_name() -> None:
    """A file that is not whole is not taken."""
    invalid = refused(changed(f"</edXML:{CONTENT}>", f"A</edXML:{CONTENT}>"))

    assert invalid.code == "edxml.bad_base64"
    assert "cong-van.pdf" in invalid.detail


def test_attachments_are_limited() -> None:
    """As many as the limit are taken, one more is not."""
    most = [(f"{number}.pdf", b"x") for number in range(limits.ATTACHMENTS)]

    assert len(read(edoc(attachments=most)).attachments) == limits.ATTACHMENTS
    assert refused(edoc(attachments=[*most, ("more.pdf", b"x")])).code == "edxml.too_many"
