"""A take lost, over PROGRAM: what OBS says, what is on air, and the two ways to put it right. Qt thread only.

That it is lost stands in the bus's own lamp above it.
"""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from scenes.state import Switcher, Take, TakeState
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.theme import draw_text, px

_NARROW_PX: Final = 300  # below it (at 1920x1080; upright canvases) words wrap, and the buttons stand in two rows
_WHITE: Final = QColor("#ffffff")


class LostBand(QWidget):
    """Red, over the upper edge of the picture: never over its middle. Hidden while no take is lost."""

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ""
        self._names = ("", "")  # what the buttons take and keep
        self._take = ActionButton(deck, "take.put_right", "TAKE", face=Face.MAIN, size=theme.BODY)
        self._keep = ActionButton(deck, "take.keep", "KEEP", face=Face.MAIN, size=theme.BODY)
        for button in (self._take, self._keep):
            button.setParent(self)
        self.hide()
        self._undo = deck.desk.switcher.watch(self._show)

    @property
    def words(self) -> str:
        """What it says; "" while no take is lost."""
        return f"TAKE LOST: {self._words}" if self._words else ""

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def height_at(self, width: int) -> int:
        """How high it must be at that width, logical pixels."""
        rows = 2 if width < px(_NARROW_PX) else 1
        return self._words_px(width) + rows * (self._button_px() + px(6)) + px(14)

    def place(self, room: QRect) -> None:
        """Lie in `room`, the buttons below the words."""
        self.setGeometry(room)
        height, gap = self._button_px(), px(6)
        if room.width() < px(_NARROW_PX):
            width = room.width() - 2 * gap
            places = [QRect(gap, room.height() - row * (height + gap), width, height) for row in (2, 1)]
        else:
            width = (room.width() - 3 * gap) // 2
            places = [QRect(x, room.height() - height - gap, width, height) for x in (gap, 2 * gap + width)]
        for button, place in zip((self._take, self._keep), places, strict=True):
            button.setGeometry(place)
        self._name_buttons()

    def _words_px(self, width: int) -> int:
        if width < px(_NARROW_PX):
            return 3 * theme.line_height(theme.BODY, theme.BOLD)
        return theme.line_height(theme.TITLE, theme.BOLD)

    @staticmethod
    def _button_px() -> int:
        return max(34, px(46))

    def _show(self, switcher: Switcher) -> None:
        take = switcher.take
        is_lost = take is not None and take.state is TakeState.LOST and switcher.link.is_up
        if take is not None and is_lost:
            self._say(take, switcher)
        else:
            self._words = ""
        self.setVisible(is_lost)

    def _say(self, take: Take, switcher: Switcher) -> None:
        named = switcher.claimed or take.scene
        on_air = take.on_air or switcher.program
        truth = f"on air is {on_air}" if on_air else "another picture is on air"
        self._words = f"OBS says {named}; {truth}"
        self._names = (named, on_air or "the picture")
        self._name_buttons()
        self.setAccessibleName(self.words)
        self.setToolTip(f"{self.words}\n{take.why}\n{take.fix}".strip())
        self.update()

    def _paint_wrapped(self, painter: QPainter, room: QRect) -> None:
        painter.setClipRect(room)
        fitting = (
            size
            for size in (theme.TITLE, theme.LARGE, theme.BODY)
            if theme.wrapped_height(self._words, room.width(), size, theme.BOLD) <= room.height()
        )
        size = next(fitting, theme.BODY)
        words = self._words if size != theme.BODY else _short(self._words, 2 * room.width())
        theme.draw_wrapped(painter, room, words, size, _WHITE, weight=theme.BOLD)

    def _name_buttons(self) -> None:
        """With the scenes' names, as far as there is room."""
        for button, action_id, verb, name in (
            (self._take, "take.put_right", "TAKE", self._names[0]), (self._keep, "take.keep", "KEEP", self._names[1]),
        ):  # fmt: skip
            room = button.width() - 2 * px(9) - theme.width_of(f"{verb} ", theme.BODY, theme.BOLD)
            button.be(action_id, f"{verb} {_short(name.upper(), room)}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the words, as large as there is room for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.RED, _WHITE, radius=px(6), line_px=2)
        line = QRect(px(10), px(5), self.width() - px(20), self._words_px(self.width()))
        if self.width() < px(_NARROW_PX):
            self._paint_wrapped(painter, line)
        else:
            sizes = (theme.TITLE, theme.LARGE, theme.BODY)
            fitting = (each for each in sizes if theme.width_of(self._words, each, theme.BOLD) <= line.width())
            size = next(fitting, theme.BODY)
            draw_text(painter, line, self._words, size, _WHITE, weight=theme.BOLD, may_cut=True)
        painter.end()


def _short(words: str, width: int) -> str:
    return theme.elided(words, width, theme.BODY, theme.BOLD)
