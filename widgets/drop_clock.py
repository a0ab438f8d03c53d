"""What FIRE says of a drop's times: announced, counting down, on sale; and how late viewers see it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.commerce.state import Drop, DropState, StreamDelay
from console.desk.starting_state import Announced
from console.settings import show as settings
from widgets.controls import Face
from widgets.times import FAR_S, clock_words

_FIRE: Final = {
    DropState.DRAFT: ("FIRE", "arm first", Face.OFF),
    DropState.ARMING: ("FIRE", "arming", Face.OFF),
    DropState.ARMED: ("FIRE", "armed", Face.AMBER),
    DropState.FIRING: ("SENT", "waiting for the shop", Face.AMBER_LINE),
    DropState.COUNTDOWN: ("OPENS", "by itself", Face.RED_LINE),
    DropState.OPEN: ("OPEN", "", Face.RED),
    DropState.SOLD_OUT: ("SOLD OUT", "", Face.RED_LINE),
    DropState.CLOSED: ("CLOSED", "", Face.OFF),
    DropState.ASKING: ("ASKING", "what the shop did", Face.AMBER_LINE),
}
_AT_END: Final = {"back": "then back", "next": "then the next drop"}
_ON_SALE: Final = (DropState.COUNTDOWN, DropState.OPEN, DropState.SOLD_OUT)


@dataclass(frozen=True, slots=True)
class Said:
    """The words on a key, and how it looks."""

    title: str
    note: str
    face: Face


@dataclass(frozen=True, slots=True)
class Times:
    """All that the words need beside the drop itself; `mono_ns` is now on the monotonic clock."""

    now: datetime
    mono_ns: int
    delay: StreamDelay = StreamDelay()
    announced: Announced | None = None
    start: str = "hand"


def fire_words(drop: Drop, times: Times) -> Said:
    """What the FIRE key says."""
    title, note, face = _FIRE[drop.state]
    match drop.state:
        case DropState.ARMED if times.announced is not None:
            left_s = (times.announced.due_mono_ns - times.mono_ns) / 1e9
            return Said(f"FIRES {_clock(left_s)}", "by itself · Esc holds", face)
        case DropState.ARMED:
            return Said(title, " · ".join(part for part in (note, _planned(drop, times)) if part), face)
        case DropState.FIRING | DropState.COUNTDOWN if drop.room_opens_at is not None:
            left = _until(drop.room_opens_at, times.now)
            return Said(f"{title} {left}", _for_viewers(drop, times) or note, face)
        case DropState.OPEN if _is_far(drop, times):
            return Said(title, "until sold out" if drop.is_until_sold_out else "all day", face)
        case DropState.OPEN if drop.closes_at is not None:
            return Said(f"OPEN {_until(drop.closes_at, times.now)}", "left", face)
        case DropState.SOLD_OUT if drop.is_until_sold_out and not drop.is_held:
            return Said(title, "some not paid" if drop.held else "closes by itself", face)
        case DropState.SOLD_OUT if _is_far(drop, times):
            return Said(title, "by hand", face)
        case DropState.SOLD_OUT if drop.closes_at is not None:
            by_hand = "by hand · " if drop.is_held else ""
            return Said(title, f"{by_hand}{_until(drop.closes_at, times.now)} left", face)
        case _:
            return Said(title, note, face)


def end_words(drop: Drop, item: settings.Drop | None) -> str:
    """What happens when the drop closes, while that is worth knowing; "" for nothing."""
    return _AT_END.get(item.at_end, "") if item is not None and drop.state in _ON_SALE else ""


def delay_words(delay: StreamDelay, marked_ns: int | None, mono_ns: int) -> Said:
    """What the key says that measures how late viewers see the picture."""
    if marked_ns is not None:
        return Said(f"{(mono_ns - marked_ns) / 1e9:.0f} s", "phone?", Face.AMBER)
    if not delay.seconds:
        return Said("? s", "delay", Face.PLAIN)
    return Said(f"{delay.seconds:g} s", "delay" if delay.is_measured else "delay, set", Face.PLAIN)


def _planned(drop: Drop, times: Times) -> str:
    """What FIRE will do, and whether the drop starts without it."""
    if times.start not in ("hand", "cue"):
        return f"starts {times.start}"
    wait_s = drop.countdown_s + (times.delay.seconds if drop.is_heard_by_viewers else 0.0)
    return f"counts {_clock(wait_s)}" if wait_s else ""


def _for_viewers(drop: Drop, times: Times) -> str:
    """The viewers' clock beside the room's, where it is known how late they are; and the wait for the shop's word."""
    assert drop.room_opens_at is not None
    left_s = (drop.room_opens_at - times.now).total_seconds()
    late_s = drop.room_lead_s or times.delay.seconds
    if late_s and left_s + late_s > 0:
        return f"here · {_clock(left_s + late_s)} for viewers"
    return "waiting for the shop" if left_s <= 0 else ""


def _is_far(drop: Drop, times: Times) -> bool:
    """Whether its end is so far away that no clock is worth the room."""
    return drop.closes_at is not None and (drop.closes_at - times.now).total_seconds() > FAR_S


def _until(at: datetime, now: datetime) -> str:
    return _clock((at - now).total_seconds())


def _clock(seconds: float) -> str:
    return clock_words(seconds + 0.999)
