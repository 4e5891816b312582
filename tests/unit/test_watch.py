"""The watcher of ``routes.yaml``."""

from __future__ import annotations

import pytest

from bus.config import Problem, RoutesInvalid, Severity
from bus.config.problems import START
from bus.watch import RoutesWatcher


class Bus:
    """Takes any text but ``wrong``."""

    def __init__(self):
        self.applied = []
        self.asked = 0

    def parse(self, text, name):
        self.asked += 1
        if text == "wrong":
            raise RoutesInvalid([Problem(name, START, Severity.ERROR, "routes.type", "it is wrong", "it right")])
        return text

    def apply(self, routes, by):
        self.applied.append((routes, by))
        return True


@pytest.fixture
def bus():
    return Bus()


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "routes.yaml"
    made.write_text("first")
    return made


@pytest.fixture
def watcher(bus, file):
    return RoutesWatcher(file, bus.parse, bus.apply)


def test_a_change_is_taken_once(bus, file, watcher):
    """The file as it is at first, then each new content, and nothing while it stays."""
    watcher.look()
    watcher.look()
    file.write_text("second one")
    watcher.look()
    watcher.look()

    assert bus.applied == [("first", "file"), ("second one", "file")]


def test_a_file_saved_unchanged_is_left_alone(bus, file, watcher):
    """New times with the old content are no change."""
    watcher.look()
    file.touch()
    watcher.look()

    assert bus.asked == 1


def test_a_wrong_file_is_told_of_and_forgotten(bus, file, watcher, capfd):
    """What is wrong changes nothing; corrected, it counts."""
    watcher.look()
    file.write_text("wrong")
    watcher.look()
    file.write_text("right again")
    watcher.look()

    assert [text for text, _ in bus.applied] == ["first", "right again"]


def test_a_file_that_is_gone_for_a_moment_is_waited_for(bus, file, watcher):
    """Editors that save by rename leave a gap; it is no fault."""
    watcher.look()
    file.unlink()
    watcher.look()
    file.write_text("back")
    watcher.look()

    assert [text for text, _ in bus.applied] == ["first", "back"]


def test_stop_may_come_before_start(watcher):
    """Stopping is always allowed, also twice."""
    watcher.stop()
    watcher.start()
    watcher.stop()
    watcher.stop()
