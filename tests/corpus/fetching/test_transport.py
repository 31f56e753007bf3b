"""The guard on the way to the wire."""

import asyncio
import ssl

import httpx
import pytest

from corpus.errors import SettingsError
from corpus.fetching import UnsafeAddress
from corpus.fetching.guard import Guard
from corpus.fetching.transport import EnvironmentTransport, GuardedTransport, direct

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Noting(httpx.AsyncBaseTransport):
    """Answers every request, and keeps it."""

    def __init__(self, dead=()):
        self.requests = []
        self.dead = dead

    async def handle_async_request(self, request):
        self.requests.append(request)
        if request.url.host in self.dead:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(200)


def get(transport, url):
    async def once():
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            return await client.get(url)

    return asyncio.run(once())


def guard(*answers):
    """A guard whose name server gives one list of numbers after the other."""
    left = list(answers)

    async def resolver(host, port):
        return left.pop(0)

    return Guard(resolver)


def test_number_is_dialled_and_name_kept():
    inner = Noting()
    get(GuardedTransport(inner, guard(["93.184.215.14"])), "https://example.org:8443/a?b=c")
    (request,) = inner.requests
    assert str(request.url) == "https://93.184.215.14:8443/a?b=c"
    assert request.headers["Host"] == "example.org:8443"
    assert request.extensions["sni_hostname"] == "example.org"


def test_name_on_the_certificate_is_written_as_dns_writes_it():
    inner = Noting()
    get(GuardedTransport(inner, guard(["2606:4700::1111"])), "https://bücher.example/")
    (request,) = inner.requests
    assert request.url.host == "2606:4700::1111"
    assert request.extensions["sni_hostname"] == "xn--bcher-kva.example"


def test_certificates_are_verified_against_the_name():
    context = direct(environment=False)._pool._ssl_context
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_rebinding_gains_nothing():
    """Each request resolves once, and dials what was checked."""
    inner = Noting()
    transport = GuardedTransport(inner, guard(["93.184.215.14"], ["127.0.0.1"]))
    get(transport, "http://rebind.example/")
    assert [r.url.host for r in inner.requests] == ["93.184.215.14"]
    with pytest.raises(UnsafeAddress):
        get(transport, "http://rebind.example/")
    assert len(inner.requests) == 1


def test_next_address_when_the_first_is_dead():
    inner = Noting(dead={"2606:4700::1111"})
    response = get(
        GuardedTransport(inner, guard(["2606:4700::1111", "8.8.8.8"])), "http://a.example/"
    )
    assert response.status_code == 200
    assert [r.url.host for r in inner.requests] == ["2606:4700::1111", "8.8.8.8"]


def test_a_host_with_many_dead_addresses_is_given_up():
    dead = [f"8.8.8.{n}" for n in range(20)]
    inner = Noting(dead=set(dead))
    with pytest.raises(httpx.ConnectError):
        get(GuardedTransport(inner, guard(dead)), "http://a.example/")
    assert len(inner.requests) == 4


@pytest.mark.enable_socket
def test_two_hosts_behind_one_number_share_no_connection(web):
    """Else the second host's page would come under the first host's certificate."""

    class Local(Guard):
        async def numbers(self, scheme, host, port):
            return ["127.0.0.1"]

    async def both():
        transport = GuardedTransport(direct(environment=False), Local())
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            for host in ("a.example", "b.example", "b.example"):
                await client.get(f"http://{host}:{web.port}/")

    asyncio.run(both())
    assert len({asked.connection for asked in web.asked}) == 3


@pytest.fixture
def environment(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_environment_transport_without_proxies_is_the_other_way(environment):
    inner = Noting()
    get(EnvironmentTransport(inner), "http://a.example/")
    assert len(inner.requests) == 1


@pytest.mark.enable_socket
def test_environment_proxy_is_used_but_for_its_exceptions(environment, web):
    environment.setenv("http_proxy", f"127.0.0.1:{web.port}")
    environment.setenv("no_proxy", "near.example")
    inner = Noting()
    get(EnvironmentTransport(inner), "http://far.example/")
    get(EnvironmentTransport(inner), "http://near.example/")
    assert [asked.headers["Host"] for asked in web.asked] == ["far.example"]
    assert [request.url.host for request in inner.requests] == ["near.example"]


def test_proxy_is_not_asked_for_numbers_inside(environment):
    environment.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(UnsafeAddress):
        get(EnvironmentTransport(GuardedTransport(Noting(), guard())), "http://169.254.169.254/")
    mirror = Guard(exempt=("http", "127.0.0.1", 8000))
    inner = Noting()
    get(EnvironmentTransport(GuardedTransport(inner, mirror)), "http://127.0.0.1:8000/")
    assert len(inner.requests) == 1


def test_unknown_kind_of_proxy_is_said_in_one_line(environment):
    environment.setenv("https_proxy", "gopher://127.0.0.1:70")
    with pytest.raises(SettingsError, match="the environment's proxy cannot be used"):
        EnvironmentTransport(Noting())
