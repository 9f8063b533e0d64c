"""The law of the feed: whatever order, holes and repeats a connection brings, each change is taken once, in order."""

from hypothesis import given
from hypothesis import strategies as st

from chatsrv.client.feed import Feed, Turn
from chatsrv.client.things import Event

STREAM = "chat:1"


def event(seq: int) -> Event:
    return Event("message.new", STREAM, seq, {})


@given(st.integers(0, 5), st.lists(st.integers(1, 30), max_size=60), st.integers(0, 30))
def test_what_is_taken_rises_without_a_hole_and_a_resume_gives_the_rest(known, coming, late):
    feed = Feed({STREAM: known})
    taken: list[int] = []
    for seq in coming:
        turn = feed.take(event(seq), seq)
        if turn is Turn.NEXT:
            taken.append(seq)
        assert (turn is Turn.HOLE) <= (STREAM in feed.holding())
    assert taken == list(range(known + 1, known + 1 + len(taken)))
    if not feed.holding():
        return
    head = max(coming)
    for seq in range(feed.last[STREAM] + 1, head + 1):  # the replay; what is live goes on meanwhile
        feed.take(event(seq), seq)
    for seq in range(head + 1, head + 1 + late):
        feed.take(event(seq), seq)
    taken += [seq for seq, _ in feed.missed(STREAM, head)]
    taken += [seq for seq, one in feed.release(STREAM, head) if feed.take(one, seq) is Turn.NEXT]
    assert taken == list(range(known + 1, head + late + 1))
    assert (feed.held, feed.holding()) == (0, [])


@given(st.sets(st.integers(1, 20)), st.integers(0, 20))
def test_what_comes_before_it_is_known_where_a_stream_stands_is_taken_after_that(early, head):
    feed = Feed({})
    feed.begin()
    assert {feed.take(event(seq), seq) for seq in early} <= {Turn.HELD}
    feed.go()
    after = [seq for seq, _ in feed.release(STREAM, head)]
    assert after == sorted(seq for seq in early if seq > head)
    assert (feed.last, feed.held) == ({STREAM: head}, 0)
