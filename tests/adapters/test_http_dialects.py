"""A dialect is a file of settings, and an endpoint that names one says only what differs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

import adapters
from adapters.http import dialects
from adapters.http.dialects import filled
from adapters.http.settings import HttpSettings
from bus.endpoint_settings import Idempotency

KEY = {"kind": "oauth2", "client_id": "so-nv", "client_secret": "file:so-nv"}
UNIT = {"kind": "header", "value": "file:don-vi"}
URL = "https://gateway.example"


def settings(dialect: str, **written: Any) -> HttpSettings:
    return HttpSettings.model_validate({"kind": "http", "dialect": dialect, "url": URL, **written})


def test_there_are_dialects() -> None:
    """Each file is one, by its name."""
    assert dialects.known() == (
        "bao-cao", "bo-tai-chinh", "dmdc", "gia", "gia-bieu", "mau-06", "mot-cua", "qlvb", "quang-binh", "quang-nam"
    )  # fmt: skip


def test_endpoint_without_a_dialect_says_all() -> None:
    """Nothing is added to what names none; what is no mapping at all is somebody else's to refuse."""
    assert filled({"url": URL}) == {"url": URL}
    assert filled(["url"]) == ["url"]


def test_unknown_dialect_is_an_error_with_the_list() -> None:
    """An operator sees what there is."""
    with pytest.raises(ValidationError, match=r"expected one of the dialects bao-cao, bo-tai-chinh, .*, quang-nam"):
        settings("quang-num")


def test_a_province_is_a_few_lines() -> None:
    """URL and names of secrets are all that is said; the calls are the dialect's."""
    found = settings("quang-nam", auth=[KEY, UNIT])
    assert found.send
    assert found.send.call.path.text == "/truclienthong/v1.0.0/vanbans"
    assert found.polled
    assert found.listed
    assert [one.kind for one in found.auth] == ["oauth2", "header"]


def test_nothing_is_promised_for_a_partner() -> None:
    """Whether a document may be sent twice is never guessed."""
    assert settings("quang-nam", auth=[KEY, UNIT]).idempotency is Idempotency.NONE


def test_secrets_must_be_named() -> None:
    """Without them each one that is missing is an error at its place."""
    with pytest.raises(ValidationError) as caught:
        settings("quang-nam")
    places = {".".join(map(str, error["loc"])) for error in caught.value.errors()}
    assert {"auth.0.oauth2.client_id", "auth.0.oauth2.client_secret", "auth.1.header.value"} <= places


def test_what_is_inferred_can_be_written_otherwise() -> None:
    """One path is one line; all around it stays the dialect's."""
    found = settings("quang-nam", auth=[KEY, UNIT], send={"call": {"path": "/truc/v2/van-ban"}})
    assert found.send
    assert (found.send.call.path.text, found.send.call.method) == ("/truc/v2/van-ban", "POST")
    assert found.answers.remote_id.text == "docId"


def test_a_list_stands_in_place_of_the_dialects() -> None:
    """A rule that is written counts alone."""
    found = settings("quang-nam", auth=[KEY, UNIT], answers={"success": [{"status": 201}]})
    assert [one.status for one in found.answers.success] == [(201,)]
    assert found.answers.duplicate


def test_an_auth_that_is_not_written_is_not_used() -> None:
    """Without the entry of the unit's secret none is sent."""
    assert [one.kind for one in settings("quang-nam", auth=[KEY]).auth] == ["oauth2"]


def test_two_entries_of_a_kind_are_filled_in_their_order() -> None:
    """Only the first is like the dialect's; the second says all itself."""
    again = {"kind": "header", "name": "X-Other", "value": "file:other"}
    names = [getattr(one, "name", "") for one in settings("quang-nam", auth=[KEY, UNIT, again]).auth]
    assert names == ["", "X-Unit-Secret", "X-Other"]


def test_a_dialect_may_be_taken_out_in_part() -> None:
    """``null`` in place of a section: nothing of it."""
    assert not settings("quang-nam", auth=[KEY, UNIT], receive=None).polled


def test_catalogue_only_lists() -> None:
    """Nothing is sent to it and nothing fetched."""
    found = settings("dmdc", auth=[KEY])
    assert (found.send, found.receive, found.listed) == (None, None, True)


def test_endpoint_without_a_list_has_none() -> None:
    """The engine alone knows no agencies, and is not asked for them."""
    assert not HttpSettings(url=URL).listed


PAGE = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text("utf-8")


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_examples_are_right(block: str) -> None:
    """What docs/dialects.md tells to write can be written."""
    for written in YAML(typ="safe", pure=True).load(block)["endpoints"].values():
        if written["kind"] == "mailbox":
            continue
        model = adapters.load(written["kind"]).settings
        assert model is not None
        assert model.model_validate(written)


def test_each_dialect_is_told() -> None:
    """docs/dialects.md has a line for each."""
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \| \w", PAGE, re.MULTILINE)) >= set(dialects.known())
