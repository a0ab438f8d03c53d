"""Solo: one tile large, with everything that is known of its camera, guides, and the way back. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from console.core.journal import Origin
from console.settings.show import Guide
from widgets import theme
from widgets.ask import Deck
from widgets.chooser import Chooser
from widgets.controls import ActionButton, Face
from widgets.fits import fitted
from widgets.frame_guides import EVERY, paint_guides
from widgets.pictures import paint_footing
from widgets.theme import draw_text, px
from widgets.tile import Tile
from widgets.tile_facts import in_rows
from widgets.tile_levels import TileLevels

_CHOICES: Final[tuple[tuple[Guide, ...], ...]] = ((), *((guide,) for guide in EVERY))


class SoloTile(Tile):
    """A tile that is seen alone: its figures stand under its name, and the guides lie on its picture."""

    def __init__(self, deck: Deck, number: int, scene: str, camera: str) -> None:
        self._guides: tuple[str, ...] = ()
        self._lines: tuple[str, ...] = ()
        super().__init__(deck, number, scene, camera)
        self._levels = TileLevels(bar=14)
        self._unguide = deck.desk.show.watch(lambda show: self._show_guides(show.multiview.guides))

    @property
    def lines(self) -> tuple[str, ...]:
        """The figures, as shown."""
        return self._lines

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._unguide()

    def tick(self, now_ns: int) -> None:
        """Let ages and figures go on."""
        super().tick(now_ns)
        lines = self.facts()
        if lines != self._lines:
            self._lines = lines
            self.setAccessibleDescription(". ".join(lines))
            self.repaint_over()

    def _show_guides(self, guides: tuple[str, ...]) -> None:
        if guides != self._guides:
            self._guides = guides
            self.repaint_over()

    def paint_over(self, painter: QPainter) -> None:
        """Guides lie under the words."""
        if self.has_picture():
            paint_guides(painter, self.shown_rect(), self._guides)
        super().paint_over(painter)

    def place_picture(self, size: QSize, room: QSize) -> QRect:
        """At the top: where the room is higher than the picture, the words stand below it and hide nothing."""
        target = fitted(size, room)
        target.moveTop(0)
        return target

    def _meter_rect(self) -> QRect:
        rect, shown = super()._meter_rect(), self.shown_rect()
        rect.setBottom(max(rect.top(), min(rect.bottom(), shown.bottom() - px(8))))
        return rect.translated(min(0, shown.right() - rect.right() - px(8)), 0)

    def _is_narrow(self) -> bool:
        return False

    def _rows(self) -> list[str]:
        """The figures in lines that fit."""
        room = self.width() - px(28)
        return in_rows(self._lines, lambda row: theme.width_of(row, theme.SMALL, theme.STRONG) <= room)

    def _footing_px(self) -> int:
        rows = len(self._rows())
        return theme.line_height(theme.TITLE) + px(14) + rows * theme.line_height(theme.SMALL, theme.STRONG)

    def _paint_footing(self, painter: QPainter) -> int:
        """The name, why it is as it is, and the figures below."""
        rect, footing = self.rect(), self._footing_px()
        paint_footing(painter, rect, footing + px(30))
        top = rect.bottom() - footing
        line = QRect(px(14), top, rect.width() - px(28), theme.line_height(theme.TITLE) + px(4))
        draw_text(painter, line, self.title, theme.TITLE, weight=theme.BOLD, may_cut=True)
        height = theme.line_height(theme.SMALL, theme.STRONG)
        below = QRect(px(14), line.bottom() + 1, line.width(), height)
        for row in self._rows():
            colour = theme.AMBER_SOFT if self.figures.is_trouble else theme.TEXT
            draw_text(painter, below, row, theme.SMALL, colour, weight=theme.STRONG, may_cut=True)
            below.translate(0, height)
        return top


class BackButton(QAbstractButton):
    """All tiles again."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Back to all tiles")
        self.setToolTip("Back to all tiles\nKey: Z or Esc")

    def sizeHint(self) -> QSize:
        """Room for its words."""
        return QSize(max(44, theme.width_of("BACK", theme.BODY, theme.BOLD) + 2 * px(10)), px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, words and key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, line, ink = Face.PLAIN.value
        theme.box(painter, self.rect(), fill.lighter(130) if self.isDown() else fill, line, radius=px(6))
        heights = theme.line_height(theme.BODY, theme.BOLD), theme.line_height(theme.SMALL)
        top = (self.height() - sum(heights)) // 2
        first, second = (QRect(0, y, self.width(), h) for y, h in ((top, heights[0]), (top + heights[0], heights[1])))
        draw_text(painter, first, "BACK", theme.BODY, ink, weight=theme.BOLD, align=theme.CENTRE)
        draw_text(painter, second, "Z", theme.SMALL, ink, align=theme.CENTRE)
        painter.end()


class GuideChooser(Chooser):
    """Which frame guides lie on program, preview and solo: none, or one of them; the palette has all of them."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("Frame guides")
        self._deck = deck
        self._guides: tuple[Guide, ...] = ()
        self.stepped.connect(self._step)
        self._undo = deck.desk.show.watch(lambda show: self._show(show.multiview.guides))

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def _show(self, guides: tuple[Guide, ...]) -> None:
        self._guides = guides
        self.say(guide_words(guides), "guides")

    def _step(self, step: int) -> None:
        at = _CHOICES.index(self._guides) if self._guides in _CHOICES else 0
        guides = _CHOICES[(at + step) % len(_CHOICES)]
        self._deck.ask("multiview.guides", Origin.BUTTON, {"guides": list(guides)})


def guide_words(guides: tuple[Guide, ...]) -> str:
    """The guides that are on, in a few signs."""
    if not guides:
        return "none"
    return guides[0] if len(guides) == 1 else f"{len(guides)} of {len(EVERY)}"


class SoloBar(QWidget):
    """Beside a tile that is seen alone: back, snapshot, guides."""

    back_wanted = Signal()

    def __init__(self, deck: Deck, camera: str) -> None:
        super().__init__()
        self._back = BackButton()
        self._back.clicked.connect(self.back_wanted)
        self._snapshot = ActionButton(deck, "camera.snapshot", "SNAPSHOT", size=theme.SMALL,
                                      arguments=lambda: {"camera": camera})  # fmt: skip
        self._guides = GuideChooser(deck)
        for control in (self._back, self._snapshot, self._guides):
            control.setParent(self)

    @staticmethod
    def height_px() -> int:
        """How high it is, logical pixels."""
        return max(34, px(46))

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._guides.close_watches()

    def place(self, room: QRect) -> None:
        """Lie in `room`: back first, where the eye is."""
        self.setGeometry(room)
        gap = px(6)
        width = (room.width() - 2 * gap) // 3
        for index, control in enumerate((self._back, self._snapshot, self._guides)):
            control.setGeometry(index * (width + gap), 0, width, room.height())
