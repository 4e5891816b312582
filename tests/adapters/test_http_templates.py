"""Templates, JSON made of them, and where they may name what."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.http.facts import Facts, says
from adapters.http.filters import LOCAL
from adapters.http.json_out import json_body
from adapters.http.json_tree import parse_tree
from adapters.http.sending import Sending
from adapters.http.targets import may_be_called
from adapters.http.template import parse
from adapters.http.wiring import url_of, wire_of
from bus.errors import Refused
from tests.adapters.http_partner import BODIES, settings
from tests.contracts.raw_server import claim

MOMENT = datetime(2025, 11, 3, 23, 30, 5, 42_000, tzinfo=LOCAL)


def facts(**values: object) -> Facts:
    return Facts({name: says(value) for name, value in values.items()})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{{now|date:dd/MM/yyyy HH:mm:ss}}}", "{03/11/2025 23:30:05}"),
        ("{now|utc|date:yyyyMMdd'T'HHmmssSSS}", "20251103T163005042"),
        ("{now|epoch}", 1762187405),
        ("{name|plain|upper|max:5}", "QUYET"),
        ("{type|map:edoc=1,*=2}", "1"),
        ("{none|default:-}", "-"),
        ("{number|number}", 15),
        ("{share|number}", 98.18),
        ("{long|number}", "0.1234567890123456789"),
        ("{none|null}", None),
        ("{type|null}", "edoc"),
    ],
)
def test_filters_say_how_a_value_is_written(text: str, said: object) -> None:
    """Dates by a pattern in Vietnam's time, plain letters, tables; a lone name keeps its type."""
    names = facts(
        now=MOMENT, name="Quyết định", type="edoc", none="", number="15", share="98.18", long="0.1234567890123456789"
    )
    assert parse(text).value(names) == said


@pytest.mark.parametrize(
    "text", ["{", "}", "{a b}", "{a|nope}", "{a|date:qqq}", "{a|max:x}", "{}", "{a{b}}", "{__class__}"]
)
def test_what_is_no_template_is_refused(text: str) -> None:
    """There is no code in it, and nothing is guessed."""
    with pytest.raises(ValueError, match="expected"):
        parse(text)


@given(st.text(), st.text(), st.binary(max_size=300))
def test_json_of_any_values_is_that_json(text: str, key: str, body: bytes) -> None:
    """Any text comes out as itself, the bytes of a message as base64 or text, and the size is what is sent."""
    whole = body.decode("latin-1").encode()
    tree = parse_tree(
        {key + "k": "{value}", "list": ["{value}!", 1, None, True], "b": "{edxml.base64}", "t": "{edxml.text}"}
    )
    made = json_body(tree, Sending(facts(value=text), claim(whole)))
    with made.open() as reader:
        sent = reader.read()
    found = json.loads(sent)
    plain = text.encode("utf-8", "replace").decode()
    assert len(sent) == made.size
    assert found["list"] == [plain + "!", 1, None, True]
    assert found["t"].encode() == whole
    assert found[(key + "k").encode("utf-8", "replace").decode()] == plain


@given(st.text(min_size=1))
def test_a_value_stays_in_its_segment(value: str) -> None:
    """No value leads elsewhere, whoever chose it: it is quoted or refused."""
    call = settings("http://10.1.2.3/a").send.call  # type: ignore[union-attr]
    try:
        url = url_of(wire_of("http://10.1.2.3/a", call, facts(docId=value)))
    except Refused:
        return
    rest = url.removeprefix("http://10.1.2.3/a/send/")
    assert rest not in {".", ".."}
    assert not set(rest) & set("/?#\\ \r\n")


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"send": {"call": {"method": "POST", "path": "/x/{docID}"}}}, ("send", "call", "path")),
        (
            {"send": {"call": {"method": "POST", "path": "/x", "headers": {"X-A": "{edxml.base64}"}}}},
            ("send", "call", "headers", "X-A"),
        ),
        (
            {
                "send": {
                    "call": {
                        "method": "POST",
                        "path": "/x",
                        "body": {"kind": "json", "value": {"a": [{"b": "{file.name}"}]}},
                    }
                }
            },
            ("send", "call", "body", "value", "a", 0, "b"),
        ),
        (
            {
                "send": {
                    "call": {
                        "method": "POST",
                        "path": "/x",
                        "body": {"kind": "json", "value": {"a": "x{edxml.base64}"}},
                    }
                }
            },
            ("send", "call", "body", "value", "a"),
        ),
        ({"url": "http://127.0.0.1/x", "allow": []}, ("url",)),
        ({"url": "http://[::ffff:169.254.169.254]/"}, ("url",)),
        (
            {"auth": [{"kind": "hmac", "secret": "file:x", "header": "X", "parts": ["{subject}"]}]},
            ("auth", 0, "hmac", "parts", 0),
        ),
    ],
)
def test_a_wrong_name_is_told_with_its_place(changed: dict[str, Any], place: tuple[object, ...]) -> None:
    """At check time, before anything is called."""
    with pytest.raises(ValidationError) as caught:
        settings(**{"url": "http://10.1.2.3/a", **changed})
    assert place in [error["loc"] for error in caught.value.errors()]


def test_templates_and_paths_are_dumped_as_they_were_written() -> None:
    """What routes hold can be shown again."""
    dumped = settings("http://10.1.2.3/a", "json").model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert dumped["send"]["call"]["body"] == BODIES["json"]
    assert dumped["answers"]["remote_id"] == "data.id"
    assert dumped["allow"] == ["127.0.0.1/32"]


@pytest.mark.parametrize(
    ("address", "may"),
    [("10.1.2.3", True), ("8.8.8.8", True), ("127.9.9.9", False), ("169.254.169.254", False), ("::1", False), ("fe80::1%eth0", False),
     ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("0.0.0.0", False), ("100.100.100.200", False), ("no address", False)],
)  # fmt: skip
def test_inside_addresses_are_not_called(address: str, may: bool) -> None:
    """Private networks are where agencies are; this machine, its link and a cloud's inside are not."""
    assert may_be_called(address, ()) is may
