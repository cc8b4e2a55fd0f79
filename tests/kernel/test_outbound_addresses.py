# ruff: noqa: S104 - addresses are judged here, not listened on
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.outbound import is_public


@pytest.mark.parametrize(
    "text",
    [
        *("1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0"),
        *("172.15.255.255", "172.32.0.0", "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
        *("2606:4700:4700::1111", "2a00:1450:4001::200e", "2001:200::1", "2003::1", "2620:4f:8000::1"),
    ],
)
def test_ordinary_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "127.0.0.1", "127.255.255.254"),
        *("100.64.0.0", "100.127.255.255", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "100::1", "2001:db8::1"),
        *("2001:2::1", "2001:10::1", "2001:20::1", "3fff::1", "5f00::1", "4000::1"),
    ],
)
def test_addresses_with_a_purpose_of_their_own_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200"),
        *("192.0.0.192", "168.63.129.16"),
    ],
)
def test_the_metadata_of_clouds_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


def carriers(inner: IPv4Address) -> list[IPv6Address]:
    """Every form of IPv6 address from which a gateway or system takes the IPv4 address within."""
    number = int(inner)
    prefixes = ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::")
    teredo = (0x20010000 << 96) | (number ^ 0xFFFFFFFF)
    return [
        *(IPv6Address(int(IPv6Address(prefix)) | number) for prefix in prefixes),
        IPv6Address((0x2002 << 112) | (number << 80) | 1),
        IPv6Address(teredo),
    ]


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_wrapped_in_ipv6_is_never_public(inner: IPv4Address) -> None:
    assert not any(is_public(address) for address in carriers(inner))


@given(st.ip_addresses())
def test_nothing_that_the_standard_library_calls_special_is_public(address: IPv4Address | IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not (address.is_multicast or address.is_reserved or address.is_loopback or address.is_unspecified)
