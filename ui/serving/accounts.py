"""Who may use the page when not everybody may: users and passwords from --auth."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import UsageError

# All failed logins together wait for each other: guessing costs a second each.
_FAILED_SECONDS = 1.0


@dataclass(frozen=True)
class Accounts:
    """Passwords by user; none at all lets everybody in.

    The page asks for them itself; programs send "USER:PASSWORD" as their key:
    ``Authorization: Bearer USER:PASSWORD``.
    """

    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    failed_seconds: float = _FAILED_SECONDS
    _failing: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    def __bool__(self) -> bool:
        return bool(self.passwords)

    async def login(self, user: str, password: str) -> bool:
        """Whether they belong together; a wrong pair is answered slowly."""
        if self._right(user, password):
            return True
        async with self._failing:
            await asyncio.sleep(self.failed_seconds)
        return False

    async def bearer(self, authorization: str | None) -> str | None:
        """The user of an Authorization header; None if there is none or it is wrong."""
        scheme, _, key = (authorization or "").partition(" ")
        # HTTP hands headers on as Latin-1; passwords may be anything.
        key = key.strip().encode("latin-1", "replace").decode("utf-8", "replace")
        user, separator, password = key.partition(":")
        if scheme.lower() != "bearer" or not separator:
            return None
        return user if await self.login(user, password) else None

    def _right(self, user: str, password: str) -> bool:
        known = self.passwords.get(user, "")
        same = hmac.compare_digest(known.encode(), password.encode("utf-8", "replace"))
        return same and bool(known)


def read_accounts(given: Iterable[str], file: Path | None = None) -> Accounts:
    """Accounts of the command line.

    Args:
        given: "USER:PASSWORD" each.
        file: more of them, one a line; lines that begin with # are left out.

    Raises:
        UsageError: one is none, or the file cannot be read.
    """
    lines = [(line, "--auth") for line in given]
    if file is not None:
        lines += [(line, str(file)) for line in _lines(file)]
    passwords: dict[str, str] = {}
    for line, where in lines:
        user, _, password = line.strip().partition(":")
        if not user.strip() or not password:
            raise UsageError(f"{where} takes USER:PASSWORD, neither of them empty")
        passwords[user.strip()] = password
    return Accounts(passwords)


def _lines(file: Path) -> list[str]:
    try:
        lines = file.expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(
            f"cannot read the accounts in {file} ({fault}); see --auth-file"
        ) from fault
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not kept:
        raise UsageError(f"{file} holds no account; write USER:PASSWORD, one a line")
    return kept
