"""What ``make bench`` says of the bus beside the peer: its arithmetic and how it is shown."""

import io
import json

import pytest
from rich.console import Console

from bench.peer.outcome import Figures, by_process, outcome
from bench.peer.show import as_json, table
from bench.peer.turn import Turn

TURNS = [
    Turn("bus", rate=1000.0, p50=4.0, p99=20.0, cpu={"daemon": 1.0}),
    Turn("peer", rate=700.0, p50=5.0, p99=10.0, cpu={"uvicorn": 0.9, "dramatiq": 0.8, "RabbitMQ": 0.5}),
    Turn("bus", rate=1400.0, p50=6.0, p99=22.0, cpu={"daemon": 1.2}),
    Turn("peer", rate=900.0, p50=5.0, p99=14.0, cpu={"uvicorn": 1.1, "dramatiq": 1.0, "RabbitMQ": 0.7}),
]


def drawn(turns: list[Turn]) -> list[str]:
    console = Console(file=io.StringIO(), width=140)
    console.print(table(outcome(turns), "here"))
    return console.file.getvalue().splitlines()


def test_the_ratio_is_that_of_the_medians():
    """Each figure of the bus is divided by the peer's, in the middle of their turns; above 1 is more, not better."""
    come_to = outcome(TURNS)
    assert come_to.bus == Figures(1200.0, 5.0, 21.0, pytest.approx(1.1))
    assert come_to.peer == Figures(800.0, 5.0, 12.0, pytest.approx(2.5))
    assert come_to.ratio == Figures(1.5, 1.0, 1.75, pytest.approx(0.44))


def test_an_odd_turn_moves_nothing():
    """A neighbour that takes the machine during one turn of three does not decide."""
    slow = Turn("bus", rate=10.0, p50=900.0, p99=900.0, cpu={"daemon": 9.0})
    assert outcome([*TURNS, slow]).bus == Figures(1000.0, 6.0, 22.0, 1.2)


def test_the_peer_pays_for_its_broker():
    """The processor time of a side is that of all its processes; each is told apart as well."""
    assert outcome(TURNS[:2]).peer.cpu == pytest.approx(2.2)
    assert by_process(TURNS, "peer") == pytest.approx({"uvicorn": 1.0, "dramatiq": 0.9, "RabbitMQ": 0.6})


def test_the_table_has_every_turn_the_medians_and_the_ratio():
    """Who reads it sees how far the turns lay apart before what they come to."""
    lines = [line for line in drawn(TURNS) if line.startswith("│")]
    assert [line.split("│")[1].strip() for line in lines] == [
        "bus", "peer", "bus", "peer", "bus, median", "peer, median", "bus / peer",
    ]  # fmt: skip
    assert "uvicorn 1.00, dramatiq 0.90, RabbitMQ 0.60" in lines[5]
    assert [cell.strip() for cell in lines[6].split("│")[2:6]] == ["1.50", "1.00", "1.75", "0.44"]


def test_json_says_the_same():
    """What a script reads has the turns, the medians and the ratio under their names."""
    told = json.loads(as_json(outcome(TURNS), {"cores": 2}))
    assert told["cores"] == 2
    assert [turn["side"] for turn in told["turns"]] == ["bus", "peer", "bus", "peer"]
    assert (told["bus"]["rate"], told["peer"]["rate"], told["ratio"]["rate"]) == (1200.0, 800.0, 1.5)
