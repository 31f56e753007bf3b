"""A fair line: owners take turns, each one's items come in order.

Round robin over the owners (Nagle, "On Packet Switches With Infinite Storage", RFC 970, 1985): a
learner with ten questions delays another by one at most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import zip_longest
from typing import Generic, TypeVar

T = TypeVar("T")


class Line(Generic[T]):
    """Items in line. Not thread-safe.

    An owner whose item has been taken stands at the end again when ``back`` is called.
    """

    def __init__(self) -> None:
        self._owners: dict[str, deque[T]] = {}  # in the order of their turns
        self._served: str | None = None

    def join(self, owner: str, item: T) -> None:
        """Stand at the end of the owner's items; a new owner stands behind the others."""
        self._owners.setdefault(owner, deque()).append(item)
        self._let_others_pass()

    def take(self) -> T:
        """The next item. Raises StopIteration if there is none."""
        owner = next(iter(self._owners))
        item = self._owners[owner].popleft()
        self._served = owner
        self._drop_if_empty(owner)
        self._let_others_pass()
        return item

    def back(self, owner: str) -> None:
        """The owner's item is done: from now on others who come stand behind the owner."""
        if self._served == owner:
            self._served = None

    def leave(self, owner: str, item: T) -> bool:
        """Take an item out; whether it was in line."""
        items = self._owners.get(owner, deque())
        if item not in items:
            return False
        items.remove(item)
        self._drop_if_empty(owner)
        return True

    def clear(self) -> list[T]:
        """Take out all, in order."""
        items = list(self)
        self._owners.clear()
        return items

    def place(self, item: T) -> int | None:
        """1 for the next one; None for what is not in line."""
        return next((n for n, other in enumerate(self, 1) if other is item), None)

    def count(self, owner: str) -> int:
        """How many items an owner has in line."""
        return len(self._owners.get(owner, ()))

    def __len__(self) -> int:
        return sum(map(len, self._owners.values()))

    def __iter__(self) -> Iterator[T]:
        """In the order in which they would be taken if nobody else came."""
        nothing = object()
        for turn in list(zip_longest(*self._owners.values(), fillvalue=nothing)):
            for item in turn:
                if item is not nothing:
                    yield item  # type: ignore[misc]  # the fill value is left out

    def _drop_if_empty(self, owner: str) -> None:
        if not self._owners.get(owner):
            self._owners.pop(owner, None)

    def _let_others_pass(self) -> None:
        """Whoever is being served stands behind all others."""
        if self._served in self._owners:
            self._owners[self._served] = self._owners.pop(self._served)
