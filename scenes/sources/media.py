"""A media source's transport as OBS tells it. Pure."""

from typing import Final

from scenes.sources.state import Media, MediaState
from scenes.wire.socket import Message

__all__ = ["MEDIA_KINDS", "MediaState", "is_looping", "media_of", "steady"]

MEDIA_KINDS: Final = ("ffmpeg_source", "vlc_source")
SAME_MS: Final = 250  # OBS's cursor moves in steps of a picture; within this it is where it was expected
_PREFIX: Final = "OBS_MEDIA_STATE_"
_LOOPS: Final = {"ffmpeg_source": ("looping", False), "vlc_source": ("loop", True)}  # the setting and its default


def media_of(source: str, status: Message, *, at_ns: int, loops: bool = False) -> Media:
    """The transport of `source` by a GetMediaInputStatus answer that came at `at_ns`; junk is "none"."""
    said = status.get("mediaState")
    name = said.removeprefix(_PREFIX).lower() if isinstance(said, str) else ""
    state = MediaState(name) if name in set(MediaState) else MediaState.NONE
    return Media(
        source, state, _ms(status.get("mediaDuration")), _ms(status.get("mediaCursor")), at_ns, is_looping=loops
    )


def is_looping(kind: str, settings: Message) -> bool:
    """Whether a source of `kind` with these settings (defaults left out) begins again at its end."""
    key, default = _LOOPS.get(kind, ("", False))
    value = settings.get(key, default)
    return value is True


def steady(old: Media | None, new: Media) -> Media:
    """`old` when `new` only says what was expected of it: what did not change is no news."""
    if old is None or (old.state, old.duration_ms, old.is_looping) != (new.state, new.duration_ms, new.is_looping):
        return new
    if old.cursor_ms is None or new.cursor_ms is None:
        return old if old.cursor_ms == new.cursor_ms else new
    gone_ms = (new.at_mono_ns - old.at_mono_ns) / 1e6 if old.state is MediaState.PLAYING else 0.0
    return old if abs(new.cursor_ms - old.cursor_ms - gone_ms) <= SAME_MS else new


def _ms(value: object) -> int | None:
    return round(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None
