"""LEVELS: every meter in numbers, how the interfaces beside the main device are, and on which scale meters move.

Qt thread only; levels are polled.
"""

from typing import Final

from PySide6.QtCore import QRect

from console.audio.state import Interface, Level, Levels, Sound
from console.core.journal import Origin
from console.core.links import LinkState
from console.desk.view import Notice
from console.settings.sound import Meters
from widgets import theme
from widgets.ask import Deck
from widgets.cell_grid import Cell, Look, Sheet
from widgets.chooser import Chooser
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
        names = [name for name, _, _ in rows] + [f"Interface {each.name}" for each in sound.interfaces]
        cells = [_cells(name, level, is_return) for name, level, is_return in rows]
        return Sheet(
            rows=tuple(names),
            columns=COLUMNS,
            cells=(*cells, *(_interface(each) for each in sound.interfaces)),
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


def _interface(interface: Interface) -> tuple[Cell, ...]:
    """How an interface is, what its clock adds, how much quicker it runs, what it dropped, its rate."""
    name, link = f"Interface {interface.name}", interface.link
    if not link.is_up:
        is_away = link.state is LinkState.DOWN
        state = ("▲ away", Look.RED) if is_away else ("opening", Look.AMBER)
        how = Cell(state[0], f"{name}: {state[0]}. {link.why} {link.fix}".strip(), state[1])
        return (how, *(Cell("·", f"{name}: {state[0]}", Look.LOCKED),) * (len(COLUMNS) - 1))
    drift = "·" if interface.drift_ppm is None else f"{interface.drift_ppm:+d} ppm"
    delay = f"{interface.delay_ms:.1f} ms"
    drops = "1 drop" if interface.xruns == 1 else f"{interface.xruns} drops"
    rate = f"{interface.sample_rate_hz / 1000:g}"
    up = f"{name}: up. {link.why} {link.fix}".strip()
    return (
        Cell("■ less" if link.why else "up", up, Look.AMBER if link.why else Look.PLAIN),
        Cell(delay, f"{name}: the way to the main device's clock adds {delay}"),
        Cell(drift, f"{name}: its clock runs {drift} quicker than the main device's" if drift != "·"
             else f"{name}: how its clock differs from the main device's is not known yet"),
        Cell(drops, f"{name}: {drops} since the sound was opened", Look.SET if interface.xruns else Look.PLAIN),
        Cell(f"{rate}k", f"{name}: {interface.device}, {rate} kHz"),
    )  # fmt: skip
