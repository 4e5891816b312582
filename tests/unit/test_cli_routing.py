"""``check`` and ``route`` need no bus: a file, and what would become of it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from adapters.vxp.sandbox import AxisSandbox
from bus.cli.demo.axis import TO_TRY
from tests.buses import PUSHED, ROUTES, free_port
from tests.clis import bus
from tests.messages import RECIPIENT, edoc

_WRONG = "endpoints:\n  mailbox: {kind: mailbos}\nroutes:\n  - {name: a, when: {recipient: any}, to: mailbx}\n"
_AXIS = """
endpoints:
  axis: {kind: vxp, url: "%s", system_id: "00.19.H62", secret: "file:axis"}
routes:
  - {name: outside, when: {recipient: any}, to: axis}
"""


@pytest.fixture
def routes(tmp_path):
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES % 9, encoding="utf-8")
    return file


@pytest.fixture
def document(tmp_path):
    file = tmp_path / "document.edxml"
    file.write_bytes(edoc(recipients=[PUSHED, RECIPIENT]))
    return file


def test_check_names_every_problem_with_its_place(tmp_path):
    """All problems at once, each as file:line:column with what to write; exit 1."""
    file = tmp_path / "wrong.yaml"
    file.write_text(_WRONG, encoding="utf-8")

    shown, told = bus("check", "--routes", file), bus("check", "--routes", file, "--json")

    assert (shown.code, told.code) == (1, 1)
    assert "wrong.yaml:2:19: error routes.unknown_kind" in shown.out
    assert "wrong.yaml:4:43: error routes.unknown_endpoint" in shown.out
    assert [one["code"] for one in told.json()["problems"]] == ["routes.unknown_kind", "routes.unknown_endpoint"]


def test_check_of_a_right_file_says_its_version(routes):
    """Exit 0, and the version that messages will carry."""
    told = bus("check", "--routes", routes, "--json")

    assert told.code == 0
    assert (told.json()["ok"], len(told.json()["routes_version"])) == (True, 12)


@pytest.mark.parametrize("text", ["regimes:\n  BC-1: {version: 1}\n", "regimes: ["])
def test_check_looks_at_the_regimes_too(routes, tmp_path, monkeypatch, text):
    """What the running bus would refuse is told before, with its place; where there is no such file nothing is."""
    file = tmp_path / "regimes.yaml"
    monkeypatch.setenv("BUS_REGIMES", str(file))
    assert bus("check", "--routes", routes, "--json").json()["regimes_version"] is None

    file.write_text(text, encoding="utf-8")
    shown, told = bus("check", "--routes", routes), bus("check", "--routes", routes, "--json")

    assert (shown.code, told.code, told.json()["ok"]) == (1, 1, False)
    assert "regimes.yaml:2:" in shown.out
    assert {one["file"] for one in told.json()["problems"]} == {"regimes.yaml"}


def test_check_of_right_regimes_says_their_version(routes, tmp_path, monkeypatch):
    """Those of the example."""
    monkeypatch.setenv("BUS_REGIMES", str(Path(__file__).parents[2] / "docs" / "regimes.yaml"))
    told = bus("check", "--routes", routes)

    assert told.code == 0
    assert "regimes.yaml: correct, version " in told.out


def test_check_connect_knocks_at_every_address(routes):
    """An endpoint nobody listens at is named and fails the check; one that listens passes it."""
    routes.write_text(ROUTES % free_port(), encoding="utf-8")
    refused = bus("check", "--routes", routes, "--connect", "--json")
    assert refused.code == 1
    assert [bool(one["error"]) for one in refused.json()["endpoints"]] == [True]

    with socket.create_server(("127.0.0.1", 0)) as listening:
        routes.write_text(ROUTES % listening.getsockname()[1], encoding="utf-8")
        assert bus("check", "--routes", routes, "--connect").code == 0


def test_check_connect_asks_the_axis(tmp_path):
    """The adapter's own probe: what it saw, what to write; as JSON with codes. Without its secret: which file is missing."""
    home, file = tmp_path / "home", tmp_path / "routes.yaml"
    axis = AxisSandbox(TO_TRY)
    axis.start()
    file.write_text(_AXIS % axis.url, encoding="utf-8")
    words = ("check", "--routes", file, "--home", home, "--connect")

    missing = bus(*words)
    assert missing.code == 1
    assert f"{home / 'secrets' / 'axis'}: No such file" in missing.out

    (home / "secrets").mkdir(parents=True)
    (home / "secrets" / "axis").write_text("try-province", encoding="utf-8")
    (home / "secrets" / "axis").chmod(0o600)
    shown, told = bus(*words), bus(*words, "--json")
    axis.stop()
    assert (shown.code, told.code) == (0, 0)
    assert "signed_in: knows 00.19.H62" in shown.out
    assert "write list_sent: unknown" in shown.out
    (one,) = told.json()["endpoints"]
    assert [found["code"] for found in one["findings"]] == ["clock", "signed_in", "list_sent"]


def test_a_file_that_is_not_there_is_a_failure(tmp_path):
    """No routes file: exit 1 and its name, as JSON too."""
    told = bus("check", "--routes", tmp_path / "none.yaml", "--json")

    assert told.code == 1
    assert told.json()["error"]["code"] == "not_found"


def test_route_explains_every_rule(routes, document):
    """Per recipient: where it goes, and why the rules before did not take it."""
    told = bus("route", document, "--routes", routes, "--json").json()

    by_recipient = {one["recipient"]: one for one in told["recipients"]}
    assert by_recipient[PUSHED]["endpoint"] == "push"
    tried = [(one["rule"], one["matched"]) for one in by_recipient[RECIPIENT]["tried"]]
    assert tried == [("statuses", False), ("health", False), ("inside", True)]
    assert f"recipient {RECIPIENT} is not {PUSHED}" in bus("route", document, "--routes", routes).out


@pytest.mark.parametrize(("expected", "code"), [("inside", 1), ("push", 1), ("", 0)])
def test_route_expect_fails_where_any_recipient_goes_elsewhere(routes, document, expected, code):
    """One recipient elsewhere is enough to fail."""
    assert bus("route", document, "--routes", routes, "--expect", expected).code == code


def test_route_expect_takes_rule_or_endpoint(routes, tmp_path):
    """The name of the rule or of the endpoint will do."""
    file = tmp_path / "one.edxml"
    file.write_bytes(edoc(recipients=[PUSHED]))

    assert bus("route", file, "--routes", routes, "--expect", "push").code == 0
    assert bus("route", file, "--routes", routes, "--expect", "health").code == 0


def test_route_of_no_document_is_refused(routes, tmp_path):
    """What a door would refuse to read, route refuses with the same code."""
    file = tmp_path / "none.edxml"
    file.write_bytes(b"<open>")

    assert bus("route", file, "--routes", routes, "--json").json()["error"]["code"] == "edxml.not_edxml"


def test_wrong_usage_is_exit_2(routes):
    """A missing file argument or an unknown option is wrong usage, not a failure."""
    assert bus("route").code == 2
    assert bus("check", "--nonsense").code == 2
    assert bus("route", "no-such-file.edxml").code == 2
