"""Where a picture lies in a view, and what is beside it. Pure geometry; Qt's rectangles, but no painting."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QRect, QSize

NEAR_PX: Final = 2  # a picture that fits but for so many pixels is shown as it is: sharp, and nothing to scale


@dataclass(frozen=True, slots=True)
class Fit:
    """Where pictures of one size lie in one view, found once: it is asked for with each of them."""

    size: tuple[int, int]  # of the source's pictures
    is_exact: bool  # they are shown as they are, neither scaled nor turned
    ratio: float  # device pixels to a logical one
    where: QRect  # device pixels, as `bars`
    bars: tuple[QRect, ...]  # what the room has beside it, or above and below
    shown: QRect  # the logical pixels of `where`


def device_size(rect: QRect, ratio: float) -> QSize:
    """How many device pixels a logical `rect` has; those that it has in part count."""
    return QSize(ceil(rect.width() * ratio), ceil(rect.height() * ratio))


def logical(rect: QRect, ratio: float) -> QRect:
    """The logical pixels that `rect`, of device pixels, touches."""
    left, top = floor(rect.left() / ratio), floor(rect.top() / ratio)
    right, bottom = ceil((rect.right() + 1) / ratio), ceil((rect.bottom() + 1) / ratio)
    return QRect(left, top, right - left, bottom - top)


def fitted(size: QSize, room: QSize) -> QRect:
    """Where a picture of that size lies in the middle of `room`, as large as it fits, or nearly so and unscaled."""
    factor = min(room.width() / size.width(), room.height() / size.height())
    target = QRect(0, 0, max(1, round(size.width() * factor)), max(1, round(size.height() * factor)))
    is_near = max(target.width() - size.width(), target.height() - size.height()) <= NEAR_PX
    if is_near and size.width() <= room.width() and size.height() <= room.height():
        target.setSize(size)
    target.moveCenter(QRect(0, 0, room.width(), room.height()).center())
    return target


def beside(inner: QRect, outer: QRect) -> tuple[QRect, ...]:
    """What `outer` has around `inner`, which lies in it: nothing, or up to four strips."""
    strips = (
        QRect(outer.left(), outer.top(), outer.width(), inner.top() - outer.top()),
        QRect(outer.left(), inner.bottom() + 1, outer.width(), outer.bottom() - inner.bottom()),
        QRect(outer.left(), inner.top(), inner.left() - outer.left(), inner.height()),
        QRect(inner.right() + 1, inner.top(), outer.right() - inner.right(), inner.height()),
    )
    return tuple(strip for strip in strips if not strip.isEmpty())
