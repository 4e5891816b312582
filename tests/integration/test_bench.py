"""``bus bench`` against the real thing: a daemon, a sender and sinks in processes of their own."""

from __future__ import annotations

import http.client

import pytest

from bus.bench import home, loops
from bus.bench.documents import document
from bus.bench.load import Job, send
from bus.bench.loading import Loader
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.requests import Address, template
from bus.bench.scenarios import NAMES, measure
from bus.bench.sent import id_of
from bus.bench.sink import free_port, sink
from tests.clis import bus
from tests.contracts.raw_server import RawServer

SMALL = document(1000)
TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"


def load(server, documents=1, connections=1, patience=30.0):
    """Documents to a raw server from this process, one after the other."""
    address = Address("127.0.0.1", server.port)
    loader = Loader(
        address, template(address, SMALL), Pace(60.0, documents=documents), connections, patience, "abcdefgh"
    )
    return loops.run(loader.run())


def test_the_command_measures_a_daemon_of_its_own():
    """Throughput at every size, then a kill in the midst of a load: nothing is lost, the account balances."""
    words = (
        "throughput",
        "crash",
        "--quick",
        "--kill-every",
        "0.2",
        "--kill-for",
        "10",
        "--kill-rate",
        "100",
        "--json",
    )
    ended = bus("bench", *words)
    told = ended.json()
    rows = {(row["scenario"], row["case"]): row for row in told["rows"]}

    assert ended.code == 0, ended.err
    assert {"python", "cores", "load", "loop", "commit", "disk", "fsync_ms"} <= told.keys()
    for size in ("1 KB", "20 KB", "100 KB", "1 MB"):
        row = rows["throughput", size]
        assert row["documents"] > 0
        assert row["delivered"] > 0
        assert {"accepted", "megabytes", "cpu_daemon", "cpu_load", "cpu_sink", "commits", "note"} <= row.keys()
    crash = rows["crash", "1 kills, 100/s"]
    assert crash["documents"] == 50
    assert (crash["lost"], crash["twice_by_id"]) == (0, 0)
    assert rows["crash", "bus verify"]["note"] == "balanced"


def test_a_sender_beside_a_sink():
    """All that is sent arrives, each once and under its id, and its time is that of the plan whatever was answered."""
    with sink() as there:
        job = Job(Address(there.host, there.port), template(Address("h", 1), SMALL), Pace(0.2, 100.0), 4)
        sent = send(job)
        arrived = there.arrived()

    assert sent.given == 20
    assert set(sent.accepted) == set(arrived.at)
    assert not arrived.again
    assert sent.since == [pytest.approx(sent.began + number / 100.0) for number in range(20)]
    assert all(arrived.at[name] >= since for name, since in sent.due.items())


def test_a_sink_counts_by_content():
    """What comes again is counted, and apart from that what comes again under another key."""
    with sink() as there:
        for number, key in ((1, "a"), (2, "b"), (2, "b"), (3, "c"), (3, "d")):
            body = SMALL.replace(b"d" * 24, id_of("abcdefgh", number).encode())
            connection = http.client.HTTPConnection(there.host, there.port)
            connection.request("POST", home.PATH, body, {"Idempotency-Key": key})
            assert connection.getresponse().status == 204
            connection.close()
        arrived = there.arrived()
        there.forget()

        assert there.count() == 0
    assert list(arrived.at) == [id_of("abcdefgh", number) for number in (1, 2, 3)]
    assert arrived.again == {id_of("abcdefgh", 2): 1, id_of("abcdefgh", 3): 1}
    assert arrived.otherwise == {id_of("abcdefgh", 3)}


def test_a_call_without_an_answer_is_made_again():
    """Under the same Idempotency-Key and with the same body; it is not taken for refused."""

    def deaf_at_first(connection):
        connection.request()
        if len(server.requests) > 1:
            connection.send(TAKEN)
            connection.until_gone()

    with RawServer(deaf_at_first) as server:
        sent = load(server)

    first, second = server.requests
    assert first == second
    assert (sent.lost, sent.refused, len(sent.accepted)) == (1, [], 1)


def test_a_call_that_comes_too_soon_is_made_again():
    """503 asks to come later, which is no refusal."""

    def busy_first(connection):
        _answer(connection, b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")
        _answer(connection, TAKEN)

    with RawServer(busy_first) as server:
        sent = load(server)

    assert (sent.pushed_back, sent.refused, len(sent.accepted)) == (1, [], 1)


def test_a_refusal_is_told_in_the_words_of_the_bus():
    """What the bus says no to is not sent again."""
    with RawServer(
        lambda connection: _answer(connection, b"HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nnope")
    ) as server:
        sent = load(server)

    assert sent.refused == ["HTTP/1.1 401 No nope"]
    assert not sent.accepted


def _answer(connection, answer):
    connection.request()
    connection.send(answer)


def test_a_sender_gives_up_where_nobody_answers():
    """It does not try for ever, and says what it tried."""
    with RawServer(lambda connection: connection.until_gone()) as server:
        sent = load(server, patience=0.1)
        port = server.port

    told = f"http://127.0.0.1:{port}/api/v1/messages answers nothing for 0.1 s; 1 documents wait for an answer"
    assert sent.refused == [told]


def test_what_needs_a_daemon_of_its_own_is_left_out_elsewhere():
    """And it is said that it was."""
    (row,) = measure(Plan(target=Address("127.0.0.1", 1)), ["crash"])

    assert row.case == "left out"
    assert "--target" in row.note


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nosuch"], 2, f"there is no nosuch; there are {', '.join(NAMES)}"),
        (["--target", "127.0.0.1:1"], 2, "expected http://HOST:PORT"),
        (["--target", "http://127.0.0.1:1"], 2, "say where the sinks are"),
        (["--target", f"http://127.0.0.1:{free_port()}", "--sink-listen", "127.0.0.1:9100"], 1, "be reached"),
        (["--sink-listen", "here"], 2, "expected HOST:PORT"),
        (["fill", "--home", "/"], 1, "/ is not empty and was not made by bus bench"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(words, code, told):
    """Wrong usage is exit 2, what cannot be measured exit 1; both say what is wrong."""
    ended = bus("bench", *words)

    assert ended.code == code
    assert told in " ".join(ended.err.split())


def test_routes_for_a_bus_elsewhere_are_printed():
    """Without an address of the sinks nothing can be sent; what the other bus needs is shown."""
    told = bus("bench", "--target", "http://127.0.0.1:1").err

    assert "kind: rest" in told
    assert 'url: "http://HOST:9101/edoc"' in told
