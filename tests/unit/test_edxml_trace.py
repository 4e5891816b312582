"""A further hop: it goes after the last one, nothing else changes, and what is signed is left alone."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.content import Invalid
from schemas.edxml.load import load
from schemas.edxml.models import Edoc
from schemas.edxml.models.trace import TraceHeader
from schemas.edxml.names import NAMESPACE, SIGNATURE_NAMESPACE
from schemas.edxml.trace import Place, find_place, hop
from tests.edxml_models import edocs
from tests.messages import edoc, status, written

GOOD = Path(__file__).parents[1] / "data" / "messages" / "good"
ORGAN = "000.00.00.H62"
#: Past midnight in Vietnam, and not yet in Greenwich.
MOMENT = datetime(2025, 11, 3, 18, 30, 5, 999_999, tzinfo=UTC)
WRITTEN = datetime(2025, 11, 4, 1, 30, 5)  # noqa: DTZ001 - the wire has no zone
HERE = b"<!--here-->"
ONE = "<edXML:TraceHeader><edXML:Timestamp>2025/11/03 08:00:00</edXML:Timestamp></edXML:TraceHeader>"


class Dribble(io.BytesIO):
    """Gives at most so many bytes at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._most if size is None or size < 0 else min(size, self._most))


def passed_on(body: bytes) -> bytes:
    """The document with one more hop."""
    place = find_place(io.BytesIO(body))
    assert place is not None
    return body[: place.at] + hop(place.prefix, ORGAN, MOMENT) + body[place.at :]


def marked(text: str) -> tuple[bytes, int]:
    """A body without the mark in it, and where that was."""
    body = text.encode()
    assert body.count(HERE) == 1
    return body.replace(HERE, b""), body.index(HERE)


def around(traces: str, *, before: str = "", after: str = "", end: str = "") -> str:
    """A document about its hops only: something in its header before and after them, and at its end."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{NAMESPACE}" xmlns:edXML="{NAMESPACE}">'
        f"<edXML:edXMLEnvelope><edXML:edXMLHeader>{before}{traces}{after}</edXML:edXMLHeader></edXML:edXMLEnvelope>"
        f"<AttachmentEncoded/>{end}</edXML>\n"
    )


def listed(inside: str) -> str:
    return f"<edXML:TraceHeaderList>{inside}</edXML:TraceHeaderList>"


def check_one_more_hop(body: bytes) -> None:
    """The document says the same with the hop, which is its last one, and is the same document."""
    before, after = load(io.BytesIO(body)), load(io.BytesIO(passed_on(body)))
    assert isinstance(before.message, Edoc)
    traces = before.message.trace_header_list
    hops = (*traces.trace_header, TraceHeader(organ_id=ORGAN, timestamp=WRITTEN))
    expected = traces.model_copy(update={"trace_header": hops})
    assert after.message == before.message.model_copy(update={"trace_header_list": expected})
    assert after.content.digest == before.content.digest


@given(edocs())
@settings(max_examples=60)
def test_one_more_hop_at_the_end_and_nothing_else(message: Edoc) -> None:
    """Of any document; its identity does not change on its way."""
    check_one_more_hop(written(message))


@pytest.mark.parametrize("name", ["bare", "extended", "new", "recall", "replace", "update", "whole"])
def test_documents_of_several_hands(name: str) -> None:
    """Without prefixes, with elements of their own, with the business first."""
    check_one_more_hop((GOOD / f"{name}.edxml").read_bytes())


@pytest.mark.parametrize("name", ["other_hand", "passed_on"])
def test_documents_of_several_hands_that_are_signed(name: str) -> None:
    """They go on as they are."""
    assert find_place(io.BytesIO((GOOD / f"{name}.edxml").read_bytes())) is None


NOISE = st.sampled_from(
    [
        "\r\n  ",
        "Đường số 5 – 日本 🖋",
        "<!-- </edXML:TraceHeader> > -->",
        "<!--\u1ea1>-->",
        "<![CDATA[<edXML:TraceHeader>x</edXML:TraceHeader></edXML:TraceHeaderList>]]>",
        "<?làm </edXML:TraceHeader> ?>",
        "&lt;edXML:TraceHeader/&gt; ]]&gt;",
        "<edXML:Subject a='1>0 &gt; />' b=\"&lt;/edXML:TraceHeader>\">a > b</edXML:Subject>",
        "<x:TraceHeader xmlns:x='urn:x'>không phải</x:TraceHeader>",
        "<edXML:Bussiness><edXML:TraceHeader>sâu hơn</edXML:TraceHeader></edXML:Bussiness>",
        "<edXML:DigitalSignature/>",
        "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'> \n<!-- nothing --></Signature >",
    ]
)
HOPS = st.sampled_from(
    [
        ONE,
        "<edXML:TraceHeader/>",
        "<edXML:TraceHeader a='/>' />",
        f'<q:TraceHeader xmlns:q="{NAMESPACE}"><q:OrganId>A</q:OrganId></q:TraceHeader\n>',
        f"<TraceHeader xmlns='{NAMESPACE}'><![CDATA[</TraceHeader>]]></TraceHeader>",
    ]
)
PREFIXES = st.sampled_from(["edXML:", "", "q:", "đơn-vị.1:"])
noise = st.lists(NOISE, max_size=3).map("".join)


@given(st.data())
@settings(max_examples=150)
def test_the_place_is_exact_whatever_stands_around_it(data: st.DataObject) -> None:
    """Text of any script, comments, CDATA, attributes and look-alikes; any prefix; a byte order mark; small reads."""
    hops = "".join(data.draw(noise) + one for one in data.draw(st.lists(HOPS, max_size=3)))
    prefix = data.draw(PREFIXES)
    declared = f'xmlns{":" if prefix else ""}{prefix[:-1]}="{NAMESPACE}" id="&quot;>"'
    inside = f"{hops}{HERE.decode()}{data.draw(noise)}"
    traces = f"<{prefix}TraceHeaderList {declared}>{inside}</{prefix}TraceHeaderList\t>"
    mark = data.draw(st.sampled_from(["", "\ufeff"]))
    body, at = marked(mark + around(traces, before=data.draw(noise), after=data.draw(noise), end=data.draw(noise)))

    found = find_place(Dribble(body, data.draw(st.integers(1, 200))))

    assert found == Place(at, prefix)
    ours = hop(prefix, ORGAN, MOMENT)
    assert find_place(io.BytesIO(body[:at] + ours + body[at:])) == Place(at + len(ours), prefix)


def test_a_place_far_into_a_document() -> None:
    """Files may stand before the header, and are no reason to read a document whole."""
    files = f"<edXML:AttachmentEncoded>{'QUJD' * 100_000}</edXML:AttachmentEncoded>"
    body, at = marked(
        around(listed(f"{ONE}{HERE.decode()}")).replace("<edXML:edXMLEnvelope>", f"{files}<edXML:edXMLEnvelope>")
    )

    assert find_place(io.BytesIO(body)) == Place(at, "edXML:")


def test_a_list_of_no_hops_gets_its_first_at_its_start() -> None:
    """Also before the business that stands in it."""
    body, at = marked(around(listed(f"{HERE.decode()}<edXML:Bussiness/>")))

    assert find_place(io.BytesIO(body)) == Place(at, "edXML:")


def test_the_first_list_that_can_hold_a_hop_counts() -> None:
    """An empty one is as if it were not there, as for all our readers."""
    one, two = listed(f"{ONE}{HERE.decode()}"), listed(ONE)
    body, at = marked(around(f"<edXML:TraceHeaderList/>{one}{two}"))

    assert find_place(io.BytesIO(body)) == Place(at, "edXML:")


@pytest.mark.parametrize(
    "body",
    [
        status(),
        around("").encode(),
        around("<edXML:TraceHeaderList/>").encode(),
        around(ONE).encode(),
        around(listed(ONE)).replace(NAMESPACE, "urn:other").encode(),
        around(listed(ONE)).encode()[:-10],
        around(listed(ONE)).encode().replace(b"<?xml", b"<!DOCTYPE a><?xml"),
        b"",
    ],
    ids=["status", "no list", "empty-element list", "hop alone", "other namespace", "cut off", "broken", "nothing"],
)
def test_no_place(body: bytes) -> None:
    """Where there is no list of hops, or no document, nothing goes in."""
    assert find_place(io.BytesIO(body)) is None


SIGNED = "<SignedInfo/>"


@pytest.mark.parametrize("inside", [SIGNED, "MIIB", "<![CDATA[MIIB]]>"], ids=["element", "text", "cdata"])
@pytest.mark.parametrize("name", ["Signature", "edXML:Signature", "edXML:DigitalSignature"])
@pytest.mark.parametrize("namespace", [SIGNATURE_NAMESPACE, NAMESPACE, "urn:other"])
@pytest.mark.parametrize("where", ["before", "after", "end"])
def test_what_is_signed_is_left_alone(inside: str, name: str, namespace: str, where: str) -> None:
    """A signature with anything in it, wherever it stands and whosever its name is, may cover every byte."""
    signature = f'<{name} xmlns="{namespace}">{inside}</{name}>'

    assert find_place(io.BytesIO(around(listed(ONE), **{where: signature}).encode())) is None


def test_a_signature_behind_the_files_is_found() -> None:
    """An enveloped signature is often the last thing in a message, far from its header."""
    body = edoc(attachments=(("to.pdf", bytes(range(256)) * 2_000),))
    signature = f'<Signature xmlns="{SIGNATURE_NAMESPACE}">{SIGNED}</Signature></edXML>'.encode()

    assert find_place(io.BytesIO(body)) is not None
    assert find_place(io.BytesIO(body.replace(b"</edXML>", signature))) is None


def test_a_hop_is_written_as_the_standard_has_it() -> None:
    """Code and Vietnam's time, with the prefix that is asked for."""
    assert hop("edXML:", ORGAN, MOMENT).decode() == (
        "<edXML:TraceHeader><edXML:OrganId>000.00.00.H62</edXML:OrganId>"
        "<edXML:Timestamp>2025/11/04 01:30:05</edXML:Timestamp></edXML:TraceHeader>"
    )
    assert b"<OrganId>A&amp;B</OrganId>" in hop("", "A&B", MOMENT)
    with pytest.raises(Invalid):
        hop("", "A\x01", MOMENT)
