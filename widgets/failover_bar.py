"""The failover: its switch, and its countdown over the lower edge of PROGRAM. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.desk.failover_state import Failover
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.theme import draw_text, px

_NARROW_PX: Final = 300  # below it (at 1920x1080; upright canvases) the button stands below the words
_HELD: Final = "FAILOVER HELD"
_TAKEN: Final = "SAFE was taken by failover"


class FailoverSwitch(ActionButton):
    """Failover on or off: never on by itself."""

    def __init__(self, deck: Deck) -> None:
        desk = deck.desk
        super().__init__(deck, "failover.set", "FAILOVER", size=theme.SMALL,
                         arguments=lambda: {"on": not desk.failover.value.is_on})  # fmt: skip

    def show_failover(self, failover: Failover) -> None:
        """Follow whether it is on."""
        self.be("failover.set", "FAILOVER", "● ON" if failover.is_on else "○ OFF",
                face=Face.GREEN if failover.is_on else Face.PLAIN)  # fmt: skip


class FailoverBar(QWidget):
    """Counts down to SAFE, says that it is held, or that SAFE was taken; hidden while there is nothing to say."""

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(parent)
        self._deck = deck
        self._failover = Failover()
        self._words = ("", "")
        self._share = 0.0
        self._hold = ActionButton(deck, "failover.hold", "HOLD", face=Face.MAIN, size=theme.LARGE)
        self._hold.setParent(self)
        self.hide()
        self._undo = deck.desk.failover.watch(self._show)

    @property
    def words(self) -> str:
        """What it says; "" while there is nothing to say."""
        return " ".join(self._words).strip()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def height_at(self, width: int) -> int:
        """How high it must be at that width, logical pixels."""
        words = theme.line_height(theme.HUGE, theme.BOLD) + theme.line_height(theme.LARGE, theme.STRONG) + px(14)
        return words + (max(34, px(44)) + px(6) if width < px(_NARROW_PX) else 0)

    def place(self, room: QRect) -> None:
        """Lie in `room`, the button at the right, or below the words where it is narrow."""
        self.setGeometry(room)
        gap = px(8)
        if self._is_narrow():
            height = max(34, px(44))
            self._hold.setGeometry(gap, room.height() - height - gap, room.width() - 2 * gap, height)
        else:
            width = self._hold_px()
            self._hold.setGeometry(room.width() - width - gap, gap, width, room.height() - 2 * gap)

    def _is_narrow(self) -> bool:
        return self.width() < px(_NARROW_PX)

    def tick(self, now_ns: int) -> None:
        """Count down; call it at the display's rate."""
        if self._failover.is_counting:
            self._say(now_ns)

    @staticmethod
    def _hold_px() -> int:
        return max(64, px(84))

    def _show(self, failover: Failover) -> None:
        self._failover = failover
        self._say(self._deck.desk.clock.mono_ns())
        self._hold.be("failover.hold", "HOLD", "Esc")
        self._hold.setVisible(failover.is_counting)
        self.setVisible(bool(self.words))

    def _say(self, now_ns: int) -> None:
        failover = self._failover
        share = 0.0
        if failover.is_counting:
            left_s = max(0.0, (failover.due_mono_ns - now_ns) / 1e9)
            whole_s = (failover.due_mono_ns - failover.since_mono_ns) / 1e9
            share = min(1.0, left_s / whole_s) if whole_s > 0 else 0.0
            words = (f"SAFE in {left_s:.1f} s", failover.why)
        elif failover.is_held:
            words = (_HELD, failover.why or "It counts anew only after what is on air was well again.")
        elif failover.has_taken:
            words = (_TAKEN, "Go back by hand." if not failover.why else f"Go back by hand. {failover.why}")
        else:
            words = ("", "")
        if words != self._words or share != self._share:
            self._words, self._share = words, share
            self.setAccessibleName(self.words)
            self.setToolTip(f"{self.words}\nKey: Esc holds it")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, what is left as a bar, and the two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_counting = self._failover.is_counting
        fill, line, ink = (Face.AMBER if is_counting else Face.AMBER_LINE).value
        theme.box(painter, self.rect(), fill, QColor("#ffffff") if is_counting else line, radius=px(6), line_px=2)
        right = self._hold_px() + 2 * px(8) if is_counting and not self._is_narrow() else px(12)
        first = theme.line_height(theme.HUGE, theme.BOLD)
        upper = QRect(px(12), px(4), self.width() - px(12) - right, first)
        lower = QRect(px(12), px(4) + first, upper.width(), theme.line_height(theme.LARGE, theme.STRONG))
        sizes = (theme.HUGE, theme.TITLE, theme.LARGE, theme.BODY)
        fitting = (each for each in sizes if theme.width_of(self._words[0], each, theme.BOLD) <= upper.width())
        draw_text(painter, upper, self._words[0], next(fitting, theme.BODY), ink, weight=theme.BOLD,
                  may_cut=not is_counting)  # fmt: skip
        size = theme.LARGE if theme.width_of(self._words[1], theme.LARGE, theme.STRONG) <= lower.width() else theme.BODY
        draw_text(painter, lower, self._words[1], size, ink, weight=theme.STRONG, may_cut=True)
        if is_counting:
            bar = max(3, px(5))
            painter.fillRect(QRect(px(12), lower.bottom() + 1, round(upper.width() * self._share), bar), ink)
        painter.end()
