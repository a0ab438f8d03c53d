"""STRIPS: everything that can be set of each channel, in one table. Qt thread only."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from console.audio.state import Channel, Sound
from console.desk.view import Notice
from widgets.ask import Deck
from widgets.cell_grid import Cell, Look, Sheet
from widgets.grid_section import GridSection, Request, Titles

HIGH_PASS_HZ: Final = (None, 40.0, 60.0, 80.0, 100.0, 120.0, 160.0, 200.0)
DELAY_STEP_MS: Final = 5.0
PAN_STEP: Final = 0.1
_PLACES: Final = ("both", "obs", "returns")


@dataclass(frozen=True, slots=True)
class Knob:
    """One column: what a channel says there, and what a change asks for."""

    title: str
    words: str
    room: str
    action_id: str
    argument: str
    show: Callable[[Channel], str]
    value: Callable[[Channel], object]
    step: Callable[[Channel, int], object]
    back: object
    titles: Titles
    limits: tuple[float, float] | None = None  # of what may be typed, as typed
    unit: str = ""
    read: Callable[[float], object] = float
    turns: bool = False
    look: Look = Look.SET


def gain_words(db: float) -> str:
    """A gain as it stands on a strip: "+3", "-4.5", "0"."""
    return f"{db:+.1f}".replace(".0", "") if db else "0"


def pan_words(pan: float) -> str:
    """Where a channel stands: "C", "L 30", "R 100"."""
    return "C" if abs(pan) < 0.005 else f"{'L' if pan < 0 else 'R'} {abs(pan):.0%}".rstrip("%")


def where_words(channel: Channel) -> str:
    """Where its mute acts, in two words at most: "both", "OBS", "returns"."""
    return {"OBS + returns": "both", "OBS only": "OBS"}.get(channel.mute_acts_on, "returns")


def _mute_words(channel: Channel) -> str:
    """What is known of its mute, for narrow places: "mute", "MUTED", "OBS ?", "OBS ½", "rtn ½"."""
    if not channel.is_to_be_opened:
        return "mute"
    if channel.is_muted:
        return "OBS ?" if channel.is_obs_unknown else "MUTED"
    return {"OBS": "OBS ½", "returns": "rtn ½"}.get(channel.muted_only_in, "½")


def _bounded(low: float, high: float, value: float) -> float:
    return round(min(high, max(low, value)), 2)


def _next_hz(channel: Channel, step: int) -> float | None:
    now = channel.high_pass_hz or 0.0
    if step > 0:
        return next((hz for hz in HIGH_PASS_HZ if (hz or 0.0) > now), channel.high_pass_hz)
    return next((hz for hz in reversed(HIGH_PASS_HZ) if (hz or 0.0) < now), None)


def _next_place(channel: Channel, step: int) -> str:
    if channel.obs_input is None:
        return "returns"
    now = {"both": 0, "OBS": 1}.get(where_words(channel), 2)
    return _PLACES[(now + step) % len(_PLACES)]


_ON_OFF: Final = Titles("OFF", "ON")
KNOBS: Final = (
    Knob("mute", "Mute", "MUTED", "channel.mute", "on", _mute_words,
         lambda c: c.is_to_be_opened, lambda c, s: s > 0, False, _ON_OFF, turns=True, look=Look.RED),
    Knob("solo", "Solo", "SOLO", "channel.solo", "on", lambda c: "SOLO" if c.is_solo else "solo",
         lambda c: c.is_solo, lambda c, s: s > 0, False, _ON_OFF, turns=True, look=Look.AMBER),
    Knob("PFL", "PFL", "● PFL", "channel.pfl", "on", lambda c: "● PFL" if c.is_pfl else "PFL",
         lambda c: c.is_pfl, lambda c, s: s > 0, False, _ON_OFF, turns=True, look=Look.AMBER),
    Knob("gain", "Gain", "-12.5", "channel.strip", "gain_db", lambda c: gain_words(c.gain_db),
         lambda c: c.gain_db, lambda c, s: _bounded(-60, 24, c.gain_db + s), 0.0, Titles(clear="0 dB"),
         (-60, 24), "dB"),
    Knob("pan", "Pan", "L 100", "channel.strip", "pan", lambda c: pan_words(c.pan), lambda c: c.pan,
         lambda c, s: _bounded(-1, 1, c.pan + s * PAN_STEP), 0.0, Titles("L", "R", "CENTRE"), (-100, 100), "%",
         lambda typed: typed / 100),
    Knob("low cut", "High-pass", "200", "channel.strip", "high_pass_hz",
         lambda c: f"{c.high_pass_hz:g}" if c.high_pass_hz else "off", lambda c: c.high_pass_hz, _next_hz, None,
         Titles(clear="OFF"), (20, 400), "Hz"),
    Knob("polarity", "Polarity", "turned", "channel.strip", "polarity", lambda c: "turned" if c.is_inverted else "ø",
         lambda c: c.is_inverted, lambda c, s: s > 0, False, Titles("NORMAL", "TURNED"), turns=True, look=Look.AMBER),
    Knob("delay", "Delay", "1000", "channel.strip", "delay_ms", lambda c: f"{c.delay_ms:g}",
         lambda c: c.delay_ms, lambda c, s: _bounded(0, 1000, c.delay_ms + s * DELAY_STEP_MS), 0.0,
         Titles(clear="0"), (0, 1000), "ms"),
    Knob("mutes", "Its mute acts on", "returns", "channel.mute_acts_on", "on", where_words, where_words, _next_place,
         None, Titles("‹", "›")),
)  # fmt: skip


class StripsSection(GridSection):
    """Channels as rows, what can be set of them as columns."""

    def __init__(self, deck: Deck) -> None:
        self._channels: tuple[Channel, ...] = ()
        super().__init__(deck, "Strips", "channel.strip")

    def sheet(self, sound: Sound) -> Sheet:
        """A cell for each knob of each channel."""
        self._channels = sound.channels
        return Sheet(
            rows=tuple(channel.name for channel in sound.channels),
            columns=tuple(knob.title for knob in KNOBS),
            cells=tuple(tuple(_cell(knob, channel) for knob in KNOBS) for channel in sound.channels),
            room=tuple(knob.room for knob in KNOBS),
            empty="No channels in this show. GUESTS adds a guest with their channel.",
        )

    def titles(self) -> Titles:
        """As the knob has it; what is turned over needs no third button."""
        return self._here()[1].titles

    def stepped(self, step: int) -> Request | None:
        """One step of the knob."""
        channel, knob = self._here()
        return None if channel is None else _request(knob, channel, knob.step(channel, step))

    def cleared(self) -> Request | None:
        """The knob's middle."""
        channel, knob = self._here()
        if channel is None or knob.action_id == "channel.mute_acts_on":
            return None
        return _request(knob, channel, knob.back)

    def typed(self, value: float) -> Request | Notice | None:
        """A number that the knob takes; anything else is said, and nothing is set."""
        channel, knob = self._here()
        if channel is None or knob.limits is None:
            return None
        low, high = knob.limits
        if knob.argument == "high_pass_hz" and value == 0:
            return self.cleared()
        if not low <= value <= high:
            return Notice(f"{knob.words} can't be {value:g} {knob.unit}.",
                          f"Type a number from {low:g} to {high:g}.")  # fmt: skip
        return _request(knob, channel, knob.read(value))

    def turned(self) -> Request | None:
        """Over, for mute, solo and polarity."""
        channel, knob = self._here()
        return _request(knob, channel, not knob.value(channel)) if channel is not None and knob.turns else None

    def _here(self) -> tuple[Channel | None, Knob]:
        row, column = self.grid.place
        channel = self._channels[row] if row < len(self._channels) else None
        return channel, KNOBS[min(column, len(KNOBS) - 1)]


def _request(knob: Knob, channel: Channel, value: object) -> Request:
    return Request(knob.action_id, {"channel": channel.name, knob.argument: value})


def _cell(knob: Knob, channel: Channel) -> Cell:
    text = knob.show(channel)
    is_plain = knob.value(channel) in (knob.back, 0.0)
    look = Look.PLAIN if is_plain or knob.back is knob.value(channel) else knob.look
    unit = f" {knob.unit}" if knob.unit and text[-1].isdigit() and not text.startswith(("L", "R")) else ""
    cell = Cell(text, f"{knob.words} of {channel.name}: {text}{unit}", look, turns=knob.turns)
    if knob.action_id == "channel.mute" and (channel.is_obs_unknown or channel.muted_only_in):
        look = Look.AMBER if channel.is_to_be_opened else cell.look
        return replace(cell, look=look, words=f"{knob.words} of {channel.name}: {channel.mute_words}")
    if knob.argument == "on" and knob.action_id == "channel.mute_acts_on":
        why = "" if channel.obs_input else "; it has no input in OBS"
        return replace(cell, look=Look.SET if channel.obs_input else Look.LOCKED, words=cell.words + why)
    return cell
