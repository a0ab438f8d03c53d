"""An RTMP stream as a libVLC medium. libVLC's threads call back in here.

They hold bare pointers: keep it while it plays.
"""

import ctypes
from collections.abc import Callable
from typing import Any, Final

import vlc

from console.cameras.rtmp.errors import Beyond
from console.cameras.rtmp.feed import RtmpFeed
from console.cameras.rtmp.session import Place

# One programme, whose time stamps are of our making: nothing to find out, and nothing to wait for
OPTIONS: Final = (":demux=ts",)
_UNKNOWN_SIZE: Final = (1 << 64) - 1


def can_read(url: str) -> bool:
    """False for an address that is left to libVLC's own way."""
    try:
        Place.of(url)
    except Beyond:
        return False
    return True


class RtmpMedia:
    """Reads `url` for libVLC, which is given `media`. `close` before the player is stopped."""

    def __init__(self, instance: Any, url: str, said: Callable[[str], None]) -> None:
        self._feed = RtmpFeed(url, said)
        self._calls = (
            vlc.CallbackDecorators.MediaOpenCb(self._open),
            vlc.CallbackDecorators.MediaReadCb(self._read),
            ctypes.cast(0, vlc.CallbackDecorators.MediaSeekCb),
            vlc.CallbackDecorators.MediaCloseCb(self._end),
        )
        self.media = vlc.libvlc_media_new_callbacks(instance, *self._calls, None)
        for option in OPTIONS:
            self.media.add_option(option)

    @property
    def is_beyond(self) -> bool:
        """True when libVLC's own way is to be tried: this stream cannot be read here."""
        return self._feed.is_beyond

    def close(self) -> None:
        """Have libVLC's reading return."""
        self._feed.close()

    def _open(self, opaque: Any, data: Any, size: Any) -> int:
        size[0] = _UNKNOWN_SIZE
        return 0 if self._feed.open() else -1

    def _read(self, opaque: Any, place: Any, size: int) -> int:
        part = self._feed.read(size)
        ctypes.memmove(place, bytes(part), len(part))
        return len(part)

    def _end(self, opaque: Any) -> None:
        self._feed.end()
