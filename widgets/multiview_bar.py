"""The multiview's own bar: how many places, arranging, frame guides, full screen, close. Qt thread only.

All of it is the window's own matter or asked of the desk; nothing of it goes on air.
"""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from console.core.journal import Origin
from console.settings.show import Guide, Multiview
from widgets import theme
from widgets.ask import Deck
from widgets.controls import Face, Words
from widgets.frame_guides import EVERY
from widgets.multiview_layouts import turned
from widgets.theme import draw_text, px, width_of

_ROOMY_PX: Final = 400  # of a window: from here on, the guides may have a row of their own
_NAMES: Final = {
    "16:9": "16:9 safe areas", "9:16": "9:16 upright", "4:5": "4:5 upright", "thirds": "thirds", "centre": "centre",
}  # fmt: skip


def bar_scale(window: QWidget) -> float:
    """How large controls are in the second window: it stands further away."""
    return 1.2 * theme.scale_for(max(1280, window.width()), max(720, window.height()))


class BarWords(Words):
    """One line of text in the second window."""

    def event(self, event: QEvent) -> bool:
        """As large as its window wants it."""
        with theme.scaled(bar_scale(self.window())):
            return super().event(event)


class BarButton(QAbstractButton):
    """A button of the second window: it calls back when it is let go, and shows whether what it means is on."""

    def __init__(self, title: str, key: str, tip: str, press: Callable[[], object], *, shows_key: bool = True) -> None:
        super().__init__()
        self._key = key if shows_key else ""
        self._is_on = False
        self.setText(title)
        self.setAccessibleName(tip)
        self.setToolTip(f"{tip}\n{f'Key: {key}' if key else 'No key of its own: Ctrl K finds it'}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._press = press
        self.clicked.connect(self._clicked)

    def _clicked(self) -> None:
        self._press()

    @property
    def is_on(self) -> bool:
        """True while it is shown as on."""
        return self._is_on

    def be(self, title: str, *, is_on: bool) -> None:
        """Show these words, and whether it is on."""
        if (title, is_on) != (self.text(), self._is_on):
            self.setText(title)
            self._is_on = is_on
            self.setAccessibleDescription("on" if is_on else "")
            self.updateGeometry()
            self.update()

    def event(self, event: QEvent) -> bool:
        """As large as its window wants it."""
        with theme.scaled(bar_scale(self.window())):
            return super().event(event)

    def sizeHint(self) -> QSize:
        """Room for words and key, and for a finger."""
        key = width_of(self._key, theme.SMALL) + px(8) if self._key else 0
        mark = width_of("✓ ", theme.BODY, theme.BOLD)
        return QSize(max(36, width_of(self.text(), theme.BODY, theme.BOLD) + key + mark + 2 * px(12)), max(34, px(38)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, words and key; what is on has a mark, too."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, line, ink = (Face.AMBER_LINE if self._is_on else Face.PLAIN).value
        theme.box(painter, self.rect(), fill.lighter(130) if self.isDown() else fill, line, radius=px(6))
        words = f"✓ {self.text()}" if self._is_on else self.text()
        key = width_of(self._key, theme.SMALL) + px(8) if self._key else 0
        width = width_of(words, theme.BODY, theme.BOLD)
        room = QRect((self.width() - width - key) // 2, 0, width, self.height())
        draw_text(painter, room, words, theme.BODY, ink, weight=theme.BOLD)
        room = QRect(room.right() + px(8), 0, key, self.height())
        draw_text(painter, room, self._key, theme.SMALL, theme.SOFT)
        painter.end()


class MultiviewBar(QWidget):
    """The row of buttons; what it does to the window it is given as callbacks."""

    def __init__(
        self, deck: Deck, *, step: Callable[[int], None], arrange: Callable[[], None], full: Callable[[], None],
        close: Callable[[], object], parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._deck = deck
        self._hints: tuple[str, ...] = ()
        self.setAccessibleName("Multiview")
        fewer = BarButton("−", "-", "One place less", lambda: step(-1), shows_key=False)
        more = BarButton("+", "=", "One place more", lambda: step(1), shows_key=False)
        self._count = BarWords(theme.BODY, theme.TEXT, weight=theme.STRONG)
        self._arrange = BarButton("ARRANGE", "A", "Arrange the tiles", arrange)
        self._hint = BarWords(theme.BODY, theme.AMBER_SOFT)
        self._guides = {
            guide: BarButton(guide.upper() if guide.isalpha() else guide, "", f"Frame guide: {_NAMES[guide]}",
                             lambda guide=guide: self._turn(guide))  # type: ignore[misc]
            for guide in EVERY
        }  # fmt: skip
        self._full = BarButton("FULL SCREEN", "F11", "Fill the whole screen, or not any more", full)
        close_it = BarButton("CLOSE", "V", "Close the multiview", close)
        self._left = (fewer, self._count, more, self._arrange)
        self._right = (self._full, close_it)
        for widget in (*self._left, self._hint, *self._guides.values(), *self._right):
            widget.setParent(self)

    def place(self, room: QRect) -> int:
        """Stand at the lower edge of `room`, as high as it needs to be; returns how high, logical pixels.

        By hand: layouts remember what was wanted at the other window's scale. What does not fit beside the buttons
        has a row of its own below them: while arranging what its keys do, else the frame guides, unless the window is
        so low that the pictures need the room (the palette has the guides, too).
        """
        with theme.scaled(bar_scale(self.window())):
            gap, height = px(6), self._arrange.sizeHint().height()
            left = gap + sum(widget.sizeHint().width() + gap for widget in self._left)
            right = room.width() - gap - sum(widget.sizeHint().width() + gap for widget in self._right)
            guides = list(self._guides.values())
            wanted = width_of(self._hints[0], theme.BODY) if self._hints else _row_px(guides, gap)
            fits = wanted <= right - left
            has_guides = not self._hints and (fits or self.window().height() >= _ROOMY_PX)
            rows = 2 if not fits and (self._hints or has_guides) else 1
            top = room.bottom() + 1 - rows * (height + gap) - gap
            self.setGeometry(room.left(), top, room.width(), rows * (height + gap) + gap)
            _set_row(self._left, gap, gap, height)
            _set_row(self._right, right + gap, gap, height)
            space = QRect(left, gap, right - left, height)
            if rows == 2:
                space = QRect(gap, height + 2 * gap, room.width() - 2 * gap, height)
            _set_row(guides, space.right() + 1 - _row_px(guides, gap) + gap, space.top(), height)
            for guide in guides:
                guide.setVisible(has_guides)
            self._hint.setGeometry(space)
            self._hint.say(next((hint for hint in self._hints if width_of(hint, theme.BODY) <= space.width()), ""))
            return self.height()

    def event(self, event: QEvent) -> bool:
        """As large as its window wants it."""
        with theme.scaled(bar_scale(self.window())):
            return super().event(event)

    def show_state(
        self, multiview: Multiview, *, count: int, hidden: int, hints: tuple[str, ...], is_full: bool
    ) -> None:
        """Follow the show and the window.

        `hidden`: cameras without a place. `hints`: what to do while arranging, the first that fits is shown.
        """
        left_out = f" · {hidden} not shown" if hidden else ""
        self._count.say(f"{count} place{'s' * (count != 1)}{left_out}")
        self._hints = hints
        self._arrange.be("KEEP" if hints else "ARRANGE", is_on=bool(hints))
        for guide, button in self._guides.items():
            button.be(button.text(), is_on=guide in multiview.guides)
        self._full.be(self._full.text(), is_on=is_full)

    def _turn(self, guide: Guide) -> None:
        """Ask for that guide on or off."""
        now = self._deck.desk.show.value.multiview.guides
        self._deck.ask("multiview.guides", Origin.BUTTON, {"guides": turned(now, guide)})

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.PANEL)
        painter.end()


def _row_px(widgets: Sequence[QWidget], gap: int) -> int:
    """How wide these are side by side, logical pixels."""
    return sum(widget.sizeHint().width() + gap for widget in widgets)


def _set_row(widgets: Sequence[QWidget], left: int, top: int, height: int) -> None:
    """Set these side by side, from `left` on."""
    for widget in widgets:
        widget.setGeometry(left, top, widget.sizeHint().width(), height)
        left += widget.width() + px(6)
