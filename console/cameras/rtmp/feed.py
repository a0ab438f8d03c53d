"""What libVLC reads instead of RTMP: the same stream as MPEG-TS, each byte as soon as it has come. Blocking.

libVLC's own way looks at RTMP for two seconds (five without sound) before it shows anything, and stays that far behind.
"""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from console.cameras.rtmp.chunks import Kind, Message
from console.cameras.rtmp.errors import Beyond, RtmpError, StreamEnded
from console.cameras.rtmp.flv import Pictures, Sounds
from console.cameras.rtmp.mpegts import HZ, Multiplexer
from console.cameras.rtmp.session import Place, Session

CONNECT_WITHIN_S: Final = 8.0
# libVLC plays when 0.3 s have passed by the stream's clock: they pass at once, behind the first picture or sound
LEAP: Final = HZ // 2
STEP: Final = HZ // 10_000  # at least, between two: its clocks of microseconds must not make one time of both
_AT_ONCE: Final = 65_536


class RtmpFeed:
    """One stream. `open`, `read` and `end` are called by one thread, `close` by any. `said` hears what goes wrong.

    Building it raises Beyond for an address that is not to be read here.
    """

    def __init__(self, url: str, said: Callable[[str], None]) -> None:
        self.is_beyond = False  # this cannot read it; libVLC's own way may
        self._place = Place.of(url)
        self._said = said
        self._line: socket.socket | None = None
        self._session = Session(self._place)
        self._is_closed = False
        self._packets = Packets()
        self._rest = memoryview(b"")

    def open(self) -> bool:
        """Connect. False when that fails."""
        place = self._place
        try:
            self._line = socket.create_connection((place.host, place.port), CONNECT_WITHIN_S)
        except (OSError, UnicodeError) as error:
            self._fail(error)
            return False
        self._line.settimeout(None)  # from here on whoever looks at the pictures is the one to lose patience
        if self._is_closed:
            self.end()
        return not self._is_closed

    def read(self, size: int) -> memoryview:
        """At least one and at most `size` bytes of MPEG-TS, as soon as there are any; none at the stream's end."""
        try:
            while not self._rest and not self._is_closed:
                self._rest = memoryview(self._receive())
        except (OSError, RtmpError) as error:
            self._fail(error)
            self._is_closed = True
        part, self._rest = self._rest[:size], self._rest[size:]
        return part

    def _receive(self) -> bytes:
        """What the next bytes of the line give; they may give nothing."""
        assert self._line is not None
        self._line.sendall(self._session.answer())
        data = self._line.recv(_AT_ONCE)
        if not data:
            raise StreamEnded("the server hangs up")
        now_s = time.monotonic()
        return b"".join(self._packets.of(message, now_s) for message in self._session.feed(data))

    def close(self) -> None:
        """Have `read` return, and give nothing more."""
        self._is_closed = True
        if self._line is not None:
            with suppress(OSError):  # it is gone already
                self._line.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Let go of the line; nobody reads any more."""
        if self._line is not None:
            self._line.close()

    def _fail(self, error: Exception) -> None:
        self.is_beyond = isinstance(error, Beyond)
        if not self._is_closed and not isinstance(error, StreamEnded):
            self._said(_told(error))


def _told(error: Exception) -> str:
    """`error` in words that are the same on every system."""
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, socket.gaierror):
        return "cannot resolve the name"
    return str(error)


class Packets:
    """MPEG-TS of RTMP's messages. Its time stamps tell when each message came.

    What a server sends in one go (since its last key frame) is so not kept back until its time has come, and a late
    one is not late.
    """

    def __init__(self) -> None:
        self._pictures, self._sounds = Pictures(), Sounds()
        self._writer = Multiplexer()
        self._last = 0
        self._leap = 0

    def of(self, message: Message, now_s: float) -> bytes:
        """The packets of one picture or sound message that came at `now_s`; often none. Raises RtmpError."""
        unit = (self._pictures if message.kind == Kind.VIDEO else self._sounds).unit(message.body)
        if unit is None:
            return b""
        is_first = not self._last
        at = self._last = max(int(now_s * HZ) + self._leap, self._last + STEP)
        tables = self._writer.has(unit.codec) or (self._writer.tables() if unit.is_key else b"")
        packets = tables + self._writer.unit(unit.codec, unit.data, at + unit.shift_ms * HZ // 1000, at)
        if is_first:
            self._leap = LEAP
            self._last += LEAP
            packets += self._writer.clock(self._last)
        return packets
