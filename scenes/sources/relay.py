"""Media sources of OBS that are pointed at this machine's loopback, and put back. Each change is read again.

Loop thread only. What a source had before is the caller's to keep: here nothing is remembered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from scenes.sources.media import media_of
from scenes.sources.state import MediaState
from scenes.wire.line import ObsRefused, Request
from scenes.wire.socket import Message

KIND: Final = "ffmpeg_source"
HERE: Final = "udp://127.0.0.1:"
# FFmpeg keeps what comes in a ring of its own; one that runs over must not end the source
_LISTEN: Final = "?fifo_size=50000&overrun_nonfatal=1"


class Asks(Protocol):
    """An OBS that can be asked."""

    async def call(self, request: str, **data: Any) -> Message:
        """One request's answer. Raises ObsRefused, ObsGone."""
        ...

    async def batch(self, requests: Sequence[Request]) -> list[Message | ObsRefused]:
        """Several requests, carried out in order. Raises ObsGone."""
        ...


@dataclass(frozen=True, slots=True)
class MediaInput:
    """A media source: its settings as they were set (defaults left out), and whether it is on air."""

    name: str
    settings: Mapping[str, Any]
    is_on_air: bool = False


def loopback(port: int) -> dict[str, Any]:
    """The settings of a media source that takes MPEG-TS from `port` of this machine, and goes on unseen."""
    return {
        "is_local_file": False,
        "input": f"{HERE}{port}{_LISTEN}",
        "input_format": "mpegts",
        "restart_on_activate": False,  # else each take would wait for the next key frame
        "close_when_inactive": False,
        "clear_on_media_end": False,
        "reconnect_delay_sec": 1,
    }


def is_pointed(settings: Mapping[str, Any], port: int) -> bool:
    """Whether a media source with these settings takes `port` of this machine."""
    address = settings.get("input")
    is_here = isinstance(address, str) and address.partition("?")[0] == f"{HERE}{port}"
    return is_here and settings.get("is_local_file") is False


async def media_inputs(obs: Asks, names: Iterable[str]) -> list[MediaInput]:
    """Those of the named inputs that are media sources. Raises ObsGone."""
    asked = list(names)
    answers = await obs.batch([("GetInputSettings", {"inputName": name}) for name in asked])
    active = await obs.batch([("GetSourceActive", {"sourceName": name}) for name in asked])
    found: list[MediaInput] = []
    for name, answer, shown in zip(asked, answers, active, strict=True):
        if isinstance(answer, ObsRefused) or answer.get("inputKind") != KIND:
            continue
        settings = answer.get("inputSettings")
        is_on_air = not isinstance(shown, ObsRefused) and shown.get("videoActive") is True
        found.append(MediaInput(name, settings if isinstance(settings, dict) else {}, is_on_air))
    return found


async def point(obs: Asks, name: str, port: int) -> bool:
    """Have the media source take `port` of this machine; True when OBS, asked again, says so.

    Raises ObsRefused, ObsGone.
    """
    await obs.call("SetInputSettings", inputName=name, inputSettings=loopback(port), overlay=True)
    return is_pointed(await _settings(obs, name), port)


async def put_back(obs: Asks, name: str, settings: Mapping[str, Any]) -> bool:
    """Give the media source exactly these settings; True when OBS, asked again, has them.

    Raises ObsRefused, ObsGone.
    """
    await obs.call("SetInputSettings", inputName=name, inputSettings=dict(settings), overlay=False)
    return await _settings(obs, name) == dict(settings)


async def cursor_ms(obs: Asks, name: str) -> int | None:
    """Where a source that plays is; None when it does not play. Raises ObsRefused, ObsGone.

    OBS 29 says "playing" of a network source that gets nothing: only a cursor that moves is a picture.
    """
    media = media_of(name, await obs.call("GetMediaInputStatus", inputName=name), at_ns=0)
    return media.cursor_ms if media.state is MediaState.PLAYING else None


async def _settings(obs: Asks, name: str) -> dict[str, Any]:
    settings = (await obs.call("GetInputSettings", inputName=name)).get("inputSettings")
    return settings if isinstance(settings, dict) else {}
