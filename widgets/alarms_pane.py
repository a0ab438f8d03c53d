"""ALARMS: what is wrong now, worst first, each with what to do. Qt thread only."""

from datetime import datetime

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QPolygon

from console.core.alarms import Alarm, Rank
from widgets import theme
from widgets.ask import Deck
from widgets.controls import Panel
from widgets.theme import RIGHT, draw_text, draw_wrapped, px, wrapped_height
from widgets.times import clock_words


class AlarmsPane(Panel):
    """A list; as many as fit, and how many more there are."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("ALARMS")
        self._deck = deck
        self._alarms: tuple[Alarm, ...] = ()
        self._ages: tuple[str, ...] = ()
        self._undo = deck.desk.alarms.watch(self._show)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def tick(self, now: datetime) -> None:
        """Let the ages go on; a few times a second."""
        ages = tuple(clock_words((now - alarm.since).total_seconds()) for alarm in self._alarms)
        if ages != self._ages:
            self._ages = ages
            self.update()

    def _show(self, alarms: tuple[Alarm, ...]) -> None:
        self._alarms = alarms
        self._ages = ()
        worst = alarms[0].rank if alarms else None
        colour = theme.SOFT if worst is None else theme.RED_SOFT if worst <= Rank.GUEST else theme.AMBER_SOFT
        self.say_status(f"{len(alarms)} now, worst first" if len(alarms) > 1 else f"{len(alarms)} now", colour)
        self.setAccessibleDescription(" ".join(f"{alarm.what} {alarm.fix}" for alarm in alarms) or "No alarms")
        self.setToolTip("\n".join(f"{alarm.what} {alarm.fix}" for alarm in alarms))
        self.tick(self._deck.desk.clock.now())
        self.update()

    def paint_inside(self, painter: QPainter) -> None:
        """Draw from the worst down, until the room ends."""
        room = QRect(px(14), self.heading_px(), self.width() - px(28), self.height() - self.heading_px() - px(8))
        if not self._alarms:
            line = QRect(room.left(), room.top(), room.width(), theme.line_height(theme.BODY))
            draw_text(painter, line, "✓ Nothing is wrong.", theme.BODY, theme.GREEN_SOFT)
            return
        y = room.top()
        for index, alarm in enumerate(self._alarms):
            more = len(self._alarms) - index
            height = self._height(alarm, room.width())
            reserve = theme.line_height(theme.SMALL) if more > 1 else 0
            if y + height + reserve > room.bottom() and index:
                line = QRect(room.left(), y, room.width(), theme.line_height(theme.SMALL))
                draw_text(painter, line, f"and {more} more", theme.SMALL, theme.AMBER_SOFT, weight=theme.BOLD)
                return
            age = self._ages[index] if index < len(self._ages) else ""
            self._paint_alarm(painter, QRect(room.left(), y, room.width(), height), alarm, age)
            y += height + px(8)

    def _widths(self, width: int) -> tuple[int, int]:
        """Where the words begin, and how wide they are."""
        return px(22), width - px(22) - theme.width_of("88:88:88", theme.SMALL)

    def _height(self, alarm: Alarm, width: int) -> int:
        _, words = self._widths(width)
        what = wrapped_height(alarm.what, words, theme.BODY, theme.STRONG)
        return what + (wrapped_height(alarm.fix, words, theme.BODY) if alarm.fix else 0)

    def _paint_alarm(self, painter: QPainter, rect: QRect, alarm: Alarm, age: str) -> None:
        is_bad = alarm.rank <= Rank.GUEST
        colour = theme.RED_SOFT if is_bad else theme.AMBER_SOFT
        left, width = self._widths(rect.width())
        middle = rect.top() + theme.line_height(theme.BODY) // 2
        _paint_shape(painter, rect.left(), middle, is_bad=is_bad)
        line = QRect(rect.left(), rect.top(), rect.width(), theme.line_height(theme.BODY))
        draw_text(painter, line, age, theme.SMALL, theme.FAINT, align=RIGHT)
        words = QRect(rect.left() + left, rect.top(), width, rect.height() + px(4))
        used = draw_wrapped(painter, words, alarm.what, theme.BODY, colour, weight=theme.STRONG)
        if alarm.fix:
            words.setTop(words.top() + used)
            draw_wrapped(painter, words, alarm.fix, theme.BODY, theme.SOFT)


def _paint_shape(painter: QPainter, x: int, middle: int, *, is_bad: bool) -> None:
    """▲ for what viewers or guests notice, ■ for the rest."""
    side = px(12)
    painter.setPen(theme.PANEL)
    painter.setBrush(theme.RED if is_bad else theme.AMBER)
    if is_bad:
        top, low = middle - side // 2, middle + side // 2
        painter.drawPolygon(QPolygon([QPoint(x + side // 2, top), QPoint(x + side, low), QPoint(x, low)]))
    else:
        painter.drawRect(x, middle - side // 2, side, side)
