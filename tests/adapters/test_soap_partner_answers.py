"""What answers in SOAP mean: faults of both versions, envelopes that are none, parts that are none."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from adapters.http.decode import Answer as Read
from adapters.http.decode import read
from adapters.http.judge import Judge
from adapters.http.spill import Spill
from adapters.soap.client.faults import with_faults
from adapters.soap.client.marks import Marked, Marks
from adapters.soap.client.reading import Answered
from adapters.soap.client.settings import SoapAnswers
from adapters.soap.rehearsal.paper import SOAP11, SOAP12, fault
from bus.bodies import Opened
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response


def answered(body: bytes, content_type: str = "text/xml", status: int = 200, lists: Iterable[Any] = ()) -> Response:
    file = io.BytesIO(body)
    return Answered(status, {"content-type": content_type}, file, len(body)).read(None, frozenset(lists), None)


def told(body: bytes, content_type: str = "text/xml") -> Any:
    """What rules see; None where no rule can hold."""
    response = answered(body, content_type)
    return orjson.loads(response.body) if response.headers["content-type"] == "application/json" else None


def envelope(body: str, soap: str = SOAP11, header: str = "") -> bytes:
    return f'<s:Envelope xmlns:s="{soap}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'.encode()


def judged(answer: Read, **rules: Any) -> CallFailed:
    judge = Judge(with_faults(SoapAnswers.model_validate(rules)), lambda: 0)
    with pytest.raises(CallFailed) as caught:
        judge.sent(answer)
    return caught.value


@pytest.mark.parametrize("soap", [SOAP11, SOAP12], ids=["1.1", "1.2"])
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    ("code", "kind", "failure"),
    [
        ("Client", Refused, FailureClass.CLIENT_FAULT),
        ("VersionMismatch", Refused, FailureClass.CLIENT_FAULT),
        ("Client.FailedAuthentication", Unreachable, FailureClass.AUTH),
        ("Server", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
    ],
)
def test_faults_by_their_codes(
    soap: str, status: int, code: str, kind: type[CallFailed], failure: FailureClass
) -> None:
    """The caller's is a no, ours to sign in better waits, and the server's may have come after it acted."""
    if soap == SOAP11:
        code = code.rpartition(".")[2]
    reply = fault(soap, code, "Không được", status=status)
    assert isinstance(reply.body, bytes)
    raised = judged(read(answered(reply.body, reply.content_type, status)))
    assert type(raised) is kind
    assert raised.failure is failure
    assert "Không được" in raised.words


def test_a_partner_may_mean_something_else() -> None:
    """Rules of the endpoint are looked at before those of SOAP."""
    reply = fault(SOAP11, "Server.Busy", "bận")
    assert isinstance(reply.body, bytes)
    rule = {"path": "Fault.code", "values": ["Server.Busy"], "class": "quota"}
    raised = judged(read(answered(reply.body, status=500)), failures=[rule])
    assert raised.failure is FailureClass.QUOTA
    assert raised.code == "Server.Busy"


def test_members_by_their_names() -> None:
    """Namespaces do not count; what repeats is a list; nil is null; attributes stand beside."""
    nil = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"'
    body = f'<x:R xmlns:x="urn:x"><x:a>1</x:a><b {nil}/><c k="v"/><d>2</d><d>3</d><e><f> g </f></e></x:R>'
    assert told(envelope(body)) == {
        "a": "1", "b": None, "c": "", "c@k": "v", "d": ["2", "3"], "e": {"f": " g "}, "Header": {},
    }  # fmt: skip


@pytest.mark.parametrize(("items", "found"), [("", []), ("<i>1</i>", ["1"]), ("<i>1</i><i>2</i>", ["1", "2"])])
def test_lists_are_lists_whatever_is_in_them(items: str, found: list[str]) -> None:
    """By the WSDL, or where an answer says that it is an array."""
    where = ("Envelope", "Body", "R", "l", "i")
    response = answered(envelope(f"<R><l>{items}</l></R>"), lists=[where])
    assert orjson.loads(response.body)["l"] == {"i": found}
    array = 'xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" e:arrayType="x[]"'
    assert told(envelope(f"<R><l {array}>{items}</l></R>"))["l"] == found


def test_values_that_stand_elsewhere() -> None:
    """Axis 1 puts objects behind the call's element; one that holds itself has no end, and is no answer."""
    refs = '<R><r href="#a"/></R><m id="a"><v>1</v><w href="#b"/></m><m id="b"><x>2</x></m>'
    assert told(envelope(refs))["r"] == {"v": "1", "w": {"x": "2"}}
    assert told(envelope('<R><r href="#a"/></R><m id="a"><v href="#a"/></m>')) is None
    bomb = "".join(f'<m id="a{n}">{f"<v href={chr(34)}#a{n + 1}{chr(34)}/>" * 40}</m>' for n in range(15))
    assert told(envelope(f'<R><r href="#a0"/></R>{bomb}')) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"khong",
        b"<html><body/></html>",
        b"<a/>",
        envelope("<R/>")[:-9],
        b'<!DOCTYPE x [<!ENTITY e "x">]>' + envelope("<R>&e;</R>"),
        envelope("<R/>").replace(b"<s:Body>", b"<s:Body/><s:Body>"),
        envelope("<R/>", "urn:not-soap"),
        envelope("<R/>").replace(b"s:Body", b"Body"),
        b"<s:Envelope xmlns:s='" + SOAP11.encode() + b"'/>",
        envelope("<R>\xff</R>"[:3]) + b"\xff",
    ],
    ids=[
        "empty",
        "text",
        "page",
        "xml",
        "cut",
        "entity",
        "two bodies",
        "namespace",
        "body's namespace",
        "no body",
        "bytes",
    ],
)
def test_what_is_no_envelope_is_no_answer(body: bytes) -> None:
    """No rule holds of it, so that of a send nothing is claimed."""
    assert told(body) is None
    rules = SoapAnswers.model_validate({"success": {"path": "result.code", "values": ["0"]}})
    with pytest.raises(OutcomeUnknown):
        Judge(with_faults(rules), lambda: 0).sent(read(answered(body)))


def related(*parts: tuple[str, bytes], start: str = "", end: bytes = b"--b--\r\n") -> tuple[bytes, str]:
    made = b"".join(b"--b\r\nContent-ID: <%b>\r\n\r\n%b\r\n" % (cid.encode(), body) for cid, body in parts)
    return made + end, f'multipart/related; boundary="b"; start="{start}"'


_INCLUDE = '<R><d><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:x"/></d><e href="cid:x"/><f>cid:x</f></R>'


def test_parts_stand_where_they_are_named() -> None:
    """Included (MTOM), by href or as a text (SOAP with Attachments): their bytes as base64, and all parts in a list."""
    body, type_ = related(("root", envelope(_INCLUDE)), ("x", b"--b\r\nnot a boundary"[5:]))
    made = told(body, type_)
    assert made["d"] == made["e"] == made["f"] == "bm90IGEgYm91bmRhcnk="
    assert made["Attachments"] == [{"id": "x", "type": "", "base64": "bm90IGEgYm91bmRhcnk="}]


def test_the_root_is_where_start_says() -> None:
    """Also behind another part."""
    body, type_ = related(("x", b"1"), ("root", envelope(_INCLUDE)), start="<root>")
    assert told(body, type_)["d"] == "MQ=="


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        related(("root", envelope(_INCLUDE)), end=b""),
        related(("root", envelope(_INCLUDE)), start="<gone>"),
        related(),
        (b"--b\r\nContent-ID: <root>", 'multipart/related; boundary="b"'),
        (envelope("<R/>"), "multipart/related"),
    ],
    ids=["no end", "wrong start", "no parts", "no head's end", "no boundary"],
)
def test_broken_parts_are_no_answer(body: bytes, type_: str) -> None:
    """MIME without end, or with a wrong start."""
    assert told(body, type_) is None


def test_long_texts_pass_through(tmp_path: Any) -> None:
    """A text of many megabytes is handed on whole, escapes and all, and is never in the rest of the answer."""
    text = ('a"\\\n<é&' + "b" * 250) * (1 << 13)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    file = io.BytesIO(envelope(f"<R><t>{escaped}</t><u>1</u></R>"))
    spill = Spill(64 << 20)
    response = Answered(200, {"content-type": "text/xml"}, file, file.seek(0, 2)).read(spill, frozenset(), None)
    rest = orjson.loads(response.body)
    assert len(response.body) < 1000
    assert b"".join(spill.pieces(rest["t"])).decode() == text
    spill.discard()


def test_rows_are_a_list_though_no_schema_says_so() -> None:
    """Where the page looks for rows, one is a list of one."""
    where = ("Envelope", "Body", "*", "l", "i")
    for items, found in (("", []), ("<i>1</i>", ["1"])):
        response = answered(envelope(f"<AnyResponse><l>{items}</l></AnyResponse>"), lists=[where])
        assert orjson.loads(response.body)["l"] == {"i": found}


def test_a_loose_success_takes_no_broken_answer() -> None:
    """Half an envelope under a 200 is not delivered, even where any 2xx would do."""
    loose = SoapAnswers.model_validate({"success": {"status": "2xx"}})
    with pytest.raises(OutcomeUnknown):
        Judge(with_faults(loose), lambda: 0).sent(read(answered(envelope("<R/>")[:-5])))
    assert Judge(with_faults(loose), lambda: 0).sent(read(answered(envelope("<R/>"))))
    with pytest.raises(OutcomeUnknown):
        Judge(with_faults(SoapAnswers()), lambda: 0).sent(read(answered(b'{"ok": true}', "application/json")))


def test_a_gateways_own_answer_is_read_as_it_is() -> None:
    """JSON under a 401 from something before the partner keeps its rules."""
    rules = SoapAnswers.model_validate({"expired": {"path": "fault.code", "values": [900901]}})
    answer = read(answered(b'{"fault": {"code": 900901}}', "application/json", 401))
    assert Judge(with_faults(rules), lambda: 0).expired(answer)


def test_equal_files_are_parts_of_their_own() -> None:
    """Two values with the same bytes have two ids."""
    marks = Marks("mtom")
    same = Marked(Opened(1, lambda: io.BytesIO(b"1")))
    xml = "".join(f"<a>{marks.put(same)}</a>" for _ in range(2)).encode()
    assert len({cid for cid, _ in marks.parts()}) == 2
    assert len(set(b"".join(one for one in marks.outward(xml) if isinstance(one, bytes)).split(b"</a>"))) == 3
