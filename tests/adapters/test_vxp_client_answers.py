"""What answers mean, row by row; the streamed document; the comparison with sent items. No sockets."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.vxp.answers import judge
from adapters.vxp.ask import Likeness, Sought, by_id, by_listing, likeness
from adapters.vxp.base64_in import Unwrapping
from adapters.vxp.body import sent
from adapters.vxp.moments import moment
from adapters.vxp.plain import plain
from adapters.vxp.rows import Listing, SentRow
from adapters.vxp.times import parse_stamp, stamp
from bus.clock import HandClock
from bus.endpoint import Answer, Delivered
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Rejected, Unreachable
from bus.message import Claim
from bus.transport import Response

NO = b'{"status":"FAIL","ErrorCode":"%s","ErrorDesc":"kh\xc3\xb4ng"}'
YES = b'{"status":"OK","ErrorCode":"0","ErrorDesc":"","DocId":"S-1"}'
PAGE = b"<html>Bad gateway</html>"


def failure(status: int, body: bytes, *, sending: bool, **headers: str) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        judge(Response(status, headers, body), sending=sending)
    return caught.value


class TestJudging:
    """The success rule of the axis."""

    @pytest.mark.parametrize("status", [200, 201, 202])
    @pytest.mark.parametrize(
        "body", [YES, b"\xef\xbb\xbf" + YES, b'{"ErrorCode":0}', b'{"ErrorCode":" 0 ","status":"ok"}']
    )
    def test_success(self, status: int, body: bytes) -> None:
        """2xx, JSON and ErrorCode 0, also as a number; the status word is not needed."""
        assert judge(Response(status, {}, body), sending=True) == json.loads(body.decode("utf-8-sig"))

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 302, 200, 204])
    @pytest.mark.parametrize("body", [b"", PAGE, b"true", b"{}", b'{"status":"OK"}'])
    def test_without_an_envelope_a_send_is_unknown(self, status: int, body: bytes) -> None:
        """Whoever wrote that does not know what became of the document; a question is simply put again."""
        assert isinstance(failure(status, body, sending=True), OutcomeUnknown)
        asked = failure(status, body, sending=False)
        assert type(asked) is Unreachable
        assert asked.failure is FailureClass.SERVER_FAULT

    @pytest.mark.parametrize(("status", "body"), [(200, YES.replace(b"OK", b"FAIL")), (500, YES), (404, YES)])
    def test_yes_and_no_at_once_is_no_yes(self, status: int, body: bytes) -> None:
        """A contradiction proves nothing."""
        assert isinstance(failure(status, body, sending=True), Unreachable)

    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (200, b"18", Refused(FailureClass.BUSINESS_REJECT)),
            (200, b"-1", Refused(FailureClass.BUSINESS_REJECT)),
            (200, b"10", Refused(FailureClass.SCHEMA)),
            (200, b"15", Unreachable(FailureClass.AUTH)),
            (200, b"20", Unreachable(FailureClass.SERVER_FAULT)),
            (401, b"99", Unreachable(FailureClass.AUTH)),
            (403, b"18", Refused(FailureClass.AUTH)),
            (404, b"18", Refused(FailureClass.BUSINESS_REJECT)),
            (413, b"body.too_large", Refused(FailureClass.CLIENT_FAULT)),
            (422, b"recipient.unknown", Refused(FailureClass.SCHEMA)),
            (429, b"auth.throttled", Unreachable(FailureClass.QUOTA)),
            (500, b"10", Unreachable(FailureClass.SERVER_FAULT)),
            (503, b"bus.busy", Unreachable(FailureClass.SERVER_FAULT)),
        ],
    )
    def test_no_has_a_class(self, status: int, code: bytes, expected: CallFailed) -> None:
        """The application itself said no: nothing was done there, and status and code say whether ever."""
        found = failure(status, NO % code, sending=True)
        assert (type(found), found.failure) == (type(expected), expected.failure)
        assert found.words == f"HTTP {status} {code.decode()} không"

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (401, Unreachable(FailureClass.AUTH)),
            (403, Refused(FailureClass.AUTH)),
            (413, Refused(FailureClass.CLIENT_FAULT)),
            (404, Unreachable(FailureClass.SERVER_FAULT)),
            (429, Unreachable(FailureClass.QUOTA)),
        ],
    )
    def test_pages_under_4xx(self, status: int, expected: CallFailed) -> None:
        """Nothing was done; a page that is missing while a server is set up is not the document's fault."""
        found = failure(status, PAGE, sending=True)
        assert (type(found), found.failure) == (type(expected), expected.failure)

    @pytest.mark.parametrize("sending", [True, False])
    def test_the_code_is_the_axiss_own_or_the_status(self, sending: bool) -> None:
        """ErrorCode where there is one; else the status of whoever stands in between, so that the two are told apart."""
        assert failure(200, NO % b"15", sending=sending).code == "15"
        assert failure(503, NO % b"20", sending=sending).code == "20"
        assert failure(403, NO % b"99", sending=sending).code == "99"
        for status in (200, 302, 401, 404, 415, 429, 503):
            assert failure(status, PAGE, sending=sending).code == f"http-{status}"

    def test_words_are_bounded_and_on_one_line(self) -> None:
        """A partner's text cannot fill the journal or break a line of it."""
        found = failure(200, b'{"ErrorCode":"18","ErrorDesc":"a\\n\\u0007b' + b"x" * 5000 + b'"}', sending=True)
        assert found.words.startswith("HTTP 200 18 a bxx")
        assert len(found.words) == 500

    @pytest.mark.parametrize(("given", "kept"), [("7", 7.0), ("soon", None), ("-1", None), ("", None)])
    def test_retry_after(self, given: str, kept: float | None) -> None:
        """Seconds are kept."""
        assert failure(503, NO % b"20", sending=True, **{"retry-after": given}).retry_after == kept  # type: ignore[arg-type]


def unwrapped(answer: bytes, size: int) -> tuple[bytes, bytes]:
    pieces: list[bytes] = []
    unwrapping = Unwrapping(pieces.append)
    for place in range(0, len(answer), size):
        unwrapping.feed(answer[place : place + size])
    rest = unwrapping.close()
    unwrapping.check()
    assert unwrapping.size == len(b"".join(pieces))
    return b"".join(pieces), rest


def _spelled(text: str, how: str) -> str:
    if how == "lines":
        return "\\r\\n".join(re.findall(".{1,76}", text))
    return {"plain": text, "slashes": text.replace("/", "\\/"), "gson": text.replace("=", "\\u003d")}[how]


class TestUnwrapping:
    """base64 inside JSON, whatever the pieces are it comes in."""

    @given(
        st.binary(min_size=1, max_size=400),
        st.integers(1, 90),
        st.sampled_from(["plain", "slashes", "gson", "lines"]),
        st.sampled_from(
            ['{"data":"@","status":"OK"}', '{"status":"OK",\n "ErrorDesc":"\\"data\\":\\"no", "data" : "@"}']
        ),
    )
    def test_any_cut_gives_the_same(self, data: bytes, size: int, how: str, form: str) -> None:
        """Bytes and envelope do not depend on how the network cut the answer, nor on the encoder's habits."""
        answer = form.replace("@", _spelled(base64.b64encode(data).decode(), how))
        found, rest = unwrapped(answer.encode(), size)
        assert found == data
        assert json.loads(rest) == json.loads(form.replace("@", ""))

    @given(st.binary(max_size=300), st.integers(1, 50))
    def test_rubbish_is_kept_as_the_envelope_or_rejected(self, rubbish: bytes, size: int) -> None:
        """Nothing but Rejected comes out."""
        for answer in (b'{"data":"' + rubbish, rubbish):
            with suppress(Rejected):
                unwrapped(answer, size)

    @pytest.mark.parametrize("data", ["QUJ", "Q=JD", "<x/>", "QUJD\\\\", "QUJD\\u00e9A", "QUJD\\ud800A", "QQ==QQ=="])
    @pytest.mark.parametrize("size", [1, 13, 1000])
    def test_what_is_not_base64(self, data: str, size: int) -> None:
        """Cut, wrong letters, padding in the middle."""
        with pytest.raises(Rejected):
            unwrapped(f'{{"data":"{data}"}}'.encode(), size)

    def test_envelope_is_bounded(self) -> None:
        """What is no envelope is not kept whole."""
        _, rest = unwrapped(b"<html>" + b"x" * 1_000_000, 100_000)
        assert len(rest) == 64 << 10


class TestAsking:
    """A wrong yes loses a document, a wrong no doubles it."""

    WANTED = Sought("F", "T", frozenset({"U"}), "15/QĐ-UBND", "Về việc  A", 1000, 2000)
    ROW = SentRow("S-1", "R-1", "F", "T", "15/QĐ-UBND", "về việc A", 1500, "done", "initial")

    def row(self, **changed: object) -> SentRow:
        return SentRow(**{**{name: getattr(self.ROW, name) for name in SentRow.__slots__}, **changed})  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("changed", "expected"),
        [
            ({}, Likeness.SAME),
            ({"notation": "QĐ-UBND"}, Likeness.SAME),
            ({"sent_at": 1000}, Likeness.SAME),
            ({"sent_at": 999}, Likeness.OTHER),
            ({"sent_at": 2001}, Likeness.OTHER),
            ({"title": "về việc B"}, Likeness.OTHER),
            ({"notation": "16/QĐ-UBND"}, Likeness.OTHER),
            ({"recipient": "U"}, Likeness.OTHER),
            ({"recipient": "T2"}, Likeness.UNCLEAR),
            ({"sender": "F2"}, Likeness.UNCLEAR),
            ({"sent_at": None}, Likeness.UNCLEAR),
            ({"title": ""}, Likeness.UNCLEAR),
            ({"notation": ""}, Likeness.UNCLEAR),
            ({"sender_doc_id": ""}, Likeness.UNCLEAR),
        ],
    )
    def test_likeness(self, changed: dict[str, object], expected: Likeness) -> None:
        """All fields alike is it; a clear difference is not; what the axis does not say is neither."""
        assert likeness(self.row(**changed), self.WANTED) is expected

    def ask(self, *rows: SentRow, unreadable: int = 0, taken: str = "") -> Answer | Delivered:
        return by_listing(Listing(rows, unreadable), self.WANTED, lambda row: row.sender_doc_id == taken)

    def test_exactly_one_is_delivered(self) -> None:
        """With its id, whatever else the list holds that is clearly other."""
        found = self.ask(self.row(title="B"), self.ROW, self.row(recipient="U"))
        assert isinstance(found, Delivered)
        assert found.remote_id == "S-1"

    def test_none_in_a_complete_list(self) -> None:
        """Only then it may be sent again."""
        other = self.row(title="B")
        assert self.ask() is Answer.NOT_THERE
        assert self.ask(other) is Answer.NOT_THERE
        assert self.ask(self.ROW, taken="S-1") is Answer.NOT_THERE
        assert self.ask(other, unreadable=1) is Answer.UNKNOWN

    def test_a_list_that_may_be_cut_off_is_asked_for_again(self) -> None:
        """A round number of rows may be a limit nobody told us of; next time there are others."""
        other = self.row(title="B")
        assert self.ask(*[other] * 100) is Answer.LATER
        assert self.ask(*[other] * 100, unreadable=1) is Answer.UNKNOWN
        assert isinstance(self.ask(*[other] * 99, self.ROW), Delivered)

    def test_only_rows_that_are_alike_are_looked_up(self) -> None:
        """A list of thousands costs no question to the journal for each."""
        asked: list[SentRow] = []
        rows = (*[self.row(title="B")] * 99, self.ROW)
        by_listing(Listing(rows), self.WANTED, lambda row: bool(asked.append(row)))
        assert asked == [self.ROW]

    def test_anything_else_is_unknown(self) -> None:
        """Two that fit, one that may, or one the axis could not pass on."""
        assert self.ask(self.ROW, self.row(sender_doc_id="S-2")) is Answer.UNKNOWN
        assert self.ask(self.ROW, self.row(title="")) is Answer.UNKNOWN
        assert self.ask(self.row(notation="")) is Answer.UNKNOWN
        assert self.ask(self.row(send_state="fail")) is Answer.UNKNOWN

    def test_by_id(self) -> None:
        """The DocId and the recipient decide; an axis may list more than it was asked for."""
        assert isinstance(by_id(Listing((self.row(sender_doc_id="S-9"), self.ROW)), "S-1", "T"), Delivered)
        assert by_id(Listing(()), "S-1", "T") is Answer.NOT_THERE
        assert by_id(Listing((self.row(sender_doc_id="S-9"),)), "S-1", "T2") is Answer.NOT_THERE
        assert by_id(Listing((self.ROW,)), "S-1", "T2") is Answer.UNKNOWN
        assert by_id(Listing((), 1), "S-1", "T") is Answer.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["03/11/2025 08:30:00", "2025/11/03 08:30:00", "2025-11-03 08:30:00", "2025-11-03T01:30:00Z", "1762133400"],
)
def test_moments(text: str) -> None:
    """Every spelling seen, in Vietnamese time where it says no other."""
    assert moment(text) == 1_762_133_400_000_000


@pytest.mark.parametrize("text", ["", "soon", "31/02/2025", "17621334", "03/11/25"])
def test_no_moments(text: str) -> None:
    """What fits no spelling is unknown."""
    assert moment(text) is None


@given(st.text())
def test_moment_of_anything(text: str) -> None:
    """Nothing a partner writes is an error."""
    assert moment(text) is None or isinstance(moment(text), int)


def test_plain_text() -> None:
    """Vietnamese without marks, on one line, bounded, ASCII."""
    assert plain("Đã nhận;\r\nkhông đọc được \N{SNOWMAN}") == "Da nhan; khong doc duoc ?"
    assert len(plain("ơ" * 500)) == 200


def test_stamp_is_what_the_face_reads() -> None:
    """To the millisecond."""
    clock = HandClock(1_762_133_400_042_000)
    assert stamp(clock.now()) == "03112025T083000+0042"
    assert parse_stamp(stamp(clock.now())) == clock.now()


@given(st.binary(max_size=50), st.integers(1, 60))
def test_body_is_followed_by_one_line_break(data: bytes, size: int) -> None:
    """However it is read."""
    body = sent(Claim(hashlib.sha256(data).hexdigest(), len(data), data))
    with body.open() as reader:
        found = b"".join(iter(lambda: reader.read(size), b""))
    assert found == data + b"\r\n"
    assert body.size == len(found)


def test_body_on_disk_is_closed(tmp_path: Path) -> None:
    """The file goes with the reader (an open one would be a warning, which is an error here)."""
    path = tmp_path / "body"
    path.write_bytes(b"abc")
    with sent(Claim("", 3, path=path)).open() as reader:
        assert reader.read() == b"abc\r\n"
