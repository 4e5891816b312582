"""docs/soap-partners.md says what an endpoint of SOAP takes: its examples are read as ``bus check`` does, its tables have all keys."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

import adapters
from adapters.http.call_settings import CallSettings
from adapters.http.settings import HttpSettings
from adapters.soap.client.call import SoapCall
from adapters.soap.client.security_settings import Proof, Verify
from adapters.soap.client.settings import SoapSettings
from adapters.soap.client.xroad import XRoad
from bus.planning import Planner

PAGE = (Path(__file__).parents[2] / "docs" / "soap-partners.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def told(heading: str) -> set[str]:
    """All that stands in backquotes below a heading."""
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return set(
        re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", found[1], flags=re.DOTALL))))
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_are_right(example: str) -> None:
    """Each is a page that can be written."""
    routes = Planner(adapters.all_adapters(), timedelta(minutes=2)).parse(example, "routes.yaml")
    assert all(isinstance(one, SoapSettings) for one in routes.endpoints.values())


def test_every_key_is_told() -> None:
    """Of the endpoint, of calls, of WS-Security and of X-Road."""
    keys = SoapSettings.model_fields.keys() - HttpSettings.model_fields.keys() | {"through", "url", "dialect"}
    assert told("Keys of the endpoint") >= keys
    assert told("Calls") >= SoapCall.model_fields.keys() - {"method", "body"} - CallSettings.model_fields.keys()
    proofs = get_args(get_args(Proof)[0])
    wanted = {key for one in proofs for key in one.model_fields if key != "kind"} | Verify.model_fields.keys()
    assert told("Security") >= wanted
    assert told("X-Road") >= XRoad.model_fields.keys()
