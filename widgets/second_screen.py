"""Where a window stands and which screen it fills, to be remembered from run to run. Qt thread only.

Full screen is done by hand as well as asked for: without a window manager nobody else would.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """Where a window stood: its screen, its left, top, width and height on it, and whether it filled it."""

    screen: str
    rect: tuple[int, int, int, int]
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class WindowPlaces:
    """Where the director's window and the multiview stood, and whether the multiview was open."""

    main: WindowPlace | None = None
    multiview: WindowPlace | None = None
    has_multiview: bool = False


def key_of(screen: QScreen) -> str:
    """What tells one screen from another, also after it was unplugged: maker, model, serial number, socket."""
    parts = (screen.manufacturer(), screen.model(), screen.serialNumber(), screen.name())
    return " ".join(part for part in parts if part)


def screen_of(key: str) -> QScreen | None:
    """The screen of that key, if it is there."""
    return next((screen for screen in QGuiApplication.screens() if key_of(screen) == key), None)


def first_size(window: QWidget, smallest: QSize) -> QSize:
    """Most of the screen, 1920x1080 at most to begin with."""
    room = window.screen().availableSize()
    return QSize(min(1920, room.width()), min(1080, room.height())).expandedTo(smallest)


def other_screen(window: QWidget) -> QScreen | None:
    """A screen that `window` is not on: the largest one; None when there is no other."""
    others = [screen for screen in QGuiApplication.screens() if screen is not window.screen()]
    return max(others, key=lambda screen: screen.size().width() * screen.size().height(), default=None)


class Placed(QObject):
    """Puts one window where it belongs, and says where it is.

    When the screen that it fills goes away, it does not fill the one that is left: the show is there.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._normal = QRect()
        self._is_full = False
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._screen_gone)

    @property
    def is_full(self) -> bool:
        """True while it fills a screen."""
        return self._is_full

    def place(self) -> WindowPlace:
        """Where it is now; while it fills its screen: where it would be otherwise."""
        screen = self._window.screen()
        rect = self._normal if self._is_full else self._window.geometry()
        at = rect.topLeft() - screen.geometry().topLeft()
        return WindowPlace(key_of(screen), (at.x(), at.y(), rect.width(), rect.height()), self._is_full)

    def restore(self, place: WindowPlace) -> bool:
        """Go back to a remembered place; False, and nothing is done, when its screen is not there."""
        screen = screen_of(place.screen)
        if screen is None:
            return False
        x, y, width, height = place.rect
        room = screen.availableGeometry()
        size = QRect(0, 0, min(width, room.width()), min(height, room.height())).size()
        at = room.topLeft() - screen.geometry().topLeft()
        x = max(at.x(), min(x, at.x() + room.width() - size.width()))
        y = max(at.y(), min(y, at.y() + room.height() - size.height()))
        self._window.setGeometry(QRect(screen.geometry().topLeft(), size).translated(x, y))
        if place.is_full:
            self.fill(screen)
        return True

    def fill(self, screen: QScreen | None = None) -> None:
        """Fill `screen`, or the one that it is on."""
        screen = screen or self._window.screen()
        self._normal = self._window.geometry()
        if not screen.geometry().contains(self._normal.center()):
            self._normal.moveCenter(screen.geometry().center())
        self._is_full = True
        self._window.setScreen(screen)
        self._window.setGeometry(screen.geometry())
        self._window.showFullScreen()

    def leave(self) -> None:
        """Be a window among others again."""
        self._is_full = False
        self._window.showNormal()
        self._window.setGeometry(self._normal)

    def toggle(self) -> None:
        """Fill the screen, or not any more."""
        if self._is_full:
            self.leave()
        else:
            self.fill()

    def _screen_gone(self, screen: QScreen) -> None:
        if not self._is_full or screen is not self._window.screen():
            return
        left = QGuiApplication.primaryScreen()
        self._normal.moveCenter(left.availableGeometry().center())
        self.leave()
