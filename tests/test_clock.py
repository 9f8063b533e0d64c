"""Ids rise, fit into 53 bits, and follow the time."""

from hypothesis import given
from hypothesis import strategies as st

from chatsrv.clock import IdMaker, system_clock

TIMES = st.integers(1_704_067_200_000, 1_704_067_200_000 + 2**41 - 2)


@given(st.lists(TIMES, min_size=1, max_size=200), st.integers(0, 2**11 - 1))
def test_ids_rise_strictly_whatever_the_clock_does(times, start):
    clock = iter(times)
    make = IdMaker(lambda: next(clock), lambda _: start)
    ids = [make() for _ in times]
    assert ids == sorted(set(ids))
    assert all(0 < id < 2**53 for id in ids)


@given(TIMES, TIMES)
def test_a_later_time_makes_a_greater_id(one, other):
    def make(time):
        return IdMaker(lambda: time, lambda most: most - 1)()

    if one < other:
        assert make(one) < make(other)


def test_the_clock_counts_milliseconds():
    assert 1_700_000_000_000 < system_clock() < 10**13
