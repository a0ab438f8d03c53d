"""Pages in a window of their own beside the director's: the clock page, the host's window. Qt thread only.

For a second screen; without one they are a window that stands over nothing that matters. The keys stay the show's.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from widgets import theme
from widgets.keys import Keys, Local
from widgets.second_screen import Placed, other_screen

_CORNER: Final = 0.45, 0.38  # of the screen, where there is nothing else to stand over
_TITLE_PX: Final = 32  # the frame that a desktop puts above a window


class OwnPage(QWidget):
    """A window that its key or Esc closes and F11 spreads over its screen."""

    closed = Signal()

    def __init__(self, title: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._key = key
        self.setWindowTitle(f"{title} · Cuedrop")
        self.setWindowIcon(QIcon(str(theme.RESOURCES / "icons" / "cuedrop.svg")))
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # the keys stay the show's
        self.placed = Placed(self)

    def open(self, screen: QScreen | None = None, over: QRect | None = None) -> None:
        """Fill `screen`; without one be a window at the left of `over`, or at the lower left of its screen."""
        if screen is not None:
            self.placed.fill(screen)
            return
        room = self.screen().availableGeometry()
        size = QSize(round(room.width() * _CORNER[0]), round(room.height() * _CORNER[1]))
        foot = QRect(room.bottomLeft() - QPoint(0, size.height() - 1), size)
        if over is not None:
            foot = over.adjusted(0, _TITLE_PX, min(0, size.width() - over.width()), 0)
        self.setGeometry(foot)
        self.show()

    def heed(self, chord: str) -> bool:
        """Do what a key means here alone: its own or Esc close it, F11 fills the screen or no more. False: none."""
        if chord in (self._key, "Esc"):
            self.close()
        elif chord == "F11":
            self.placed.toggle()
        else:
            return False
        return True

    def close_watches(self) -> None:
        """Watch nothing any more."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that it is closed, whoever did it."""
        super().closeEvent(event)
        self.closed.emit()


P = TypeVar("P", bound=OwnPage)


class Door(Generic[P]):
    """Opens and closes one such page of the director's window, on a screen where nothing of ours is shown."""

    def __init__(
        self, make: Callable[[], P], window: QWidget, keys: Keys, *, local: Local, over: Callable[[], QRect]
    ) -> None:
        """`over`: what the page may cover of the window, where it has no screen of its own."""
        self._make, self._window, self._keys, self._local = make, window, keys, local
        self._over = over
        self.page: P | None = None

    def toggle(self) -> None:
        """Open the page, or close it."""
        if self.page is not None:
            self.page.close()
            return
        page = self.page = self._make()
        page.closed.connect(self._closed)
        self._keys.join(page, lambda chord: page.heed(chord) or self._local(chord))
        over = self._over()
        page.open(self._free_screen(), QRect(self._window.mapToGlobal(over.topLeft()), over.size()))
        self._window.activateWindow()  # where a platform gives the keyboard to every new window

    def leave(self) -> None:
        """Close the page where it covers something of the window."""
        if self.page is not None and self.page.screen() is self._window.screen():
            self.page.close()

    def close(self) -> None:
        """Close the page, if it is open."""
        if self.page is not None:
            self.page.close()

    def _closed(self) -> None:
        page, self.page = self.page, None
        if page is not None:
            if page.isActiveWindow():
                self._window.activateWindow()
            page.close_watches()
            self._keys.part(page)
            page.deleteLater()

    def _free_screen(self) -> QScreen | None:
        screen = other_screen(self._window)
        seen = (widget for widget in QApplication.topLevelWidgets() if widget.isVisible())
        return None if any(widget.screen() is screen for widget in seen) else screen
