"""Where the page is served: who can reach it there, the socket, and its names."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
from dataclasses import dataclass

from corpus.errors import UsageError
from ui.serving.guard import LOOPBACK, Names, host_names

HOST, PORT = "127.0.0.1", 7860
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_TRIED_PORTS = 50  # to name a free one


@dataclass(frozen=True, slots=True)
class Site:
    """Where to serve.

    Attributes:
        port: 0 takes any that is free.
        names: further names that the page is reached at, behind a proxy say.
        open_to_network: let in whoever reaches the address, without accounts.
    """

    host: str = HOST
    port: int = PORT
    names: tuple[str, ...] = ()
    open_to_network: bool = False

    @property
    def private(self) -> bool:
        """Whether only this machine can reach it."""
        return _is_loopback(self.host)

    def warning(self, accounts: bool) -> str:
        """What to warn of; "" if only this machine can reach the page.

        Args:
            accounts: whether it asks for a password.

        Raises:
            UsageError: others could reach it, and nothing says that they may.
        """
        if self.private:
            return ""
        if accounts:
            return (
                "passwords and questions travel unencrypted; beyond a network that you trust, put "
                "a proxy with TLS in front"
            )
        if self.open_to_network:
            return "whoever reaches this machine can use the tutor and see its sources; see --auth"
        raise UsageError(
            f"{self.host} can be reached by others; add --auth USER:PASSWORD or --open-to-network"
        )

    def listen(self) -> socket.socket:
        """A socket that listens: who comes early waits until the models are loaded.

        Raises:
            UsageError: it cannot; names a port that is free.
        """
        try:
            return _listening(self.host, self.port)
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                reason = f"port {self.port} is taken; try: tutor chat --port {self._free_port()}"
            else:
                at = f"{self.host}, port {self.port}"
                reason = f"cannot serve at {at} ({fault.strerror}); try: tutor chat --port {PORT}"
            raise UsageError(reason) from fault

    def address(self, listening: socket.socket) -> str:
        """What to type into a browser on this machine."""
        host = _EVERYWHERE.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"

    def served_names(self) -> Names:
        """Its own names, those given, and all of the machine's where it listens at all of them."""
        everywhere = self.host in _EVERYWHERE
        own = {self.host, *self.names}
        if _is_loopback(self.host) or everywhere:
            own |= LOOPBACK
        if not _is_loopback(self.host):
            own |= {socket.gethostname(), socket.getfqdn()}
        return Names(host_names(own), addresses=everywhere)

    def _free_port(self) -> int:
        for port in range(self.port + 1, min(self.port + _TRIED_PORTS, 65536)):
            try:
                _listening(self.host, port).close()
            except OSError:
                continue
            return port
        return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        # Take a port that was in use a moment ago; on Windows this would take one that is.
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening
