"""A package that does not fit: refused whole, and of a document that came with it nothing stays."""

from __future__ import annotations

import pytest

from tests import messages
from tests.adapters.soap_driver import (
    Part,
    SoapDriver,
    asked,
    envelope,
    field,
    include,
    inline,
    package,
    package_type,
    refused,
    root,
    sending,
)
from tests.asgi import Client
from tests.contracts.face import NOI_VU
from tests.fake_desk import FakeDesk

BODY = messages.edoc()
GOOD = sending(inline(BODY))
LIST = asked("GetReceivedList", field("messageType", "edoc"))


HELD = root(envelope(sending(include())))
DOC = Part("doc@x", BODY)


@pytest.mark.parametrize(
    ("body", "type_", "code", "detail"),
    [
        (package(HELD, DOC)[:-30], package_type(), "body.truncated", "before its last boundary"),
        (package(HELD, DOC)[:200], package_type(), "body.truncated", ""),
        (package(HELD), package_type(), "request.invalid", "is no part of the body"),
        (package(HELD, Part("other@x", BODY)), package_type(), "request.invalid", "part 2: is 'other@x'"),
        (package(HELD, DOC, DOC), package_type(), "request.invalid", "part 3: nothing leads to it"),
        (package(DOC, HELD), package_type(), "request.invalid", "start 'root@x' is not the first part"),
        (package(HELD, DOC), package_type(start="<doc@x>"), "request.invalid", "is not the first part"),
        (package(root(envelope(GOOD)), DOC), package_type(), "request.invalid", "part 2: nothing leads to it"),
        (package(root(envelope(LIST)), DOC), package_type(), "request.invalid", "part 2: nothing leads to it"),
        (
            package(HELD, Part("doc@x", BODY, more="Content-ID: <a@x>\r\n")),
            package_type(),
            "request.invalid",
            "more than once",
        ),
        (
            package(Part("root@x", HELD.content, "text/html"), DOC),
            package_type(),
            "request.invalid",
            "no envelope's type",
        ),
        (b"", package_type(), "body.truncated", ""),
        (b"--x--", package_type(), "body.truncated", ""),
        (package(), package_type(), "request.invalid", "no parts"),
        (package(HELD, DOC), package_type().replace("boundary", "bound"), "request.invalid", "with a boundary"),
        (package(root(envelope(LIST)[:-20])), package_type(), "xml.malformed", "the envelope"),
        (package(HELD, Part("doc@x", BODY[:-20])), package_type(), "xml.malformed", ""),
    ],
)
def test_a_package_that_does_not_fit_is_refused(
    client: Client, desk: FakeDesk, body: bytes, type_: str, code: str, detail: str
) -> None:
    """Without end, with a wrong start, with parts too few, too many or of another name: of a document that came nothing stays."""
    reply = SoapDriver(client, NOI_VU).post(body, {"Content-Type": type_})
    assert detail in refused(desk, reply, code)
    assert all(one.claim.sha256 for one in desk.discarded)


def test_a_document_that_came_whole_before_the_fault_is_let_go_of(client: Client, desk: FakeDesk) -> None:
    """Inline and beside: what was taken in is discarded, once."""
    noi_vu = SoapDriver(client, NOI_VU)
    refused(desk, noi_vu.post(package(HELD, DOC, DOC), {"Content-Type": package_type()}), "request.invalid")
    refused(desk, noi_vu.post(envelope(GOOD + GOOD)), "request.invalid")
    assert len(desk.discarded) == 2
