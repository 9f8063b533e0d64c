"""The law of webhooks' attempts: bounded, ever further apart, in order, and over when too many were given up."""

from hypothesis import given
from hypothesis import strategies as st

from chatsrv.services.webhook_ledger import TOO_LARGE, Ledger, Outcome, Patience
from chatsrv.services.webhook_records import ACTIVE, Delivery, new_record

CODES = st.sampled_from([200, 204, 299, 301, 400, 410, 429, 500, 503])
REASONS = st.sampled_from(["timeout", "unreachable", "certificate", TOO_LARGE])
OUTCOMES = st.one_of(
    st.builds(Outcome, CODES, st.just(""), st.integers(0, 10**9)), st.builds(Outcome, st.just(0), REASONS)
)
PATIENCE = st.builds(
    Patience,
    attempts=st.integers(1, 5),
    backoff_milliseconds=st.integers(1, 10**6),
    backoff_most_milliseconds=st.integers(1000, 10**7),
    failures=st.integers(1, 3),
    deliveries=st.integers(1, 5),
)


@given(st.lists(OUTCOMES, max_size=60), PATIENCE, st.floats(0, 1, exclude_max=True))
def test_whatever_a_receiver_answers_each_event_is_settled_or_tried_again_later(outcomes, patience, chance):
    ledger = Ledger(patience, lambda: chance)
    record = new_record(1, "chat:1", "https://example.org", ["message.new"], "whsec_", 10, 0)
    now, settled = 0, []
    for outcome in outcomes:
        if record["state"] != ACTIVE:
            break
        now, seq = max(now, record["due"]) + 1, record["since"] + 1
        made = Delivery(
            f"x_{seq}", "message.new", seq, "", record["attempts"] + 1, outcome.code, outcome.reason, now, 0
        )
        assert made.attempts <= patience.attempts
        before, record = record, record | ledger.after(record, made, outcome)
        assert len(record["deliveries"]) <= patience.deliveries
        assert len({one["id"] for one in record["deliveries"]}) == len(record["deliveries"])
        last = record["deliveries"][-1]
        assert (last["id"], last["code"]) == (made.id, outcome.code)
        if record["since"] == seq:
            settled.append(seq)
            assert (record["attempts"], record["due"]) == (0, 0)
            assert (last["status"] == "delivered") is outcome.went_well
        elif record["state"] == ACTIVE:
            assert last["status"] == "retrying"
            assert record["attempts"] == before["attempts"] + 1
            most = patience.backoff_most_milliseconds
            full = min(most, patience.backoff_milliseconds * 2 ** (made.attempts - 1))
            least = max(int(full / 2), min(most, outcome.retry_after * 1000))
            assert least <= record["due"] - now <= max(full, min(most, outcome.retry_after * 1000))
        else:
            assert outcome.code == 410
        assert record["failures"] <= patience.failures
        if record["failures"] == patience.failures:
            assert record["state"] != ACTIVE
    assert settled == list(range(11, 11 + len(settled)))
