"""OUTPUTS: stream, recording, replay buffer, virtual camera, and how well OBS works. Qt thread only."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from scenes.outputs.state import Output, Outputs
from scenes.state import OutputState
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.output_cell import OutputCell
from widgets.page import NO_MARK, Page
from widgets.plot import Plot, mbps_words
from widgets.theme import draw_text, px, width_of
from widgets.times import long_clock_words

DISK_SOON_MIN: Final = 30.0
DISK_NOW_MIN: Final = 10.0
_CONGESTED: Final = 0.25  # of 1: OBS begins to drop frames not far above it
_BUSY_PCT: Final = 85.0
_LATELY: Final = 10  # seconds: frames lagged or skipped within them are shown as going on


class Figures(QWidget):
    """OBS's own work in one line, each figure with its word; what is bad is coloured and marked."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[tuple[str, QColor], ...] = ()
        self.setAccessibleName("How OBS works")

    @property
    def words(self) -> str:
        """What it says."""
        return " · ".join(words for words, _ in self._parts)

    def say(self, parts: tuple[tuple[str, QColor], ...]) -> None:
        """Show the figures, the most urgent first."""
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleDescription(self.words)
            self.setToolTip(self.words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many as fit."""
        painter = QPainter(self)
        x, gap = 0, px(16)
        for words, colour in self._parts:
            width = width_of(words, theme.SMALL, theme.STRONG)
            if x + width > self.width():
                break
            draw_text(painter, QRect(x, 0, width + 1, self.height()), words, theme.SMALL, colour, weight=theme.STRONG)
            x += width + gap
        painter.end()


class OutputsPane(Page):
    """Four outputs, OBS's figures and the last five minutes."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("OUTPUTS")
        self._deck = deck
        self.pause = ActionButton(deck, "record.pause", "PAUSE", size=theme.SMALL, shows_key=False,
                                  arguments=lambda: {"on": not deck.desk.outputs.value.record.is_paused})  # fmt: skip
        self.save = ActionButton(deck, "replay.save", "SAVE", size=theme.SMALL, shows_key=False)
        self.cells = (
            OutputCell(deck, "stream", "STREAM", "ON AIR"),
            OutputCell(deck, "record", "RECORD", "REC", self.pause),
            OutputCell(deck, "replay", "REPLAY", "READY", self.save),
            OutputCell(deck, "vcam", "VIRTUAL CAMERA", "ON"),
        )
        self.figures = Figures()
        self.plot = Plot()
        self.note = _NoteLine()
        for widget in (*self.cells, self.figures, self.plot, self.note):
            widget.setParent(self)
        self._undo = [deck.desk.outputs.watch(self._show)]

    def restyle(self) -> None:
        """Take the present scale."""
        for cell in self.cells:
            cell.place()
        self._place()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let the clocks go on."""
        if self.isVisible():
            self._show_cells(self._deck.desk.outputs.value, now_ns)

    def show_holds(self) -> None:
        """Follow what is held."""
        for cell in self.cells:
            cell.switch.show_hold()

    def minimumSizeHint(self) -> QSize:
        """Two rows of two outputs and the figures."""
        return QSize(px(300), 2 * self._cell_px(is_narrow=True) + px(30))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Four lines where there is height for the plot below them; else two by two."""
        self._place()

    @staticmethod
    def _cell_px(*, is_narrow: bool) -> int:
        small = theme.line_height(theme.SMALL)
        return 3 * small + px(12) if is_narrow else max(38, px(46))

    def _place(self) -> None:
        left, width = px(14), self.width() - 2 * px(14)
        figures_px = theme.line_height(theme.SMALL) + px(6)
        is_narrow = self.height() < 4 * self._cell_px(is_narrow=False) + figures_px + px(90) or width < px(640)
        cell_px = self._cell_px(is_narrow=is_narrow)
        gap = px(14)
        is_wide = is_narrow and width >= px(960)  # low and wide: the plot stands beside
        cells_px = width * 58 // 100 if is_wide else width
        for index, cell in enumerate(self.cells):
            if is_narrow:
                half = (cells_px - gap) // 2
                row, column = divmod(index, 2)
                cell.setGeometry(left + column * (half + gap), row * cell_px, half, cell_px)
            else:
                cell.setGeometry(left, index * cell_px, width, cell_px)
            cell.place()
            cell.update()
        y = (2 if is_narrow else 4) * cell_px + px(4)
        self.figures.setGeometry(left, y, cells_px, figures_px)
        y += figures_px
        has_note = bool(self.note.text)
        note_px = figures_px if has_note else 0
        room = QRect(left, y, width, self.height() - y - note_px - px(8))
        if is_wide:
            room = QRect(left + cells_px + gap, px(4), width - cells_px - gap, self.height() - note_px - px(12))
        self.plot.setVisible(room.height() >= px(40))
        self.plot.setGeometry(room)
        self.note.setVisible(has_note)
        self.note.setGeometry(left, self.height() - note_px - px(6), width, note_px)

    # --- what is shown ---

    def _show(self, outputs: Outputs) -> None:
        self._show_cells(outputs, self._deck.desk.clock.mono_ns())
        self.figures.say(figures_of(outputs))
        self.plot.show_history(outputs.history)
        if outputs.note != self.note.text:
            self.note.say(outputs.note)
            self._place()
        trouble = trouble_of(outputs)
        self.say_mark(*(("▲" if trouble[1] == theme.RED_SOFT else "■", trouble[1]) if trouble else NO_MARK))
        if trouble:
            self.say_status(trouble[0], colour=trouble[1])
        else:
            self.say_status()

    def _show_cells(self, outputs: Outputs, now_ns: int) -> None:
        why = {"replay": outputs.why_no_replay, "vcam": outputs.why_no_vcam}
        for cell in self.cells:
            output: Output | None = getattr(outputs, cell.which)
            first, second, ink = _figures_of(output, now_ns) if output else ("", "", theme.SOFT)
            if cell.which == "record":
                second, ink = disk_words(outputs), disk_colour(outputs.disk_left_min)
            cell.show_output(output, why.get(cell.which, ""), first, second, ink)
        paused = outputs.record.is_paused
        is_recording = outputs.record.state is OutputState.ON
        self.pause.be("record.pause", "GO ON" if paused else "PAUSE",
                      face=Face.AMBER if paused else Face.PLAIN if is_recording else Face.OFF)  # fmt: skip
        can_save = outputs.replay is not None and outputs.replay.state is OutputState.ON
        self.save.be("replay.save", "SAVE", face=Face.PLAIN if can_save else Face.OFF)


class _NoteLine(QWidget):
    """A limit that the director should know."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def say(self, text: str) -> None:
        """Show `text`."""
        self.text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        draw_text(painter, self.rect(), self.text, theme.SMALL, theme.AMBER_SOFT, may_cut=True)
        painter.end()


def _figures_of(output: Output, now_ns: int) -> tuple[str, str, QColor]:
    """An output's two lines of figures, and the colour of the second."""
    if output.state is OutputState.OFF:
        return "", "", theme.SOFT
    first = []
    if output.since_mono_ns is not None:
        first.append(long_clock_words((now_ns - output.since_mono_ns) / 1e9))
    if output.bitrate_kbps is not None:
        first.append(f"{mbps_words(output.bitrate_kbps)} Mbit/s")
    second = []
    is_congested = output.congestion is not None and output.congestion >= _CONGESTED
    if output.congestion is not None:
        second.append(f"{'▲ ' if is_congested else ''}congestion {output.congestion:.0%}")
    if output.total_frames:
        second.append(f"{output.skipped_frames} skipped")
    return " · ".join(first), " · ".join(second), theme.AMBER_SOFT if is_congested else theme.SOFT


def disk_words(outputs: Outputs) -> str:
    """What is left of the disk: minutes at the present rate, else what is free; "" where it is not known."""
    if outputs.disk_left_min is not None:
        hours, minutes = divmod(int(outputs.disk_left_min), 60)
        left = f"{hours} h {minutes} min" if hours else f"{minutes} min"
        return f"disk: {left} left"
    if outputs.disk_free_mb is not None:
        return f"disk: {outputs.disk_free_mb / 1024:.0f} GB free"
    return ""


def disk_colour(left_min: float | None) -> QColor:
    """Amber below half an hour, red below ten minutes."""
    if left_min is None or left_min >= DISK_SOON_MIN:
        return theme.SOFT
    return theme.AMBER_SOFT if left_min >= DISK_NOW_MIN else theme.RED_SOFT


def figures_of(outputs: Outputs) -> tuple[tuple[str, QColor], ...]:
    """OBS's own work, each with its colour; what goes wrong just now is marked."""
    lagged = sum(one.lagged for one in outputs.history[-_LATELY:])
    skipped = sum(one.skipped for one in outputs.history[-_LATELY:])
    is_busy = outputs.cpu_pct >= _BUSY_PCT
    parts = [
        (f"{outputs.fps:.0f} fps" if outputs.fps else "", theme.SOFT),
        (f"render {outputs.render_ms:.1f} ms", theme.SOFT),
        (f"{'▲ ' if lagged else ''}lagged {outputs.lagged_frames}", theme.AMBER_SOFT if lagged else theme.SOFT),
        (f"{'▲ ' if skipped else ''}skipped {outputs.skipped_frames}", theme.AMBER_SOFT if skipped else theme.SOFT),
        (f"{'▲ ' if is_busy else ''}OBS {outputs.cpu_pct:.0f} % CPU", theme.AMBER_SOFT if is_busy else theme.SOFT),
    ]
    return tuple((words, colour) for words, colour in parts if words) if outputs.fps else ()


def trouble_of(outputs: Outputs) -> tuple[str, QColor] | None:
    """The worst of what is wrong with the outputs, in a few words, with its colour; None when nothing is."""
    disk = outputs.disk_left_min
    is_congested = (outputs.stream.congestion or 0.0) >= _CONGESTED
    checks: tuple[tuple[bool, str, QColor], ...] = (
        (disk is not None and disk < DISK_NOW_MIN, f"▲ {disk_words(outputs)}", theme.RED_SOFT),
        (outputs.stream.state is OutputState.RECONNECTING, "■ stream reconnecting", theme.AMBER_SOFT),
        (is_congested, "■ stream congested", theme.AMBER_SOFT),
        (disk is not None and disk < DISK_SOON_MIN, f"■ {disk_words(outputs)}", theme.AMBER_SOFT),
    )
    return next(((words, colour) for is_so, words, colour in checks if is_so), None)
