"""The programme's row of the sound pane: left and right, and how loud it is against the target. Qt thread only."""

from typing import Final

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from console.audio.state import NO_LOUDNESS_LUFS, Level, Levels, Loudness
from console.core.journal import Origin
from console.settings.sound import Meters
from widgets import theme
from widgets.ask import Deck
from widgets.controls import Words
from widgets.meter_scales import Scale
from widgets.meters import Meter, level_words
from widgets.sound_strips import column, name_px, packed, packed_buttons_px
from widgets.theme import px

OFF_LU: Final = 1.0  # a live show's tolerance
_SILENCE: Final = Level()
_MEANS: Final = {
    "M": "momentary, 0.4 s", "S": "short-term, 3 s", "I": "integrated over the whole show", "TP": "highest true peak",
}  # fmt: skip


class ProgrammeStrip:
    """What everybody hears: L and R, and M, S, I in LUFS and the true peak. `place` or `packed` puts it in a layout."""

    def __init__(self, deck: Deck, scale: Scale, *, is_packed: bool = False) -> None:
        self.name = Words(theme.SMALL if is_packed else theme.BODY, weight=theme.STRONG, may_cut=True)
        self.name.say("Programme")
        self.sides = tuple(Meter(thin=True, has_clip_room=True, scale=scale) for _ in range(2))
        for side, meter in zip(("left", "right"), self.sides, strict=True):
            meter.setAccessibleName(f"Programme: level, {side}")
            meter.pressed.connect(lambda: deck.ask("clips.reset", Origin.BUTTON))
        self.figures = {name: Words(theme.SMALL, theme.SOFT, weight=theme.STRONG) for name in _MEANS}
        for name, words in self.figures.items():
            room = {"I": "I -88.8", "TP": "TP -88.8"}.get(name, f"{name} -88")
            words.setFixedWidth(theme.width_of(room, theme.SMALL, theme.STRONG) + 4)  # nothing moves with a digit

    def place(self, grid: QGridLayout, row: int) -> None:
        """In one row of a grid of six columns."""
        self.name.setFixedWidth(name_px())
        grid.addWidget(self.name, row, 0)
        grid.addLayout(column(*self.sides, spacing=px(3)), row, 1)
        grid.addLayout(self._numbers(*self.figures), row, 2, 1, 4)

    def packed(self) -> tuple[QHBoxLayout, QHBoxLayout]:
        """In two halves of a row: the bars with the integrated loudness, and the other numbers."""
        integrated = self.figures["I"]
        integrated.setFixedWidth(packed_buttons_px())
        return packed(self.name, None, *self.sides, behind=integrated), self._numbers("M", "S", "TP")

    def _numbers(self, *names: str) -> QHBoxLayout:
        numbers = QHBoxLayout()
        numbers.setSpacing(px(8))
        for name in names:
            numbers.addWidget(self.figures[name])
        numbers.addStretch(1)
        return numbers

    def use_scale(self, scale: Scale) -> None:
        """Show the levels on another scale."""
        for meter in self.sides:
            meter.use_scale(scale)

    def show_levels(self, levels: Levels) -> None:
        """Follow the meters; a programme of one channel shows on both."""
        programme = levels.programme or (_SILENCE,)
        for meter, level in zip(self.sides, (programme[0], programme[-1]), strict=True):
            meter.show_level(level)

    def show_numbers(self, loudness: Loudness, meters: Meters, *, is_paused: bool) -> None:
        """Follow the numbers; a few times a second. The integrated one is coloured by how it meets the target."""
        now = (loudness.momentary_lufs, loudness.short_term_lufs, loudness.integrated_lufs)
        for name, lufs in zip("MSI", now, strict=True):
            words = self.figures[name]
            if name == "I":
                words.say(f"I {lufs_words(lufs)}", target_colour(lufs, meters.target_lufs))
            else:
                words.say(f"{name} {lufs_words(lufs, digits=0)}")
            words.setToolTip(f"Loudness of the programme, {_MEANS[name]}: {lufs_words(lufs)} LUFS")
        peak = loudness.true_peak_dbtp
        is_over = peak > meters.max_true_peak_dbtp
        sign = "▲" if is_over else "TP"
        self.figures["TP"].say(f"{sign} {level_words(peak)}", theme.RED_SOFT if is_over else theme.SOFT)
        self.figures["TP"].setToolTip(
            f"Highest true peak of the programme: {level_words(peak)} dBTP of {meters.max_true_peak_dbtp:g}"
        )
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
