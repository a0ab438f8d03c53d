"""An address as a code that a phone reads off the window. Qt thread only."""

from typing import Final

import segno
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.commerce.reach import Reached, ReachState
from widgets import theme
from widgets.theme import px

# How far the buyers' address reaches, in the room below its code; the whole sentence is in the tooltip.
REACH_FACES: Final = {
    ReachState.HERE: ("HERE ONLY", theme.AMBER),
    ReachState.NEAR: ("LOCAL NET", theme.AMBER),
    ReachState.FAR: ("ANSWERS", theme.GREEN),
    ReachState.SILENT: ("SILENT", theme.RED_SOFT),
}


class QrCode(QWidget):
    """The code of one address."""

    def __init__(self) -> None:
        super().__init__()
        self._address = ""
        self._reach: Reached | None = None
        self._image: QImage | None = None

    def show_address(self, address: str, reach: Reached | None = None, *, of: str = "The buyers' page") -> None:
        """Show the code of `address` and below it how far that reaches, if known; hidden while there is none."""
        if (address, reach) == (self._address, self._reach):
            return
        self._address, self._reach = address, reach
        known = "" if reach is None else f"\n{reach.says}\n{reach.fix}".rstrip()
        self.setVisible(bool(address))
        self.setToolTip(f"{of}\n{address}{known}")
        self.setAccessibleName(f"QR code of {address}{known}")
        self._image = _qr_image(address) if address else None
        self.update()

    def sizeHint(self) -> QSize:
        """A square that a phone can read at arm's length."""
        return QSize(px(104), px(104))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the code with hard edges."""
        if self._image is None:
            return
        painter = QPainter(self)
        below = 0 if self._reach is None else px(15)
        side = min(self.width(), self.height() - below)
        painter.drawImage(
            QRect((self.width() - side) // 2, (self.height() - below - side) // 2, side, side), self._image
        )
        if self._reach is not None:
            words, ink = REACH_FACES[self._reach.state]
            painter.setFont(theme.font(theme.SMALL, theme.BOLD))
            painter.setPen(ink)
            painter.drawText(QRect(0, self.height() - below, self.width(), below), theme.CENTRE, words)
        painter.end()


def _qr_image(address: str) -> QImage:
    """The code of `address` with its quiet zone, one pixel a module."""
    code = segno.make_qr(address, error="m")
    rows = [bytes(row) for row in code.matrix_iter(border=3)]
    image = QImage(len(rows[0]), len(rows), QImage.Format.Format_RGB32)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.setPixel(x, y, 0xFF0B0E12 if dark else 0xFFFFFFFF)
    return image
