"""Users and passwords."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from corpus.errors import UsageError
from ui.serving.accounts import Accounts, read_accounts

ACCOUNTS = Accounts({"ada": "pass:word", "bob": "grün"}, failed_seconds=0)


@pytest.mark.parametrize(
    ("header", "user"),
    [
        ("Bearer ada:pass:word", "ada"),
        ("bearer bob:" + "grün".encode().decode("latin-1"), "bob"),
        ("Bearer ada:pass", None),
        ("Bearer ada", None),
        ("Bearer ada:", None),
        ("Bearer eve:", None),
        ("Bearer :", None),
        ("Basic ada:pass:word", None),
        ("", None),
        (None, None),
    ],
)
def test_a_key_is_user_and_password(header: str | None, user: str | None) -> None:
    assert asyncio.run(ACCOUNTS.bearer(header)) == user


def test_guessing_is_slow_however_many_guess_at_once() -> None:
    slow = Accounts({"ada": "word"}, failed_seconds=0.05)

    async def guess() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert not any(await asyncio.gather(*(slow.login("ada", str(n)) for n in range(4))))
        return loop.time() - began

    assert asyncio.run(guess()) >= 4 * 0.05


def test_no_accounts_at_all() -> None:
    assert not Accounts()
    assert ACCOUNTS
    assert "word" not in repr(ACCOUNTS)


def test_they_are_read_from_the_command_line_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "accounts"
    file.write_text("# of the course\n\nbob:wo:rd \n", encoding="utf-8")
    accounts = read_accounts(["ada:secret"], file)
    assert dict(accounts.passwords) == {"ada": "secret", "bob": "wo:rd"}


@pytest.mark.parametrize("given", ["ada", "ada:", ":secret", "", " : "])
def test_what_is_no_account_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(UsageError, match="USER:PASSWORD") as refused:
        read_accounts([given])
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("content", [None, b"", b"# nobody\n", b"\xff\xfe"])
def test_a_file_without_accounts_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """It must not read as "everybody"."""
    file = tmp_path / "accounts"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="accounts"):
        read_accounts([], file)
