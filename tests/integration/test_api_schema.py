"""The OpenAPI page against the bus: whatever fits the page, or just does not, is answered as the page says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import messages
from tests.adapters.api_driver import ApiDriver, client_of
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import running
from tests.fake_desk import FakeDesk

FEW, MANY = 3, 100

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def page() -> Any:
    """The document, as everybody gets it."""
    with client_of(FakeDesk()) as client:
        return client.call("GET", "/api/openapi.json").json()


PAGE = page()
CALLS = [(method, path) for path, calls in PAGE["paths"].items() for method in calls]


@dataclass(frozen=True)
class Bus:
    """Where it is, and ids of what the caller has there, by the names of path parameters."""

    url: str
    known: Mapping[str, str]


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """One where the caller has sent a document and a status, has something waiting, and an upload under way."""
    with running(tmp_path_factory.mktemp("bus"), max_failed_signins=1_000_000) as daemon:
        with client_of(daemon.doors) as client:
            sender, other = ApiDriver(client, NOI_VU), ApiDriver(client, TAI_CHINH)
            sent = sender.send(messages.edoc(attachments=[("a.pdf", messages.PDF)]))
            other.send(messages.edoc(TAI_CHINH.agency, (NOI_VU.agency,), "back"))
            (waiting,) = sender.listed()
            upload = sender.call("POST", "/uploads", Upload_Length="1000").json()["id"]
            (file,) = sender.call("GET", f"/mailbox/{waiting.doc_id}/fields").json()["files"]
        known = {"message_id": sent.id, "doc_id": waiting.doc_id, "upload_id": upload}
        host, port = daemon.home.settings.address
        yield Bus(f"http://{host}:{port}/api", {**known, "token": file["url"].rpartition("/")[2]})


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_answers_are_as_the_page_says(bus: Bus, method: str, path: str) -> None:
    """Status, type, headers and shape of the body; what the page does not allow is refused, and so is who has no key."""
    check(bus, method, path, FEW)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_answers_are_as_the_page_says_all_day(bus: Bus, method: str, path: str) -> None:
    """The same, many times."""
    check(bus, method, path, MANY)


def check(bus: Bus, method: str, path: str, times: int) -> None:
    operation = schemathesis.openapi.from_dict(PAGE)[path][method]
    known = {name: id_ for name, id_ in bus.known.items() if f"{{{name}}}" in path}
    with requests.Session() as session:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for ids in filter(None, ({}, known)) if known else ({},):
                _check(bus, operation.as_strategy(generation_mode=mode, path_parameters=ids or None), session, times)


def _check(bus: Bus, strategy: Any, session: requests.Session, times: int) -> None:
    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def cases(case: Any) -> None:
        response = case.call(base_url=bus.url, session=session, headers={"X-Bus-Key": NOI_VU.key.decode()})
        # A page cannot say all that makes a message one: what fits it may still be refused, in its form.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    with suppress(Unsatisfiable):  # a call that takes nothing can be asked nothing wrong
        cases()


def test_examples_are_what_the_page_says() -> None:
    """Each example of a body fits the shape beside it."""
    seen = 0
    for calls in PAGE["paths"].values():
        for call in calls.values():
            for body in (call.get("requestBody", {}), *call["responses"].values()):
                for media, content in body.get("content", {}).items():
                    if media.endswith("json"):
                        seen += _fits(content)
    assert seen > len(CALLS)


def _fits(content: Mapping[str, Any]) -> int:
    examples = [one["value"] for one in content.get("examples", {}).values()] or [content["example"]]
    shape = jsonschema_rs.validator_for(json.dumps({**content["schema"], "components": PAGE["components"]}))
    for example in examples:
        shape.validate(example)
    return len(examples)
