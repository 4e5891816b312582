"""A replay goes as fast as it was told, and never makes up for a pause."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bus.tempo import Tempo

rates = st.floats(0.1, 1000)
steps = st.lists(st.floats(0.001, 1.0), max_size=60)


@given(rates, steps)
def test_it_keeps_to_its_rate(rate: float, steps: list[float]) -> None:
    """Looked at once a second at least, by any steps: so many, less than one short."""
    tempo, now, gone = Tempo(rate, ramp=False, now=0.0), 0.0, 0
    for step in steps:
        now += step
        due = tempo.due(now)
        tempo.spend(due)
        gone += due
    assert rate * now - 1.01 <= gone <= rate * now + 0.01


@given(rates, st.floats(0, 1e6), st.booleans())
def test_no_more_than_a_second_is_made_up_for(rate: float, pause: float, ramp: bool) -> None:
    """However long nobody looked, or nothing could go."""
    tempo = Tempo(rate, ramp=ramp, now=5.0)

    assert tempo.due(5.0 + pause) <= rate
    assert max(tempo.due(5.0 + pause + second) for second in range(20)) <= rate + 1


@given(rates, st.floats(0, 1e6))
def test_a_ramp_ends_at_the_rate(rate: float, now: float) -> None:
    """It begins at one a second at the most, and is never faster than the rate."""
    tempo = Tempo(rate, ramp=True, now=0.0)

    assert tempo.rate(0.0) == min(rate, 1.0)
    assert tempo.rate(now) <= rate
    assert tempo.rate(1e6) == rate
