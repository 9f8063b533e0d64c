"""Addresses: what is anybody's on the internet, what is private in all its forms, and what the configuration allows."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsrv.addresses import Allowed, is_public

PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),  # noqa: S104
    *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%1", "fec0::1", "fc00::1", "fd12::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1"),
    *("2002:a00:1::", "2001::1", "2001:db8::1", "100::1", "4000::1"),
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_everybodys_is_private(address):
    assert not is_public(ip_address(address))
    assert not Allowed([])("example.org", address, 443)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_everybodys_may_be_called(address):
    assert is_public(ip_address(address))
    assert Allowed([])("example.org", address, 443)


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_as_private_within_another_as_it_is_by_itself(number):
    inner = IPv4Address(number)
    for outer in (f"::ffff:{inner}", f"64:ff9b::{inner}", str(IPv6Address((0x2002 << 112) | (number << 80)))):
        assert is_public(ip_address(outer)) is is_public(inner)


@pytest.mark.parametrize("address", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "", "localhost"])
def test_what_is_no_plain_address_is_called_by_nobody(address):
    assert not Allowed(["127.0.0.0/8", "localhost"])(address, address, 80)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "may"),
    [
        ("10.1.0.0/16", "a.example", "10.1.255.1", 80, True),
        ("10.1.0.0/16", "a.example", "10.2.0.1", 80, False),
        ("127.0.0.1", "localhost", "127.0.0.1", 9, True),
        ("127.0.0.1", "localhost", "127.0.0.2", 9, False),
        ("127.0.0.1:8080", "localhost", "127.0.0.1", 8080, True),
        ("127.0.0.1:8080", "localhost", "127.0.0.1", 8081, False),
        ("crm.local:8080", "CRM.local", "10.9.9.9", 8080, True),
        ("crm.local:8080", "crm.local", "10.9.9.9", 80, False),
        ("crm.local", "crm.local", "10.9.9.9", 80, True),
        ("crm.local", "evil.crm.local", "10.9.9.9", 80, False),
        ("[::1]:8080", "::1", "::1", 8080, True),
        ("[::1]:8080", "::1", "::1", 80, False),
        ("fd00::/8", "a.example", "fd00::5", 80, True),
        ("127.0.0.1", "a.example", "::ffff:127.0.0.1", 80, False),
    ],
)
def test_what_the_configuration_names_may_be_called_and_nothing_else(entry, host, address, port, may):
    assert Allowed([entry])(host, address, port) is may


@pytest.mark.parametrize(
    "entry", ["", "10.1.2.3/16", "10.0.0.0/40", "300.1.1.1", "http://crm.local", "a b", "a:x", "[::g]:80"]
)
def test_an_entry_that_means_nothing_is_refused(entry):
    with pytest.raises(ValueError, match="is no network, address or host"):
        Allowed([entry])
