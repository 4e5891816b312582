"""Reading whole: every element in its field or in the bag, and the same refusals as at the doors."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.load import Loaded, Signature, load
from schemas.edxml.models import Edoc, Extension, MessageHeader, Status, Unknown
from schemas.edxml.names import NAMESPACE
from tests.messages import edoc, read, status, written

MESSAGES = Path(__file__).parents[1] / "data" / "messages"
HEADER = "edXML/edXMLEnvelope/edXMLHeader"


def whole(body: bytes) -> Loaded:
    return load(io.BytesIO(body))


def good(name: str) -> Loaded:
    return whole((MESSAGES / "good" / f"{name}.edxml").read_bytes())


def header_of(found: Loaded) -> MessageHeader:
    assert isinstance(found.message, Edoc)
    return found.message.message_header


def changed(old: str, new: str, body: bytes | None = None) -> bytes:
    text = (body or edoc()).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize("path", sorted((MESSAGES / "good").iterdir()), ids=lambda path: path.stem)
def test_both_readers_say_the_same(path: Path) -> None:
    """The content is the one the doors get, and the model agrees with it."""
    found = whole(path.read_bytes())
    content = read(path.read_bytes())

    assert found.content == content
    assert isinstance(found.message, Status if content.type == "status" else Edoc)
    assert found.message.message_header.from_.organ_id == content.sender
    assert len(found.files) == len(content.attachments)


@pytest.mark.parametrize("path", sorted((MESSAGES / "bad").iterdir()), ids=lambda path: path.stem)
def test_both_readers_refuse_the_same(path: Path) -> None:
    """With the same code and words."""
    with pytest.raises(Invalid) as one:
        read(path.read_bytes())
    with pytest.raises(Invalid) as other:
        whole(path.read_bytes())

    assert (one.value.code, one.value.detail) == (other.value.code, other.value.detail)


def test_unknown_elements_are_kept_at_their_places() -> None:
    """With their own namespace, attributes and what is in them."""
    message = good("extended").message
    contact = Extension(
        parent=f"{HEADER}/MessageHeader/To[2]",
        element=Unknown(
            namespace="urn:mau:them",
            local="Contact",
            text="máy lẻ",
            attributes=(("kind", "phone"), ("{urn:mau:them}lang", "vi")),
            children=(
                Unknown(namespace="urn:mau:them", local="Name", text="Lê Thị Mẫu"),
                Unknown(namespace="", local="b", text="12"),
            ),
        ),
    )

    assert contact in message.extensions
    assert {one.parent.removeprefix("edXML") for one in message.extensions} == {
        "",
        "/edXMLEnvelope",
        "/edXMLEnvelope/edXMLHeader",
        "/edXMLEnvelope/edXMLHeader/MessageHeader",
        "/edXMLEnvelope/edXMLHeader/MessageHeader/From",
        "/edXMLEnvelope/edXMLHeader/MessageHeader/To[2]",
        "/edXMLEnvelope/edXMLHeader/MessageHeader/OtherInfo",
        "/edXMLEnvelope/edXMLHeader/TraceHeaderList/Bussiness",
        "/edXMLEnvelope/edXMLBody",
        "/edXMLEnvelope/edXMLBody/edXMLManifest/Reference[1]",
        "/AttachmentEncoded",
        "/AttachmentEncoded/Attachment[1]",
    }


def test_the_first_of_two_counts_and_the_other_is_kept() -> None:
    """As at the doors."""
    found = good("extended")

    assert header_of(found).subject == found.content.subject == "V/v thử phần mở rộng"
    assert any(one.element.text == "Trích yếu lần hai" for one in found.message.extensions)


def test_elements_inside_a_text_are_kept_with_it() -> None:
    """Text and elements both."""
    found = whole(changed("<edXML:Place>Vĩnh Yên", "<edXML:Place>Vĩnh Yên<edXML:Ward>1</edXML:Ward>"))
    info = header_of(found).promulgation_info

    assert info
    assert info.place == "Vĩnh Yên"
    assert [(one.parent, one.element.text) for one in found.message.extensions] == [
        (f"{HEADER}/MessageHeader/PromulgationInfo/Place", "1")
    ]
    assert whole(written(found.message)).message == found.message


def test_text_between_elements_is_left_out_with_a_warning() -> None:
    """It is nothing the standard knows, and no element either."""
    found = whole(changed("<edXML:SignerInfo>", "<edXML:SignerInfo>stray"))

    assert found.message == whole(edoc()).message
    assert found.warnings == (f"{HEADER}/MessageHeader/SignerInfo holds text of its own, which is left out",)


def test_what_another_hand_wrote_is_in_its_fields() -> None:
    """Other spellings and orders, empty and null elements."""
    found = good("other_hand")
    header = header_of(found)

    assert header.from_.organization_in_charge == "UBND tỉnh"
    assert [one.organ_id for one in header.to] == ["H62.07", "H62.07"]
    assert [(one.document_id, one.organ_id) for one in header.response_for] == [("cu-1", ""), ("cu-2", "")]
    assert found.message.extensions == ()


def test_what_is_nothing_takes_no_place() -> None:
    """Neither a recipient that is null nor a list of such; those after it move up."""
    nobody = "<edXML:To><edXML:OrganId>null</edXML:OrganId></edXML:To>"
    body = changed(">000.00.07.H62</edXML:OrganId>\n              </edXML:OrganIdList>",
        "> null </edXML:OrganId></edXML:OrganIdList>", edoc(kind="replace"))  # fmt: skip
    found = whole(changed("<edXML:To>", f"{nobody}<edXML:To>", body)).message

    assert isinstance(found, Edoc)
    assert [one.organ_id for one in found.message_header.to] == ["000.00.07.H62"]
    replaced = found.trace_header_list.bussiness.replacement_info_list
    assert replaced
    assert [one.organ_id_list for one in replaced.replacement_info] == [None]


def test_an_element_that_holds_only_elements_keeps_them() -> None:
    """Also where a text belongs, once or repeated."""
    deep = "<edXML:X>1</edXML:X>"
    added = f"<edXML:Content>{deep}</edXML:Content><edXML:ToPlaces><edXML:Place>{deep}</edXML:Place></edXML:ToPlaces>"
    message = whole(changed("</edXML:MessageHeader>", f"{added}</edXML:MessageHeader>")).message

    assert [one.parent.removeprefix(f"{HEADER}/MessageHeader/") for one in message.extensions] == [
        "Content",
        "ToPlaces/Place[1]",
    ]
    assert whole(written(message)).message == message


def test_the_language_of_an_extension_stays() -> None:
    """The xml prefix needs no declaration and may have none."""
    message = whole(changed("</edXML>", '<Tail xml:lang="vi">hết</Tail></edXML>')).message

    assert b'xml:lang="vi"' in written(message)
    assert whole(written(message)).message == message


def test_parts_in_other_places_are_found() -> None:
    """Bussiness above its list, files below the envelope, manifest beside the body."""
    text = edoc(kind="recall").decode()
    moved = text.replace("<edXML:TraceHeaderList>", "").replace("</edXML:TraceHeaderList>", "")
    moved = moved.replace("<AttachmentEncoded>", "<Files><AttachmentEncoded>")
    moved = moved.replace("</AttachmentEncoded>", "</AttachmentEncoded></Files>")
    moved = moved.replace("edXMLBody>", "OtherBody>")
    found = whole(moved.encode())

    assert found.message == whole(edoc(kind="recall")).message
    assert (len(found.references), len(found.files)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "signature"),
    [("passed_on", Signature.UNVERIFIED), ("other_hand", Signature.UNVERIFIED), ("bare", Signature.ABSENT)],
)
def test_a_signature_is_seen_and_not_kept(name: str, signature: Signature) -> None:
    """In either namespace; an empty one is none."""
    found = good(name)

    assert found.signature is signature
    assert b"Signature" not in written(found.message)


def test_labels_are_told_beside_what_came() -> None:
    """What the message says of a file may be wrong; what it is stands beside it."""
    (file,) = good("passed_on").files
    (reference,) = good("passed_on").references

    assert (file.label.content_type, reference.content_type) == ("application/zip", "application/pdf")
    assert file.unpacked is None
    assert file.attachment.size > 0


def test_each_file_has_a_sink_of_its_own() -> None:
    """Made before its name is known, by its place."""
    sinks: dict[int, io.BytesIO] = {}

    def sink(place: int) -> io.BytesIO:
        return sinks.setdefault(place, io.BytesIO())

    load(io.BytesIO(edoc(attachments=(("a.pdf", b"1"), ("b.txt", b"2"), ("c.pdf", b"")))), sink)

    assert {place: one.getvalue() for place, one in sinks.items()} == {1: b"1", 2: b"2", 3: b""}


def test_a_status_may_carry_what_it_should_not() -> None:
    """It is read, and the rest is kept or told."""
    body = changed("</edXML:MessageHeader>", "</edXML:MessageHeader><edXML:TraceHeaderList><edXML:TraceHeader>"
        "<edXML:OrganId>A</edXML:OrganId></edXML:TraceHeader></edXML:TraceHeaderList>", status())  # fmt: skip
    message = whole(body).message

    assert [one.element.local for one in message.extensions] == ["TraceHeaderList"]
    assert whole(written(message)).message == message


TOO_MUCH: dict[str, Callable[[], bytes]] = {
    "text": lambda: changed("</edXML>", f"<Other>{'x' * limits.KEPT}</Other></edXML>"),
    "elements": lambda: changed("</edXML>", "<a/>" * 190_000 + "x" * (limits.KEPT - 64 * 190_000) + "</edXML>"),
    "attributes": lambda: changed("</edXML>", f'<a b="{"x" * 900_000}"/>' * 20 + "</edXML>"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_is_kept_is_limited(what: str) -> None:
    """The doors pass over what stands outside the header; who keeps it has a limit."""
    body = TOO_MUCH[what]()
    read(body)

    with pytest.raises(Invalid) as caught:
        whole(body)
    assert caught.value.code == "edxml.header_too_large"


@pytest.mark.parametrize("local", ["a b", "a>b", "x:y", "", "1a", "a\x01"])
def test_a_name_that_is_none_is_not_written(local: str) -> None:
    """An extension cannot break the message it stands in."""
    extension = Extension(parent="edXML", element=Unknown(namespace=NAMESPACE, local=local, text="x"))
    message = whole(edoc()).message.model_copy(update={"extensions": (extension,)})

    with pytest.raises(Invalid):
        written(message)


def test_an_extension_without_its_place_is_not_written() -> None:
    """It would be lost, or stand where it means another thing."""
    extension = Extension(parent=f"{HEADER}/MessageHeader/To[9]", element=Unknown(namespace="", local="x", text="x"))
    message = whole(edoc()).message.model_copy(update={"extensions": (extension,)})

    with pytest.raises(Invalid, match=r"To\[9\]"):
        written(message)
