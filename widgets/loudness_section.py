"""LOUDNESS: a bus in large numbers against its target, its last minutes, reset and pause. Qt thread only."""

from collections import deque
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.audio.state import FLOOR_DBFS, NO_LOUDNESS_LUFS, Levels, Loudness, Sound
from console.core.journal import Origin
from console.desk.view import Notice
from console.settings.sound import Meters
from widgets import theme
from widgets.ask import Deck
from widgets.chooser import Chooser
from widgets.controls import ActionButton, Face
from widgets.loudness_plot import SPAN_S, LoudnessPlot, Sample
from widgets.programme_strip import lufs_words, target_colour
from widgets.target_chooser import LEAST_LUFS, MOST_LUFS, TargetChooser
from widgets.theme import draw_text, px, width_of

PROGRAMME: Final = "Programme"
_EVERY_NS: Final = 1_000_000_000

Figure = tuple[str, str, QColor]  # what it is, the number, its colour


class Figures(QWidget):
    """Numbers with what they are above them, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: tuple[Figure, ...] = ()
        self.setAccessibleName("Loudness")

    def say(self, figures: tuple[Figure, ...]) -> None:
        """Show them; repaints only what changed."""
        if figures != self.figures:
            self.figures = figures
            words = ", ".join(f"{name} {number}" for name, number, _ in figures)
            self.setAccessibleDescription(words)
            self.setToolTip(words)
            self.update()

    @staticmethod
    def high_px() -> int:
        """How high they are."""
        return theme.line_height(theme.SMALL) + theme.line_height(theme.TITLE, theme.BOLD)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many as fit, each with the same room."""
        painter = QPainter(self)
        needed = max((width_of(name, theme.SMALL) for name, _, _ in self.figures), default=1)
        needed = max(needed, width_of("-88.8", theme.TITLE, theme.BOLD)) + px(8)
        count = min(len(self.figures), max(1, self.width() // needed))
        small, width = theme.line_height(theme.SMALL), self.width() // max(1, count)
        for index, (name, number, colour) in enumerate(self.figures[:count]):
            x = index * width
            draw_text(painter, QRect(x, 0, width, small), name, theme.SMALL, theme.SOFT)
            below = QRect(x, small, width, self.height() - small)
            draw_text(painter, below, number, theme.TITLE, colour, weight=theme.BOLD)
        painter.end()


class LoudnessSection(QWidget):
    """One bus at a time: the programme, or a return."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._bus = PROGRAMME
        self._history: deque[dict[str, Sample]] = deque(maxlen=SPAN_S)
        self._sampled_ns = 0
        self.figures = Figures()
        self.plot = LoudnessPlot()
        self.bus = Chooser("Which loudness", size=theme.SMALL)
        self.target = TargetChooser()
        self.reset = ActionButton(deck, "loudness.reset", "RESET", size=theme.SMALL, shows_key=False)
        self.pause = ActionButton(deck, "loudness.pause", "PAUSE", size=theme.SMALL, shows_key=False,
                                  arguments=lambda: {"on": not deck.desk.sound.value.is_loudness_paused})  # fmt: skip
        self._foot = (self.bus, self.target, self.pause, self.reset)
        for widget in (self.figures, self.plot, *self._foot):
            widget.setParent(self)
        self.reset.setToolTip("Measure anew from now on\nKey: Ctrl K, Reset loudness")
        self.bus.stepped.connect(self._step_bus)
        self.target.chosen.connect(lambda lufs: self._deck.ask("meters.set", Origin.BUTTON, {"target_lufs": lufs}))
        self.target.refused.connect(self._refuse)
        self.setAccessibleName("Loudness")

    def take_keyboard(self) -> None:
        """The first chooser has it."""
        self.bus.setFocus()

    def show_sound(self, sound: Sound) -> None:
        """Follow the desk."""
        names = self._names(sound)
        if self._bus not in names:
            self._bus = PROGRAMME
        meters = self._meters()
        self.target.show_target(meters.target_lufs)
        paused = sound.is_loudness_paused
        self.pause.be("loudness.pause", "GO ON" if paused else "PAUSE", face=Face.AMBER if paused else Face.PLAIN)
        self.pause.setToolTip("Leave what comes now out of the loudness, or go on\nKey: Ctrl K, Pause loudness")
        self._show_numbers(self._deck.desk.levels())
        self._place()

    def tick(self, now_ns: int) -> None:
        """Take a sample a second, behind another page too; numbers a few times a second."""
        levels = self._deck.desk.levels()
        if now_ns - self._sampled_ns >= _EVERY_NS:
            self._sampled_ns = now_ns
            self._history.append(
                {name: (one.momentary_lufs, one.short_term_lufs) for name, one in self._buses(levels).items()}
            )
        if self.isVisible():
            self._show_numbers(levels)

    @staticmethod
    def _names(sound: Sound) -> list[str]:
        return [PROGRAMME, *(f"→ {made_for.name}" for made_for in sound.returns)]

    def _buses(self, levels: Levels) -> dict[str, Loudness]:
        """What is measured, by name."""
        names = self._names(self._deck.desk.sound.value)
        return dict(zip(names, (levels.programme_loudness, *levels.returns_loudness), strict=False))

    def _meters(self) -> Meters:
        return self._deck.desk.show.value.audio.meters

    def _show_numbers(self, levels: Levels) -> None:
        loudness = self._buses(levels).get(self._bus, Loudness())
        meters = self._meters()
        self.figures.say(figures_of(loudness, meters))
        nothing = (NO_LOUDNESS_LUFS, NO_LOUDNESS_LUFS)
        samples = tuple(one.get(self._bus, nothing) for one in self._history)
        self.plot.show_samples(samples, meters.target_lufs)

    def _step_bus(self, step: int) -> None:
        sound = self._deck.desk.sound.value
        names = self._names(sound)
        self._bus = names[(names.index(self._bus) + step) % len(names)]
        self.show_sound(sound)

    def _refuse(self, lufs: float) -> None:
        what = f"A target can't be {lufs:g} LUFS."
        self._deck.ask.tell(Notice(what, f"Type a number from {MOST_LUFS:g} to {LEAST_LUFS:g}."))

    # --- where things are ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Numbers, the plot, the buttons."""
        self._place()

    def _place(self) -> None:
        foot, gap = max(32, px(38)), px(4)
        figures = Figures.high_px()
        room = {widget: max(px(52), widget.sizeHint().width()) for widget in self._foot}
        arrows = 2 * px(22) + 4
        rest = self.width() - sum(room[widget] for widget in self._foot[1:]) - gap * (len(room) - 1)
        room[self.bus] = max(arrows + 24, min(px(110) + arrows, rest))
        self.bus.say(theme.elided(self._bus, room[self.bus] - arrows, theme.SMALL, theme.STRONG))
        spare = min(px(40), max(0, self.width() - sum(room.values()) - gap * (len(room) - 1)) // len(room))
        x = 0
        for each, width in room.items():
            each.setGeometry(x, self.height() - foot, width + spare, foot)
            x += width + spare + gap
        self.figures.setGeometry(0, 0, self.width(), figures)
        self.plot.setGeometry(0, figures + gap, self.width(), max(1, self.height() - foot - figures - 3 * gap))


def figures_of(loudness: Loudness, meters: Meters) -> tuple[Figure, ...]:
    """What is shown of a bus, the most wanted first; coloured by the target, and marked where it is missed."""
    colour = target_colour(loudness.integrated_lufs, meters.target_lufs)
    peak = loudness.true_peak_dbtp
    is_over = peak > meters.max_true_peak_dbtp
    peak_words = "-∞" if peak <= FLOOR_DBFS + 0.5 else f"{peak:.1f}"
    return (
        ("integrated", lufs_words(loudness.integrated_lufs), colour),
        ("short-term", lufs_words(loudness.short_term_lufs), theme.TEXT),
        ("momentary", lufs_words(loudness.momentary_lufs), theme.TEXT),
        ("range LU", f"{loudness.range_lu:.1f}", theme.TEXT),
        ("▲ true peak" if is_over else "true peak", peak_words, theme.RED_SOFT if is_over else theme.TEXT),
        ("short max", lufs_words(loudness.short_term_max_lufs), theme.SOFT),
        ("mom. max", lufs_words(loudness.momentary_max_lufs), theme.SOFT),
    )
