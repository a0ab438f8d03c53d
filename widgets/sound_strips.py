"""The strips of the sound pane: a channel, a return, an input of OBS. In a row, or packed into half of one.

Qt thread only; levels are polled.
"""

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.audio.state import FLOOR_DBFS, Channel, Level, Return
from console.core.journal import Origin
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton
from widgets.controls import ActionButton, Face, Words
from widgets.lamps import Lamp
from widgets.leak_lamp import figures_of, lamp_of, signed
from widgets.meter_scales import OBS, Scale
from widgets.meters import Meter, level_words
from widgets.talkback import reaches
from widgets.theme import px

_WIDEST_LAMP: Final = "NOT VERIFIABLE"
_WITH_KEY: Final = 9  # channels that Alt and a number listen to
_TALKS: Final = "talks"
_SHORT: Final = {
    "OBS + returns": "both",
    "OBS only": "OBS",
    "returns only": "rtn",
    "OBS": "OBS",
    "returns": "rtn",
    "Cuedrop": "own",
}  # where a mute acts, or where alone something is muted, on packed strips
_LETTERS: Final = {"channel.solo": "S", "channel.pfl": "P"}  # of packed strips
_FINGER_PX: Final = 32
_DIMMED: Final = "others dimmed"


def name_px() -> int:
    """The room of a name in a row."""
    return px(146)


def row_px() -> int:
    """The height of a strip: never less than a finger's."""
    return max(_FINGER_PX, px(38))


def packed_buttons_px() -> int:
    """The room of what stands behind the meter of a packed strip: three buttons, or a lamp's words."""
    lamp = theme.width_of(_WIDEST_LAMP, theme.SMALL, theme.BOLD) + 2 * px(6) + 2
    return max(_packed_mute_px() + 2 * _FINGER_PX + 2 * px(3), lamp)


def _packed_mute_px() -> int:
    """The room of a packed mute: a finger's, and of the longest word for where it acts."""
    return max(_FINGER_PX, max(theme.width_of(words, theme.SMALL) for words in _SHORT.values()) + 2 * px(6))


def column(*widgets: QWidget, spacing: int = 0) -> QVBoxLayout:
    """Widgets above each other, together in the middle."""
    made = QVBoxLayout()
    made.setSpacing(spacing)
    made.addStretch(1)
    for widget in widgets:
        made.addWidget(widget)
    made.addStretch(1)
    return made


def packed(name: Words, figure: Words | None, *bars: QWidget, behind: QWidget | QHBoxLayout) -> QHBoxLayout:
    """Name and figure above bars, and behind them what is pressed: half of a row."""
    head = QHBoxLayout()
    head.setSpacing(px(3))
    head.addWidget(name, 1)
    if figure is not None:
        head.addWidget(figure)
    left = QVBoxLayout()
    left.setSpacing(2)
    left.addStretch(1)
    left.addLayout(head)
    for bar in bars:
        left.addWidget(bar)
    left.addStretch(1)
    row = QHBoxLayout()
    row.setSpacing(px(3))
    row.addLayout(left, 1)
    if isinstance(behind, QWidget):
        row.addWidget(behind)
    else:
        row.addLayout(behind)
    return row


class ChannelStrip:
    """The widgets of one channel; `number` counts from 1. `place` or `packed` puts them into a layout."""

    def __init__(self, deck: Deck, channel: Channel, number: int, scale: Scale, *, is_packed: bool = False) -> None:
        self._deck = deck
        self._is_packed = is_packed
        self._channel = channel
        self._shown: tuple[str, str, bool] = ("", "", False)
        size = theme.SMALL if is_packed else theme.BODY
        self.name = Words(size, weight=theme.STRONG, may_cut=True)
        self.where = Words(theme.SMALL, theme.FAINT, may_cut=True)
        self.meter = Meter(scale=scale, low=is_packed and bool(channel.obs_input))
        self.obs_meter = Meter(thin=True, has_clip_room=True, scale=OBS) if channel.obs_input else None
        self.level = Words(size, theme.SOFT, weight=theme.STRONG)
        self.peak = Words(theme.SMALL, theme.FAINT)
        self.mute = self._button("channel.mute", lambda: not self._channel.is_to_be_opened)
        self.solo = self._button("channel.solo", lambda: not self._channel.is_solo)
        self.pfl = self._button("channel.pfl", lambda: not self._channel.is_pfl)
        if number <= _WITH_KEY:
            self.pfl.with_hint(f"Alt {number}; P takes all off the headphones")
        self.meter.pressed.connect(lambda: deck.ask("clips.reset", Origin.BUTTON))
        self.show_channel(channel)

    def _button(self, action_id: str, on: Callable[[], bool]) -> KeyedButton:
        button = KeyedButton(self._deck, action_id, size=theme.SMALL, shows_key=False,
                             arguments=lambda: {"channel": self._channel.name, "on": on()})  # fmt: skip
        button.setFixedHeight(row_px())
        if self._is_packed:
            mute = max(_packed_mute_px(), (packed_buttons_px() - 2 * px(3)) // 3)
            others = (packed_buttons_px() - 2 * px(3) - mute) // 2
            button.setFixedWidth(mute if action_id == "channel.mute" else others)
        return button

    def place(self, grid: QGridLayout, row: int) -> None:
        """In one row of a grid of six columns."""
        for words in (self.name, self.where):
            words.setFixedWidth(name_px())
        room = max(theme.width_of("-88.8", theme.BODY, theme.STRONG), theme.width_of("TP -88.8", theme.SMALL))
        for words in (self.level, self.peak):
            words.setFixedWidth(room + 4)
        bars = [self.meter, self.obs_meter] if self.obs_meter else [self.meter]
        grid.addLayout(column(self.name, self.where), row, 0)
        grid.addLayout(column(*bars, spacing=px(3)), row, 1)
        grid.addLayout(column(self.level, self.peak), row, 2)
        for place, button in enumerate((self.mute, self.solo, self.pfl), start=3):
            grid.addWidget(button, row, place)

    def packed(self) -> QHBoxLayout:
        """In half of a row."""
        self._give_level_room()
        bars = [self.meter, self.obs_meter] if self.obs_meter else [self.meter]
        buttons = QHBoxLayout()
        buttons.setSpacing(px(3))
        for button in (self.mute, self.solo, self.pfl):
            buttons.addWidget(button)
        return packed(self.name, self.level, *bars, behind=buttons)

    def use_scale(self, scale: Scale) -> None:
        """Show the level on another scale."""
        self.meter.use_scale(scale)

    def show_channel(self, channel: Channel) -> None:
        """Follow the desk."""
        self._channel = channel
        self._say_name(channel)
        gain = f" {channel.gain_db:+g} dB" if channel.gain_db else ""
        doubt = _doubt_of(channel)
        self.where.say(doubt or f"{channel.mute_acts_on}{gain}", theme.AMBER_SOFT if doubt else theme.FAINT)
        for words in (self.name, self.where):
            words.setToolTip(
                "\n".join((f"{channel.name}: its mute acts on {channel.mute_acts_on}{gain}", *_told(channel)))
            )
        self._say_mute(channel)
        if self._is_packed:
            self._give_level_room()
        self._be(self.solo, "SOLO", channel.is_solo)
        self._be(self.pfl, "PFL", channel.is_pfl)
        self.solo.speak(f"{channel.name}: solo{', on' if channel.is_solo else ''}")
        self.pfl.speak(f"{channel.name}: PFL, on your headphones alone{', on' if channel.is_pfl else ''}")
        self.meter.setAccessibleName(f"{channel.name}: level")
        if self.obs_meter is not None:
            self.obs_meter.setAccessibleName(f"{channel.name}: level of {channel.obs_input} in OBS")
            self.obs_meter.setToolTip(f"Level of {channel.obs_input} in OBS, after its fader there")

    def _say_name(self, channel: Channel) -> None:
        if not self._is_packed:
            self.name.say(channel.name)
        elif channel.is_obs_unknown:
            self.name.say(f"×? {channel.name}", theme.AMBER_SOFT)
        elif channel.is_talking_muted:
            self.name.say(f"■ {channel.name}", theme.AMBER_SOFT)
        elif channel.muted_only_in:
            self.name.say(f"×½ {channel.name}", theme.AMBER_SOFT)
        elif channel.is_muted:
            self.name.say(f"× {channel.name}", theme.RED_SOFT)
        else:
            self.name.say(channel.name, theme.TEXT)

    def _give_level_room(self) -> None:
        """No more than it says, packed: the name needs the rest."""
        widest = _TALKS if self._channel.is_talking_muted else "▲99"
        self.level.setFixedWidth(theme.width_of(widest, theme.SMALL, theme.STRONG) + 2)

    def _say_mute(self, channel: Channel) -> None:
        """Amber while it is not muted wherever it should be; packed, its second line is where it acts, or is muted."""
        is_half = channel.is_to_be_opened and not channel.is_muted
        is_in_doubt = channel.is_obs_unknown or is_half
        face = Face.AMBER if is_in_doubt else Face.RED if channel.is_to_be_opened else Face.PLAIN
        if self._is_packed:
            mark = " ?" if channel.is_obs_unknown else " ½" if is_half else ""
            place = channel.muted_only_in if is_half else channel.mute_acts_on
            self.mute.be("channel.mute", f"M{mark}", _SHORT[place], face=face)
        else:
            title = "MUTED" if channel.is_to_be_opened else "MUTE"
            self.mute.be("channel.mute", f"{title}{' ?' if channel.is_obs_unknown else ''}", face=face)
        known = f", {channel.mute_words}" if channel.mute_words else ""
        talks = ", somebody talks into it" if channel.is_talking_muted else ""
        self.mute.speak(f"{channel.name}: mute acts on {channel.mute_acts_on}{known}{talks}")

    def _be(self, button: ActionButton, title: str, is_on: bool) -> None:
        shown = _LETTERS[button.action_id] if self._is_packed else title
        button.be(button.action_id, shown, face=Face.AMBER if is_on else Face.PLAIN)

    def show_level(self, level: Level) -> None:
        """Follow the meter."""
        self.meter.show_level(level, is_muted=self._channel.is_muted and not self._channel.is_obs_unknown)

    def show_number(self, level: Level) -> None:
        """Follow the meter in numbers, a few times a second: they are to be read. A clip stays until it is reset."""
        clips = f"▲{min(99, level.clips) if self._is_packed else level.clips}" if level.is_clipped else ""
        peak = level_words(level.hold_dbfs, digits=0 if self._is_packed else 1)
        true_peak = "" if level.true_peak_dbtp <= FLOOR_DBFS + 0.5 else f"TP {level.true_peak_dbtp:.1f}"
        talks = _TALKS if self._is_packed and self._channel.is_talking_muted else ""
        first = talks or (clips or peak if self._is_packed else peak)
        shown = (first, clips or true_peak, level.is_clipped)
        if shown != self._shown:
            self._shown = shown
            red = theme.RED_SOFT if level.is_clipped else None
            self.level.say(first, theme.AMBER_SOFT if talks else red or theme.SOFT)
            self.peak.say(shown[1], red or theme.FAINT)
            self.meter.setToolTip(readings_words(self._channel.name, level))

    @property
    def obs_input(self) -> str:
        """The name of its input in OBS, or ""."""
        return self._channel.obs_input or ""


class ReturnStrip:
    """The widgets of one return. `place` or `packed` puts them into a layout; packed, its lamp is its test."""

    def __init__(self, deck: Deck, return_: Return, scale: Scale, *, is_packed: bool = False) -> None:
        self._deck = deck
        self._is_packed = is_packed
        self.name = Words(theme.SMALL if is_packed else theme.BODY, weight=theme.STRONG, may_cut=True)
        self.detail = Words(theme.SMALL, theme.SOFT, may_cut=True)
        self.meter = Meter(scale=scale)
        self.lamp = Lamp(size=theme.SMALL)
        self.test = KeyedButton(deck, "return.test", "TEST", size=theme.SMALL,
                                arguments=lambda: {"return": return_.name}, shows_key=False)  # fmt: skip
        self.test.with_key("")
        self.test.setFixedHeight(row_px())
        self.meter.pressed.connect(lambda: deck.ask("clips.reset", Origin.BUTTON))
        self.meter.setAccessibleName(f"Return {return_.name}: level")
        self._return = return_

    def place(self, grid: QGridLayout, row: int) -> None:
        """In one row of a grid of six columns."""
        self.name.setFixedWidth(name_px())
        self.detail.setFixedWidth(name_px())
        grid.addLayout(column(self.name, self.detail), row, 0)
        grid.addWidget(self.meter, row, 1)
        grid.addWidget(self.lamp, row, 2, 1, 3)
        grid.addWidget(self.test, row, 5)

    def packed(self) -> QHBoxLayout:
        """In half of a row."""
        self.test.setFixedWidth(packed_buttons_px())
        return packed(self.name, None, self.meter, behind=self.test)

    def use_scale(self, scale: Scale) -> None:
        """Show the level on another scale."""
        self.meter.use_scale(scale)

    def show_return(self, return_: Return, *, is_heard: bool = True) -> None:
        """Follow the desk; while the engine is away nothing is proved."""
        self._return = return_
        self._say_talkback(return_)
        words, face = lamp_of(return_, is_heard=is_heard)
        figures = figures_of(return_, is_heard=is_heard)
        left_out = ", ".join(return_.listener) or "nobody"
        said = f"Return {return_.name}: {words.lower()} {return_.leak_detail}".strip()
        if self._is_packed:
            measured = figures if return_.leak_db is not None or return_.floor_db is not None else ""
            self.test.be("return.test", signed(words, face), _DIMMED if return_.is_dimmed else measured, face=face)
            self.test.speak(f"{said}; a press tests it. Left out: {left_out}")
            return
        self.test.speak(f"Return {return_.name}: test")
        self.lamp.show_words(signed(words, face), face)
        self.detail.say(*((_DIMMED, theme.RED_SOFT) if return_.is_dimmed else (figures, theme.SOFT)))
        self.detail.setVisible(bool(self.detail.text))
        detail = f"\n{return_.leak_detail}" if return_.leak_detail else ""
        self.lamp.setToolTip(f"N-1 of {return_.name}: {words.lower()}\nLeft out: {left_out}{detail}")
        self.lamp.setAccessibleName(said)

    def _say_talkback(self, return_: Return) -> None:
        """A T for those whom it speaks to; red, with a dot, while it does."""
        speaks = reaches(return_, self._deck.desk.show.value.audio.talkback)
        sign = "T● " if return_.is_spoken_into else "T→ " if speaks else "→ "
        self.name.say(f"{sign}{return_.name}", theme.RED_SOFT if return_.is_spoken_into else theme.TEXT)
        says = "T speaks to them" if speaks else "T does not speak to them"
        if return_.is_spoken_into:
            says = f"You are heard now{', the others are dimmed' if return_.is_dimmed else ''}"
        self.name.setAccessibleName(f"Return {return_.name}: {says[0].lower()}{says[1:]}")
        self.name.setToolTip(f"{return_.name}. {says}.\nF6, MATRIX chooses whom T speaks to")

    def show_number(self, level: Level) -> None:
        """Follow the meter in its tooltip."""
        self.meter.setToolTip(readings_words(f"Return {self._return.name}", level))


class InputStrip:
    """One of OBS's inputs: name, thin meter, whether it is muted there."""

    def __init__(self, name: str, grid: QGridLayout, row: int, column: int) -> None:
        self._name = name
        self.name = Words(theme.SMALL, theme.SOFT, may_cut=True)
        self.meter = Meter(thin=True, scale=OBS)
        self.name.say(name)
        self.meter.setAccessibleName(f"OBS input {name}: level")
        self.meter.setToolTip(f"Level of {name} in OBS, on OBS's own scale: -60 to 0 dBFS. It tells no clips.")
        grid.addWidget(self.name, row, column)
        grid.addWidget(self.meter, row, column + 1)

    def show_mute(self, is_muted: bool, *, talks: bool = False) -> None:
        """Say in words that it is muted in OBS, and that somebody `talks` into it while it is."""
        if talks:
            self.name.say(f"■ talks · {self._name}", theme.AMBER_SOFT)
            words = f"{self._name} is muted in OBS, and somebody talks into it."
        elif is_muted:
            self.name.say(f"× OBS {self._name} · muted", theme.RED_SOFT)
            words = f"{self._name} is muted in OBS."
        else:
            self.name.say(f"OBS {self._name}", theme.SOFT)
            words = f"{self._name}, an input of OBS"
        self.name.setToolTip(words)
        self.name.setAccessibleName(words)


def _doubt_of(channel: Channel) -> str:
    """What is to be known of its mute before where it acts, in the room of a name; else ""."""
    if channel.is_obs_unknown:
        return "muted here · OBS ?"
    if not channel.is_talking_muted:
        return channel.mute_words if channel.muted_only_in else ""
    return f"talking · {channel.muted_only_in} muted" if channel.muted_only_in else "talking while muted"


def _told(channel: Channel) -> Iterator[str]:
    """What is to be known of its mute, in sentences."""
    if channel.is_obs_unknown:
        yield "Muted here; whether in OBS, too, can't be known now."
    if channel.muted_only_in:
        yield f"M{channel.mute_words[1:]}: it is open elsewhere."
    if channel.is_to_be_opened and channel.muted_only_in:
        yield "MUTED opens it everywhere."
    if channel.is_talking_muted:
        yield "Somebody talks into it while it is muted."


def readings_words(name: str, level: Level) -> str:
    """All that a meter tells, in words."""
    lines = [
        f"{name}: peak {level_words(level.hold_dbfs)} dBFS, RMS {level_words(level.rms_dbfs)} dBFS",
        f"highest true peak {level_words(level.true_peak_dbtp)} dBTP",
    ]
    if level.is_clipped:
        samples = "1 sample" if level.clips == 1 else f"{level.clips} samples"
        lines.append(f"clipped: {samples}. A press on the bar, or K, counts anew.")
    return "\n".join(lines)
