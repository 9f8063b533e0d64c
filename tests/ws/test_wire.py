"""What travels on the bus: signals come back as they were, and anything else is refused, never run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsrv.services.places import Place
from chatsrv.services.presence import Typing
from chatsrv.services.streams import Admit, Event, Expel, Reached, Revoke
from ws.wire import Parcel, channel_of, decode, encode, encode_event

SIGNALS = [
    Admit(5, "chat:7", 3),
    Expel(5, "chat:7"),
    Revoke(5, "session"),
    Revoke(5, None),
]


def test_how_far_a_stream_is_travels_on_the_streams_channel():
    assert channel_of(Reached("chat:7", 5)) == "chat:7"
    assert decode(encode(Reached("chat:7", 5))) == Reached("chat:7", 5)


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_word_about_a_person_travels_on_their_own_channel(signal):
    assert channel_of(signal) == "user:5"
    assert decode(encode(signal)) == signal


@given(st.none() | st.integers(1, 2**53), st.text(st.characters(exclude_categories=["Cs"])))
def test_an_event_comes_back_with_its_number_and_the_same_bytes(seq, text):
    numbered = Event("chat:7", "chat.updated", seq, Place(text, True, False, 0, 0))
    event = numbered if seq else Event("chat:7", "typing", None, Typing(text))
    assert channel_of(event) == "chat:7"
    assert decode(encode(event)) == Parcel(seq, encode_event(event))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"x",
        b"5",
        b"5 hello",
        b'! {"a":1}',
        b'! ["revoke"]',
        b'! ["admit","5","s",1]',
        b"! [",
        b"1e3 42[]",
        b"\xff \xff",
        b'5 42["message.new",{"text":"cut o',
        b'5 42["message.new"]',
        b'5 42["message.new",5]',
        b'5 43["message.new",{}]',
        b'+5 42["message.new",{}]',
        b'5_0 42["message.new",{}]',
        b"9" * 5000 + b' 42["message.new",{}]',
        b'5 42["message.new",{"text":"\xff"}]',
        b"5 42" + b"[" * 100_000,
        b"! " + b"[" * 100_000,
        b"! " + b'{"a":' * 100_000,
        b'! ["admit",5,"chat:7",-1]',
        b'! ["admit",5,"chat:7",18446744073709551615]',
        b'! ["expel",1e400,"chat:7"]',
    ],
)
def test_a_payload_that_is_not_ours_is_refused(payload):
    with pytest.raises(ValueError):
        decode(payload)


MARKS = st.sampled_from([b"-", b"!", b"5", b""]) | st.binary(max_size=20)
BODIES = st.binary(max_size=100) | st.sampled_from([b'42["message.new",{"a":1}]', b'["admit",5,"chat:7",3]'])


@given(st.binary(max_size=100) | st.builds(lambda *parts: b"".join(parts), MARKS, st.just(b" "), BODIES, st.binary()))
def test_no_bytes_do_more_than_be_refused(payload):
    try:
        decode(payload)
    except ValueError:
        return
