"""Control of a running daemon over HTTP: who may, what is refused, and that it is the same answer everywhere."""

from __future__ import annotations

import http.client
import json
import re
from http import HTTPStatus

import pytest
from sqlalchemy import select

from bus.control.afar import PATH
from bus.control.client import FarClient, NoDaemon
from bus.control.failures import ControlFailed
from bus.errors import SecretMissing
from bus.journal import schema
from bus.journal.states import State
from tests.buses import PUSHED, ROUTES, ask, home, running, send, settle
from tests.clis import bus
from tests.messages import SENDER, edoc

TOKENS = {"tran.an": "token-of-an", "le.binh": "token-of-binh"}
OPERATORS = """
operators:
  tran.an: {name: Trần An, token: "file:tran.an", may: operate}
  le.binh: {token: ["file:le.binh-new", "file:le.binh"]}
"""


@pytest.fixture
def settings(tmp_path):
    made = home(tmp_path, ROUTES % 9 + OPERATORS)
    made.secrets.mkdir(mode=0o700, exist_ok=True)
    for name, token in TOKENS.items():
        file = made.secrets / name
        file.touch(0o600)
        file.write_text(token)
    return made


@pytest.fixture
def daemon(settings):
    with running(settings) as started:
        yield started


@pytest.fixture
def url(daemon):
    return f"http://127.0.0.1:{daemon.server.port}"


@pytest.fixture
def client(url, settings):
    return lambda who: FarClient(url, str(settings.secrets / who))


@pytest.fixture
def post(daemon):
    """Call by hand: status, headers and JSON."""

    def call(name, body=b"{}", token=TOKENS["tran.an"]):
        connection = http.client.HTTPConnection("127.0.0.1", daemon.server.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("POST", f"{PATH}/{name}", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        return answer.status, dict(answer.getheaders()), told

    return call


def audit(daemon):
    table = schema.audit.c
    with daemon.home.journal.store.reading() as connection:
        return connection.execute(select(table.who, table.what)).all()


def test_an_order_stands_under_the_operators_name(client, daemon):
    """Whoever's token it is gave the order; and it was carried out."""
    assert client("tran.an").call("pause", endpoint="push", reason="moving house")["paused_by"] == "tran.an"

    assert audit(daemon) == [("tran.an", "pause")]


def test_who_may_look_gets_answers_and_gives_no_orders(client, daemon):
    """``may: look`` asks everything and moves nothing; an older token still opens."""
    looking = client("le.binh")

    assert looking.call("status")["ready"]
    with pytest.raises(ControlFailed) as refused:
        looking.call("pause", endpoint="push")
    assert refused.value.error["code"] == "operator.may_not"
    assert audit(daemon) == []


def test_it_is_the_same_answer_by_every_road(daemon, settings, client, url, tmp_path, monkeypatch):
    """Groups, a replay before it is one, doubts, an edit, holds: by the command, here and from afar, and at ``/api/v1``."""
    parts = daemon.parts()
    ask(parts, "pause", endpoint="push", reason="so that nothing moves")
    dead, doubt = (send(parts, tmp_path, edoc(recipients=(PUSHED,), document_id=name))[0] for name in ("d1", "d2"))
    settle(parts, dead, State.DEAD, "schema")
    settle(parts, doubt, State.IN_DOUBT, "timeout_after_send")
    parts.journal.sum_up().result()
    better = tmp_path / "better.edxml"
    better.write_bytes(edoc(recipients=(PUSHED,), document_id="d1", subject="V/v đã sửa"))
    here = ("--home", settings.home)
    before = parts.browse.copy(dead).copy.body
    assert bus("edit", dead, "--body", better, "--from", before, "--reason", "annex", *here).code == 0
    assert bus("holds", "--sender", SENDER, "--reason", "wrong annex", *here).code == 0
    asked = {
        ("groups",): ("groups", {}),
        ("replay", "--class", "schema", "--dry-run"): ("replay", {"which": {"reason": "schema"}, "dry_run": True}),
        ("doubts",): ("doubts", {"which": {}}),
        ("edits",): ("edits", {}),
        ("holds",): ("holds", {}),
        ("messages", "--state", "dead"): ("messages", {"which": {"states": ["dead"]}}),
    }
    for words, (name, arguments) in asked.items():
        near = bus(*words, "--json", *here).json()
        assert client("tran.an").call(name, **arguments) == near, words
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("BUS_URL", url)
            elsewhere.setenv("BUS_TOKEN_FILE", str(settings.secrets / "tran.an"))
            assert bus(*words, "--json").json() == near, words


@pytest.mark.parametrize("token", ["", "nobody's", "file:tran.an"])
def test_without_a_token_nothing_is_told(post, token):
    """A wrong token and none are the same refusal, and neither a name nor a number comes with it."""
    status, headers, told = post("status", token=token)

    assert (status, told["code"]) == (HTTPStatus.UNAUTHORIZED, "auth.token")
    assert headers["content-type"] == "application/problem+json"
    assert headers["www-authenticate"] == "Bearer"


def test_guessing_is_slowed_and_the_right_token_is_not(post):
    """After twenty wrong tokens a minute from one address only what fails is refused without a look."""
    refused = [post("status", token=f"guess {number}")[2]["code"] for number in range(21)]

    assert refused[-1] == "auth.throttled"
    assert post("status")[0] == HTTPStatus.OK


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("nothing", b"{}", 404, "not_found"),
        ("trace", b'{"id": "nothing"}', 404, "not_found"),
        ("trace", b"{}", 400, "request.invalid"),
        ("trace", b"[", 400, "request.invalid"),
        ("trace", b"[]", 400, "request.invalid"),
        ("hold", b'{"which": {}}', 400, "request.invalid"),
        ("messages", b'{"which": {"nothing": 1}}', 400, "request.invalid"),
        ("backed_up", b'{"folder": "/", "position": 1, "bytes": 1, "with_secrets": false}', 404, "not_found"),
        ("trace", b'{"id": "' + b"x" * (1 << 20) + b'"}', 413, "body.too_large"),
    ],
)
def test_what_cannot_be_done_is_a_problem_with_its_code(post, name, body, status, code):
    """A status that fits, and the code that the command line tells too."""
    answered, _headers, told = post(name, body)

    assert (answered, told["code"], told["status"]) == (status, code, status)


def test_the_description_has_every_call_and_everything_it_speaks_of(daemon):
    """OpenAPI 3.1, made from the functions: all but what is said of the machine; a file is a body."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.server.port, timeout=30)
    connection.request("GET", f"{PATH}/openapi.json")
    text = connection.getresponse().read().decode()
    connection.close()

    told = json.loads(text)
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) == set(told["components"]["schemas"])
    assert all(call["post"]["summary"] for call in told["paths"].values())
    assert told["paths"][f"{PATH}/replay"]["post"]["tags"] == ["order"]
    assert told["paths"][f"{PATH}/messages"]["post"]["tags"] == ["question"]
    assert f"{PATH}/backed_up" not in told["paths"]
    send = told["paths"][f"{PATH}/send"]["post"]
    assert {one["name"]: one["required"] for one in send["parameters"]} == {"file": False, "partner": True, "to": False}
    assert list(send["requestBody"]["content"]) == ["application/xml"]


def test_the_command_line_speaks_to_a_bus_elsewhere(url, settings, monkeypatch):
    """``BUS_URL`` and ``BUS_TOKEN_FILE``: the same command, the same answer, the other machine's bus."""
    near = bus("status", "--home", settings.home, "--json").json()
    monkeypatch.setenv("BUS_URL", url)
    monkeypatch.setenv("BUS_TOKEN_FILE", str(settings.secrets / "le.binh"))

    far = bus("status", "--json").json()

    assert far["endpoints"] == near["endpoints"]
    refused = bus("pause", "push")
    assert refused.code == 1
    assert "may look and not order" in refused.err or "operator.may_not" in refused.err


def test_a_token_that_cannot_be_read_is_told(tmp_path, url):
    """Before anything is sent."""
    with pytest.raises(SecretMissing):
        FarClient(url, str(tmp_path / "nothing"))
    with pytest.raises(SecretMissing):
        FarClient(url, "")


def test_nobody_there_is_told(settings):
    """The words of the system, not a traceback."""
    with pytest.raises(NoDaemon):
        FarClient("http://127.0.0.1:9", str(settings.secrets / "tran.an")).call("status")


def test_what_is_no_bus_is_told(settings, daemon):
    """A page of somebody else's is no answer of a bus."""
    with pytest.raises((NoDaemon, ControlFailed)):
        FarClient(f"http://127.0.0.1:{daemon.server.port}", str(settings.secrets / "tran.an")).call("../../health")


@pytest.mark.parametrize("url", ["http://bus.example", "ftp://127.0.0.1", "https://", "https://a:b@c", "https://a/b"])
def test_a_token_goes_over_nothing_that_others_can_read(url, monkeypatch):
    """Plain HTTP only inside the machine; no credentials and no path in the address."""
    monkeypatch.setenv("BUS_URL", url)

    told = bus("status")

    assert told.code in {1, 2}
    assert "BUS_URL" in told.err
