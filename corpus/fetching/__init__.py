"""Fetching pages: politely, within limits, and from public machines only.

addresses   one spelling for each address, and what an address alone tells
routes      live, or through a mirror or an archive
guard       which machines may be connected to        transport   the same, for httpx
robots      what a site asks crawlers to leave alone  lanes       pauses, turns, time limits
body        bodies, unpacked within limits            walls       sign-in forms, robot checks
answers     what a response means                     session     single requests
visit       one page                                  fetcher     many
records     what is asked, what is answered, how a page may end
"""

from corpus.fetching.addresses import canonical, known_kind, retrieval_address, video_offset
from corpus.fetching.fetcher import Fetcher
from corpus.fetching.records import (
    Fetched,
    FetchError,
    FetchSettings,
    Outcome,
    Request,
    TooLarge,
    UnsafeAddress,
)
from corpus.fetching.robots import RobotsInMemory, RobotsRecord, RobotsStore

__all__ = [
    "FetchError",
    "FetchSettings",
    "Fetched",
    "Fetcher",
    "Outcome",
    "Request",
    "RobotsInMemory",
    "RobotsRecord",
    "RobotsStore",
    "TooLarge",
    "UnsafeAddress",
    "canonical",
    "known_kind",
    "retrieval_address",
    "video_offset",
]
