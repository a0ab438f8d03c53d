"""LEVELS: every meter in numbers: held peak, true peak, clips, RMS, limiter; and on which scale meters move.

Qt thread only; levels are polled.
"""

from typing import Final

from PySide6.QtCore import QRect

from console.audio.state import Level, Levels, Sound
from console.core.journal import Origin
from console.desk.view import Notice
from console.settings.show import Meters
from widgets import theme
from widgets.ask import Deck
from widgets.cell_grid import Cell, Look, Sheet
from widgets.controls import Chooser
from widgets.grid_section import GridSection, Request, Titles
from widgets.meters import level_words
from widgets.theme import px

SCALES: Final[dict[str, dict[str, object]]] = {
    "digital peak": {"ballistics": "digital"},
    "PPM I · DIN": {"ballistics": "ppm1"},
    "PPM II · BBC": {"ballistics": "ppm2", "ppm2_marks": "bbc"},
    "PPM II · EBU": {"ballistics": "ppm2", "ppm2_marks": "ebu"},
    "VU": {"ballistics": "vu"},
    "as OBS": {"ballistics": "obs"},
}
COLUMNS: Final = ("peak dBFS", "dBTP", "clips", "RMS dBFS", "limiter")
CLIPS: Final = COLUMNS.index("clips")
_ROOM: Final = ("peak dBFS", "▲ -88.8", "▲ 99999", "RMS dBFS", "limiter")
_SILENCE: Final = Level()


def scale_name(meters: Meters) -> str:
    """How the chooser calls the scale of a show."""
    return next(
        (
            name
            for name, fields in SCALES.items()
            if all(getattr(meters, key) == value for key, value in fields.items())
        ),
        meters.ballistics,
    )


class LevelsSection(GridSection):
    """Channels, returns and the programme as rows, what their meters read as columns."""

    def __init__(self, deck: Deck) -> None:
        super().__init__(deck, "Levels", "clips.reset")
        self.scale = Chooser("Meters move as", size=theme.SMALL)
        self.scale.setParent(self)
        self.scale.stepped.connect(self._step_scale)

    def sheet(self, sound: Sound) -> Sheet:
        """A cell for each reading of each meter."""
        self.scale.say(scale_name(self._meters()))
        rows = _rows(sound, self._deck.desk.levels())
        return Sheet(
            rows=tuple(name for name, _, _ in rows),
            columns=COLUMNS,
            cells=tuple(_cells(name, level, is_return) for name, level, is_return in rows),
            room=_ROOM,
            empty="No sound in this show.",
        )

    def tick(self) -> None:
        """Follow the meters; a few times a second."""
        self.grid.show_sheet(self.sheet(self._deck.desk.sound.value))

    def titles(self) -> Titles:
        """One button: all counts and true peaks begin anew."""
        return Titles("", "", "RESET")

    def stepped(self, step: int) -> Request | None:
        """A reading is not set."""
        return None

    def cleared(self) -> Request | None:
        """Clips and true peaks of all are counted anew."""
        return Request("clips.reset")

    def typed(self, value: float) -> Request | Notice | None:
        """A reading is not typed."""
        return Notice("A level can't be typed.", "Delete counts clips and true peaks anew.")

    def turned(self) -> Request | None:
        """On a count of clips: anew."""
        return self.cleared() if self.grid.place[1] == CLIPS else None

    def _meters(self) -> Meters:
        return self._deck.desk.show.value.audio.meters

    def _step_scale(self, step: int) -> None:
        names = list(SCALES)
        now = scale_name(self._meters())
        wanted = names[(names.index(now) + step) % len(names)]
        self._deck.ask("meters.set", Origin.BUTTON, SCALES[wanted])

    def place_more(self, room: QRect) -> None:
        """The scale, beside the button."""
        width = min(room.width(), max(px(170), self.scale.sizeHint().width()))
        self.scale.setGeometry(room.left(), room.top(), width, room.height())


def _rows(sound: Sound, levels: Levels) -> list[tuple[str, Level, bool]]:
    """Who has a meter: name, reading, whether it is a return."""
    rows = [(channel.name, _at(levels.channels, n), False) for n, channel in enumerate(sound.channels)]
    rows += [(f"→ {made_for.name}", _at(levels.returns, n), True) for n, made_for in enumerate(sound.returns)]
    sides = ("Programme",) if len(levels.programme) == 1 else ("Programme L", "Programme R")
    return rows + [(side, _at(levels.programme, n), False) for n, side in enumerate(sides) if rows]


def _at(levels: tuple[Level, ...], index: int) -> Level:
    return levels[index] if index < len(levels) else _SILENCE


def _cells(name: str, level: Level, is_return: bool) -> tuple[Cell, ...]:
    clips = f"▲ {level.clips}" if level.is_clipped else "0"
    is_over = level.true_peak_dbtp > 0.0
    true_peak = f"{'▲ ' if is_over else ''}{level_words(level.true_peak_dbtp)}"
    limiter = f"{-level.reduction_db:.1f}" if is_return and level.reduction_db >= 0.05 else "0" if is_return else "·"
    rms = level_words(level.rms_dbfs)
    return (
        Cell(level_words(level.hold_dbfs), f"{name}: peak, held 2 s: {level_words(level.hold_dbfs)} dBFS"),
        Cell(true_peak, f"{name}: highest true peak {true_peak} dBTP", Look.RED if is_over else Look.PLAIN),
        Cell(clips, f"{name}: {level.clips} clipped samples since the last reset",
             Look.RED if level.is_clipped else Look.PLAIN, turns=level.is_clipped),
        Cell(rms, f"{name}: RMS {rms} dBFS"),
        Cell(limiter, f"{name}: its limiter takes off {limiter} dB" if is_return else f"{name} has no limiter",
             Look.PLAIN if is_return else Look.LOCKED),
    )  # fmt: skip
