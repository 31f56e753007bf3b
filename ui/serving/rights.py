"""Who may change what all learners of a server search.

Own documents are in the home's one index, so that what one learner adds, all find, in answers too.
Whoever may add can mislead the others, and whoever may delete can take from them. Therefore:

- without accounts, on this machine's own address: everybody, which is the person at the machine;
- with accounts: the keeper alone, whose account was named first;
- open to a network without accounts: nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.errors import UsageError
from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings


@dataclass(frozen=True, slots=True)
class Rights:
    """What a learner may do with the sources.

    Attributes:
        change: add and delete own documents.
        fetch: have references fetched.
        why_not_change, why_not_fetch: one line each, "" where it is allowed.
    """

    change: bool = True
    fetch: bool = True
    why_not_change: str = ""
    why_not_fetch: str = ""

    def check_change(self) -> None:
        """Raises UsageError unless documents may be added and deleted."""
        if not self.change:
            raise UsageError(self.why_not_change)

    def check_fetch(self) -> None:
        """Raises UsageError unless references may be fetched."""
        if not self.fetch:
            raise UsageError(self.why_not_fetch)


def rights_of(
    user: str | None,
    users: Sequence[str] = (),
    open_to_network: bool = False,
    network: bool = True,
    strings: PaneStrings = ENGLISH_PANES,
) -> Rights:
    """The rights of who asks.

    Args:
        user: who has logged in; None without accounts.
        users: all accounts, in the order in which they were given.
        open_to_network: others reach the page without a password.
        network: whether this server may fetch at all.
    """
    if users:
        why = "" if user == users[0] else strings.not_keeper.format(keeper=users[0])
    else:
        why = strings.not_open if open_to_network else ""
    why_not_fetch = why if network else strings.no_network
    return Rights(not why, not why_not_fetch, why, why_not_fetch)
