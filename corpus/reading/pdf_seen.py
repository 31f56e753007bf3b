"""Which text of a page a person sees: a planted instruction may hide in white on white.

The page is rendered, and a piece of text counts as seen if its place holds any picture at all and,
where its colour is light, a ground that is darker. That catches text in the colour of its ground,
transparent, clipped, or covered by a shape, however it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of 255. Below that a reader has nothing to go by: #f2f2f2 on white is hidden, #dddddd is not.
_CONTRAST = 16
_LIGHT = 0.85 * 255  # each of red, green and blue: darker text shows on white paper
_SIDE = 1500.0  # pixels: a page as large as a wall is rendered smaller


class Box(NamedTuple):
    """A rectangle in the page's own coordinates, y upwards, in points."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(slots=True)
class Ink:
    """Characters that the file draws in one go, and so in one style.

    Attributes:
        mode: text render mode (PDF 32000-1, table 106).
        rgba: of the filling.
        turn: quarter turns of the writing, None for any other angle.
        line: place of the baseline across the writing.
        boxes: of its characters.
    """

    size: float = 1.0
    bold: bool = False
    mono: bool = False
    mode: int = 0
    rgba: tuple[int, int, int, int] = (0, 0, 0, 255)
    turn: int | None = 0
    line: float = 0.0
    boxes: list[Box] = field(default_factory=list)

    @property
    def light(self) -> bool:
        """Whether it would not show on white paper."""
        return min(self.rgba[:3]) > _LIGHT or self.rgba[3] < _CONTRAST


def unseen(page: Any, box: Box, inks: Sequence[Ink], painted: bool) -> set[int]:
    """Indexes of the inks that nobody sees.

    Args:
        page: a ``pypdfium2.PdfPage``.
        box: what of the page is shown.
        painted: whether anything else than text and lines is drawn: then dark text may be covered
            too. A page without it is rendered only for light text.
    """
    doubtful = [at for at, ink in enumerate(inks) if painted or ink.light]
    if not doubtful:
        return set()
    scale = min(1.0, _SIDE / max(box.right - box.left, box.top - box.bottom, 1.0))
    picture = _render(page, scale)
    return {at for at in doubtful if inks[at].boxes and not _seen(inks[at], box, picture, scale)}


def _render(page: Any, scale: float) -> NDArray[np.int16]:
    upright = (360 - page.get_rotation()) % 360
    bitmap = page.render(scale=scale, rotation=upright, draw_annots=False, rev_byteorder=True)
    try:
        picture: NDArray[np.int16] = bitmap.to_numpy()[:, :, :3].astype("int16")
    finally:
        bitmap.close()
    return picture


def _seen(ink: Ink, page: Box, picture: NDArray[np.int16], scale: float) -> bool:
    import numpy as np

    left = min(b.left for b in ink.boxes)
    right = max(b.right for b in ink.boxes)
    bottom = min(b.bottom for b in ink.boxes)
    top = max(b.top for b in ink.boxes)
    rows = _pixels(page.top - top, page.top - bottom, scale, picture.shape[0])
    columns = _pixels(left - page.left, right - page.left, scale, picture.shape[1])
    place = picture[rows, columns].reshape(-1, 3)
    if not len(place):
        return False
    if (place.max(axis=0) - place.min(axis=0)).max() < _CONTRAST:
        return False
    if not ink.light:
        return True
    ground = np.median(place, axis=0)
    return bool(np.abs(ground - np.array(ink.rgba[:3])).max() >= _CONTRAST)


def _pixels(start: float, end: float, scale: float, length: int) -> slice:
    first = max(0, int(start * scale))
    return slice(first, max(min(length, int(end * scale) + 1), first))
