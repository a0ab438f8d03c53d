"""What STRIPS and MATRIX share: a table, and below it buttons for its chosen cell. Qt thread only."""

from abc import abstractmethod
from dataclasses import dataclass, field

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.audio.state import Sound
from console.core.journal import Origin
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton
from widgets.cell_grid import CellGrid, Sheet
from widgets.controls import ActionButton
from widgets.theme import draw_text, px


@dataclass(frozen=True, slots=True)
class Request:
    """An action to be asked for, and its arguments."""

    action_id: str
    arguments: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Titles:
    """What the buttons for the chosen cell say; an empty one is not there."""

    less: str = "−"
    more: str = "+"
    clear: str = ""


class GridSection(QWidget):
    """A table of the sound; a key, a click and a button ask for the same."""

    def __init__(self, deck: Deck, name: str, action_id: str) -> None:
        super().__init__()
        self._deck = deck
        self.grid = CellGrid(name)
        self.less = ActionButton(deck, action_id, "−", arguments=lambda: self._of(-1), shows_key=False)
        self.more = ActionButton(deck, action_id, "+", arguments=lambda: self._of(1), shows_key=False)
        self.clear = ActionButton(deck, action_id, "0", arguments=lambda: self._of(0), shows_key=False,
                                  size=theme.SMALL)  # fmt: skip
        self.undo = KeyedButton(deck, "sound.undo", "UNDO", shows_key=False, size=theme.SMALL).with_key("")
        for widget in (self.grid, self.less, self.more, self.clear, self.undo):
            widget.setParent(self)
        self.grid.chosen.connect(self._show_buttons)
        self.grid.stepped.connect(lambda step: self._ask(self.stepped(step)))
        self.grid.typed.connect(self._typed)
        self.grid.cleared.connect(lambda: self._ask(self.cleared()))
        self.grid.turned.connect(self._turned)
        self.setAccessibleName(name)

    # --- what a table is about ---

    @abstractmethod
    def sheet(self, sound: Sound) -> Sheet:
        """What the table shows."""

    @abstractmethod
    def titles(self) -> Titles:
        """What the buttons say for the chosen cell."""

    @abstractmethod
    def stepped(self, step: int) -> Request | None:
        """What a step up (1) or down (-1) of the chosen cell asks for."""

    @abstractmethod
    def cleared(self) -> Request | None:
        """What puts the chosen cell back."""

    @abstractmethod
    def typed(self, value: float) -> Request | Notice | None:
        """What a typed value asks for, or why it can't be."""

    @abstractmethod
    def turned(self) -> Request | None:
        """What turns the chosen cell over; None where that means nothing."""

    # --- what is done ---

    def show_sound(self, sound: Sound) -> None:
        """Follow the desk."""
        self.grid.show_sheet(self.sheet(sound))
        self._show_buttons()

    def take_keyboard(self) -> None:
        """The table has it."""
        self.grid.setFocus()

    def _ask(self, request: Request | None, origin: Origin = Origin.KEY) -> None:
        if request is not None:
            self._deck.ask(request.action_id, origin, request.arguments)

    def _typed(self, value: float) -> None:
        request = self.typed(value)
        if request is None:
            turns = self.grid.cell is not None and self.grid.cell.turns
            steps = "+ and - change it." if self.stepped(1) or self.stepped(-1) else ""
            request = Notice("No number can be set here.", "Space turns it over." if turns else steps)
        if isinstance(request, Notice):
            self._deck.ask.tell(request)
        else:
            self._ask(request)

    def _turned(self, is_key: bool) -> None:
        self._ask(self.turned(), Origin.KEY if is_key else Origin.BUTTON)

    def _of(self, step: int) -> dict[str, object]:
        request = self.stepped(step) if step else self.cleared()
        return request.arguments if request else {}

    def _show_buttons(self) -> None:
        titles = self.titles()
        words = self.grid.cell.words if self.grid.cell else ""
        for button, title, step, key in (
            (self.less, titles.less, -1, "-"),
            (self.more, titles.more, 1, "+"),
            (self.clear, titles.clear, 0, "Delete"),
        ):
            request = self.stepped(step) if step else self.cleared()
            button.setVisible(bool(title) and request is not None)
            if request is not None and title:
                button.be(request.action_id, title)
                button.setAccessibleName(f"{words}: {title}")
                button.setToolTip(f"{words}: {title}\nKey: {key}, while the table has the keyboard")
        self.undo.show_enabled()
        self._place()
        self.update()

    # --- where things are ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The table above, its buttons below."""
        self._place()

    @staticmethod
    def foot_px() -> int:
        """The height of the buttons."""
        return max(32, px(38))

    def has_words(self) -> bool:
        """Whether there is height for a line of words above the buttons."""
        return self.height() >= self.foot_px() + CellGrid.head_px() + 5 * CellGrid.row_px() + 2 * px(6)

    def _words_px(self) -> int:
        return theme.line_height(theme.SMALL) + px(4) if self.has_words() else 0

    def _place(self) -> None:
        foot = self.foot_px()
        top = self.height() - foot
        self.grid.setGeometry(0, 0, self.width(), max(1, top - px(4) - self._words_px()))
        x = 0
        for button in (self.less, self.more, self.clear):
            if button.isHidden():
                continue
            width = max(px(44), button.sizeHint().width())
            button.setGeometry(x, top, width, foot)
            x += width + px(4)
        undo = self.undo.sizeHint().width()
        self.undo.setGeometry(self.width() - undo, top, undo, foot)
        self.place_more(QRect(x + px(6), top, self.width() - undo - x - 2 * px(6), foot))

    def place_more(self, room: QRect) -> None:
        """Put what else stands between the buttons into `room`."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say the chosen cell in words, where there is room."""
        if self.has_words() and self.grid.cell is not None:
            painter = QPainter(self)
            room = QRect(0, self.grid.geometry().bottom() + 1, self.width(), self._words_px())
            draw_text(painter, room, self.grid.cell.words, theme.SMALL, theme.SOFT, may_cut=True)
            painter.end()
