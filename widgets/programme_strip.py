"""The programme's row of the sound pane: left and right, and how loud it is against the target. Qt thread only."""

from typing import Final

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from console.audio.state import NO_LOUDNESS_LUFS, Level, Levels, Loudness
from console.settings.show import Meters
from widgets import theme
from widgets.controls import Words
from widgets.meters import Meter
from widgets.theme import px

OFF_LU: Final = 1.0  # a live show's tolerance
_SILENCE: Final = Level()
_MEANS: Final = {"M": "momentary, 0.4 s", "S": "short-term, 3 s", "I": "integrated over the whole show"}


class ProgrammeStrip:
    """What everybody hears: L and R, and M, S and I in LUFS, in one row of a grid of five columns."""

    def __init__(self, grid: QGridLayout, row: int, *, name_px: int) -> None:
        self.name = Words(theme.BODY, weight=theme.STRONG, may_cut=True)
        self.name.say("Programme")
        self.name.setFixedWidth(name_px)
        self.sides = (Meter(thin=True, has_clip_room=True), Meter(thin=True, has_clip_room=True))
        bars = QVBoxLayout()
        bars.setSpacing(px(3))
        for side, meter in zip(("left", "right"), self.sides, strict=True):
            meter.setAccessibleName(f"Programme: level, {side}")
            bars.addWidget(meter)
        self.figures = {name: Words(theme.SMALL, theme.SOFT, weight=theme.STRONG) for name in _MEANS}
        numbers = QHBoxLayout()
        numbers.setSpacing(px(8))
        for name, words in self.figures.items():
            room = f"{name} -88.8" if name == "I" else f"{name} -88"
            words.setFixedWidth(theme.width_of(room, theme.SMALL, theme.STRONG) + 4)  # nothing moves with a digit
            numbers.addWidget(words)
        numbers.addStretch(1)
        grid.addWidget(self.name, row, 0)
        grid.addLayout(bars, row, 1)
        grid.addLayout(numbers, row, 2, 1, 3)

    def show_levels(self, levels: Levels) -> None:
        """Follow the meters; a programme of one channel shows on both."""
        programme = levels.programme or (_SILENCE,)
        for meter, level in zip(self.sides, (programme[0], programme[-1]), strict=True):
            meter.show_level(level)

    def show_numbers(self, loudness: Loudness, meters: Meters, *, is_paused: bool) -> None:
        """Follow the numbers; a few times a second. The integrated one is coloured by how it meets the target."""
        now = (loudness.momentary_lufs, loudness.short_term_lufs, loudness.integrated_lufs)
        for (name, words), lufs in zip(self.figures.items(), now, strict=True):
            if name == "I":
                words.say(f"I {lufs_words(lufs)}", target_colour(lufs, meters.target_lufs))
            else:
                words.say(f"{name} {lufs_words(lufs, digits=0)}")
            words.setToolTip(f"Loudness of the programme, {_MEANS[name]}: {lufs_words(lufs)} LUFS")
        paused = "\nMeasuring is paused." if is_paused else ""
        self.name.setToolTip(
            f"Programme: target {meters.target_lufs:g} LUFS, range {loudness.range_lu:.1f} LU, "
            f"highest true peak {loudness.true_peak_dbtp:.1f} dBTP of {meters.max_true_peak_dbtp:g}{paused}"
        )


def lufs_words(lufs: float, *, digits: int = 1) -> str:
    """A loudness as a number: "-23.1", "-∞" while there is none."""
    return "-∞" if lufs <= NO_LOUDNESS_LUFS + 0.5 else f"{lufs:.{digits}f}"


def target_colour(lufs: float, target_lufs: float) -> QColor:
    """Green on target, red above it, amber below; soft while there is nothing to measure."""
    if lufs <= NO_LOUDNESS_LUFS + 0.5:
        return theme.SOFT
    if abs(lufs - target_lufs) <= OFF_LU:
        return theme.GREEN_SOFT
    return theme.RED_SOFT if lufs > target_lufs else theme.AMBER_SOFT
