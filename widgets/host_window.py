"""The host's window: the product, the words and one big button, for a second or touch screen. Qt thread only.

It shows what the page on a phone shows, out of the same words; a press from here is the host's. Everything is painted
as large as the window has room for: it is read from where the host stands.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtGui import QShowEvent as ShowEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.host_view import BUTTONS, PRESSES, HostView, Mood, Said, came_of, host_view
from console.desk.roles import Role
from widgets import theme
from widgets.ask import Deck
from widgets.own_page import OwnPage
from widgets.times import FAR_S, clock_words

HOLD_S: Final = 0.5
NOTE_S: Final = 8.0
_HOLD: Final = "host.press"  # a hold of its own: the director's F fills the director's button
_TICK_MS: Final = 200
_FRAME_MS: Final = 16
_URGENT_S: Final = 30
_SMALLEST_PX: Final = 12
_STEP_PX: Final = 4
_MEASURED_PX: Final = 100
_SENDING: Final = Said(Mood.WAIT, "SENDING", "Wait for the answer.")
_CHANGED: Final = Said(Mood.BAD, "NOT FIRED", "The product changed under the press. Look, then press again.")
_COLOURS: Final = {  # ground, box, ink
    Mood.CALM: (theme.GROUND, theme.PANEL, theme.SOFT),
    Mood.READY: (theme.GROUND, theme.AMBER_DEEP, theme.AMBER_SOFT),
    Mood.WAIT: (theme.GROUND, theme.AMBER_DEEP, theme.AMBER_SOFT),
    Mood.GOOD: (QColor("#0b2616"), theme.GREEN_DEEP, theme.GREEN_SOFT),
    Mood.BAD: (QColor("#2b0d10"), theme.RED_DEEP, theme.RED_SOFT),
}
_DIGIT: Final = re.compile(r"\d")
_FLAGS: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand in a window of some size."""

    message: QRect
    title: QRect
    price: QRect
    time: QRect
    facts: QRect
    said: QRect
    button: QRect


def places_in(width: int, height: int, *, has_message: bool) -> Places:
    """A wide window has the button at its right, an upright one at its foot; without a message the rest moves up."""
    gap = max(8, round(min(width, height) * 0.03))
    is_wide = width > 1.15 * height
    button = QRect(width * 56 // 100, gap, width * 44 // 100 - gap, height - 2 * gap)
    column = QRect(gap, gap, width * 56 // 100 - 2 * gap, height - 2 * gap)
    if not is_wide:
        button = QRect(gap, height * 66 // 100, width - 2 * gap, height * 34 // 100 - gap)
        column = QRect(gap, gap, width - 2 * gap, height * 66 // 100 - 2 * gap)
    shares = [14 if has_message else 0, 22, 10, 20, 10, 24]
    rows: list[QRect] = []
    top, room = column.top(), column.height() - gap * (len(shares) - 1)
    for share in shares:
        rows.append(QRect(column.left(), top, column.width(), room * share // sum(shares)))
        top += rows[-1].height() + (gap if share else 0)
    message, title, price, time, facts, said = rows
    said.setBottom(column.bottom())
    return Places(message, title, price, time, facts, said, button)


class HostButton(QAbstractButton):
    """The one button: held, it says so once; let go early, it says nothing."""

    held = Signal(str, int)  # drop and run as they were when the press began

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._deck = deck
        self._view = HostView(Role.HOST, Said(Mood.CALM, ""))
        self._meant: tuple[str, int] | None = None
        self._is_busy = False
        self._beat = QTimer(self)
        self._beat.setInterval(_FRAME_MS)
        self._beat.timeout.connect(self.update)

    @property
    def is_ready(self) -> bool:
        """Whether a press would be asked for."""
        return self._view.can_press and not self._is_busy

    def show_view(self, view: HostView, *, is_busy: bool) -> None:
        """Be the button of what is seen now; a hold that was for something else ends."""
        if (view, is_busy) == (self._view, self._is_busy):
            return
        self._view, self._is_busy = view, is_busy
        if self._meant is not None and (self._meant != (view.drop, view.run) or not self.is_ready):
            self.let_go()
        name = f"{BUTTONS[view.role]} {view.title}".strip()
        self.setAccessibleName(name)
        self.setAccessibleDescription("Hold half a second" if self.is_ready else "Not now")
        self.setToolTip(f"{name}\nHold half a second\nNo key of its own here")
        self.update()

    def let_go(self) -> None:
        """End a hold without its effect."""
        if self._meant is not None:
            self._meant = None
            self._deck.holds.let_go(_HOLD)
        self._beat.stop()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A hold begins, by mouse or finger."""
        event.accept()
        if event.button() is Qt.MouseButton.LeftButton and self.is_ready:
            self._meant = self._view.drop, self._view.run
            self._beat.start()
            self._deck.holds.start(_HOLD, HOLD_S, self._end)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A finger that slides off lets go."""
        if not self.rect().contains(event.position().toPoint()):
            self.let_go()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        event.accept()
        self.let_go()

    def _end(self) -> None:
        meant, self._meant = self._meant, None
        self._beat.stop()
        if meant is not None:
            self.held.emit(*meant)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key, how far it is held, and its words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, line, ink = (theme.RAISED, theme.LINE, theme.FAINT)
        if self.is_ready:
            fill, line, ink = theme.AMBER, theme.AMBER_SOFT, theme.INK
        radius = min(self.width(), self.height()) * 0.08
        theme.box(painter, self.rect(), fill, line, radius=radius, line_px=3)
        far = self._deck.holds.fraction(_HOLD) if self._meant is not None else 0.0
        if far:
            theme.box(painter, QRectF(3, 3, (self.width() - 6) * far, self.height() - 6), theme.RED, radius=radius - 3)
        words = QRect(0, self.height() * 30 // 100, self.width(), self.height() * 30 // 100)
        below = QRect(0, self.height() * 62 // 100, self.width(), self.height() * 10 // 100)
        hint = "hold half a second" if self.is_ready else "pressed" if self._is_busy else "not now"
        draw_fitting(painter, _inside(words), BUTTONS[self._view.role], ink, weight=theme.BOLD, is_centred=True)
        draw_fitting(painter, _inside(below), hint, ink, weight=theme.STRONG, is_centred=True)
        painter.end()


class HostWindow(OwnPage):
    """Shows what the host needs, and asks to fire what the director has armed."""

    def __init__(self, deck: Deck, parent: QWidget | None = None) -> None:
        super().__init__("Host", "H", parent)
        self._deck = deck
        self.view = HostView(Role.HOST, Said(Mood.CALM, ""))
        self._note: Said | None = None  # what came of a press, until the sale says something else
        self._note_until_ns = 0
        self._is_busy = False
        self._painted_time = ""
        self._painted_calm: tuple[HostView, Said] | None = None
        self.button = HostButton(deck, self)
        self.button.held.connect(self._press)
        self._beat = QTimer(self)
        self._beat.setInterval(_TICK_MS)
        self._beat.timeout.connect(self.tick)
        desk = deck.desk
        self._undo = [each.watch(lambda _: self._follow(), now=False) for each in (desk.sale, desk.host)]
        self._follow()

    @property
    def said(self) -> Said:
        """What stands there now: what came of the press, or how it is."""
        return self._note or self.view.said

    @property
    def time_words(self) -> str:
        """What is left of the countdown or the sale: "0:12 to go", "4:12 left"; "" while there is neither."""
        left_s = self._left_s(self._deck.desk.clock.now())
        word = "left" if self.view.opens_at is None else "to go"
        return "" if left_s is None else f"{clock_words(left_s + 0.999)} {word}"

    def tick(self) -> None:
        """Let the time go on, and the answer to a press go by; only what changes is painted."""
        if self._note is not None and not self._is_busy and self._deck.desk.clock.mono_ns() > self._note_until_ns:
            self._note = None
            self._show()
        if self.time_words != self._painted_time:
            self.update(self._places.time)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()
        self.button.let_go()

    def _follow(self) -> None:
        desk, before = self._deck.desk, self.view
        self.view = host_view(desk.sale.value, Role.HOST, desk.host.value.message)
        if (before.drop, before.run, before.state) != (self.view.drop, self.view.run, self.view.state):
            self._note = _SENDING if self._is_busy else None
        self._place()
        self._show()

    def _press(self, drop: str, run: int) -> None:
        if (drop, run) != (self.view.drop, self.view.run):
            self._say(_CHANGED)
            return
        self._is_busy = True
        self._say(_SENDING)
        self._deck.ask(PRESSES[Role.HOST], Origin.HOST, {"drop": drop, "run": run}, heard=self._heard, done=self._done)

    def _heard(self, outcome: Outcome) -> None:
        said = came_of(Role.HOST, outcome)
        if said.mood is Mood.GOOD and self.view.said.mood is Mood.GOOD:
            self._note = None  # what it led to stands there already
        else:
            self._say(said)

    def _done(self) -> None:
        self._is_busy = False
        if self._note is _SENDING:  # the console stumbled; its banner says so
            self._note = None
        self._show()

    def _say(self, said: Said) -> None:
        self._note = said
        self._note_until_ns = self._deck.desk.clock.mono_ns() + round(NOTE_S * 1e9)
        self._show()

    def _show(self) -> None:
        said = self.said
        self.setAccessibleDescription(f"{said.headline}. {said.says} {self.view.message}".strip())
        self.button.show_view(self.view, is_busy=self._is_busy)
        calm = replace(self.view, left=0, sold=0), said
        if calm == self._painted_calm:
            self.update(self._places.facts)  # orders come by the dozen
        else:
            self._painted_calm = calm
            self.update()

    def _left_s(self, now: datetime) -> float | None:
        at = self.view.opens_at or self.view.closes_at
        left_s = None if at is None else max(0.0, (at - now).total_seconds())
        return None if left_s is None or left_s > FAR_S else left_s

    def _place(self) -> None:
        self._places = places_in(self.width(), self.height(), has_message=bool(self.view.message))
        self.button.setGeometry(self._places.button)

    # --- what Qt calls ---

    def showEvent(self, event: ShowEvent) -> None:
        """The time goes on while it is seen."""
        super().showEvent(event)
        self._beat.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """And costs nothing while it is not; no finger is on it."""
        super().hideEvent(event)
        self._beat.stop()
        self.button.let_go()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything grows and shrinks with the window."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all but the button, as far as it is to be painted."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places, view, said = self._places, self.view, self.said
        painter.fillRect(event.rect(), _COLOURS[said.mood][0])
        self._painted_time = self.time_words
        left_s = self._left_s(self._deck.desk.clock.now())
        urgent = left_s is not None and left_s <= _URGENT_S
        facts = f"{view.left} left · {view.sold} sold · {view.stock} in all" if view.drop else ""
        for place, text, colour, weight in (
            (places.title, view.title, theme.TEXT, theme.BOLD),
            (places.price, view.price, theme.SOFT, theme.STRONG),
            (places.time, self._painted_time, theme.RED_SOFT if urgent else theme.TEXT, theme.BOLD),
            (places.facts, facts, theme.TEXT, theme.STRONG),
        ):
            if event.rect().intersects(place):
                draw_fitting(painter, place, text, colour, weight=weight)
        if view.message and event.rect().intersects(places.message):
            theme.box(painter, places.message, theme.WHITE, radius=10)
            draw_fitting(painter, _inside(places.message), view.message, theme.INK, weight=theme.BOLD)
        if event.rect().intersects(places.said):
            _paint_said(painter, places.said, said)
        painter.end()


def _paint_said(painter: QPainter, place: QRect, said: Said) -> None:
    _, fill, ink = _COLOURS[said.mood]
    theme.box(painter, place, fill, ink, radius=14, line_px=2)
    inner = _inside(place)
    head = QRect(inner.left(), inner.top(), inner.width(), inner.height() * 55 // 100)
    rest = QRect(inner.left(), head.bottom(), inner.width(), inner.height() - head.height())
    draw_fitting(painter, head, said.headline, ink, weight=theme.BOLD)
    draw_fitting(painter, rest, said.says, theme.TEXT, weight=theme.REGULAR)


def draw_fitting(
    painter: QPainter, rect: QRect, text: str, colour: QColor, *, weight: int, is_centred: bool = False
) -> None:
    """Draw `text` in `rect`, wrapped, as large as it fits; what fits in no size is cut off at its foot."""
    if not text or rect.height() <= 0:
        return
    like = _DIGIT.sub("0", text)  # digits are of one width: a clock that goes on is not measured anew
    painter.setFont(_font(_fitting_px(like, rect.width(), rect.height(), weight), weight))
    painter.setPen(colour)
    flags = _FLAGS if not is_centred else Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
    painter.drawText(QRectF(rect), int(flags), text)


@lru_cache(maxsize=256)
def _fitting_px(text: str, width: int, height: int, weight: int) -> int:
    """The largest size, in steps of _STEP_PX, in which `text`, wrapped at words alone, fits into that room.

    Measured at one size and scaled: to set up a font at each size that is tried would hold the window up for 0.4 s.
    """
    measured = QFontMetricsF(_font(_MEASURED_PX, weight))
    words = [measured.horizontalAdvance(word) for word in text.split()]
    space, line = measured.horizontalAdvance(" "), measured.height()

    def fits(pixels: int) -> bool:
        scale = pixels / _MEASURED_PX
        lines, used = 1, -space
        for word in words:
            if used + space + word > width / scale and used > 0:
                lines, used = lines + 1, -space
            used += space + word
            if used > width / scale:
                return False
        return lines * line * scale <= height

    sizes = range(_SMALLEST_PX, max(_SMALLEST_PX, height) + 1, _STEP_PX)
    return next((size for size in reversed(sizes) if fits(size)), _SMALLEST_PX)


@lru_cache(maxsize=256)
def _font(pixels: int, weight: int) -> QFont:
    font = QFont(theme.font(theme.BODY, weight))
    font.setPixelSize(pixels)
    return font


def _inside(rect: QRect) -> QRect:
    pad = max(6, rect.height() // 10)
    return rect.adjusted(2 * pad, pad, -2 * pad, -pad)
