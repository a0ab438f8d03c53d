"""One output of the OUTPUTS page: its name and lamp, its figures, its buttons. Qt thread only."""

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from scenes.outputs.state import Output
from scenes.state import OutputState
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.page import halves
from widgets.theme import chip, draw_text, px, width_of

_LAMPS: Final = {
    OutputState.OFF: ("OFF", Face.OFF),
    OutputState.STARTING: ("STARTING", Face.AMBER_LINE),
    OutputState.RECONNECTING: ("RECONNECTING", Face.AMBER),
    OutputState.STOPPING: ("STOPPING", Face.AMBER_LINE),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell shows: lamp and two lines of figures, the second in its colour."""

    lamp: str
    face: Face
    first: str = ""
    second: str = ""
    second_ink: QColor = field(default_factory=lambda: theme.SOFT)


class OutputCell(QWidget):
    """One output: its name and lamp, its figures, its buttons."""

    def __init__(self, deck: Deck, which: str, name: str, on_words: str, *more: ActionButton) -> None:
        super().__init__()
        self.which, self.name, self._on_words = which, name, on_words
        self.said = Said("OFF", Face.OFF)
        self._is_here = True
        self.switch = ActionButton(deck, f"{which}.start", "START", size=theme.SMALL, shows_key=False)
        self.more = more
        for button in (self.switch, *more):
            button.setParent(self)
        self.setAccessibleName(name.capitalize())

    def show_output(self, output: Output | None, why_not: str, first: str, second: str, ink: QColor) -> None:
        """Follow OBS; `ink` is the colour of the second line."""
        if (output is not None) is not self._is_here:
            self._is_here = output is not None
            self.place()
        if output is None:
            said = Said("NOT HERE", Face.OFF, why_not or "This OBS has none.")
        else:
            lamp, face = _LAMPS.get(output.state, (self._on_words, Face.RED if self._is_air() else Face.GREEN))
            if output.is_paused:
                lamp, face = "PAUSED", Face.AMBER
            said = Said(lamp, face, first, second, ink)
        is_off = output is None or output.state is OutputState.OFF
        self.switch.be(f"{self.which}.start" if is_off else f"{self.which}.stop", "START" if is_off else "STOP",
                       "hold", face=_switch_face(output))  # fmt: skip
        self.switch.setAccessibleName(f"{self.name.capitalize()}: {'start' if is_off else 'stop'}")
        if said != self.said:
            self.said = said
            self.setAccessibleDescription(f"{said.lamp}. {said.first} {said.second}".strip())
            self.setToolTip(f"{self.name.capitalize()}: {said.lamp.lower()}\n{said.first} {said.second}".strip())
            self.update()

    def _is_air(self) -> bool:
        """Stream and recording are what viewers get; the others are at hand."""
        return self.which in ("stream", "record")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons at the right."""
        self.place()

    def place(self) -> None:
        """Put the buttons where they belong."""
        x = self.width() - px(4)
        height = max(32, min(self.height() - px(8), px(50)))
        for button in (self.switch, *self.more):
            button.setVisible(self._is_here)  # where there is no such output, its reason needs the room
            if not self._is_here:
                continue
            width = max(36, width_of("START", theme.SMALL, theme.BOLD) + 2 * px(7))
            x -= width
            button.setGeometry(x, (self.height() - height) // 2, width, height)
            x -= px(5)
        self._words_px = x - px(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name, lamp and figures; in one row where the cell is wide and low."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.LINE)
        fill, line, ink = self.said.face.value
        small = theme.line_height(theme.SMALL)
        is_off = self.said.face is Face.OFF
        name_ink = theme.SOFT if is_off else theme.TEXT
        if self.width() >= px(640):
            self._paint_wide(painter, fill, line, ink, name_ink)
        else:
            top = max(1, (self.height() - small - px(8) - 2 * small) // 2)
            middle = top + (small + px(6)) // 2
            name_px = width_of(self.name, theme.SMALL, theme.BOLD)
            draw_text(painter, QRect(0, top, name_px + 2, small + px(6)), self.name, theme.SMALL, name_ink,
                      weight=theme.BOLD)  # fmt: skip
            lamp = chip(painter, name_px + px(8), middle, self.said.lamp, fill=fill, colour=ink, line=line)
            if lamp.right() > self._words_px:
                theme.CUT.append(f"{self.name} {self.said.lamp}")
            y = top + small + px(8)
            room = QRect(0, y, self._words_px, small)
            first, second = self._lines()
            draw_text(painter, room, first, theme.SMALL, theme.SOFT, may_cut=True)
            draw_text(painter, room.translated(0, small), second, theme.SMALL, self.said.second_ink,
                      may_cut=True)  # fmt: skip
        painter.end()

    def _lines(self) -> tuple[str, str]:
        """Its two lines; a reason takes both."""
        if self.said.second:
            return self.said.first, self.said.second
        return halves(self.said.first, self._words_px)

    def _paint_wide(self, painter: QPainter, fill: QColor, line: QColor, ink: QColor, name_ink: QColor) -> None:
        name_px = width_of("VIRTUAL CAMERA", theme.BODY, theme.BOLD) + px(14)
        lamp_px = width_of("RECONNECTING", theme.SMALL, theme.BOLD) + px(30)
        name = QRect(0, 0, name_px, self.height())
        draw_text(painter, name, self.name, theme.BODY, name_ink, weight=theme.BOLD)
        chip(painter, name_px, self.height() // 2, self.said.lamp, fill=fill, colour=ink, line=line)
        x = name_px + lamp_px
        self._paint_figures(painter, QRect(x, 0, self._words_px - x, self.height()))

    def _paint_figures(self, painter: QPainter, room: QRect) -> None:
        """On two lines: figures and what is to be heeded, or a reason that is long; else on one."""
        words, size = self.said.first, theme.BODY
        second, second_ink = self.said.second, self.said.second_ink
        if not second and width_of(words, size) > room.width():
            size, second_ink = theme.SMALL, theme.SOFT
            words, second = halves(words, room.width())
        upper = theme.line_height(size)
        if not second:
            draw_text(painter, room, words, size, theme.SOFT, may_cut=True)
            return
        top = (room.height() - upper - theme.line_height(theme.SMALL)) // 2
        first_line = QRect(room.left(), top, room.width(), upper)
        second_line = QRect(room.left(), first_line.bottom() + 1, room.width(), theme.line_height(theme.SMALL))
        ink = theme.TEXT if self.said.second else theme.SOFT
        draw_text(painter, first_line, words, size, ink, may_cut=True)
        draw_text(painter, second_line, second, theme.SMALL, second_ink, may_cut=True)


def _switch_face(output: Output | None) -> Face:
    if output is None:
        return Face.OFF
    return Face.PLAIN if output.state is OutputState.OFF else Face.RED_LINE
