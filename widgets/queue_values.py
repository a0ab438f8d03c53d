"""What is typed of a drop, as an action takes it: prices, pieces, durations as people write them. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from console.core.errors import UserError
from console.settings.show import Drop
from console.settings.timing import SOLD_OUT, SaleDuration
from console.show.writing import money_text

_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)")
_TIME_OF_DAY: Final = re.compile(r"(\d{1,2})[:.](\d{2})")
_EMPTIED: Final[Mapping[str, object]] = {"scene": None, "start": "hand", "countdown_s": 0, "talking_points": []}
"""What an emptied field means, where it means something."""


def typed_of(item: Drop) -> dict[str, str]:
    """A drop as the fields of the form show it."""
    return {
        "title": item.title,
        "price": money_text(item.price),
        "stock": "" if item.variants else str(item.stock or ""),
        "duration_s": duration_words(item.duration_s),
        "per_buyer": str(item.per_buyer),
        "scene": item.scene or "",
        "start": item.start,
        "countdown_s": f"{item.countdown_s} s" if item.countdown_s else "",
        "talking_points": "\n".join(item.talking_points),
    }


def given_of(typed: Mapping[str, str], shown: Mapping[str, str], *, currency: str) -> dict[str, Any]:
    """What was typed otherwise than `shown`, as arguments. Raises UserError for what nobody can read."""
    read: dict[str, Callable[[str], object]] = {
        "title": lambda text: text.strip(),
        "price": lambda text: _price(text, currency),
        "stock": _pieces,
        "duration_s": _duration,
        "per_buyer": _pieces,
        "scene": lambda text: text.strip(),
        "start": _start,
        "countdown_s": _seconds,
        "talking_points": _points,
    }
    changed = {name: text for name, text in typed.items() if text.strip() != shown.get(name, "").strip()}
    filled = {name: read[name](text) for name, text in changed.items() if text.strip()}
    return {**{name: _EMPTIED[name] for name in changed if name in _EMPTIED}, **filled}


def duration_words(duration: SaleDuration) -> str:
    """How long, as it is typed: "5:00", "1:00:00", "sold out"."""
    if not isinstance(duration, int):
        return duration
    hours, rest = divmod(duration, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _price(text: str, currency: str) -> str:
    words = text.strip().replace(",", ".")
    return words if words[-3:].isalpha() else f"{words} {currency}"


def _pieces(text: str) -> int:
    words = text.strip()
    if not (words.isascii() and words.isdigit() and len(words) < 10):
        raise UserError(f'"{words}" is no number of pieces.', fix="Type a whole number.")
    return int(words)


def _duration(text: str) -> SaleDuration:
    words = text.strip()
    if words.casefold().removeprefix("until ") == SOLD_OUT:
        return "sold out"
    if words.isascii() and words.isdigit() and len(words) < 5:
        return int(words) * 60
    match = _CLOCK.fullmatch(words)
    if match is None:
        raise UserError(f'"{words}" is no duration.', fix='Type minutes ("5", "2:30"), or "sold out".')
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])


def _start(text: str) -> str:
    words = text.strip().casefold()
    match = _TIME_OF_DAY.fullmatch(words)
    return words if match is None else f"{int(match[1]):02}:{match[2]}"


def _seconds(text: str) -> int:
    words = text.strip().removesuffix("s").rstrip()
    if not (words.isascii() and words.isdigit() and len(words) < 5):
        raise UserError(f'"{text.strip()}" is no countdown.', fix="Type seconds, from 10 to 300, or nothing.")
    return int(words)


def _points(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
