"""docs/http.md says what the engine takes: its example is read as ``bus check`` does, its tables have all keys and names."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import adapters
from adapters.http import names
from adapters.http.auth_settings import Auth
from adapters.http.filters import FILTERS
from adapters.http.report_settings import REPORT
from adapters.http.settings import HttpSettings
from bus.endpoint_settings import SourceSettings
from bus.planning import Planner

PAGE = (Path(__file__).parents[2] / "docs" / "http.md").read_text("utf-8")


def told(heading: str) -> set[str]:
    """All that stands in backquotes in the tables below a heading."""
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return {word for row in re.findall(r"^\|(.*)\|$", found[1], re.MULTILINE) for word in re.findall(r"`([^`]+)`", row)}


def test_the_example_is_right() -> None:
    """A province as a page of YAML."""
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    routes = Planner(adapters.all_adapters(), timedelta(minutes=2)).parse(example[1], "routes.yaml")
    assert isinstance(routes.endpoints["lgsp-tinh"], HttpSettings)


def test_every_key_is_told() -> None:
    """Of the endpoint, and of the families of authentication."""
    assert told("Keys of the endpoint") >= HttpSettings.model_fields.keys() - SourceSettings.model_fields.keys()
    families = get_args(get_args(Auth)[0])
    assert told("Authentication") >= {key for family in families for key in family.model_fields if key != "kind"}


def test_every_name_and_filter_is_told() -> None:
    """Each name a template may have, and each filter."""
    known = names.MESSAGE | names.BYTES | names.FILE | names.SESSION | names.LIST | names.ACK | REPORT
    words = told("Calls and templates")
    assert words >= known
    assert {word.partition(":")[0] for word in words} >= FILTERS.keys()
