"""SOUND: channels, OBS's inputs, returns and talkback. Qt thread only; levels are polled."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.audio.state import FLOOR_DBFS, Channel, Leak, Level, Levels, Return, Sound
from console.core.links import LinkState
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face, Panel, Words
from widgets.lamps import Lamp
from widgets.meters import Meter, MeterScale, level_words
from widgets.theme import px

_SILENCE: Final = Level()
_LEAKS: Final = {
    Leak.CLEAN: ("CLEAN", Face.GREEN),
    Leak.LEAK: ("LEAK", Face.RED),
    Leak.ECHO: ("ECHO", Face.RED),
    Leak.SILENT: ("SILENT", Face.OFF),
    Leak.NOT_VERIFIABLE: ("NOT PROVED", Face.OFF),
}


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
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.where)
        grid.addLayout(names, row, 0)
        for column, widget in enumerate((self.meter, self.level, self.mute, self.solo), start=1):
            grid.addWidget(widget, row, column)
        self._channel = channel
        self._words = ""
        self.show_channel(channel)

    def show_channel(self, channel: Channel) -> None:
        """Follow the desk."""
        self._channel = channel
        self.name.say(channel.name)
        gain = f" · {channel.gain_db:+.1f} dB" if channel.gain_db else ""
        self.where.say(f"mute: {channel.mute_acts_on}{gain}")
        muted = f"{channel.name}: mute acts on {channel.mute_acts_on}"
        self.mute.be("channel.mute", "MUTED" if channel.is_muted else "MUTE",
                     face=Face.RED if channel.is_muted else Face.PLAIN)  # fmt: skip
        self.solo.be("channel.solo", "SOLO", face=Face.AMBER if channel.is_solo else Face.PLAIN)
        self.mute.setAccessibleName(f"{muted}{', muted' if channel.is_muted else ''}")
        self.solo.setAccessibleName(f"{channel.name}: solo{', on' if channel.is_solo else ''}")
        self.meter.setAccessibleName(f"{channel.name}: level")

    def show_level(self, level: Level) -> None:
        """Follow the meter."""
        self.meter.show_level(level, is_muted=self._channel.is_muted)

    def show_number(self, level: Level) -> None:
        """Follow the meter in a number; a few times a second, so that it can be read."""
        words = level_words(level.peak_dbfs)
        if words != self._words:
            self._words = words
            self.level.say(words, theme.RED_SOFT if level.is_clipped else theme.SOFT)

    def _mute(self) -> dict[str, object]:
        return {"channel": self._channel.name, "on": not self._channel.is_muted}

    def _solo(self) -> dict[str, object]:
        return {"channel": self._channel.name, "on": not self._channel.is_solo}


class ReturnStrip:
    """The widgets of one return, in one row of the grid."""

    def __init__(self, deck: Deck, return_: Return, grid: QGridLayout, row: int) -> None:
        self.name = Words(theme.BODY, weight=theme.STRONG, may_cut=True)
        self.meter = Meter()
        self.lamp = Lamp(size=theme.SMALL)
        self.test = ActionButton(deck, "return.test", "TEST", size=theme.SMALL,
                                 arguments=lambda: {"return": return_.name}, shows_key=False)  # fmt: skip
        self.name.say(f"→ {return_.name}")
        grid.addWidget(self.name, row, 0)
        grid.addWidget(self.meter, row, 1)
        grid.addWidget(self.lamp, row, 2, 1, 2)
        grid.addWidget(self.test, row, 4)
        self.test.setAccessibleName(f"Return {return_.name}: test")
        self.meter.setAccessibleName(f"Return {return_.name}: level")
        self.show_return(return_)

    def show_return(self, return_: Return) -> None:
        """Follow the desk."""
        words, face = _LEAKS[return_.leak]
        self.lamp.show_words(words, face)
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
        self.name.say(f"{self._name} · muted" if is_muted else self._name,
                      theme.RED_SOFT if is_muted else theme.SOFT)  # fmt: skip


class SoundPane(Panel):
    """All of the sound; it scrolls when there are more strips than room."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("SOUND")
        self._deck = deck
        self._strips: list[ChannelStrip] = []
        self._returns: list[ReturnStrip] = []
        self._inputs: dict[str, InputStrip] = {}
        self._names: tuple[object, ...] = ()
        self._talkback = ActionButton(deck, "talkback.hold", "TALKBACK", size=theme.BODY,
                                      release="talkback.hold")  # fmt: skip
        self._cough = ActionButton(deck, "cough.hold", "COUGH", size=theme.BODY, release="cough.hold")
        self._scroll = QScrollArea(self)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.addWidget(self._scroll, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._talkback, 2)
        self._foot.addWidget(self._cough, 1)
        outer.addLayout(self._foot)
        self._undo = [
            deck.desk.sound.watch(self._show),
            deck.desk.switcher.watch(lambda _: self._show_inputs(), now=False),
        ]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(14), self.heading_px(), px(10), px(10))
        layout.setSpacing(px(6))
        self._foot.setSpacing(px(8))
        self._names = ()
        self._show(self._deck.desk.sound.value)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def wanted_height(self) -> int:
        """How high it must be to show all strips at once."""
        body = self._scroll.widget()
        inside = body.sizeHint().height() if body else 0
        return self.heading_px() + inside + self._talkback.sizeHint().height() + px(28)

    def show_levels(self, levels: Levels) -> None:
        """Follow all meters; call it at the display's rate."""
        for strip, level in zip(self._strips, levels.channels, strict=False):
            strip.show_level(level)
        for strip_back, level in zip(self._returns, levels.returns, strict=False):
            strip_back.meter.show_level(level)

    def show_numbers(self, levels: Levels) -> None:
        """Follow the numbers, and the buttons' holds; a few times a second."""
        for index, strip in enumerate(self._strips):
            strip.show_number(levels.channels[index] if index < len(levels.channels) else _SILENCE)

    def show_obs_levels(self) -> None:
        """Follow the meters of OBS's inputs."""
        levels = self._deck.desk.obs_levels()
        if levels.keys() - self._inputs.keys():
            self._names = ()
            self._show(self._deck.desk.sound.value)
        for name, strip in self._inputs.items():
            level = levels.get(name)
            peak = level.peak_dbfs if level else FLOOR_DBFS
            strip.meter.show_level(Level(peak, FLOOR_DBFS, FLOOR_DBFS))

    def show_holds(self) -> None:
        """Follow what is held."""
        self._talkback.show_hold()

    def _show(self, sound: Sound) -> None:
        self._show_status(sound)
        wanted = set(self._deck.desk.obs_levels()) | set(self._inputs)
        names = (
            tuple(channel.name for channel in sound.channels),
            tuple(return_.name for return_ in sound.returns),
            tuple(sorted(wanted)),
        )
        if names != self._names:
            self._names = names
            self._rebuild(sound, sorted(wanted))
        for strip, channel in zip(self._strips, sound.channels, strict=True):
            strip.show_channel(channel)
        for strip_back, return_ in zip(self._returns, sound.returns, strict=True):
            strip_back.show_return(return_)
        self._show_inputs()
        is_open = sound.is_talkback_open
        self._talkback.be("talkback.hold", "TALKBACK OPEN" if is_open else "TALKBACK",
                          face=Face.RED if is_open else Face.PLAIN)  # fmt: skip

    def _show_inputs(self) -> None:
        muted = self._deck.desk.switcher.value.muted_inputs
        for name, strip in self._inputs.items():
            strip.show_mute(name in muted)

    def _show_status(self, sound: Sound) -> None:
        if sound.link.state is LinkState.UP:
            lost = f" · {sound.xruns} gaps" if sound.xruns else ""
            self.say_status(f"{sound.sample_rate_hz / 1000:g} kHz · {sound.block_frames}{lost}")
        else:
            word = "NO SOUND DEVICE" if sound.link.state is LinkState.DOWN else "CONNECTING"
            self.say_status(f"■ {word}", theme.AMBER_SOFT)

    def _rebuild(self, sound: Sound, inputs: list[str]) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, px(6), 0)
        column.setSpacing(px(4))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(5))
        grid.setColumnMinimumWidth(0, px(130))
        grid.setColumnStretch(1, 1)
        grid.addWidget(MeterScale(), 0, 1)
        self._strips = [
            ChannelStrip(self._deck, channel, grid, row) for row, channel in enumerate(sound.channels, start=1)
        ]
        after = len(sound.channels) + 1
        self._returns = []
        if sound.returns:
            grid.addWidget(_heading("RETURNS (N-1)"), after, 0, 1, 5)
            self._returns = [
                ReturnStrip(self._deck, return_, grid, row)
                for row, return_ in enumerate(sound.returns, start=after + 1)
            ]
        column.addLayout(grid)
        self._inputs = {}
        if inputs:
            column.addWidget(_heading("OBS INPUTS"))
            column.addLayout(self._input_grid(inputs))
        if not sound.channels and not inputs:
            empty = Words(theme.BODY, theme.FAINT)
            empty.say("No channels in this show.")
            column.addWidget(empty)
        column.addStretch(1)
        self._scroll.setWidget(body)
        self.updateGeometry()

    def _input_grid(self, inputs: list[str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(10))
        grid.setVerticalSpacing(px(3))
        for index, name in enumerate(inputs):
            row, half = divmod(index, 2)
            self._inputs[name] = InputStrip(name, grid, row, 2 * half)
        for column in (0, 1, 2, 3):
            grid.setColumnStretch(column, 1)
        return grid


def _heading(text: str) -> Words:
    words = Words(theme.SMALL, theme.SOFT, weight=theme.BOLD)
    words.say(text)
    return words
