"""Cameras that were found and are not in the show: one press adds one. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from console.cameras.state import Offer, OfferKind
from widgets import theme
from widgets.theme import draw_text, draw_wrapped, px, width_of

LOOKING: Final = "Looking for capture devices, and for cameras in OBS…"
NOTHING: Final = (
    "Nothing new was found: no capture device, no camera in OBS that is not in the show. Plug it in, or ADD."
)
_KINDS: Final = {OfferKind.DEVICE: "device", OfferKind.OBS: "in OBS"}


def offer_words(offer: Offer) -> str:
    """What an offer is, in a line: where it was found, its address, what to know before."""
    address = offer.mrl or (f"source {offer.source}" if offer.source else "")
    return " · ".join(part for part in (_KINDS[offer.kind], offer.note, address) if part)


class OffersList(QWidget):
    """The offers as rows, each with ADD at its end; the whole row is the button."""

    taken = Signal(str)  # an offer's name

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._is_looking = False
        self._why = ""  # nothing could be looked for
        self._chosen = 0
        self._pressed: str | None = None
        self._first = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Cameras found")
        self.setToolTip(
            "Press a camera: it is added to the show\nKey: Tab to it, then ← → choose, N adds it, Esc closes"
        )

    @property
    def heading(self) -> str:
        """What stands above the rows."""
        if self._is_looking:
            return "LOOKING…"
        if self._why:
            return "NOT LOOKED FOR"
        return f"FOUND {len(self._offers)}: press to add" if self._offers else "FOUND NOTHING · Esc closes"

    @property
    def rows(self) -> tuple[str, ...]:
        """What each row says."""
        return tuple(f"{offer.name}: {offer_words(offer)}" for offer in self._offers)

    @property
    def empty_words(self) -> str:
        """What stands in place of rows."""
        return "" if self._offers else LOOKING if self._is_looking else self._why or NOTHING

    def show_offers(self, offers: tuple[Offer, ...], *, is_looking: bool, why: str = "") -> None:
        """Follow the desk; `why`: what kept it from looking."""
        if (offers, is_looking, why) == (self._offers, self._is_looking, self._why):
            return
        self._offers, self._is_looking, self._why = offers, is_looking, why
        self._pressed = None  # what is under the pointer may be another one now
        self._choose(self._chosen)

    def row_at(self, y: int) -> int:
        """Which offer, from 0, stands at this height; -1 above them, and it may be past the last."""
        below = y - self._head_px()
        return self._first + below // self._row_px() if below >= 0 else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a press."""
        index = self.row_at(int(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and 0 <= index < len(self._offers):
            self._pressed = self._offers[index].name
            self._choose(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Add it, if the finger is still on it."""
        name, self._pressed = self._pressed, None
        index = self.row_at(int(event.position().y()))
        self.update()
        if name is not None and 0 <= index < len(self._offers) and self._offers[index].name == name:
            self.taken.emit(name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._offers) - self._fits()))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose and add; everything else is somebody else's."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        if event.key() in steps:
            self._choose(self._chosen + steps[event.key()])
        elif event.key() == Qt.Key.Key_N and self._offers and not event.isAutoRepeat():
            self.taken.emit(self._offers[self._chosen].name)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which one is chosen."""
        super().focusInEvent(event)
        self._choose(self._chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen one in sight."""
        self._choose(self._chosen)

    def _choose(self, index: int) -> None:
        self._chosen = max(0, min(len(self._offers) - 1, index))
        self._first = max(0, min(self._first, self._chosen, len(self._offers) - 1))
        if self._chosen >= self._first + self._fits():
            self._first = self._chosen - self._fits() + 1
        chosen = self.rows[self._chosen] if self._offers else "nothing"
        self.setAccessibleDescription(f"{self.heading}. Chosen: {chosen}")
        self.update()

    @staticmethod
    def _row_px() -> int:
        return max(34, px(44))

    @staticmethod
    def _head_px() -> int:
        return theme.line_height(theme.SMALL) + px(8)

    def _fits(self) -> int:
        return max(1, (self.height() - self._head_px()) // self._row_px())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the heading and the rows that fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head, height = self._head_px(), self._row_px()
        ink = theme.AMBER_SOFT if self._is_looking or not self._offers else theme.GREEN_SOFT
        draw_text(painter, QRect(0, 0, self.width(), head), self.heading, theme.SMALL, ink, weight=theme.BOLD,
                  may_cut=True)  # fmt: skip
        if not self._offers:
            room = self.rect().adjusted(0, head, 0, 0)
            draw_wrapped(painter, room, self.empty_words, theme.SMALL, theme.SOFT)
        seen = self._offers[self._first : self._first + self._fits()]
        for row, offer in enumerate(seen):
            place = QRect(0, head + row * height, self.width(), height)
            self._paint_row(painter, place, offer, is_chosen=self._first + row == self._chosen)
        hidden = len(self._offers) - self._first - len(seen)
        if hidden > 0:
            draw_text(painter, QRect(0, 0, self.width(), head), f"{hidden} more ▾", theme.SMALL, theme.AMBER_SOFT,
                      weight=theme.BOLD, align=theme.RIGHT)  # fmt: skip
        if self.hasFocus():
            theme.box(painter, self.rect(), None, theme.AMBER, radius=px(5), line_px=2)
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRect, offer: Offer, *, is_chosen: bool) -> None:
        is_lit = offer.name == self._pressed or (is_chosen and self.hasFocus())
        theme.box(painter, rect.adjusted(0, 2, 0, -2), theme.RAISED, theme.SOFT if is_lit else theme.LINE, radius=px(5))
        add_px = width_of("+ ADD", theme.SMALL, theme.BOLD) + 2 * px(9)
        add = QRect(rect.right() - add_px, rect.top(), add_px, rect.height())
        draw_text(painter, add, "+ ADD", theme.SMALL, theme.GREEN_SOFT, weight=theme.BOLD, align=theme.CENTRE)
        room = QRect(rect.left() + px(10), rect.top(), rect.width() - add_px - px(16), rect.height())
        upper, lower = theme.line_height(theme.BODY, theme.STRONG), theme.line_height(theme.SMALL)
        top = (rect.height() - upper - lower) // 2
        name = QRect(room.left(), room.top() + top, room.width(), upper)
        below = QRect(room.left(), name.bottom(), room.width(), lower)
        draw_text(painter, name, offer.name, theme.BODY, theme.TEXT, weight=theme.STRONG, may_cut=True)
        draw_text(painter, below, offer_words(offer), theme.SMALL, theme.FAINT, may_cut=True)
