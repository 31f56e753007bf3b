"""Where the page is served, and who can reach it there."""

from __future__ import annotations

import socket

import pytest

from corpus.errors import UsageError
from ui.serving.site import Site


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_this_machine_needs_no_warning(host: str) -> None:
    assert Site(host).warning(accounts=False) == ""
    assert Site(host).served_names().include("localhost:7860")
    assert not Site(host).served_names().include("192.168.1.5:7860")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "tutor.example"])
def test_a_network_needs_accounts_or_a_word(host: str) -> None:
    with pytest.raises(UsageError, match="--auth USER:PASSWORD or --open-to-network"):
        Site(host).warning(accounts=False)
    assert "unencrypted" in Site(host).warning(accounts=True)
    assert "whoever" in Site(host, open_to_network=True).warning(accounts=False)


def test_the_names_of_a_network() -> None:
    everywhere = Site("0.0.0.0", names=("tutor.example:443",)).served_names()
    for host in ("localhost", "192.168.1.5:7860", socket.gethostname(), "tutor.example"):
        assert everywhere.include(host)
    assert not everywhere.include("evil.example")
    one = Site("192.168.1.5").served_names()
    assert one.include("192.168.1.5:7860")
    assert not one.include("192.168.1.6")


@pytest.mark.enable_socket
@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")])
def test_port_0_takes_one_that_is_free(host: str, shown: str) -> None:
    site = Site(host, 0)
    with site.listen() as listening:
        port = listening.getsockname()[1]
        assert port > 0
        assert site.address(listening) == f"http://{shown}:{port}/"


@pytest.mark.enable_socket
def test_a_port_that_is_taken_names_one_that_is_not() -> None:
    with Site(port=0).listen() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken; try:") as refused:
            Site(port=port).listen()
    other = int(str(refused.value).rsplit(" ", maxsplit=1)[1])
    assert other not in (port, 0)
    Site(port=other).listen().close()


@pytest.mark.enable_socket
@pytest.mark.parametrize("host", ["203.0.113.1", "no such host"])
def test_an_address_that_is_not_here(host: str) -> None:
    with pytest.raises(UsageError, match="cannot serve at"):
        Site(host, 0).listen()
