"""Who may come in at the native API, how it says no, and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.api import ADAPTER
from bus.catalogue import CATALOGUE
from bus.errors import Busy, NotFound, Rejected
from tests import messages
from tests.adapters.api_driver import ADDRESS, ApiDriver, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU
from tests.fake_desk import FakeDesk

MEMBERS = {"code", "status", "title", "detail", "side", "todo", "title_vi", "todo_vi"}
#: What other doors alone refuse for, and what is told of calls there are none of.
ELSEWHERE = {
    "auth.signature", "auth.skew", "auth.token", "auth.expired", "operator.may_not", "operator.other_office", "agency.by_operator", "body.hash_mismatch",
    "auth.replayed", "soap.version", "soap.must_understand",
    "message.type", "method.unknown", "report.shape", "report.refused", "report.unsaid", "report.not_installed",
}  # fmt: skip
SEND_HEADERS = {"idempotency-key", "x-bus-recipients", "x-bus-secrecy", "x-bus-expires"}


def test_a_former_key_still_opens(client: Client, desk: FakeDesk) -> None:
    """Keys are changed without a gap."""
    desk.former_secrets[NOI_VU.name] = b"the-old-one"

    assert ApiDriver(client, replace(NOI_VU, key=b"the-old-one")).send(messages.edoc()).code == ""


@pytest.mark.parametrize("headers", [{}, {"X-Bus-Key": ""}, {"X-Bus-Key": "?"}, {"X-Bus-Key": "é"}])
def test_a_failed_sign_in_is_counted_by_address(client: Client, desk: FakeDesk, headers: dict[str, str]) -> None:
    """No key, an empty one, a wrong one, an odd one: refused before anything else is looked at."""
    reply = client.call("GET", "/api/v1/mailbox?limit=nonsense", headers)

    assert said(reply).code == "auth.unknown_partner"
    (record,) = desk.refusals
    assert (record.partner, record.address) == ("", ADDRESS)


def test_a_slowed_address_slows_only_what_fails(client: Client, desk: FakeDesk, noi_vu: ApiDriver) -> None:
    """Many agencies share one address: a right key is never slowed."""
    desk.slow_addresses.add(ADDRESS)
    wrong = client.call("GET", "/api/v1/mailbox", {"X-Bus-Key": "?"})

    assert (wrong.status, said(wrong).code, wrong.headers["retry-after"]) == (429, "auth.throttled", "60")
    assert noi_vu.listed() == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/nothing"), ("DELETE", "/v1/messages"), ("GET", "/"), ("POST", "/v1/messages/")]
)
def test_an_unknown_call_is_a_problem_too(client: Client, method: str, path: str) -> None:
    """Wrong paths and wrong methods are told in the same form."""
    assert said(client.call(method, f"/api{path}")).code == "method.unknown"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("secret text"), "bus.fault"),
        (Busy("later"), "bus.busy"),
        (NotFound("gone"), "not_found"),
        (Rejected("bus.stopping"), "bus.stopping"),
    ],
)
def test_a_fault_is_told_in_the_same_form(noi_vu: ApiDriver, desk: FakeDesk, error: Exception, code: str) -> None:
    """An exception nobody foresaw is still a problem, and tells nothing of itself."""
    desk.fault = error
    reply = noi_vu.call("POST", "/messages", messages.edoc())

    assert (reply.status, reply.json()["code"]) == (CATALOGUE[code].http, code)
    assert b"secret text" not in reply.body
    assert ("retry-after" in reply.headers) == (reply.status == 503)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_refusals_before_routing_have_the_same_form(code: str) -> None:
    """The listener's own refusals are problems of the catalogue."""
    assert ADAPTER.face is not None
    status, headers, body = ADAPTER.face().refusal(Rejected(code, "chi tiết"), "/api/v1/messages")

    told = json.loads(body)
    assert (status, told["code"], told["status"], told["detail"]) == (CATALOGUE[code].http, code, status, "chi tiết")
    assert told.keys() == MEMBERS
    assert headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("announced", [True, False])
def test_fields_without_end_are_refused(client: Client, desk: FakeDesk, announced: bool) -> None:
    """JSON is read whole, so it is bounded; whether its length is told or not."""
    length = {} if announced else {"Content-Length": ""}
    headers = {"X-Bus-Key": NOI_VU.key.decode(), "Content-Type": "application/json", **length}
    reply = client.call("POST", "/api/v1/mailbox/x/ack", headers, b'{"status":"done"}' + b" " * (1 << 20))

    assert said(reply).code == "body.too_large"


def test_openapi_describes_every_call(client: Client) -> None:
    """Each call has a summary, a key to show, and the problem form for its refusals."""
    document = client.call("GET", "/api/openapi.json").json()
    calls = [call for path in document["paths"].values() for call in path.values()]

    assert len(calls) == 19
    for call in calls:
        assert call["summary"]
        refusals = {status: answer for status, answer in call["responses"].items() if int(status) >= 400}
        open_to_all = call["operationId"].startswith(("fetch_v1_files", "look_v1_files", "speaks"))
        assert call["security"] == ([] if open_to_all else [{"APIKeyHeader": []}])
        keyed = set() if open_to_all else {"400", "401", "429"}
        linked = {"404", "410"} if "files" in call["operationId"] else set()
        assert keyed | linked | {"431", "500", "503"} <= refusals.keys()
        assert all(set(answer["content"]) == {"application/problem+json"} for answer in refusals.values())


def test_openapi_has_an_example_of_every_refusal(client: Client) -> None:
    """Each code this door may answer, under the status it has, in the form it has."""
    document = client.call("GET", "/api/openapi.json").json()
    calls = [call for path in document["paths"].values() for call in path.values()]
    answers = [item for call in calls for item in call["responses"].items()]
    shown = {
        (status, code, example["value"]["code"], str(example["value"]["status"]))
        for status, answer in answers
        for code, example in answer.get("content", {}).get("application/problem+json", {}).get("examples", {}).items()
    }

    assert all(status == told and code == named for status, code, named, told in shown)
    assert {code for _, code, _, _ in shown} == set(CATALOGUE) - ELSEWHERE


def test_openapi_has_an_example_of_every_body(client: Client) -> None:
    """What is sent and what is answered; the document among them is one that is accepted."""
    document = client.call("GET", "/api/openapi.json").json()
    for path, calls in document["paths"].items():
        for call in calls.values():
            for body in (call.get("requestBody", {}), *call["responses"].values()):
                for media, content in body.get("content", {}).items():
                    assert (
                        media in ("application/offset+octet-stream", "*/*") or {"example", "examples"} & content.keys()
                    ), path

    sample = document["paths"]["/v1/messages"]["post"]["requestBody"]["content"]["application/xml"]["example"]
    assert ApiDriver(client, NOI_VU).call("POST", "/messages", sample.encode()).status == 202


def test_openapi_describes_a_send(client: Client) -> None:
    """The raw body and each header of it."""
    send = client.call("GET", "/api/openapi.json").json()["paths"]["/v1/messages"]["post"]

    assert set(send["requestBody"]["content"]) == {"application/xml"}
    assert {one["name"] for one in send["parameters"]} == SEND_HEADERS


def test_openapi_has_no_loose_references(client: Client) -> None:
    """Every reference leads somewhere."""
    document = client.call("GET", "/api/openapi.json").json()

    for reference in references(document):
        where = document
        for step in reference.removeprefix("#/").split("/"):
            where = where[step]


def test_the_documentation_is_at_docs(client: Client) -> None:
    """Without a key."""
    assert client.call("GET", "/api/docs").status == 200


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from references(part)
