"""What can go wrong between here and a hub, as one line with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2
from huggingface_hub import constants
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
)

from corpus.errors import HomeError, ModelError, TutorError


@contextmanager
def told(order: Mapping[str, str]) -> Iterator[None]:
    """Turn the errors of huggingface_hub, its HTTP client and the disk into ours.

    Raises:
        ModelError: the hub is out of reach, or answers otherwise than hoped.
        HomeError: the folder cannot be written.
    """
    try:
        yield
    except TutorError:
        raise
    except HfHubHTTPError as fault:  # before OSError, of which it is one too
        raise ModelError(_answered(order, fault)) from fault
    except (httpx2.HTTPError, httpx2.InvalidURL) as fault:
        raise ModelError(
            f"the connection to {constants.ENDPOINT} fails ({_first_line(fault)}); check the "
            f"network or set HF_ENDPOINT to a mirror, then go on with: "
            f"tutor models pull {order['name']}"
        ) from fault
    except OSError as fault:
        raise _written(order, fault) from fault


def _answered(order: Mapping[str, str], fault: HfHubHTTPError) -> str:
    repository, hub = order["repository"], constants.ENDPOINT
    status = fault.response.status_code
    if isinstance(fault, GatedRepoError):
        return (
            f"{repository} is gated: accept its terms at {hub}/{repository} and set HF_TOKEN to "
            f"a key of yours"
        )
    if isinstance(fault, RepositoryNotFoundError) or status in (401, 403):
        return (
            f"{hub} shows no repository {repository} (status {status}); if it needs an account, "
            f"set HF_TOKEN to a key of yours"
        )
    if isinstance(fault, EntryNotFoundError) or status == 404:
        what = order["file"] or "such files"
        return f"{hub} has no {what} in {repository}; choose another: tutor models list"
    return (
        f"{hub} answers with status {status}; try again later, which goes on where this ended: "
        f"tutor models pull {order['name']}"
    )


def _written(order: Mapping[str, str], fault: OSError) -> TutorError:
    if fault.strerror is None:  # huggingface_hub's own: fewer or more bytes than were announced
        return ModelError(
            f"the transfer ended early ({_first_line(fault)}); go on with: "
            f"tutor models pull {order['name']}"
        )
    return HomeError(
        f"cannot write {order['folder']} ({fault.strerror}); free some space, or set TUTOR_HOME"
    )


def _first_line(fault: BaseException) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0][:160] if lines else type(fault).__name__
