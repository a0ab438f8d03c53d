"""The T-bar: the transition to the preview by hand, as on hardware; under it, fade to black. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from console.core.journal import Origin
from console.desk.view import Notice
from scenes.state import Switcher
from widgets import theme
from widgets.arguments import T_BAR_STEP
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.theme import CENTRE, draw_text, px

ENDS: Final = 0.01  # so near to an end it is let go there: at 1 it is a take, at 0 nothing is taken
_NUDGE_PX: Final = 3  # a shorter way is a nudge, no drag
_NOTCH: Final = 120  # of a wheel, in eighths of a degree (QWheelEvent.angleDelta)
_KEYS: Final = "Key: PageUp a step on, PageDown a step back, Home back to rest"


class TBar(QWidget):
    """Below is rest, above is the take. A drag is relative: a click alone moves nothing.

    One request at a time; while it runs only the newest position waits. Let go half-way it stays held.
    """

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._switcher = Switcher()
        self._began_ns: int | None = None  # a transition runs by itself since then
        self._progress: float | None = None
        self._why_not = ""
        self._grip: tuple[float, float] | None = None  # the pointer's height and the position when it was pressed
        self._is_dragged = False
        self._wanted: float | None = None  # asked for and not answered yet
        self._is_asking = False
        self._newest: float | None = None  # to be asked for next
        self._turned = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._undo = deck.desk.switcher.watch(self._show)
        self.tick(deck.desk.clock.mono_ns())

    @property
    def position(self) -> float:
        """Where it stands, 0 to 1: the hand's, else what OBS holds, else the running transition's."""
        if self._wanted is not None:
            return self._wanted
        if self._switcher.t_bar is not None:
            return self._switcher.t_bar
        return self._progress or 0.0

    @property
    def why_not(self) -> str:
        """Why it cannot be moved now; "" while it can."""
        return self._why_not

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def tick(self, now_ns: int) -> None:
        """Let a running transition go on, and follow whether the bar can be moved."""
        action = self._deck.desk.actions.get("tbar.move")
        enabled = action.enabled(self._deck.desk) if action else None
        why_not = "" if enabled is None or enabled.is_enabled else enabled.why
        progress = self._running_share(now_ns)
        if (why_not, progress) != (self._why_not, self._progress):
            self._why_not, self._progress = why_not, progress
            self.update()
        self._name_it()

    def _running_share(self, now_ns: int) -> float | None:
        duration_ms = running_ms(self._switcher)
        if self._began_ns is None or not duration_ms:
            return None
        return min(1.0, max(0.0, (now_ns - self._began_ns) / 1e6 / duration_ms))

    def _show(self, switcher: Switcher) -> None:
        was_running = self._began_ns is not None
        runs = switcher.in_transition and switcher.t_bar is None and switcher.link.is_up
        if runs is not was_running:
            self._began_ns = self._deck.desk.clock.mono_ns() if runs else None
            self._progress = None
        has_moved = switcher.t_bar != self._switcher.t_bar
        self._switcher = switcher
        if has_moved or runs is not was_running:
            self._name_it()
            self.update()

    def _name_it(self) -> None:
        state = f" held at {round(self.position * 100)} %" if self._switcher.t_bar is not None else ""
        name = f"T-bar{state}"
        if name != self.accessibleName():
            self.setAccessibleName(name)
        not_now = f"Not now: {self._why_not}\n" if self._why_not else ""
        tip = f"{name}: drag it up to take the preview\n{not_now}{_KEYS}"
        if tip != self.toolTip():
            self.setToolTip(tip)

    # --- the hand ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it; nothing moves yet."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._why_not:
            self._deck.ask.tell(Notice(f"T-bar: {self._why_not}"))
            return
        self._grip = (event.position().y(), self.position if self._switcher.t_bar is not None else 0.0)
        self._is_dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self._grip is None:
            return
        began_y, began_at = self._grip
        way = began_y - event.position().y()
        if self._is_dragged or abs(way) >= _NUDGE_PX:
            self._is_dragged = True
            self._move(began_at + way / max(1, self._way_px()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of it: at an end it is let go in OBS too, half-way it stays held."""
        self._grip = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A step for each notch."""
        self._turned += event.angleDelta().y()
        steps = int(self._turned / _NOTCH)
        self._turned -= steps * _NOTCH
        if steps and self._why_not:
            self._deck.ask.tell(Notice(f"T-bar: {self._why_not}"))
        elif steps:
            self._move((self.position if self._is_held() else 0.0) + steps * T_BAR_STEP)
        event.accept()

    def _is_held(self) -> bool:
        return self._wanted is not None or self._switcher.t_bar is not None

    def _move(self, position: float) -> None:
        position = round(min(1.0, max(0.0, position)), 3)
        position = 1.0 if position > 1.0 - ENDS else 0.0 if position < ENDS else position
        if position == self._wanted or (position == 0.0 and not self._is_held()):
            return
        self._wanted = self._newest = position
        if position == 1.0:
            self._grip = None  # it took: the same drag must not begin the way back
        self.update()
        if not self._is_asking:
            self._ask()

    def _ask(self) -> None:
        position, self._newest = self._newest, None
        if position is None:
            self._wanted = None
            self._is_asking = False
            self.update()
            return
        self._is_asking = True
        release = position in (0.0, 1.0)
        arguments = {"position": position, "release": release}
        self._deck.ask("tbar.move", Origin.BUTTON, arguments, done=self._ask)

    # --- the picture ---

    def _track(self) -> QRect:
        top = theme.line_height(theme.SMALL) + px(12)
        bottom = theme.line_height(theme.SMALL) + px(12)
        return QRect(self.width() // 2 - px(5), top, px(10), max(1, self.height() - top - bottom))

    def _handle_px(self) -> int:
        return max(20, px(26))

    def _way_px(self) -> int:
        return self._track().height() - self._handle_px()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, how far it is, the handle, and the words for it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.LINE, radius=px(6))
        is_held = self._is_held()
        ink = theme.FAINT if self._why_not else theme.AMBER_SOFT if is_held else theme.SOFT
        line = theme.line_height(theme.SMALL)
        upper = QRect(0, px(6), self.width(), line)
        lower = QRect(0, self.height() - line - px(6), self.width(), line)
        draw_text(painter, upper, "HELD" if is_held else "T-BAR", theme.SMALL, ink, weight=theme.BOLD, align=CENTRE)
        words = f"{round(self.position * 100)} %" if is_held else "off" if self._why_not else "PgUp"
        draw_text(
            painter, lower, words, theme.SMALL, ink, weight=theme.BOLD if is_held else theme.REGULAR, align=CENTRE
        )
        self._paint_bar(painter, is_held)
        painter.end()

    def _paint_bar(self, painter: QPainter, is_held: bool) -> None:
        track = self._track()
        theme.box(painter, track, theme.WELL, theme.LINE, radius=px(5))
        for share in (0.25, 0.5, 0.75):
            y = track.bottom() - self._handle_px() // 2 - round(share * self._way_px())
            painter.fillRect(QRect(track.left() - px(8), y, px(5), 1), theme.LINE)
            painter.fillRect(QRect(track.right() + px(4), y, px(5), 1), theme.LINE)
        colour = theme.AMBER if is_held else theme.SOFT
        y = track.bottom() - self._handle_px() - round(self.position * self._way_px())
        filled = QRect(track.left(), y, track.width(), track.bottom() - y)
        veil = QColor(colour)
        veil.setAlphaF(0.55)
        theme.box(painter, filled, veil, radius=px(5))
        handle = QRect(px(7), y, self.width() - 2 * px(7), self._handle_px())
        fill, line, _ = (Face.OFF if self._why_not else Face.AMBER if is_held else Face.PLAIN).value
        theme.box(painter, handle, fill, theme.AMBER if is_held else line, radius=px(5))
        grip = theme.INK if is_held else theme.FAINT
        for offset in (-px(4), 0, px(4)):
            painter.fillRect(
                QRect(handle.left() + px(9), handle.center().y() + offset, handle.width() - px(18), 1), grip
            )


class BlackButton(ActionButton):
    """Fade to black, and back from it; narrow, so its words stand in lines."""

    def __init__(self, deck: Deck) -> None:
        super().__init__(deck, "black.fade", "BLACK", size=theme.SMALL)

    def show_switcher(self, switcher: Switcher) -> None:
        """Follow whether it is black."""
        self.be("black.fade", "BLACK", "goes back" if switcher.is_black else "",
                face=Face.RED_LINE if switcher.is_black else Face.PLAIN)  # fmt: skip

    def sizeHint(self) -> QSize:
        """As wide as its widest word, as high as three lines."""
        width = max(theme.width_of(word, theme.SMALL, theme.BOLD) for word in ("BLACK", "goes back"))
        return QSize(width, 3 * theme.line_height(theme.SMALL) + px(8))

    def _paint_words(self, painter: QPainter, colour: QColor) -> None:
        lines = ["BLACK", f"hold {self._key}", "back"] if self._note else ["BLACK", f"hold {self._key}"]
        height = theme.line_height(theme.SMALL)
        top = (self.height() - len(lines) * height) // 2
        for index, words in enumerate(lines):
            weight = theme.BOLD if index == 0 else theme.REGULAR
            row = QRect(2, top + index * height, self.width() - 4, height)
            draw_text(painter, row, words, theme.SMALL, colour, weight=weight, align=CENTRE)


def running_ms(switcher: Switcher) -> int | None:
    """How long the running transition takes, as far as it is known: the scene's own, else the chosen one's."""
    target = next((scene for scene in switcher.scenes if scene.name == switcher.claimed), None)
    if target is not None and target.override is not None and target.override_ms is not None:
        return target.override_ms
    return switcher.transition_ms
