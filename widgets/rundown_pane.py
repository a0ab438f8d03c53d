"""RUNDOWN: the cues, which is on, which stands by, and GO. Qt thread only."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from console.commerce.state import DropState
from console.core.journal import Origin
from console.settings.show import Cue
from console.show.rundown import Rundown
from widgets import theme
from widgets.arguments import beside, cue_argument
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.page import Page
from widgets.theme import RIGHT, chip, draw_text, px
from widgets.times import clock_words, over_words

_CHIPS: Final = {
    DropState.ARMING: ("arming", theme.AMBER_DEEP, theme.AMBER_SOFT),
    DropState.ARMED: ("armed", theme.AMBER, theme.INK),
    DropState.FIRING: ("sent", theme.AMBER_DEEP, theme.AMBER_SOFT),
    DropState.COUNTDOWN: ("counts", theme.RED_DEEP, theme.RED_SOFT),
    DropState.OPEN: ("open", theme.RED, QColor("#ffffff")),
    DropState.SOLD_OUT: ("sold out", theme.RED_DEEP, theme.RED_SOFT),
    DropState.CLOSED: ("closed", theme.RAISED, theme.SOFT),
    DropState.ASKING: ("asking", theme.AMBER_DEEP, theme.AMBER_SOFT),
}


class CueList(QWidget):
    """The cues as rows; pressing one makes it stand by. Keeps the running cue in sight until it is scrolled."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._rundown = Rundown()
        self._left = ""
        self._first = 0
        self.setAccessibleName("Rundown")
        self.setToolTip("Press a cue to make it stand by\nKey: ↑ ↓ choose, G fires it")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """Two rows at least."""
        return QSize(px(300), 2 * self._row_px())

    def show_rundown(self, rundown: Rundown) -> None:
        """Follow the desk; scrolls so that the running and the next cue are seen."""
        self._rundown = rundown
        anchor = rundown.current if rundown.current is not None else (rundown.standby or 0)
        rows = max(1, self.height() // self._row_px())
        self._first = max(0, min(anchor - 1, len(rundown.cues) - rows))
        if rundown.standby is not None and rundown.standby >= self._first + rows:
            self._first = rundown.standby - rows + 1
        self._describe()
        self.update()

    def tick(self, now: datetime) -> None:
        """Let the running cue's time go on."""
        left = self._rundown.left_s(now)
        words = "" if left is None else f"-{clock_words(-left)}" if left <= -1 else clock_words(left + 0.999)
        if words != self._left:
            self._left = words
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        rows = max(1, self.height() // self._row_px())
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._rundown.cues) - rows))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The pressed cue stands by."""
        index = self._first + int(event.position().y()) // self._row_px()
        action = self._deck.desk.actions.get("cue.standby")
        if action is not None and index < len(self._rundown.cues):
            self._deck.ask("cue.standby", Origin.BUTTON, {"cue": cue_argument(self._deck.desk, index)})

    def resizeEvent(self, event: object) -> None:
        """Keep the running cue in sight."""
        self.show_rundown(self._rundown)

    def event(self, event: QEvent) -> bool:
        """A cue's note stands in its tooltip."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self._first + event.pos().y() // self._row_px()
            if index < len(self._rundown.cues) and self._rundown.cues[index].note:
                QToolTip.showText(event.globalPos(), self._rundown.cues[index].note, self)
                return True
        return super().event(event)

    @staticmethod
    def _row_px() -> int:
        return max(28, px(38))

    def _describe(self) -> None:
        running, standby = self._rundown.running, self._rundown.standby
        following = self._rundown.cues[standby].name if standby is not None else "nothing"
        self.setAccessibleDescription(f"On: {running.name if running else 'nothing'}. Next: {following}.")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cues = self._rundown.cues
        if not cues:
            draw_text(painter, self.rect(), "No cues: add [[cues]] to the show file.", theme.BODY, theme.FAINT)
        height = self._row_px()
        for row in range(self.height() // height):
            index = self._first + row
            if index < len(cues):
                self._paint_row(painter, QRect(0, row * height, self.width(), height), index, cues[index])
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRect, index: int, cue: Cue) -> None:
        current, standby = self._rundown.current, self._rundown.standby
        is_on, is_next = index == current, index == standby
        is_done = current is not None and index < current
        if is_on:
            theme.box(painter, rect.adjusted(0, 1, 0, -1), theme.RAISED, radius=px(5))
        elif is_next:
            theme.box(painter, rect.adjusted(0, 1, 0, -1), None, theme.GREEN, radius=px(5))
        else:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.LINE)
        colour = theme.FAINT if is_done else theme.TEXT
        weight = theme.BOLD if is_on or is_next else theme.REGULAR
        mark = "ON" if is_on else "NEXT" if is_next else ""
        x = rect.left() + px(10)
        mark_width = theme.width_of("NEXT", theme.SMALL, theme.BOLD) + px(8)
        cell = QRect(x, rect.top(), mark_width, rect.height())
        draw_text(painter, cell, mark, theme.SMALL, theme.GREEN_SOFT if is_next else theme.TEXT, weight=theme.BOLD)
        cell = QRect(cell.right() + 1, rect.top(), px(34), rect.height())
        draw_text(painter, cell, f"{index + 1:02}", theme.BODY, theme.FAINT)
        right = self._paint_right(painter, rect, index, cue, colour)
        name = QRect(cell.right() + px(4), rect.top(), right - cell.right() - px(12), rect.height())
        draw_text(painter, name, cue.name, theme.BODY, colour, weight=weight, may_cut=True)

    def _paint_right(self, painter: QPainter, rect: QRect, index: int, cue: Cue, colour: QColor) -> int:
        """Drop, scene and time, from the right; returns where they begin."""
        right = rect.right() - px(8)
        drop_px = theme.width_of("drop sold out", theme.SMALL, theme.BOLD) + px(18)
        if cue.drop:
            self._paint_drop(painter, right, rect.center().y(), cue.drop)
        right -= drop_px
        scene_px = min(px(150), rect.width() // 5)
        scene = QRect(right - scene_px, rect.top(), scene_px, rect.height())
        draw_text(painter, scene, cue.scene or "", theme.BODY, theme.SOFT, may_cut=True)
        time_px = theme.width_of("-1:00:00", theme.LARGE, theme.BOLD)
        time = QRect(scene.left() - time_px - px(16), rect.top(), time_px, rect.height())
        if index == self._rundown.current and self._left:
            is_over = self._left.startswith("-")
            draw_text(painter, time, self._left, theme.LARGE, theme.RED_SOFT if is_over else theme.AMBER_SOFT,
                      weight=theme.BOLD, align=RIGHT)  # fmt: skip
        elif cue.duration_s is not None:
            draw_text(painter, time, clock_words(cue.duration_s), theme.BODY, colour, align=RIGHT)
        return time.left()

    def _paint_drop(self, painter: QPainter, right: int, y: int, drop_id: str) -> None:
        drop = self._deck.desk.sale.value.drop(drop_id)
        words, ground, ink = _CHIPS.get(
            drop.state if drop else DropState.DRAFT, ("", theme.RAISED, theme.SOFT)
        )  # fmt: skip
        if not words and any(one.id == drop_id and one.start == "cue" for one in self._deck.desk.show.value.drops):
            words = "fires"  # GO announces it
        chip(painter, right, y, f"drop {words}".strip(), fill=ground, colour=ink, from_right=True)


class RundownPane(Page):
    """The rundown with GO, and the marker."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("RUNDOWN")
        self._deck = deck
        self._list = CueList(deck)
        self._go = ActionButton(deck, "cue.go", "GO", size=theme.LARGE)
        self._up = ActionButton(deck, "cue.standby", "↑", arguments=lambda: self._beside(-1), shows_key=False)
        self._down = ActionButton(deck, "cue.standby", "↓", arguments=lambda: self._beside(1), shows_key=False)
        self._marker = ActionButton(deck, "marker.add", "MARKER")
        self._up.setAccessibleName("Previous cue stands by")
        self._down.setAccessibleName("Following cue stands by")
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self._list, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._go, 1)
        for button in (self._up, self._down, self._marker):
            self._foot.addWidget(button)
        self._outer.addLayout(self._foot)
        self._undo = [
            deck.desk.rundown.watch(self._show),
            deck.desk.sale.watch(lambda _: self._list.update(), now=False),
        ]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(12), 0, px(12), px(10))
        self._outer.setSpacing(px(8))
        self._foot.setSpacing(px(8))
        for button in (self._go, self._up, self._down, self._marker):
            button.setFixedHeight(max(38, px(50)))

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def tick(self, now: datetime, now_ns: int = 0) -> None:
        """Let the times go on; a few times a second."""
        self._list.tick(now)
        rundown = self._deck.desk.rundown.value
        ends, over = rundown.ends_at(now), rundown.over_s(now)
        if ends is None or over is None:
            self.say_status(f"{len(rundown.cues)} cues" if rundown.cues else "")
            return
        self.say_status(f"ends {ends.astimezone():%H:%M} · {over_words(over)}", over_words(over))

    def _beside(self, step: int) -> dict[str, object]:
        return {"cue": cue_argument(self._deck.desk, beside(self._deck.desk, step))}

    def _show(self, rundown: Rundown) -> None:
        self._list.show_rundown(rundown)
        standby = rundown.standby
        name = rundown.cues[standby].name if standby is not None else ""
        self._go.be("cue.go", "GO", face=Face.GREEN if name else Face.OFF)
        self._go.setAccessibleName(f"GO: {name or 'no cue stands by'}")
