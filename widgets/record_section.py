"""RECORD: the safety recording of the sound, what it has written and how long the disk lasts. Qt thread only."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.audio.state import Recording, Sound
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.outputs_pane import disk_colour
from widgets.theme import draw_text, draw_wrapped, px
from widgets.times import long_clock_words

IDLE: Final = "Every channel, every return and the programme to files of their own. It starts by hand alone."


class RecordSection(QWidget):
    """A few lines and one button: a press starts, a hold ends."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._recording = Recording()
        self._clock = ""
        self.switch = ActionButton(deck, "soundrecord.start", "RECORD THE SOUND", face=Face.RED_LINE)
        self.switch.setParent(self)
        self.setAccessibleName("Recording of the sound")

    @property
    def lines(self) -> tuple[tuple[str, QColor], ...]:
        """What it says, the most urgent first."""
        return lines_of(self._recording, self._clock)

    def take_keyboard(self) -> None:
        """There is nothing to type: the keys stay the show's."""

    def show_sound(self, sound: Sound) -> None:
        """Follow the desk."""
        self._recording = sound.recording
        if self._recording.is_running:
            self.switch.be("soundrecord.stop", "STOP RECORDING", "hold", face=Face.RED)
        else:
            self.switch.be("soundrecord.start", "RECORD THE SOUND", face=Face.RED_LINE)
            self.switch.show_enabled()
        self.tick(self._deck.desk.clock.now())
        self._place()

    def tick(self, now: datetime) -> None:
        """Let its clock go on."""
        since = self._recording.since if self._recording.is_running else ""
        clock = long_clock_words((now - datetime.fromisoformat(since)).total_seconds()) if since else ""
        self._clock = clock
        words = ". ".join(line for line, _ in self.lines)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            self.setToolTip(words.replace(". ", "\n"))
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button below."""
        self._place()

    def _place(self) -> None:
        high = max(34, px(44))
        width = min(self.width(), max(self.switch.sizeHint().width(), px(260)))
        self.switch.setGeometry(0, self.height() - high, width, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines, as many as fit above the button."""
        painter = QPainter(self)
        y, bottom = 0, self.switch.geometry().top() - px(4)
        for index, (words, colour) in enumerate(self.lines):
            size = theme.LARGE if index == 0 else theme.BODY
            weight = theme.BOLD if index == 0 else theme.REGULAR
            if words.startswith("/") or "\\" in words:  # a folder is one line, however long
                high = theme.line_height(size)
                draw_text(painter, QRect(0, y, self.width(), high), words, size, colour, may_cut=True)
            else:
                high = theme.wrapped_height(words, self.width(), size, weight)
                if y + high > bottom:
                    break
                draw_wrapped(painter, QRect(0, y, self.width(), high), words, size, colour, weight=weight)
            y += high + px(3)
        painter.end()


def lines_of(recording: Recording, clock: str) -> tuple[tuple[str, QColor], ...]:
    """What is said of the recording; what is wrong comes before what is usual."""
    lines: list[tuple[str, QColor]] = []
    if recording.is_running:
        lines.append((f"● REC {clock} · {recording.files} files", theme.RED_SOFT))
    else:
        lines.append(("The sound is not being recorded.", theme.SOFT))
    if recording.why:
        lines.append((f"▲ {recording.why} {recording.fix}".strip(), theme.RED_SOFT))
    if recording.minutes_left is not None:
        lines.append((minutes_words(recording.minutes_left), disk_colour(recording.minutes_left)))
    if recording.gaps:
        gaps = "1 gap" if recording.gaps == 1 else f"{recording.gaps} gaps"
        lines.append((f"■ {gaps}: sound that never came, silence in the files", theme.AMBER_SOFT))
    if recording.parts > 1:
        lines.append((f"■ {recording.parts} parts: the recorder had to begin anew", theme.AMBER_SOFT))
    if recording.is_running:
        lines.append((recording.folder, theme.SOFT))
    elif not recording.why:
        lines.append((IDLE, theme.FAINT))
    return tuple(lines)


def minutes_words(minutes: float) -> str:
    """How long the disk lasts: "disk: 2 h 12 min left"."""
    hours, rest = divmod(int(minutes), 60)
    return f"disk: {hours} h {rest} min left" if hours else f"disk: {rest} min left"
