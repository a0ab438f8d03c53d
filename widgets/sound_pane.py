"""SOUND: channels, OBS's inputs, returns and talkback. Qt thread only; levels are polled."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.audio.state import FLOOR_DBFS, Channel, Level, Levels, Return, Sound
from console.core.links import LinkState
from scenes.state import InputLevel
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face, Panel, Words
from widgets.lamps import Lamp
from widgets.leak_lamp import figures_of, lamp_of
from widgets.meters import Meter, MeterScale, level_words
from widgets.programme_strip import ProgrammeStrip
from widgets.theme import px

_SILENCE: Final = Level()
_INPUT_ROWS: Final = 2  # room that is always kept: OBS's inputs come and go with the cuts, STOP SALE must not move


class ChannelStrip:
    """The widgets of one channel, in one row of the grid."""

    def __init__(self, deck: Deck, channel: Channel, grid: QGridLayout, row: int) -> None:
        self.name = Words(theme.BODY, weight=theme.STRONG, may_cut=True)
        self.where = Words(theme.SMALL, theme.FAINT, may_cut=True)
        self.meter = Meter()
        self.level = Words(theme.BODY, theme.SOFT, weight=theme.STRONG)
        self.level.setFixedWidth(theme.width_of("-88.8", theme.BODY, theme.STRONG) + 4)
        self.mute = ActionButton(deck, "channel.mute", "MUTE", arguments=self._mute, size=theme.SMALL,
                                 shows_key=False)  # fmt: skip
        self.solo = ActionButton(deck, "channel.solo", "SOLO", arguments=self._solo, size=theme.SMALL,
                                 shows_key=False)  # fmt: skip
        for words in (self.name, self.where):
            words.setFixedWidth(_name_px())
        grid.addLayout(_column(self.name, self.where), row, 0)
        self.obs_meter = Meter(thin=True, has_clip_room=True) if channel.obs_input else None
        bars = [self.meter, self.obs_meter] if self.obs_meter else [self.meter]
        grid.addLayout(_column(*bars, spacing=px(3)), row, 1)
        for column, widget in enumerate((self.level, self.mute, self.solo), start=2):
            grid.addWidget(widget, row, column)
        for button in (self.mute, self.solo):
            button.setFixedHeight(_row_px())
        self._channel = channel
        self._words = ""
        self.show_channel(channel)

    def show_channel(self, channel: Channel) -> None:
        """Follow the desk."""
        self._channel = channel
        self.name.say(channel.name)
        gain = f" {channel.gain_db:+g} dB" if channel.gain_db else ""
        if channel.is_talking_muted:
            self.where.say("talking while muted", theme.AMBER_SOFT)
        else:
            self.where.say(f"{channel.mute_acts_on}{gain}", theme.FAINT)
        self.where.setToolTip(f"{channel.name}: its mute acts on {channel.mute_acts_on}")
        muted = f"{channel.name}: mute acts on {channel.mute_acts_on}"
        self.mute.be("channel.mute", "MUTED" if channel.is_muted else "MUTE",
                     face=Face.RED if channel.is_muted else Face.PLAIN)  # fmt: skip
        self.solo.be("channel.solo", "SOLO", face=Face.AMBER if channel.is_solo else Face.PLAIN)
        self.mute.setAccessibleName(f"{muted}{', muted' if channel.is_muted else ''}")
        self.solo.setAccessibleName(f"{channel.name}: solo{', on' if channel.is_solo else ''}")
        self.meter.setAccessibleName(f"{channel.name}: level")
        if self.obs_meter is not None:
            self.obs_meter.setAccessibleName(f"{channel.name}: level of {channel.obs_input} in OBS")
            self.obs_meter.setToolTip(f"Level of {channel.obs_input} in OBS, after its fader there")

    def show_level(self, level: Level) -> None:
        """Follow the meter."""
        self.meter.show_level(level, is_muted=self._channel.is_muted)

    def show_number(self, level: Level) -> None:
        """Follow the meter in a number; a few times a second, so that it can be read."""
        words = level_words(level.peak_dbfs)
        if words != self._words:
            self._words = words
            self.level.say(words, theme.RED_SOFT if level.is_clipped else theme.SOFT)

    @property
    def obs_input(self) -> str:
        """The name of its input in OBS, or ""."""
        return self._channel.obs_input or ""

    def _mute(self) -> dict[str, object]:
        return {"channel": self._channel.name, "on": not self._channel.is_muted}

    def _solo(self) -> dict[str, object]:
        return {"channel": self._channel.name, "on": not self._channel.is_solo}


class ReturnStrip:
    """The widgets of one return, in one row of the grid."""

    def __init__(self, deck: Deck, return_: Return, grid: QGridLayout, row: int) -> None:
        self.name = Words(theme.BODY, weight=theme.STRONG, may_cut=True)
        self.detail = Words(theme.SMALL, theme.SOFT, may_cut=True)
        self.meter = Meter()
        self.lamp = Lamp(size=theme.SMALL)
        self.test = ActionButton(
            deck, "return.test", "TEST", size=theme.SMALL, arguments=lambda: {"return": return_.name}, shows_key=False
        )
        self.name.say(f"→ {return_.name}")
        self.name.setFixedWidth(_name_px())
        self.test.setFixedHeight(_row_px())
        self.detail.setFixedWidth(_name_px())
        grid.addLayout(_column(self.name, self.detail), row, 0)
        grid.addWidget(self.meter, row, 1)
        grid.addWidget(self.lamp, row, 2, 1, 2)
        grid.addWidget(self.test, row, 4)
        self.test.setAccessibleName(f"Return {return_.name}: test")
        self.meter.setAccessibleName(f"Return {return_.name}: level")
        self.show_return(return_)

    def show_return(self, return_: Return, *, is_heard: bool = True) -> None:
        """Follow the desk; while the engine is away nothing is proved."""
        words, face = lamp_of(return_, is_heard=is_heard)
        self.lamp.show_words(words, face)
        self.detail.say(figures_of(return_, is_heard=is_heard))
        self.detail.setVisible(bool(self.detail.text))
        left_out = ", ".join(return_.listener) or "nobody"
        detail = f"\n{return_.leak_detail}" if return_.leak_detail else ""
        self.lamp.setToolTip(f"N-1 of {return_.name}: {words.lower()}\nLeft out: {left_out}{detail}")
        self.lamp.setAccessibleName(f"Return {return_.name}: {words.lower()} {return_.leak_detail}".strip())


class InputStrip:
    """One of OBS's inputs: name, thin meter, whether it is muted there."""

    def __init__(self, name: str, grid: QGridLayout, row: int, column: int) -> None:
        self._name = name
        self.name = Words(theme.SMALL, theme.SOFT, may_cut=True)
        self.meter = Meter(thin=True)
        self.name.say(name)
        self.meter.setAccessibleName(f"OBS input {name}: level")
        grid.addWidget(self.name, row, column)
        grid.addWidget(self.meter, row, column + 1)

    def show_mute(self, is_muted: bool) -> None:
        """Say in words that it is muted in OBS."""
        self.name.say(f"OBS {self._name}{' · muted' if is_muted else ''}",
                      theme.RED_SOFT if is_muted else theme.SOFT)  # fmt: skip


class SoundPane(Panel):
    """All of the sound; it scrolls when there are more strips than room."""

    reshaped = Signal()  # it has other strips than before

    def __init__(self, deck: Deck) -> None:
        super().__init__("SOUND")
        self._deck = deck
        self._strips: list[ChannelStrip] = []
        self._returns: list[ReturnStrip] = []
        self._programme: ProgrammeStrip | None = None
        self._inputs: dict[str, InputStrip] = {}
        self._names: tuple[object, ...] = ()
        self._talkback = ActionButton(deck, "talkback.hold", "TALKBACK", size=theme.SMALL,
                                      release="talkback.hold")  # fmt: skip
        self._cough = ActionButton(deck, "cough.hold", "COUGH", size=theme.SMALL, release="cough.hold")
        self._scroll = QScrollArea(self)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda *_: self._keep_width())
        outer = QVBoxLayout(self)
        self._head = QHBoxLayout()
        self._head.addStretch(1)
        self._head.addWidget(self._talkback)
        self._head.addWidget(self._cough)
        outer.addLayout(self._head)
        outer.addWidget(self._scroll, 1)
        self._status_align = theme.LEFT
        self._undo = [
            deck.desk.sound.watch(self._show),
            deck.desk.switcher.watch(lambda _: self._show_inputs(), now=False),
        ]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(14), px(4), px(8), px(8))
        layout.setSpacing(px(4))
        self._head.setSpacing(px(6))
        for button in (self._talkback, self._cough):
            button.setFixedHeight(self.heading_px() - px(4))
        self._names = ()
        self._show(self._deck.desk.sound.value)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def wanted_height(self) -> int:
        """How high it must be to show all strips at once; OBS's inputs scroll when they are more than the room kept."""
        body = self._scroll.widget()
        inside = body.sizeHint().height() if body else 0
        rows = -(-len(self._inputs) // 2)
        missing = (_INPUT_ROWS - rows) * (theme.line_height(theme.SMALL) + px(3))
        return self.heading_px() + inside + missing + px(18)

    def show_levels(self, levels: Levels) -> None:
        """Follow all meters; call it at the display's rate."""
        for strip, level in zip(self._strips, levels.channels, strict=False):
            strip.show_level(level)
        for strip_back, level in zip(self._returns, levels.returns, strict=False):
            strip_back.meter.show_level(level)
        if self._programme is not None:
            self._programme.show_levels(levels)

    def show_numbers(self, levels: Levels) -> None:
        """Follow the numbers, and the buttons' holds; a few times a second."""
        for index, strip in enumerate(self._strips):
            strip.show_number(levels.channels[index] if index < len(levels.channels) else _SILENCE)
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
        if levels.keys() - self._inputs.keys() - _joined(self._deck.desk.sound.value):
            self._show(self._deck.desk.sound.value)
        for name, strip in self._inputs.items():
            strip.meter.show_level(_of_obs(levels, name))
        for channel_strip in self._strips:
            if channel_strip.obs_meter is not None:
                channel_strip.obs_meter.show_level(_of_obs(levels, channel_strip.obs_input))

    def show_holds(self) -> None:
        """Follow what is held."""
        self._talkback.show_hold()

    def _show(self, sound: Sound) -> None:
        self._show_status(sound)
        wanted = (set(self._deck.desk.obs_levels()) | set(self._inputs)) - _joined(sound)
        names = (
            tuple(channel.name for channel in sound.channels),
            tuple(return_.name for return_ in sound.returns),
            tuple(sorted(wanted)),
        )
        if names != self._names:
            is_only_more_inputs = names[:2] == self._names[:2] and bool(self._inputs or sound.channels)
            self._names = names
            if is_only_more_inputs:
                self._add_inputs(sorted(wanted - self._inputs.keys()))
            else:
                self._rebuild(sound, sorted(wanted))
        for strip, channel in zip(self._strips, sound.channels, strict=True):
            strip.show_channel(channel)
        for strip_back, return_ in zip(self._returns, sound.returns, strict=True):
            strip_back.show_return(return_, is_heard=sound.link.is_up)
        self._show_inputs()
        is_open = sound.is_talkback_open
        self._talkback.be("talkback.hold", _talkback_words(sound),
                          face=Face.RED if is_open else Face.PLAIN)  # fmt: skip

    def _show_inputs(self) -> None:
        muted = self._deck.desk.switcher.value.muted_inputs
        for name, strip in self._inputs.items():
            strip.show_mute(name in muted)

    def _show_status(self, sound: Sound) -> None:
        if not sound.channels and not sound.returns:
            self.say_status("not in this show")
        elif sound.link.state is LinkState.UP:
            lost = f" · {sound.xruns} gaps" if sound.xruns else ""
            self.say_status(f"{sound.sample_rate_hz / 1000:g} kHz · {sound.block_frames}{lost}")
        else:
            word = "NO SOUND DEVICE" if sound.link.state is LinkState.DOWN else "CONNECTING"
            self.say_status(f"■ {word}", theme.AMBER_SOFT)

    def _rebuild(self, sound: Sound, inputs: list[str]) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, px(8), 0)
        column.setSpacing(px(4))
        grid = QGridLayout()
        column.addLayout(grid)  # first: a lamp that is shown without a parent would be a window, and take the keyboard
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(4))
        grid.setColumnMinimumWidth(0, _name_px())
        grid.setColumnStretch(1, 1)
        grid.addWidget(MeterScale(), 0, 1)
        self._programme = ProgrammeStrip(grid, 1, name_px=_name_px()) if sound.channels else None
        self._strips = [
            ChannelStrip(self._deck, channel, grid, row) for row, channel in enumerate(sound.channels, start=2)
        ]
        after = len(sound.channels) + 2
        self._returns = []
        if sound.returns:
            self._returns = [
                ReturnStrip(self._deck, return_, grid, row) for row, return_ in enumerate(sound.returns, start=after)
            ]
        self._inputs = {}
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

    def _keep_width(self) -> None:
        """Keep the room of the scroll bar free while there is none: no meter changes its width when one comes."""
        body, bar = self._scroll.widget(), self._scroll.verticalScrollBar()
        column = body.layout() if body else None
        if column is not None:
            free = 0 if bar.maximum() > 0 else bar.sizeHint().width()
            column.setContentsMargins(0, 0, px(8) + free, 0)

    def _add_inputs(self, names: list[str]) -> None:
        """Put strips behind those that are there: a take brings new inputs, and nothing may stall or jump for it."""
        for index, name in enumerate(names, start=len(self._inputs)):
            row, half = divmod(index, 2)
            self._inputs[name] = InputStrip(name, self._input_grid, row, 2 * half)
        self.updateGeometry()
        self.reshaped.emit()


def _column(*widgets: QWidget, spacing: int = 0) -> QVBoxLayout:
    """Widgets above each other, together in the middle."""
    column = QVBoxLayout()
    column.setSpacing(spacing)
    column.addStretch(1)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return column


def _name_px() -> int:
    return px(146)


def _row_px() -> int:
    """The height of a strip: never less than a finger's 32."""
    return max(32, px(38))


def _talkback_words(sound: Sound) -> str:
    """Where the director's voice goes."""
    if not sound.is_talkback_open:
        return "TALKBACK"
    into = [made_for.name for made_for in sound.returns if made_for.is_spoken_into]
    return f"TALK → {into[0]}" if len(into) == 1 else f"TALK → {len(into)} RETURNS"


def _joined(sound: Sound) -> set[str]:
    """OBS inputs that stand in the strip of a channel already."""
    return {channel.obs_input for channel in sound.channels if channel.obs_input}


def _of_obs(levels: Mapping[str, InputLevel], name: str) -> Level:
    level = levels.get(name)
    return Level(level.peak_dbfs, FLOOR_DBFS, FLOOR_DBFS) if level else _SILENCE
