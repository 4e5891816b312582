"""The OpenAPI page against the bus: whatever fits the page, or just does not, is answered as the page says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from tests import messages
from tests.adapters.api_driver import ApiDriver, client_of
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import running
from tests.fake_desk import FakeDesk

FEW, MANY = 3, 100
KEY = {"X-Bus-Key": NOI_VU.key.decode()}


@dataclass(frozen=True)
class Bus:
    """Where it is, and ids of what the caller has there, by the names of path parameters."""

    url: str
    known: Mapping[str, str]


@pytest.fixture
def page() -> Any:
    """The document, as everybody gets it."""
    with client_of(FakeDesk()) as client:
        return client.call("GET", "/api/openapi.json").json()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    """One where the caller has sent a document, has something waiting, and an upload under way."""
    with running(tmp_path, max_failed_signins=1_000_000) as daemon:
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


def test_answers_are_as_the_page_says(bus: Bus, page: Any) -> None:
    """Status, type, headers and shape of the body; what the page does not allow is refused, and so is who has no key."""
    for operation, ids in operations(page, bus):
        check(bus, operation, ids, FEW)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_answers_are_as_the_page_says_all_day(bus: Bus, page: Any) -> None:
    """The same, many times, and with ids of all kinds."""
    for operation, ids in operations(page, bus):
        for some in (ids, {}):
            check(bus, operation, some, MANY)


def operations(page: Any, bus: Bus) -> Iterator[tuple[Any, Mapping[str, str]]]:
    """The calls of the page, with the ids in their paths that lead to something."""
    # Here, for it takes most of a second to import, and every process of the tests reads this file.
    import schemathesis

    schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
    schema = schemathesis.openapi.from_dict(page)
    for path, calls in page["paths"].items():
        for method in calls:
            yield schema[path][method], {name: id_ for name, id_ in bus.known.items() if f"{{{name}}}" in path}


def check(bus: Bus, operation: Any, ids: Mapping[str, str], times: int) -> None:
    """What fits, then what does not."""
    from schemathesis.generation import GenerationMode

    with requests.Session() as session:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            # The key is given at both places: what is wrong with a call is then never a key that is put right when it is sent.
            strategy = operation.as_strategy(generation_mode=mode, path_parameters=dict(ids) or None, headers=dict(KEY))
            _check(bus, strategy, session, times)


def _check(bus: Bus, strategy: Any, session: requests.Session, times: int) -> None:
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def cases(case: Any) -> None:
        response = case.call(base_url=bus.url, session=session, headers=KEY)
        # A page cannot say all that makes a message one: what fits it may still be refused, in its form.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    with suppress(Unsatisfiable):  # a call that takes nothing can be asked nothing wrong
        cases()


def test_examples_are_what_the_page_says(page: Any) -> None:
    """Each example of a body fits the shape beside it."""
    contents = [
        (media, content)
        for calls in page["paths"].values()
        for call in calls.values()
        for body in (call.get("requestBody", {}), *call["responses"].values())
        for media, content in body.get("content", {}).items()
    ]
    assert sum(_fits(content, page["components"]) for media, content in contents if media.endswith("json")) > 100


def _fits(content: Mapping[str, Any], components: Any) -> int:
    import jsonschema_rs

    examples = [one["value"] for one in content.get("examples", {}).values()] or [content["example"]]
    shape = jsonschema_rs.validator_for(json.dumps({**content["schema"], "components": components}))
    for example in examples:
        shape.validate(example)
    return len(examples)
