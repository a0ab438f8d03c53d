"""The cameras of the show as rows: place, name, how each is and how its stream arrives. Qt thread only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from console.cameras.looks import FROZEN_S
from console.cameras.mrl import Kind, parse_mrl
from console.cameras.state import Camera, CameraState, Origin, Stats
from console.desk.view import DeskView
from console.settings import show
from widgets import theme
from widgets.theme import draw_text, draw_wrapped, px, width_of
from widgets.times import clock_words

NO_CAMERAS: Final = "No cameras yet. FIND looks for them, ADD takes an address."
REMOVE_HOLD_S: Final = 1.0
_FEW: Final = 0.8  # of the expected pictures: below it the rate is marked
_SIGNS: Final = {
    CameraState.LIVE: ("●", theme.GREEN_SOFT),
    CameraState.CONNECTING: ("○", theme.AMBER_SOFT),
    CameraState.STALLED: ("■", theme.AMBER_SOFT),
    CameraState.FROZEN: ("?", theme.AMBER_SOFT),
    CameraState.BLACK: ("▲", theme.RED_SOFT),
    CameraState.LOST: ("▲", theme.RED_SOFT),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One camera: how it is, and how it stands in the show (None: it is not written there)."""

    name: str
    tile: Camera | None = None
    kept: show.Camera | None = None

    @property
    def is_live(self) -> bool:
        """True when its picture is to be trusted."""
        return self.tile is not None and self.tile.state is CameraState.LIVE

    @property
    def needs_a_yes(self) -> bool:
        """True when only one program can open it, and the director has not said that Cuedrop may."""
        return self._only_one_opens_it and self.kept is not None and not self.kept.may_open

    @property
    def can_relay(self) -> bool:
        """True when there is a stream that could be handed to OBS."""
        kind = parse_mrl(self.kept.mrl).kind if self.kept and self.kept.mrl else Kind.FILE
        return self.has_relay or kind in (Kind.NETWORK, Kind.LISTENER)

    @property
    def has_relay(self) -> bool:
        """True when the show says that its stream is handed to OBS."""
        return bool(self.kept and self.kept.relay_port) or bool(self.tile and self.tile.relay)

    @property
    def _only_one_opens_it(self) -> bool:
        mrl = self.kept.mrl if self.kept else None
        return mrl is not None and parse_mrl(mrl).kind in (Kind.DEVICE, Kind.LISTENER)


def lines_of(desk: DeskView) -> tuple[Line, ...]:
    """The show's cameras in their order, then tiles that no show file names."""
    tiles = {tile.name: tile for tile in desk.cameras.value}
    kept = desk.show.value.cameras
    lines = [Line(camera.name, tiles.pop(camera.name, None), camera) for camera in kept]
    return (*lines, *(Line(name, tile) for name, tile in tiles.items()))


def state_of(tile: Camera | None, now_ns: int) -> tuple[str, str, QColor]:
    """A tile's state as sign, words and colour: readable without the colour."""
    if tile is None:
        return "○", "not opened", theme.AMBER_SOFT
    sign, colour = _SIGNS[tile.state]
    age_s = max(0.0, (now_ns - tile.since_mono_ns) / 1e9) if tile.since_mono_ns else 0.0
    if tile.state is CameraState.FROZEN:
        return sign, f"same picture {_age(age_s + FROZEN_S)}?", colour
    if tile.state is CameraState.LIVE:
        return ("■", "live", theme.AMBER_SOFT) if is_slow(tile) else (sign, "live", colour)
    words = f"{tile.state.value} {_age(age_s)}" if tile.since_mono_ns else tile.state.value
    return sign, f"{words} · trying" if tile.state is CameraState.LOST else words, colour


def _age(seconds: float) -> str:
    return f"{int(seconds)} s" if seconds < 60 else clock_words(seconds)


def is_slow(tile: Camera) -> bool:
    """True when clearly fewer pictures come than its stream should have."""
    return tile.stats.expected_fps > 0 and tile.fps < _FEW * tile.stats.expected_fps


def rate_words(tile: Camera) -> str:
    """How many pictures come: "30 fps", "19 of 30 fps"."""
    if is_slow(tile):
        return f"{tile.fps:.0f} of {tile.stats.expected_fps:.0f} fps"
    return f"{tile.fps:.0f} fps" if tile.fps else ""


def bitrate_words(stats: Stats) -> str:
    """How much comes: "5.8 Mb/s", "640 kb/s", "" when it is not known."""
    if not stats.bitrate_kbps:
        return ""
    return f"{stats.bitrate_kbps / 1000:.1f} Mb/s" if stats.bitrate_kbps >= 1000 else f"{stats.bitrate_kbps:.0f} kb/s"


def short_words(line: Line, now_ns: int) -> str:
    """A row's second line: state and the figures that matter at rest."""
    tile = line.tile
    _, words, _ = state_of(tile, now_ns)
    if tile is None:
        return words
    parts = [words]
    if line.is_live:
        parts += [rate_words(tile), bitrate_words(tile.stats)]
    parts.append("from OBS" if tile.origin is Origin.OBS else "")
    parts.append("relay" if line.has_relay else "")
    parts.append(f"{tile.delay_ms:.0f} ms" if tile.delay_ms is not None else "")
    return " · ".join(part for part in parts if part)


class CameraList(QWidget):
    """The rows that fit; pressing one chooses it, dragging one gives it another place."""

    chosen = Signal(str)
    moved = Signal(str, int)  # a camera and its new place, from 1
    edit_wanted = Signal(str)
    add_wanted = Signal()
    removal = Signal(bool)  # the key of the removal is held, or let go

    def __init__(self, now_ns: Callable[[], int]) -> None:
        super().__init__()
        self._now_ns = now_ns
        self._lines: tuple[Line, ...] = ()
        self._chosen = ""
        self._first = 0
        self._dragged = ""
        self._over: int | None = None  # the row that a dragged one would take
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Cameras")
        self.setToolTip(
            "Press a camera to see how it is, drag it to give it another place, double click to edit it\n"
            "Key: F5 again or Tab, then ← → choose, Ctrl ← → move, E edit, N add, Delete held removes"
        )

    def show_lines(self, lines: tuple[Line, ...], chosen: str) -> None:
        """Follow the desk."""
        if self._dragged and self._dragged not in [line.name for line in lines]:
            self._dragged, self._over = "", None
        is_same_place = chosen == self._chosen and len(lines) == len(self._lines)
        self._lines, self._chosen = lines, chosen
        words = [f"{line.name}, {short_words(line, self._now_ns())}" for line in lines if line.name == chosen]
        self.setAccessibleDescription(f"{len(lines)} cameras, chosen: {''.join(words) or 'none'}")
        if not is_same_place:
            self._keep_in_sight()
        self.update()

    @property
    def rows(self) -> tuple[str, ...]:
        """What each row says: sign, name, and how it is."""
        now_ns = self._now_ns()
        return tuple(
            f"{state_of(line.tile, now_ns)[0]} {line.name}: {short_words(line, now_ns)}" for line in self._lines
        )

    def row_at(self, y: int) -> int:
        """Which camera, from 0, stands at this height; it may be past the last."""
        return self._first + max(0, y) // self._row_px()

    # --- pointer ---

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._lines) - self._fits()))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pressed one; it may be dragged from now on."""
        index = self.row_at(int(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and index < len(self._lines):
            self._dragged = self._lines[index].name if self._lines[index].kept else ""
            self.chosen.emit(self._lines[index].name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the dragged one would go."""
        if self._dragged:
            last = sum(line.kept is not None for line in self._lines) - 1
            over = max(0, min(last, self.row_at(int(event.position().y()))))
            self._over = over if over != self._place(self._dragged) else None
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Give it its new place."""
        name, over = self._dragged, self._over
        self._dragged, self._over = "", None
        self.update()
        if name and over is not None:
            self.moved.emit(name, over + 1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit it."""
        index = self.row_at(int(event.position().y()))
        if index < len(self._lines):
            self.edit_wanted.emit(self._lines[index].name)

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, move, edit, add, remove; everything else is somebody else's."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        if event.key() in steps:
            self._step(steps[event.key()], is_move=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_E:
            self.edit_wanted.emit(self._chosen)
        elif event.key() == Qt.Key.Key_N:
            self.add_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            if not event.isAutoRepeat():
                self.removal.emit(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the removal."""
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.removal.emit(False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A hold ends when the keyboard goes."""
        super().focusOutEvent(event)
        self.removal.emit(False)

    def _step(self, step: int, *, is_move: bool) -> None:
        here = self._place(self._chosen)
        there = max(0, min(len(self._lines) - 1, here + step))
        if not self._lines or there == here:
            return
        if not is_move:
            self.chosen.emit(self._lines[there].name)
        elif self._lines[here].kept and self._lines[there].kept:
            self.moved.emit(self._chosen, there + 1)

    # --- where and how ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen one in sight."""
        self._keep_in_sight()

    def _place(self, name: str) -> int:
        names = [line.name for line in self._lines]
        return names.index(name) if name in names else 0

    @staticmethod
    def _row_px() -> int:
        return max(34, px(44))

    def _fits(self) -> int:
        return max(1, self.height() // self._row_px())

    def _keep_in_sight(self) -> None:
        here = self._place(self._chosen)
        self._first = max(0, min(self._first, here, len(self._lines) - 1))
        if here >= self._first + self._fits():
            self._first = here - self._fits() + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that fit, and where a dragged one would go."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self._row_px()
        if not self._lines:
            draw_wrapped(painter, self.rect().adjusted(0, px(6), -px(6), 0), NO_CAMERAS, theme.BODY, theme.FAINT)
        seen = self._lines[self._first : self._first + self._fits()]
        hidden = len(self._lines) - self._first - len(seen)
        more = f"{hidden} more ▾" if hidden > 0 else ""
        for row, line in enumerate(seen):
            place = QRect(0, row * height, self.width(), height)
            self._paint_row(painter, place, self._first + row, line, more=more if row == len(seen) - 1 else "")
        if self._over is not None:
            self._paint_drop(painter, height)
        if self.hasFocus():
            theme.box(painter, self.rect(), None, theme.AMBER, radius=px(5), line_px=2)
        painter.end()

    def _paint_drop(self, painter: QPainter, height: int) -> None:
        assert self._over is not None
        row = self._over - self._first + (1 if self._over > self._place(self._dragged) else 0)
        painter.fillRect(QRect(0, max(0, row * height - 2), self.width(), 4), theme.AMBER)

    def _paint_row(self, painter: QPainter, rect: QRect, index: int, line: Line, *, more: str) -> None:
        is_chosen, now_ns = line.name == self._chosen, self._now_ns()
        if is_chosen:
            theme.box(painter, rect.adjusted(0, 1, 0, -1), theme.RAISED, theme.SOFT, radius=px(5))
        else:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.LINE)
        sign, _, colour = state_of(line.tile, now_ns)
        number = QRect(rect.left() + px(8), rect.top(), width_of("16", theme.BODY, theme.BOLD) + 2, rect.height())
        draw_text(painter, number, str(index + 1), theme.BODY, theme.SOFT, weight=theme.STRONG)
        mark = QRect(number.right() + px(4), rect.top(), width_of("●", theme.LARGE, theme.BOLD) + 2, rect.height())
        draw_text(painter, mark, sign, theme.LARGE, colour, weight=theme.BOLD, align=theme.CENTRE)
        room = QRect(mark.right() + px(8), rect.top(), rect.right() - mark.right() - px(14), rect.height())
        if more:
            draw_text(painter, room, more, theme.SMALL, theme.AMBER_SOFT, weight=theme.BOLD, align=theme.RIGHT)
            room.setWidth(room.width() - width_of(more, theme.SMALL, theme.BOLD) - px(8))
        upper, lower = theme.line_height(theme.BODY, theme.BOLD), theme.line_height(theme.SMALL)
        top = (rect.height() - upper - lower) // 2
        name = QRect(room.left(), room.top() + top, room.width(), upper)
        below = QRect(room.left(), name.bottom(), room.width(), lower)
        weight = theme.BOLD if is_chosen else theme.STRONG
        draw_text(painter, name, line.name, theme.BODY, theme.TEXT, weight=weight, may_cut=True)
        ink = theme.FAINT if colour == theme.GREEN_SOFT else colour
        draw_text(painter, below, short_words(line, now_ns), theme.SMALL, ink, may_cut=True)
