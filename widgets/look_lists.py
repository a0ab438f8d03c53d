"""The two lists of the LOOKS page: the looks, and the steps of one with what came of each. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from console.settings.show import Look
from scenes.sources.look_run import StepRun
from scenes.sources.looks import lines_of, take_line
from widgets import theme
from widgets.row_list import RowList, paint_more, two_lines
from widgets.theme import draw_text, px, width_of

_NO_LOOKS: Final = "No looks yet. Press RECORD, do what it shall do, press STOP, give it a name."


def step_lines(look: Look) -> tuple[StepRun, ...]:
    """A look as lines that were not tried: its steps, its take last."""
    return tuple(StepRun(line) for line in lines_of(look))


class LookList(RowList):
    """The looks as rows; pressing one shows what it does."""

    def __init__(self) -> None:
        super().__init__(
            "Looks",
            "Press a look to see what it does\nKey: Tab to it, then left and right; Shift 1-9 runs one",
            nothing=_NO_LOOKS,
        )
        self._looks: tuple[Look, ...] = ()
        self._running = ""

    def show_looks(self, looks: tuple[Look, ...], chosen: str, running: str) -> None:
        """Follow the desk."""
        self._looks, self._running = looks, running
        self.setAccessibleDescription(f"{len(looks)} looks, chosen: {chosen or 'none'}")
        self.take_rows(tuple(look.name for look in looks), chosen)
        self.update()

    def paint_row(self, painter: QPainter, rect: QRect, index: int, *, more: str) -> None:
        """Draw a look: its number's key, its name, what it takes and changes."""
        look = self._looks[index]
        key_px = width_of("⇧9", theme.BODY, theme.BOLD) + px(10)
        key = QRect(rect.left() + px(10), rect.top(), key_px, rect.height())
        draw_text(painter, key, f"⇧{index + 1}" if index < 9 else f"{index + 1}", theme.BODY, theme.SOFT,
                  weight=theme.STRONG)  # fmt: skip
        room = QRect(key.right() + px(4), rect.top(), rect.right() - key.right() - px(12), rect.height())
        is_running = look.name == self._running
        colour = theme.AMBER_SOFT if is_running else theme.TEXT
        name, below = two_lines(room)
        parts = (take_line(look) if look.scene else "", count_words(len(look.steps)) if look.steps else "")
        what = " · ".join(part for part in parts if part)
        detail = "runs now" if is_running else what
        weight = theme.BOLD if look.name == self._chosen else theme.STRONG
        draw_text(painter, name, look.name, theme.BODY, colour, weight=weight, may_cut=True)
        below = paint_more(painter, below, more)
        draw_text(painter, below, detail, theme.SMALL, colour if is_running else theme.FAINT, may_cut=True)


class StepList(QWidget):
    """Steps as plain lines, each with what came of it."""

    def __init__(self) -> None:
        super().__init__()
        self._heading, self._colour = "", theme.SOFT
        self._steps: tuple[StepRun, ...] = ()
        self._first = 0
        self.setAccessibleName("Steps")

    @property
    def heading(self) -> str:
        """What it says above the steps."""
        return self._heading

    @property
    def lines(self) -> tuple[str, ...]:
        """The steps as shown: sign, line, and why."""
        return tuple(_words(step) for step in self._steps)

    def show_steps(self, heading: str, steps: tuple[StepRun, ...], colour: QColor, *, at_end: bool = False) -> None:
        """Show them; `at_end`: the newest at the foot, in sight."""
        if (heading, steps, colour) == (self._heading, self._steps, self._colour):
            return
        self._heading, self._steps, self._colour = heading, steps, colour
        self._first = max(0, len(self._rows()) - self._fits()) if at_end else 0
        self.setAccessibleDescription(". ".join((heading, *self.lines)))
        self.setToolTip("\n".join((heading, *self.lines)))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._rows()) - self._fits()))
        self.update()

    @staticmethod
    def _line_px() -> int:
        return theme.line_height(theme.BODY) + px(5)

    def _head_px(self) -> int:
        return theme.line_height(theme.SMALL) + px(8)

    def _fits(self) -> int:
        return max(1, (self.height() - self._head_px()) // self._line_px())

    def _rows(self) -> list[tuple[StepRun, bool]]:
        """What is drawn, row by row: each step, and (True) why it was not done on a row of its own."""
        return [(step, is_why) for step in self._steps for is_why in ((False, True) if step.why else (False,))]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the heading and the rows that fit, and how many more there are."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = QRect(0, 0, self.width(), self._head_px())
        draw_text(painter, head, self._heading, theme.SMALL, self._colour, weight=theme.BOLD, may_cut=True)
        fits, height = self._fits(), self._line_px()
        y = head.bottom() + 1
        rows = self._rows()
        seen = rows[self._first : self._first + fits]
        more = len(rows) - self._first - len(seen)
        for row, (step, is_why) in enumerate(seen):
            line = QRect(0, y + row * height, self.width(), height)
            if more and row == len(seen) - 1:
                words = f"and {count_words(sum(not why for _, why in rows[self._first + row :]))} more"
                draw_text(painter, line, words, theme.SMALL, theme.AMBER_SOFT, weight=theme.BOLD)
            else:
                _paint_step(painter, line, step, is_why=is_why)
        painter.end()


def _sign(step: StepRun) -> tuple[str, QColor]:
    """A step's sign and colour. Done with a why (a take that OBS only claims) is amber: somebody should look."""
    if step.is_done is None:
        return "·", theme.FAINT
    if not step.is_done:
        return "▲", theme.RED_SOFT
    return ("?", theme.AMBER_SOFT) if step.why else ("✓", theme.GREEN_SOFT)


def _words(step: StepRun) -> str:
    sign = "" if step.is_done is None else f"{_sign(step)[0]} "
    return f"{sign}{step.line}" + (f": {step.why}" if step.why else "")


def _paint_step(painter: QPainter, line: QRect, step: StepRun, *, is_why: bool) -> None:
    sign, colour = _sign(step)
    if is_why:
        draw_text(painter, line.adjusted(px(22), 0, 0, 0), step.why, theme.SMALL, colour, may_cut=True)
        return
    mark = QRect(line.left(), line.top(), px(20), line.height())
    draw_text(painter, mark, sign, theme.BODY, colour, weight=theme.BOLD)
    room = line.adjusted(px(22), 0, 0, 0)
    ink = theme.RED_SOFT if step.is_done is False else theme.TEXT
    draw_text(painter, room, step.line, theme.BODY, ink, may_cut=True)


def count_words(steps: int) -> str:
    """A number of steps in words: "1 step", "3 steps"."""
    return f"{steps} step{'' if steps == 1 else 's'}"
