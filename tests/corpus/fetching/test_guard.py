"""Which machines may be connected to."""

import asyncio

import pytest

from corpus.errors import UsageError
from corpus.fetching import FetchError, UnsafeAddress, canonical
from corpus.fetching.addresses import origin_of
from corpus.fetching.guard import Guard, check_host, is_public

# Every way we know of to write an address inside. None may be resolved, let alone connected to.
INSIDE = [
    "http://127.0.0.1/", "http://127.1/", "http://127.255.255.254/", "http://2130706433/",
    "http://0x7f000001/", "http://0x7f.1/", "http://0x7f.0x0.0x0.0x1/", "http://0177.0.0.1/",
    "http://017700000001/", "http://127.0.0.1./", "http://127.0.0.01/", "http://0/", "http://0x/",
    "http://0.0.0.0/", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://①②⑦.0.0.1/",
    "http://localhost/", "http://LOCALHOST./", "http://a.localhost/",
    "http://10.1.2.3/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "http://0xa9fea9fe/",
    "http://100.64.0.1/", "http://100.100.100.200/", "http://192.0.0.192/", "http://198.18.0.1/",
    "http://168.63.129.16/", "http://192.0.2.1/", "http://192.88.99.1/", "http://203.0.113.9/",
    "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://1.2.3.4.5/",
    "http://999.1.1.1/", "http://[::]/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:8.8.8.8]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[2001:db8::1]/",
    "http://[3fff::1]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fe80::1]/",
    "http://[fec0::1]/", "http://[ff02::1]/", "http://[100::1]/", "http://[5f00::1]/",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_spelling_leads_inside(address):
    with pytest.raises(UnsafeAddress):
        check_host(origin_of(canonical(address))[1])


@pytest.mark.parametrize("address", ["http://[fe80::1%25lo]/", "http://127.0.0.1%00.example.org/"])
def test_some_spellings_are_no_addresses_at_all(address):
    with pytest.raises(UsageError):
        canonical(address)


@pytest.mark.parametrize(
    "host",
    ["example.org", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808", "0x7f.example",
     "127.0.0.1.example", "localhost.example", "1.example"],
)  # fmt: skip
def test_public_hosts_pass(host):
    check_host(host)


def test_is_public_is_false_for_what_is_no_number():
    assert not is_public("example.org")


def numbers(guard, origin):
    return asyncio.run(guard.numbers(*origin))


def resolving_to(*found):
    async def resolver(host, port):
        return list(found)

    return resolver


def test_one_private_answer_among_public_ones_refuses_all():
    guard = Guard(resolving_to("8.8.8.8", "10.0.0.1"))
    with pytest.raises(UnsafeAddress, match=r"10\.0\.0\.1"):
        numbers(guard, ("https", "example.org", 443))


@pytest.mark.parametrize("inside", ["127.0.0.1", "::ffff:127.0.0.1", "fe80::1%eth0", "fd12::1"])
def test_names_that_lead_inside(inside):
    with pytest.raises(UnsafeAddress):
        numbers(Guard(resolving_to(inside)), ("https", "example.org", 443))


def test_a_number_is_never_resolved():
    async def resolver(host, port):
        raise AssertionError("resolved")

    assert numbers(Guard(resolver), ("http", "8.8.8.8", 80)) == ["8.8.8.8"]


def test_mirror_is_exempt_at_its_own_port_only():
    guard = Guard(resolving_to("127.0.0.1"), exempt=("http", "localhost", 8000))
    assert numbers(guard, ("http", "localhost", 8000)) == ["127.0.0.1"]
    for other in [
        ("http", "localhost", 8001),
        ("https", "localhost", 8000),
        ("http", "127.0.0.1", 8000),
    ]:
        with pytest.raises(UnsafeAddress):
            numbers(guard, other)


@pytest.mark.parametrize("problem", [OSError("no such host"), UnicodeError("label too long")])
def test_host_without_an_address_is_out_of_reach(problem):
    async def resolver(host, port):
        raise problem

    with pytest.raises(FetchError, match=r"no such host: gone\.example") as caught:
        numbers(Guard(resolver), ("https", "gone.example", 443))
    assert caught.value.outcome == "unreachable"
