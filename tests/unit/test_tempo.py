"""A replay goes as fast as it was told, and never makes up for a pause."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bus.tempo import AT_ONCE, FASTER, OWED, Tempo

rates = st.floats(0.1, 1000)
steps = st.lists(st.floats(0.001, 1.0), max_size=60)


def gone(tempo: Tempo, begin: float, steps: list[float]) -> list[int]:
    """What goes at each of these steps of time."""
    now, each = begin, []
    for step in steps:
        now += step
        each.append(tempo.due(now))
        tempo.spend(each[-1])
    return each


@given(rates, steps)
def test_it_keeps_to_its_rate(rate: float, steps: list[float]) -> None:
    """Looked at once a second at least, by any steps: so many, less than one short."""
    went = sum(gone(Tempo(rate, ramp=False, now=0.0), 0.0, steps))

    assert rate * sum(steps) - 1.01 <= went <= rate * sum(steps) + 0.01


@given(rates, st.floats(0, OWED))
def test_what_is_late_is_made_up_for(rate: float, late: float) -> None:
    """A stall of some seconds costs nothing in the end."""
    steps = [late, *[0.5] * 120]

    assert sum(gone(Tempo(rate, ramp=False, now=0.0), 0.0, steps)) >= rate * sum(steps) - 1.01


@given(rates, st.floats(0, 1e6), st.booleans())
def test_but_never_at_once_and_not_all(rate: float, pause: float, ramp: bool) -> None:
    """However long nobody looked, or nothing could go."""
    tempo = Tempo(rate, ramp=ramp, now=5.0)
    first, *later = gone(tempo, 5.0, [pause, *[1.0] * 100])

    assert first <= rate * AT_ONCE + 1
    assert max(later) <= rate * FASTER + 1
    assert first + sum(later) <= rate * (OWED + 100) + 2


@given(rates, st.floats(0, 1e6))
def test_a_ramp_ends_at_the_rate(rate: float, now: float) -> None:
    """It begins at one a second at the most, and is never faster than the rate."""
    tempo = Tempo(rate, ramp=True, now=0.0)

    assert tempo.rate(0.0) == min(rate, 1.0)
    assert tempo.rate(now) <= rate
    assert tempo.rate(1e6) == rate
