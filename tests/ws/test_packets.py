"""Packets are ready bytes, and nothing malformed becomes one."""

import json

import pytest

from ws.packets import Received, attachment, event, packet, receive


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (1, b"\x81\x01"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_is_whole_unmasked_and_as_long_as_it_says(size, head):
    made = packet("x" * size)
    assert made.frame == head + b"x" * size
    assert made.size == len(made.frame)


def test_the_length_of_a_frame_counts_bytes():
    assert packet("привет").frame[:2] == b"\x81\x0c"


def test_a_packet_is_the_same_from_text_and_from_bytes():
    assert packet("42привет") == packet("42привет".encode())


@pytest.mark.parametrize("text", ["42\ud800", b"42\xff"])
def test_what_is_not_unicode_is_no_packet(text):
    with pytest.raises(ValueError):
        packet(text)


def test_an_event_holds_its_name_and_its_body():
    assert event("message.new", b'{"a":1}').text == '42["message.new",{"a":1}]'
    assert json.loads(event('a"b', b"[]").text[2:]) == ['a"b', []]


def test_an_attachment_is_a_binary_frame_or_base64():
    assert attachment(b"\x01\x02").frame == b"\x82\x02\x01\x02"
    assert attachment(b"\x01\x02").text == "bAQI="


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ("4hello", Received("4", "hello")),
        ('4{"a":1}', Received("4", '{"a":1}')),
        ("4", Received("4", "")),
        ("2probe", Received("2", "probe")),
        ("bAQI=", Received("4", b"\x01\x02")),
        (b"\x01", Received("4", b"\x01")),
        (b"", Received("4", b"")),
    ],
)
def test_a_packet_is_read_as_it_came(message, read):
    assert receive(message) == read


@pytest.mark.parametrize("message", ["", "7", "abc", "b?", "bAAA", "²x", " 4"])
def test_what_is_no_packet_is_refused(message):
    with pytest.raises(ValueError):
        receive(message)
