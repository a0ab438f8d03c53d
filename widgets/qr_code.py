"""An address as a code that a phone reads off the window. Qt thread only."""

import segno
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.theme import px


class QrCode(QWidget):
    """The buyers' address as a code that a phone reads off the window."""

    def __init__(self) -> None:
        super().__init__()
        self._address = ""
        self._image: QImage | None = None

    def show_address(self, address: str) -> None:
        """Show the code of `address`; hidden while there is none."""
        if address == self._address:
            return
        self._address = address
        self.setVisible(bool(address))
        self.setToolTip(f"The buyers' page\n{address}")
        self.setAccessibleName(f"QR code of {address}")
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
        side = min(self.width(), self.height())
        painter.drawImage(QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side), self._image)
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
