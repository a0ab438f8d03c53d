"""SOUND: channels, OBS's inputs, returns and talkback. Qt thread only; levels are polled."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.audio.state import FLOOR_DBFS, Level, Levels, Sound
from console.core.links import LinkState
from scenes.state import InputLevel
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face, Panel, Words
from widgets.meter_scales import scale_of
from widgets.meters import MeterScale
from widgets.programme_strip import ProgrammeStrip
from widgets.sound_strips import ChannelStrip, InputStrip, ReturnStrip, name_px, packed_buttons_px, row_px
from widgets.talkback import names_that_fit
from widgets.theme import px

_SILENCE: Final = Level()
_NARROW: Final = 560  # below it, at 1920x1080, strips stand in two columns
_PACKED_GAP_PX: Final = 2
_TALK: Final = "TALK → "
_TALKBACK: Final = "TALKBACK"
_INPUT_ROWS: Final = 2  # room that is always kept: OBS's inputs come and go with the cuts, STOP SALE must not move


class SoundPane(Panel):
    """All of the sound: a strip in each row, or packed in two columns where there is less room; then it scrolls."""

    reshaped = Signal()  # it has other strips than before

    def __init__(self, deck: Deck) -> None:
        super().__init__("SOUND")
        self._deck = deck
        self.strips: list[ChannelStrip] = []
        self.returns: list[ReturnStrip] = []
        self._programme: ProgrammeStrip | None = None
        self._scales: list[MeterScale] = []
        self._unit = Words(theme.SMALL, theme.FAINT)
        self._is_packed = False
        self.inputs: dict[str, InputStrip] = {}
        self._names: tuple[object, ...] = ()
        self.talkback = ActionButton(deck, "talkback.hold", _TALKBACK, size=theme.SMALL,
                                      release="talkback.hold")  # fmt: skip
        self._pfl_off = ActionButton(deck, "pfl.off", "PFL OFF", size=theme.SMALL)
        self._cough = ActionButton(deck, "cough.hold", "COUGH", size=theme.SMALL, release="cough.hold")
        self._scroll = QScrollArea(self)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda *_: self._keep_width())
        outer = QVBoxLayout(self)
        self._head = QHBoxLayout()
        self._head.addStretch(1)
        self._head.addWidget(self._pfl_off)
        self._head.addWidget(self.talkback)
        self._head.addWidget(self._cough)
        outer.addLayout(self._head)
        outer.addWidget(self._scroll, 1)
        self._status_align = theme.LEFT
        self._undo = [
            deck.desk.sound.watch(self._show),
            deck.desk.switcher.watch(lambda _: self._show_inputs(), now=False),
            deck.desk.show.watch(lambda _: self._show_settings(), now=False),
        ]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(14), px(4), px(8), px(6))
        layout.setSpacing(px(2))
        self._head.setSpacing(px(6))
        for button in (self._pfl_off, self.talkback, self._cough):
            button.setFixedHeight(self.heading_px() - px(4))
        self._names = ()
        self._show(self._deck.desk.sound.value)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def fit(self, width: int, height: int) -> None:
        """Pack the strips into two columns, where rows of one are too narrow, or too many for this height."""
        is_packed = width < px(_NARROW) or height < self._height(is_packed=False)
        if is_packed != self._is_packed:
            self._is_packed = is_packed
            self._names = ()
            self._show(self._deck.desk.sound.value)

    def wanted_height(self) -> int:
        """How high it must be to show all strips at once; OBS's inputs scroll when they are more than the room kept."""
        return self._height(is_packed=self._is_packed)

    def _height(self, *, is_packed: bool) -> int:
        """How high all of it is, packed or not."""
        sound, small = self._deck.desk.sound.value, theme.line_height(theme.SMALL)
        per_row, row = (2, row_px() + _PACKED_GAP_PX) if is_packed else (1, row_px() + px(4))
        rows = -(-len(sound.channels) // per_row) + -(-len(sound.returns) // per_row)
        programme = 2 * small + 2 * max(5, px(8)) + px(10) if sound.channels else 0  # and the scale
        return self.heading_px() + programme + rows * row + _INPUT_ROWS * (small + px(3)) + px(16)

    def show_levels(self, levels: Levels) -> None:
        """Follow all meters; call it at the display's rate."""
        for strip, level in zip(self.strips, levels.channels, strict=False):
            strip.show_level(level)
        for strip_back, level in zip(self.returns, levels.returns, strict=False):
            strip_back.meter.show_level(level)
        if self._programme is not None:
            self._programme.show_levels(levels)

    def show_numbers(self, levels: Levels) -> None:
        """Follow the numbers, and the buttons' holds; a few times a second."""
        for index, strip in enumerate(self.strips):
            strip.show_number(levels.channels[index] if index < len(levels.channels) else _SILENCE)
        for strip_back, level in zip(self.returns, levels.returns, strict=False):
            strip_back.show_number(level)
        if self._programme is not None:
            desk = self._deck.desk
            self._programme.show_numbers(
                levels.programme_loudness,
                desk.show.value.audio.meters,
                is_paused=desk.sound.value.is_loudness_paused,
            )

    def show_obs_levels(self) -> None:
        """Follow the meters of OBS's inputs."""
        levels = self._deck.desk.obs_levels()
        if levels.keys() - self.inputs.keys() - _joined(self._deck.desk.sound.value):
            self._show(self._deck.desk.sound.value)
        for name, strip in self.inputs.items():
            strip.meter.show_level(_of_obs(levels, name))
        for channel_strip in self.strips:
            if channel_strip.obs_meter is not None:
                channel_strip.obs_meter.show_level(_of_obs(levels, channel_strip.obs_input))

    def show_holds(self) -> None:
        """Follow what is held."""
        self.talkback.show_hold()

    def _show(self, sound: Sound) -> None:
        wanted = (set(self._deck.desk.obs_levels()) | set(self.inputs)) - _joined(sound)
        names = (
            tuple(channel.name for channel in sound.channels),
            tuple(return_.name for return_ in sound.returns),
            tuple(sorted(wanted)),
        )
        if names != self._names:
            is_only_more_inputs = names[:2] == self._names[:2] and bool(self.inputs or sound.channels)
            self._names = names
            if is_only_more_inputs:
                self._add_inputs(sorted(wanted - self.inputs.keys()))
            else:
                self._rebuild(sound, sorted(wanted))
        for strip, channel in zip(self.strips, sound.channels, strict=True):
            strip.show_channel(channel)
        for strip_back, return_ in zip(self.returns, sound.returns, strict=True):
            strip_back.show_return(return_, is_heard=sound.link.is_up)
        self._show_inputs()
        listened = [channel.name for channel in sound.channels if channel.is_pfl or channel.is_solo]
        self._pfl_off.be("pfl.off", "PFL OFF", face=Face.AMBER if listened else Face.PLAIN)
        self._show_talkback(sound)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More names, or fewer, and as much of the status as there is room for."""
        super().resizeEvent(event)
        self._show_talkback(self._deck.desk.sound.value)

    def _show_talkback(self, sound: Sound) -> None:
        """Where the director's voice goes, by as many names as there is room for."""
        into = [made_for.name for made_for in sound.returns if made_for.is_spoken_into]
        self._show_status(sound)
        words, face = _TALKBACK, Face.PLAIN
        if sound.is_talkback_open:
            words, face = f"{_TALK}{names_that_fit(into, self._names_px())}", Face.RED if into else Face.AMBER
        self.talkback.be("talkback.hold", words, face=face)
        if sound.is_talkback_open:
            self.talkback.setAccessibleName(f"Talkback into {', '.join(into) or 'no return'}")

    def _names_px(self) -> int:
        """The room for names on TALKBACK: what heading, status and the buttons beside it leave."""
        beside = sum(button.sizeHint().width() for button in (self._pfl_off, self._cough))
        heading = theme.width_of(f"SOUND{self.status}", theme.SMALL, theme.BOLD) + 2 * px(16)
        own = theme.width_of(_TALK, theme.SMALL, theme.BOLD) + 2 * px(9)
        return max(px(60), self.width() - beside - heading - own - 2 * px(6) - px(14) - px(8))

    def _show_inputs(self) -> None:
        desk = self._deck.desk
        muted, talking = desk.switcher.value.muted_inputs, desk.sound.value.talking_inputs
        for name, strip in self.inputs.items():
            strip.show_mute(name in muted, talks=name in talking)

    def _show_status(self, sound: Sound) -> None:
        if not sound.channels and not sound.returns:
            self.say_status("not in this show")
        elif sound.link.is_up and sound.is_talkback_open:
            self.say_status("")  # it can wait: the names need the room
        elif sound.link.is_up and any(each.link.state is LinkState.DOWN for each in sound.interfaces):
            away = [each.name for each in sound.interfaces if each.link.state is LinkState.DOWN]
            self.say_status(self._away_words(away), theme.AMBER_SOFT)
        elif sound.link.is_up:
            lost = f" · {sound.xruns} gaps" if sound.xruns else ""
            self.say_status(f"{sound.sample_rate_hz / 1000:g} kHz · {sound.block_frames}{lost}")
        else:
            word = "NO SOUND DEVICE" if sound.link.state is LinkState.DOWN else "CONNECTING"
            self.say_status(f"■ {word}", theme.AMBER_SOFT)

    def _away_words(self, names: list[str]) -> str:
        """Which interface is away, as far as its name fits beside TALKBACK."""
        if len(names) > 1:
            return f"■ {len(names)} interfaces away"
        said = theme.width_of(f"SOUND■  away{_TALKBACK}", theme.SMALL, theme.BOLD)
        beside = self._pfl_off.sizeHint().width() + self._cough.sizeHint().width()
        room = self.width() - said - beside - 7 * px(14)
        return f"■ {theme.elided(names[0], max(px(40), room), theme.SMALL, theme.STRONG)} away"

    def _show_settings(self) -> None:
        self._use_scale()
        self._show(self._deck.desk.sound.value)

    def _use_scale(self) -> None:
        """Show all of the show's own meters on the scale that its ballistics go with."""
        scale = scale_of(self._deck.desk.show.value.audio.meters)
        self._unit.say(scale.unit)
        for part in (*self.strips, *self.returns, *self._scales, *([self._programme] if self._programme else ())):
            part.use_scale(scale)

    def _rebuild(self, sound: Sound, inputs: list[str]) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, px(8), 0)
        column.setSpacing(px(4))
        grid = QGridLayout()
        column.addLayout(grid)  # first: a lamp that is shown without a parent would be a window, and take the keyboard
        grid.setHorizontalSpacing(px(12) if self._is_packed else px(8))
        grid.setVerticalSpacing(_PACKED_GAP_PX if self._is_packed else px(4))
        scale = scale_of(self._deck.desk.show.value.audio.meters)
        is_packed = self._is_packed
        self._scales, self._unit = [], Words(theme.SMALL, theme.FAINT)
        self._unit.say(scale.unit)
        self._programme = ProgrammeStrip(self._deck, scale, is_packed=is_packed) if sound.channels else None
        self.strips = [
            ChannelStrip(self._deck, channel, number, scale, is_packed=is_packed)
            for number, channel in enumerate(sound.channels, start=1)
        ]
        self.returns = [ReturnStrip(self._deck, return_, scale, is_packed=is_packed) for return_ in sound.returns]
        if is_packed:
            self._fill_packed(grid)
        else:
            self._fill_rows(grid)
        self.inputs = {}
        self._input_grid = QGridLayout()
        self._input_grid.setHorizontalSpacing(px(10))
        self._input_grid.setVerticalSpacing(px(3))
        for part, share in enumerate((3, 2, 3, 2)):  # names come first: a short meter still moves
            self._input_grid.setColumnStretch(part, share)
        column.addLayout(self._input_grid)
        self._add_inputs(inputs)
        if not sound.channels and not inputs:
            empty = Words(theme.BODY, theme.FAINT)
            empty.say("No channels in this show.")
            column.addWidget(empty)
        column.addStretch(1)
        self._scroll.setWidget(body)
        self._keep_width()
        self.updateGeometry()
        self.reshaped.emit()

    def _fill_rows(self, grid: QGridLayout) -> None:
        """A strip in each row; the scale above their bars."""
        grid.setColumnMinimumWidth(0, name_px())
        grid.setColumnStretch(1, 1)
        self._scales = [MeterScale(scale_of(self._deck.desk.show.value.audio.meters))]
        grid.addWidget(self._unit, 0, 0, theme.RIGHT)
        grid.addWidget(self._scales[0], 0, 1)
        parts = [*([self._programme] if self._programme else ()), *self.strips, *self.returns]
        for row, part in enumerate(parts, start=1):
            part.place(grid, row)

    def _fill_packed(self, grid: QGridLayout) -> None:
        """Two strips in each row, with a scale above each column; returns begin a row of their own."""
        for half in range(2):
            grid.setColumnStretch(half, 1)
            scale, line = MeterScale(scale_of(self._deck.desk.show.value.audio.meters)), QHBoxLayout()
            line.setSpacing(px(3))
            line.addWidget(scale, 1)
            self._scales.append(scale)
            if half == 0:
                self._unit.setFixedWidth(packed_buttons_px())
                line.addWidget(self._unit)
            else:
                line.addSpacing(packed_buttons_px())
            grid.addLayout(line, 0, half)
        row = 1
        for parts in ([self._programme] if self._programme else [], self.strips, self.returns):
            halves = [layout for part in parts for layout in _halves(part)]
            for index, layout in enumerate(halves):
                grid.addLayout(layout, row + index // 2, index % 2)
            row += -(-len(halves) // 2)

    def _keep_width(self) -> None:
        """Keep the room of the scroll bar free while there is none: no meter changes its width when one comes."""
        body, bar = self._scroll.widget(), self._scroll.verticalScrollBar()
        column = body.layout() if body else None
        if column is not None:
            free = 0 if bar.maximum() > 0 else bar.sizeHint().width()
            column.setContentsMargins(0, 0, px(8) + free, 0)

    def _add_inputs(self, names: list[str]) -> None:
        """Put strips behind those that are there: a take brings new inputs, and nothing may stall or jump for it."""
        for index, name in enumerate(names, start=len(self.inputs)):
            row, half = divmod(index, 2)
            self.inputs[name] = InputStrip(name, self._input_grid, row, 2 * half)
        self.updateGeometry()
        self.reshaped.emit()


def _halves(part: ProgrammeStrip | ChannelStrip | ReturnStrip) -> tuple[QHBoxLayout, ...]:
    return part.packed() if isinstance(part, ProgrammeStrip) else (part.packed(),)


def _joined(sound: Sound) -> set[str]:
    """OBS inputs that stand in the strip of a channel already."""
    return {channel.obs_input for channel in sound.channels if channel.obs_input}


def _of_obs(levels: Mapping[str, InputLevel], name: str) -> Level:
    level = levels.get(name)
    return Level(level.peak_dbfs, FLOOR_DBFS, FLOOR_DBFS) if level else _SILENCE
