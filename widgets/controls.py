"""The controls that everything is built from: action button, words, panel. Painted; Qt thread only.

Live controls never take the keyboard focus. Each says its name and key to a screen reader and in its tooltip.
"""

from collections.abc import Callable, Mapping
from enum import Enum

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from console.core.journal import Origin
from console.desk.actions import ALWAYS
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.theme import draw_text, px, width_of

Arguments = Callable[[], Mapping[str, object]]


class Face(Enum):
    """How a button looks: (fill, line, text)."""

    PLAIN = (theme.RAISED, theme.LINE, theme.TEXT)
    OFF = (theme.PANEL, theme.LINE, theme.FAINT)
    MAIN = (theme.WHITE, theme.WHITE, theme.INK)
    RED = (theme.RED, theme.RED, QColor("#ffffff"))
    RED_LINE = (QColor("#241416"), theme.RED, theme.RED_SOFT)
    GREEN = (theme.GREEN_DEEP, theme.GREEN, theme.GREEN_SOFT)
    AMBER = (theme.AMBER, theme.AMBER, theme.INK)
    AMBER_LINE = (theme.AMBER_DEEP, theme.AMBER, theme.AMBER_SOFT)


class Words(QWidget):
    """One line of text that asks for the room it needs."""

    def __init__(
        self, size: float = theme.BODY, colour: QColor = theme.TEXT, *, weight: int = theme.REGULAR,
        may_cut: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._text = ""
        self._size, self._colour, self._weight, self._may_cut = size, colour, weight, may_cut
        horizontal = QSizePolicy.Policy.Preferred if may_cut else QSizePolicy.Policy.Fixed
        self.setSizePolicy(horizontal, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def say(self, text: str, colour: QColor | None = None) -> None:
        """Show `text`; repaints only when something changed."""
        if text == self._text and colour in (None, self._colour):
            return
        is_wider = width_of(text, self._size, self._weight) != width_of(self._text, self._size, self._weight)
        self._text = text
        self._colour = colour or self._colour
        self.setAccessibleName(text)
        if is_wider:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        return QSize(width_of(self._text, self._size, self._weight) + 2, theme.line_height(self._size))

    def minimumSizeHint(self) -> QSize:
        """Nothing is needed when the text may be cut."""
        return QSize(px(40), self.sizeHint().height()) if self._may_cut else self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text."""
        painter = QPainter(self)
        draw_text(painter, self.rect(), self._text, self._size, self._colour, weight=self._weight,
                  may_cut=self._may_cut)  # fmt: skip
        painter.end()


class ActionButton(QAbstractButton):
    """A live control for one action: it asks, and shows name, key and how far a hold is; it never decides."""

    _says_done = False  # what was done is told, too, not only what was refused

    def __init__(
        self, deck: Deck, action_id: str, title: str = "", *, arguments: Arguments | None = None,
        face: Face = Face.PLAIN, hold_s: float | None = None, size: float = theme.BODY, release: str = "",
        shows_key: bool = True, means: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        """`means`: what a press is about, beside its arguments; when it changes under the finger, nothing is asked."""
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._deck = deck
        self._arguments = arguments
        self._means = means
        self._meaning: object = None  # when it was pressed; None: it is not pressed
        self._size = size
        self._face = face
        self._hold_override_s = hold_s
        self._shows_key = shows_key
        self._release_id = release
        self._title = self._note = self._key = ""
        self._filled = 0.0
        self._enabled = ALWAYS
        self.action_id = ""
        self.be(action_id, title, face=face)

    def be(
        self, action_id: str, title: str = "", note: str = "", *, face: Face | None = None,
        shows_key: bool | None = None,
    ) -> None:  # fmt: skip
        """Be the button of `action_id`, with `title` and a second line `note`; repaints only on a change."""
        face = face or self._face
        shows_key = self._shows_key if shows_key is None else shows_key
        if (action_id, title or self._title, note, face, shows_key) == (
            self.action_id, self._title, self._note, self._face, self._shows_key,
        ):  # fmt: skip
            return
        self._shows_key = shows_key
        if self.action_id and action_id != self.action_id:
            self._let_go()
        action = self._deck.desk.actions.get(action_id)
        self.action_id = action_id
        self._title = title or (action.title if action else action_id)
        self._note, self._face = note, face
        self._hold_s = self._hold_override_s if self._hold_override_s is not None else (
            action.hold_s if action else 0.0)  # fmt: skip
        self._key = key_words(action.keys) if action else ""
        self._name_it(action.help if action else "")
        self.updateGeometry()
        self.update()

    @property
    def title(self) -> str:
        """The words on it."""
        return self._title

    @property
    def note(self) -> str:
        """The words below them."""
        return self._note

    @property
    def face(self) -> Face:
        """How it looks now."""
        return self._face

    def show_hold(self) -> None:
        """Follow the hold of its action, whoever holds it; call it at the display's rate."""
        fraction = self._deck.holds.fraction(self.action_id)
        if fraction != self._filled:
            self._filled = fraction
            self.update()

    def show_enabled(self) -> None:
        """Look dim, and say why, while the desk would refuse; a press still asks, and is answered."""
        action = self._deck.desk.actions.get(self.action_id)
        enabled = action.enabled(self._deck.desk) if action else ALWAYS
        if enabled != self._enabled:
            self._enabled = enabled
            self._name_it(action.help if action else "")
            self.update()

    def sizeHint(self) -> QSize:
        """Room for title, note and key."""
        width = width_of(self._title, self._size, theme.BOLD)
        width = max(width, width_of(self._second_line(), theme.SMALL)) + 2 * px(9)
        return QSize(max(36, px(44), width), px(44))

    def minimumSizeHint(self) -> QSize:
        """Never smaller than its words, nor than a finger."""
        return QSize(self.sizeHint().width(), 32)

    def _second_line(self) -> str:
        key = self._key if self._shows_key else ""
        if key and self._hold_s > 0:
            key = f"hold {key}"
        return " · ".join(part for part in (self._note, key) if part)

    def _name_it(self, help: str) -> None:
        name = f"{self._title}, {self._note}" if self._note else self._title
        held = f"hold {self._hold_s:g} s" if self._hold_s > 0 else "press"
        key = f"Key: {self._key} ({held})" if self._key else f"No key of its own ({held} with the mouse)"
        self.setAccessibleName(name)
        self.setAccessibleDescription(key)
        not_now = "" if self._enabled.is_enabled else f"Not now: {self._enabled.why}"
        self.setToolTip("\n".join(line for line in (name, not_now, help, key) if line))

    def _meant(self) -> object:
        """All that a press means now."""
        arguments = dict(self._arguments()) if self._arguments else {}
        return self.action_id, arguments, self._means() if self._means else None

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        arguments = dict(self._arguments()) if self._arguments else {}
        self._deck.ask(action_id or self.action_id, Origin.BUTTON, {**arguments, **more}, says_done=self._says_done)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a press, a hold, or a press that acts while it lasts."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.setDown(True)
        self._meaning = self._meant()
        if self._release_id:
            self._ask(on=True)
            self._deck.holds.press(self.action_id, lambda: self._ask(self._release_id, on=False))
        elif self._hold_s > 0:
            self._deck.holds.start(self.action_id, self._hold_s, self._held)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Act, if this is a plain button, the finger is still on it, and it means what it meant."""
        meant, self._meaning = self._meaning, None
        self._let_go()
        event.accept()
        if meant is None or not self.rect().contains(event.position().toPoint()):
            return
        if self._means_still(meant) and self._hold_s <= 0 and not self._release_id:
            self._ask()

    def _held(self) -> None:
        """A hold has come to its end: act, if it means what it meant. The release that follows means nothing."""
        meant, self._meaning = self._meaning, None
        if meant is not None and self._means_still(meant):
            self._ask()

    def _means_still(self, meant: object) -> bool:
        """True when a press means what it meant when it began; if not, that is said."""
        if meant == self._meant():
            return True
        what = "The button changed under the press: nothing was done."
        self._deck.ask.tell(Notice(what, f"It is {self._title} now. Press again if you mean that."))
        return False

    def leaveEvent(self, event: QEvent) -> None:
        """A hold ends when the pointer leaves, and a press is taken back."""
        self._meaning = None
        if self.isDown():
            self._let_go()
        super().leaveEvent(event)

    def _let_go(self) -> None:
        if self.isDown():
            self.setDown(False)
            self._deck.holds.let_go(self.action_id)
            self._deck.holds.release(self.action_id)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, words, key, and the ring of a hold."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_dim = self._face is Face.PLAIN and not self._enabled.is_enabled
        fill, line, colour = Face.OFF.value if is_dim else self._face.value
        if self.isDown() or self._deck.holds.is_pressed(self.action_id):
            fill = fill.lighter(130)
        theme.box(painter, self.rect(), fill, line, radius=px(6))
        if self._filled > 0:
            self._paint_hold(painter, colour)
        self._paint_words(painter, colour)
        painter.end()

    def _paint_hold(self, painter: QPainter, colour: QColor) -> None:
        """A bar that fills the button from the left, and a strong line under it."""
        rect = self.rect().adjusted(1, 1, -1, -1)
        rect.setWidth(int(rect.width() * self._filled))
        veil = QColor(colour)
        veil.setAlphaF(0.30)
        theme.box(painter, rect, veil, radius=px(5))
        painter.fillRect(QRect(rect.left(), rect.bottom() - px(5), rect.width(), px(5)), colour)

    def _paint_words(self, painter: QPainter, colour: QColor) -> None:
        second = self._second_line()
        rect = self.rect().adjusted(px(6), 0, -px(6), 0)
        first_height = theme.line_height(self._size, theme.BOLD)
        second_height = theme.line_height(theme.SMALL)
        if not second or self.height() < first_height + second_height - 4:
            draw_text(painter, rect, self._title, self._size, colour, weight=theme.BOLD, align=theme.CENTRE)
            return
        top = (self.height() - first_height - second_height) // 2
        first = QRect(rect.left(), top, rect.width(), first_height)
        draw_text(painter, first, self._title, self._size, colour, weight=theme.BOLD, align=theme.CENTRE)
        soft = QColor(colour)
        soft.setAlphaF(0.85)
        below = QRect(rect.left(), first.bottom() + 1, rect.width(), second_height)
        draw_text(painter, below, second, theme.SMALL, soft, align=theme.CENTRE)


class Panel(QWidget):
    """A panel with a heading at the left and a status at its right; what is in it lies below `heading_px`."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self._heading, self._status, self._status_colour = heading, "", theme.SOFT
        self._status_align = theme.RIGHT
        self.setAccessibleName(heading.capitalize())

    @staticmethod
    def heading_px() -> int:
        """The height of the heading, logical pixels."""
        return max(36, px(42))

    @property
    def status(self) -> str:
        """What stands at the right of the heading."""
        return self._status

    def say_status(self, text: str, colour: QColor = theme.SOFT) -> None:
        """Show `text` at the right of the heading."""
        if (text, colour) != (self._status, self._status_colour):
            self._status, self._status_colour = text, colour
            self.update(0, 0, self.width(), self.heading_px())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, heading and status."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.LINE, radius=px(8))
        row = QRect(px(14), 0, self.width() - 2 * px(14), self.heading_px())
        draw_text(painter, row, self._heading, theme.SMALL, theme.SOFT, weight=theme.BOLD)
        row.setLeft(row.left() + width_of(self._heading, theme.SMALL, theme.BOLD) + px(16))
        draw_text(painter, row, self._status, theme.SMALL, self._status_colour, weight=theme.STRONG,
                  align=self._status_align)  # fmt: skip
        self.paint_inside(painter)
        painter.end()

    def paint_inside(self, painter: QPainter) -> None:
        """For what a panel paints itself below its heading."""


def key_words(keys: tuple[str, ...]) -> str:
    """A key as it stands on a control: the first of the action's keys, in few signs."""
    if not keys:
        return ""
    signs = {
        "PageUp": "PgUp", "Up": "↑", "Down": "↓", "Backspace": "⌫", "1": "1-9", "Ctrl+1": "Ctrl 1-9",
        "Shift+1": "Shift 1-9",
    }  # fmt: skip
    return signs.get(keys[0], keys[0].replace("+", " "))
