"""``alerts``, ``channels`` and ``statements`` of a routes file: every problem at its line, with what to write."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bus.config import RoutesFile, RoutesInvalid, parse
from bus.config.alerts import Dead, Silence
from bus.config.channels import Email
from tests.unit.routes_models import DOORS, ENDPOINTS

BASE = """\
endpoints: {mailbox: {kind: mailbox}}
partners: {p: {agencies: ["A"]}}
routes: [{name: inside, when: {recipient: {partner: any}}, to: mailbox}]
"""
CHANNELS = """\
channels:
  ops: {kind: email, host: mail.tinh.vn, from: truc@tinh.vn, to: a@tinh.vn, user: truc, secret: "file:smtp"}
  hook: {kind: webhook, url: "https://giam-sat.tinh.vn/truc", secret: "file:hook"}
  office: {kind: message, to: "A"}
"""


def routes(text: str, own_code: str = "B") -> RoutesFile:
    return parse(BASE + text, "routes.yaml", ENDPOINTS, DOORS, own_code)


def problems(text: str, own_code: str = "B") -> list[tuple[int, str, str]]:
    """Line, code and what to write of each error of a text."""
    with pytest.raises(RoutesInvalid) as invalid:
        routes(text, own_code)
    return [(one.place.line, one.code, one.write) for one in invalid.value.problems if one.severity == "error"]


def test_rules_channels_and_statements_are_taken() -> None:
    """With their defaults."""
    made = routes(
        CHANNELS
        + """\
alerts:
  - {name: hong, on: dead, to: [ops, hook], more_than: 5, within: 1d, repeat: 30m}
  - {name: im, on: silence, to: office, partner: p}
statements:
  - {name: ngay, of: any, at: "07:15", to: [agency, ops]}
"""
    )

    hong, im = made.alerts
    assert isinstance(hong, Dead)
    assert (hong.more_than, hong.within, hong.repeat, hong.to) == (
        5,
        timedelta(days=1),
        timedelta(minutes=30),
        ("ops", "hook"),
    )
    assert isinstance(im, Silence)
    assert (im.source, im.during, im.repeat) == ({"partner": "p"}, "working_hours", timedelta(hours=4))
    ops = made.channels["ops"]
    assert isinstance(ops, Email)
    assert (ops.where, ops.tls) == (("mail.tinh.vn", 587), "starttls")
    assert made.statements[0].at == time(7, 15)


@pytest.mark.parametrize(
    ("text", "line", "code", "write"),
    [
        ("alerts:\n- {name: a, on: ded, to: ops}\n", 9, "routes.unknown_kind", "'dead' (did you mean that?)"),
        ("alerts:\n- {name: a, to: ops}\n", 9, "routes.missing_key", "one of: account, breaker"),
        ("alerts:\n- {name: a, on: dead, to: opps}\n", 9, "routes.unknown_channel", "'ops' (did you mean that?)"),
        ("alerts:\n- {name: a, on: dead, to: ops, within: 5}\n", 9, "routes.unit", "it like 30s or 15m"),
        ("alerts:\n- {name: a, on: dead, to: ops, mor_than: 5}\n", 9, "routes.unknown_key", "'more_than'"),
        ("alerts:\n- {name: a, on: disk, to: ops, less_than: 5}\n", 9, "routes.unit", "it like 50MB"),
        ("alerts:\n- {name: a, on: failure_rate, to: ops, more_than: 5}\n", 9, "routes.unit", "it like 20%"),
        ("alerts:\n- {name: a, on: silence, to: ops}\n", 9, "routes.value", "one of 'sender', 'partner', 'endpoint'"),
        ("alerts:\n- {name: a, on: silence, to: ops, route: insde}\n", 9, "routes.unknown_route", "'inside'"),
        ("alerts:\n- {name: a, on: unfetched, to: ops, partner: q}\n", 9, "routes.unknown_partner", "one of: p"),
        ("alerts:\n- {name: a, on: breaker, to: ops, endpoint: x}\n", 9, "routes.unknown_endpoint", "one of: mailbox"),
        ("alerts:\n- {name: a, on: bus, to: ops}\n- {name: a, on: bus, to: ops}\n", 10, "routes.double_name", "a name"),
        ("statements:\n- {name: a, of: any, at: 25:00}\n", 9, "routes.value", "a time of day in quotes"),
        ("statements:\n- {name: a, of: {partner: q}}\n", 9, "routes.unknown_partner", "one of: any, p"),
        ("statements:\n- {name: a, of: any, to: nobody}\n", 9, "routes.unknown_channel", "one of: agency"),
    ],
)
def test_what_is_wrong_with_rules(text: str, line: int, code: str, write: str) -> None:
    """Told where it stands."""
    (told,) = problems(CHANNELS + text)

    assert told[:2] == (line, code)
    assert told[2].startswith(write)


@pytest.mark.parametrize(
    ("channel", "code", "write"),
    [
        ('{kind: email, host: "m x", from: t@x.vn, to: a@x.vn}', "routes.value", "a host such as"),
        ('{kind: email, host: m, from: "T <t@x.vn>", to: a@x.vn}', "routes.value", "a bare address"),
        ('{kind: email, host: m, from: t@x.vn, to: "a@x.vn\\r\\nBcc: b@x.vn"}', "routes.value", "a bare address"),
        ("{kind: email, host: m, from: t@x.vn, to: a@x.vn, user: u}", "routes.value", "'user' and 'secret' together"),
        (
            '{kind: email, host: m, from: t@x.vn, to: a@x.vn, tls: none, user: u, secret: "file:s"}',
            "routes.value",
            "tls:",
        ),
        (
            "{kind: email, host: m, from: t@x.vn, to: a@x.vn, user: u, secret: p4ss}",
            "routes.inline_secret",
            "file:NAME",
        ),
        ('{kind: webhook, url: "ftp://x"}', "routes.value", "an address such as"),
        ('{kind: webhook, url: "https://u:p@x/"}', "routes.value", "the address alone"),
        ("{kind: sms}", "routes.unknown_kind", "one of: email, message, webhook"),
    ],
)
def test_what_is_wrong_with_channels(channel: str, code: str, write: str) -> None:
    """No secret in the file, and nothing that could become a header of its own."""
    (told,) = problems(f"channels:\n  c: {channel}\n")

    assert told[:2] == (5, code)
    assert told[2].startswith(write)


def test_a_document_needs_a_sender() -> None:
    """Without a code of its own the bus writes none."""
    text = CHANNELS + "statements: [{name: a, of: any}]\n"

    assert [one[:2] for one in problems(text, "")] == [(7, "routes.no_agency_code"), (8, "routes.no_agency_code")]


def test_mail_that_can_be_read_on_its_way_is_a_warning() -> None:
    """It may be what there is."""
    made = routes("channels:\n  c: {kind: email, host: m, from: t@x.vn, to: a@x.vn, tls: none}\n")

    assert [one.code for one in made.warnings] == ["routes.open_mail"]
