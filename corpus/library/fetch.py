"""Fetching into the library: what to ask for, and what to note of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from corpus.fetching import (
    Fetched,
    Fetcher,
    FetchSettings,
    Request,
    RobotsRecord,
    canonical,
    video_offset,
)
from corpus.library.ledger import TEMPORARY, Entry, Ledger, Origin, now
from corpus.library.library import Library, Report

# A page that failed for good, or holds no text, is asked for again after this, or when it is named.
RETRY = timedelta(days=7)
# A page without validators can only be sent whole: not twice within this.
FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to fetch.

    Attributes:
        asked: as it was written, fragment included.
        again: ask even if it is known to be dead, or still fresh.
    """

    asked: str
    again: bool = False


def wanted_entries(
    library: Library, wanted: Iterable[Wanted], origin: Origin, station: int | None = None
) -> dict[str, tuple[Entry, bool]]:
    """Entries for addresses, new ones noted in the ledger; one for all spellings of an address.

    Returns:
        By canonical address the entry, and whether it is to be asked for again in any case.

    Raises:
        UsageError: one of them is no web address.
    """
    found: dict[str, tuple[Entry, bool]] = {}
    # All of them first: a mistyped one is told before anything is noted of the others.
    for one, address in [(one, canonical(one.asked)) for one in wanted]:
        known = library.ledger.get(address)
        entry = (known or Entry(address, origin)).named(one.asked)
        if station is not None:
            entry = replace(entry, station=station)
        if entry.origin != origin and origin == "mine":
            entry = replace(entry, origin=origin)
        if entry != known:
            library.ledger.put(entry)
        found[address] = (entry, one.again or found.get(address, (entry, False))[1])
    return found


def due(entry: Entry, again: bool) -> bool:
    """Whether an entry is worth a request now."""
    if again or entry.state in TEMPORARY or not entry.checked:
        return True
    age = datetime.now(UTC) - datetime.fromisoformat(entry.checked)
    if answered(entry):
        return bool(entry.etag or entry.last_modified) or age > FRESH
    return age > RETRY


def answered(entry: Entry) -> bool:
    """Whether the server gave the text of an entry when it was last asked."""
    return entry.readable and entry.state in ("fetched", "unchanged", "moved")


def fetch(
    library: Library,
    entries: Sequence[Entry],
    settings: FetchSettings,
    *,
    mirror: str | None = None,
    archive: str | None = None,
    report: Report = lambda stage, done, total: None,
    on_entry: Callable[[Entry], None] = lambda entry: None,
) -> None:
    """Fetch entries, and note each answer in the ledger as it comes.

    Args:
        mirror: template with ``{url}`` to read from instead of the live web.
        archive: template with ``{url}`` to try for what is gone.
    """
    by_address = {entry.address: entry for entry in entries}
    done = 0
    report("fetching", 0, len(entries))

    def on_result(result: Fetched) -> None:
        nonlocal done
        entry = noted(library, by_address[result.url], result)
        done += 1
        report("fetching", done, len(entries))
        on_entry(entry)

    requests = [_request(library, entry) for entry in entries]
    fetcher = Fetcher(
        settings, mirror=mirror, archive=archive, robots=RobotsInLedger(library.ledger)
    )
    asyncio.run(fetcher.fetch_all(requests, on_result))


def _request(library: Library, entry: Entry) -> Request:
    if entry.sha256 not in library.raw:  # none, or lost: a 304 would leave it so
        return Request(entry.address)
    return Request(
        entry.address,
        entry.etag or None,
        entry.last_modified or None,
        final=entry.final or entry.address,
    )


def noted(library: Library, entry: Entry, result: Fetched) -> Entry:
    """The entry after an answer; bytes are on the shelf and the ledger is written."""
    base = replace(entry, checked=now())
    if result.outcome == "unchanged":
        entry = _same_bytes(base)
    elif result.outcome == "fetched":
        entry = _with_bytes(library, base, result)
    elif entry.readable:
        kept = f"{result.outcome}: {result.reason}; the copy of {entry.fetched[:10]} is kept"
        entry = replace(base, state=result.outcome, reason=kept)
    else:
        reason = result.reason
        if result.outcome == "video" and (starts := _starts(entry)):
            reason = f"{reason}; cited from {starts}"
        entry = replace(base, state=result.outcome, reason=reason, final=_final(result))
    library.ledger.put(entry)
    return entry


def _same_bytes(entry: Entry) -> Entry:
    """An entry whose bytes are still what the server has: no complaint of last time holds."""
    reason = f"moved to {entry.final}" if entry.reason.startswith("moved to ") else ""
    if entry.readable:
        return replace(entry, state="unchanged", reason=entry.reason if reason else "")
    if entry.state in TEMPORARY:  # it was out of reach: what was judged of it has been lost
        return replace(entry, state="fetched", reason="", reader=0)
    return entry


def _starts(entry: Entry) -> str:
    """Where in a video the citations point: "45:50"."""
    offsets = {o for form in entry.asked if (o := video_offset(form))}
    return ", ".join(f"{o // 60}:{o % 60:02}" for o in sorted(offsets))


def _with_bytes(library: Library, entry: Entry, result: Fetched) -> Entry:
    old = entry.sha256
    sha = library.raw.keep(result.data)
    same = sha == old
    moved = result.permanent_move and result.final != entry.address
    state = "moved" if moved else "unchanged" if same and entry.readable else "fetched"
    reason = f"moved to {result.final}" if moved else ""
    if moved and same and entry.reason.startswith(reason):  # with what its reader has added
        reason = entry.reason
    if result.archived:
        reason = "; ".join(filter(None, (reason, f"from the archive: {result.final}")))
    entry = replace(
        entry,
        state=state,  # type: ignore[arg-type]
        reason=reason,
        final=_final(result),
        content_type=result.content_type,
        charset=result.charset,
        etag=result.etag or "",
        last_modified=result.last_modified or "",
        sha256=sha,
        size=len(result.data),
        fetched=entry.fetched if same else now(),
        archived=result.archived,
        reader=entry.reader if same and entry.readable else 0,
        judged=entry.judged and same,
        # An article may have become an error page that the server sends as if nothing were.
        previous=old if not same and entry.readable else entry.previous,
    )
    if old and not same and entry.previous != old:
        library.ledger.put(entry)
        library.drop_raw(old)
    return entry


def _final(result: Fetched) -> str:
    return result.final if result.final != result.url else ""


class RobotsInLedger:
    """robots.txt by address, kept between runs."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def get(self, key: str, /) -> RobotsRecord | None:
        """What was seen last."""
        found = self._ledger.robots(key)
        return None if found is None else RobotsRecord(*found)

    def put(self, key: str, record: RobotsRecord, /) -> None:
        """Keep what was seen."""
        self._ledger.put_robots(key, *record)
