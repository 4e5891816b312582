"""Partners that take reports as ``bus sandbox`` plays them: what is printed is what works, and so is what the documentation types."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

import adapters
from adapters.http.rehearsal.orders import Order
from adapters.http.settings import HttpSettings
from bus.cli.connecting import looked_at
from bus.cli.demo import manual
from bus.cli.demo.alone import PLAYED
from bus.cli.demo.dialects import Gate, played
from bus.cli.demo.reporting import REPORTING
from bus.clock import HandClock
from bus.config import load_settings
from bus.control.routing import read_routes
from bus.planning import Planner
from bus.transport import Request
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import sink_of, source_of
from tests.adapters.played import playing
from tests.adapters.test_http_reports import FORM_06, ONE_STOP, report
from tests.buses import free_port, running, until
from tests.clis import bus
from tests.contracts.sink import delivery, sent
from tests.example import REGIMES
from tests.integration.test_dialects_to_try import as_printed, counted, left
from tests.owing import at
from tests.unit.test_docs import page, section

#: What bus check --connect says of those that it signs in to, or that list something; of others, that they answer.
FOUND = {
    "gia": ["signed_in", "reached"],
    "quang-binh": ["listed", "listed"],
    "bao-cao-tinh": ["listed"],
    "bao-cao-chinh-phu": ["listed"],
}
_PRICES = (
    b'{"type": "report.data.v1", "reportId": "R", "regime": "BC-GIA", "form": {"code": "GIA-01", "version": "1"}, "kind": "list", '
    b'"period": {"code": "2025-M03", "basis": "nd09", "from": "2025-02-15", "to": "2025-03-14"}, "reportingUnit": "000.00.07.H62", '
    b'"recipients": ["X"], "rows": [{"values": {"MA_HHDV": "01.001", "GIA_KY_NAY": "15000"}}]}'
)
#: What each can be sent; nothing where nothing is.
SENT = {"mot-cua": report(ONE_STOP), "mau-06": report(FORM_06), "gia": _PRICES, "quang-binh": b""}


@pytest.mark.parametrize("gate", ["none", "xroad"])
@pytest.mark.parametrize("name", sorted(REPORTING))
def test_what_is_printed_works(name: str, gate: Gate, tmp_path: Path) -> None:
    """The line for routes.yaml with its secrets is known there, and a report that goes by it arrives."""
    with playing(played(REPORTING[name], gate, ("127.0.0.1", 0), HandClock().now)) as sandbox:
        told = "\n".join(manual.dialect(REPORTING[name], gate, sandbox.url))
        settings = as_printed(told, tmp_path)
        routes = read_routes(Planner(adapters.all_adapters(), settings.ask_after), settings.routes)
        (look,) = looked_at(routes, settings)
        endpoint = routes.endpoints[name]
        assert isinstance(endpoint, HttpSettings)
        assert [one["code"] for one in look["findings"]] == FOUND.get(name, ["reached"]), look
        if body := SENT.get(name, report(ONE_STOP)):
            transport = FastTransport()
            sent(sink_of(endpoint, transport, settings.home), delivery(body))
            transport.close()
            taken: Any = sandbox.account()["taken"]
            assert len(taken) == 1
            calls: Any = sandbox.account()["calls"]
            assert {one.call for one in ordered(told) if one.call} <= set(calls), "orders name calls that it knows"
        if "leave something" in told:
            left(told)
            (after,) = looked_at(routes, settings)
            assert counted(after) == counted(look) + 1


def test_a_word_that_is_left_there_is_of_the_report_that_the_documentation_sends() -> None:
    """So that whoever tries it sees what becomes of it."""
    told = "\n".join(manual.dialect(REPORTING["bao-cao-chinh-phu"], "none", "http://h:1"))
    sent_there = re.search(r'"reportId": "([^"]+)"', section(page("dialects"), "To try it"))
    assert sent_there
    assert f'"reportId": "{sent_there[1]}"' in told


def ordered(told: str) -> list[Order]:
    """All orders that are printed."""
    return [Order.model_validate_json(one) for one in re.findall(r"/_control -d '([^']+)'", told)]


def test_an_interface_that_is_asked_has_figures(tmp_path: Path) -> None:
    """Its indicators, and the values of each quarter that is past."""
    with playing(
        played(REPORTING["quang-binh"], "none", ("127.0.0.1", 0), HandClock(at("2026-06-01 08:00")).now)
    ) as sandbox:
        told = "\n".join(manual.dialect(REPORTING["quang-binh"], "none", sandbox.url))
        settings = as_printed(told, tmp_path)
        routes = read_routes(Planner(adapters.all_adapters(), settings.ask_after), settings.routes)
        endpoint, transport = routes.endpoints["quang-binh"], FastTransport()
        assert isinstance(endpoint, HttpSettings)
        items = list(source_of(endpoint, transport, settings.home, HandClock(at("2026-06-01 08:00"))).poll())
        transport.close()
        calls: Any = sandbox.account()["calls"]
    assert {one.call for one in ordered(told) if one.call} <= set(calls)
    assert {one.type for one in items} == {"report.catalog.v1", "kpi.data.v1"}


def curl(command: str) -> tuple[int, bytes]:
    """Do what a line with curl does."""
    _, *words = shlex.split(command)
    headers: dict[str, str] = {}
    body, url = b"", ""
    for option, value in zip(["", *words], words, strict=False):
        if option == "-H":
            headers |= [value.split(": ")]  # type: ignore[arg-type]
        elif option == "-d":
            body = value.encode()
        elif value.startswith("http://"):
            url = value
    transport = FastTransport()
    answer = transport.call(Request("POST" if body else "GET", url, headers, body))
    transport.close()
    return answer.status, answer.body


def test_what_the_documentation_types_works(tmp_path: Path) -> None:
    """A partner of reports in a minute: looked at, sent to, asked after a lost answer; it has the report once."""
    ours, there = free_port(), free_port()
    text = section(page("dialects"), "To try it").replace("8085", str(ours)).replace("8101", str(there))
    one, two, three = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert shlex.split(one)[:3] == ["bus", "sandbox", "--play"]
    name, _, _ = shlex.split(one)[3].partition("=")
    script, (check, run) = two.rpartition("END\n")[0] + "END\n", two.rpartition("END\n")[2].splitlines()
    subprocess.run(["bash", "-ec", script], cwd=tmp_path, check=True, timeout=60)
    home, routes = tmp_path / "thu" / "home", tmp_path / "thu" / "routes.yaml"
    settings = load_settings(home=home, routes=routes, regimes=REGIMES, listen=f"127.0.0.1:{ours}", ask_after="0s")

    with playing(played(PLAYED[name], "none", ("127.0.0.1", there), HandClock().now)) as sandbox:
        printed = re.search(r"in routes.yaml: +(.*)", "\n".join(manual.dialect(PLAYED[name], "none", sandbox.url)))
        assert printed
        assert printed[1] in text
        words = shlex.split(check)[1:]
        assert bus(*words, "--home", home, "--routes", routes).code == 0
        assert run == "bus run"
        with running(settings):
            answers = [curl(line) for line in three.splitlines()[:-1]]
            assert [status for status, _ in answers] == [200, 202], answers
            until(lambda: bool(orjson.loads(curl(three.splitlines()[-1])[1])["calls"].get("ask")))
        (taken,) = sandbox.account()["taken"]  # type: ignore[misc]
        assert taken["times"] == 1


def test_who_is_not_there_is_not_played() -> None:
    """A name nobody has, one that two ask for, and no address are wrong usage; the help tells all names."""
    wrong = (["x=127.0.0.1:1"], ["gia=127.0.0.1:1", "gia=127.0.0.1:2"], ["gia"])
    said = [bus("sandbox", *(word for one in given for word in ("--play", one))) for given in wrong]
    assert [one.code for one in said] == [2, 2, 2]
    assert "there is no x; there are quang-nam" in " ".join(said[0].err.split())
    told = " ".join(bus("sandbox", "--help").out.split()).replace("- ", "-")
    assert all(re.search(rf"[ ,]{name}[,;.:]", told) for name in PLAYED)
