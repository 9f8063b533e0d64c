"""Rate limits: so many at once, so many a second, each key for itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsrv.errors import Problem
from chatsrv.limits import Buckets


def passes(limit, key="k"):
    try:
        limit.take(key)
    except Problem:
        return False
    return True


@given(st.lists(st.floats(0, 5), max_size=100), st.floats(0.1, 20), st.integers(1, 10))
def test_no_more_pass_than_the_rate_and_the_burst_allow(waits, rate, burst):
    now = 0.0
    limit = Buckets(rate, burst, lambda: now)
    passed = 0
    for wait in waits:
        now += wait
        passed += passes(limit)
        assert passed <= burst + rate * now + 1e-6


def test_keys_do_not_share_a_bucket():
    limit = Buckets(1, 1, lambda: 0.0)
    assert [passes(limit, "a"), passes(limit, "a"), passes(limit, "b")] == [True, False, True]


def test_the_refusal_says_when_to_come_back():
    limit = Buckets(0.1, 1, lambda: 0.0)
    limit.take("k")
    with pytest.raises(Problem) as refused:
        limit.take("k")
    assert refused.value.retry_after == 10
