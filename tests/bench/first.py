"""How soon a stream shows: from its first key frame reaching this machine to the first picture in the console.

A relay of the bench's own stands between sender and camera and sees the key frame pass (SRT's packets bear MPEG-TS as
it is when nothing is encrypted).
"""

import asyncio
import selectors
import socket
import statistics
import threading
import time
from contextlib import ExitStack, suppress
from typing import Final, Self, cast

from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from tests.bench.delay import is_bound, until
from tests.bench.figures import Figure, against
from tests.rigs import streams

TRIES: Final = 3
WITHIN_S: Final = 25.0
SIZE: Final = "1280x720"
RATE: Final = 30
BUDGET_MS: Final = 500.0  # what is promised
_TS: Final = 188
_SRT_HEAD: Final = 16
_RTMP_KEY: Final = b"\x17\x01\x00\x00"  # AVC, a key frame, its data, shown less than 0.26 s after it is decoded


def measure() -> list[Figure]:
    """Milliseconds of each protocol, the middle of TRIES; the floor is the budget."""
    figures = []
    for kind in ("udp", "srt", "rtmp"):
        took = [asyncio.run(_first_ms(kind)) for _ in range(TRIES)]
        told = "of " + ", ".join(f"{ms:.0f}" for ms in took)
        figures.append(against(f"first picture over {kind.upper()}", statistics.median(took), BUDGET_MS, "ms", told))
    return figures


async def _first_ms(kind: str) -> float:
    async def no_obs(source: str, width: int, height: int) -> bytes:
        raise AssertionError("no tile comes from OBS here")

    journal = MemoryJournal()
    supervisor = Supervisor(journal)
    wall = Cameras(supervisor, journal=journal, clock=SystemClock(), screenshot=no_obs)
    try:
        with ExitStack() as stack:
            relay, mrl, sender = _stream(kind, stack)
            wall.open([Camera(name="First", mrl=mrl)], is_trusted=True)
            if sender is not None:  # it begins to send when the camera listens
                await asyncio.to_thread(until, lambda: is_bound(relay.far), "the camera does not listen")
                stack.callback(sender.kill)
                sender.start()
            async with asyncio.timeout(WITHIN_S):
                while (picture := wall.picture("First")) is None:
                    await asyncio.sleep(0.002)
            if relay.key_s is None:
                raise RuntimeError("the relay saw no key frame")
            return (picture.mono_ns / 1e9 - relay.key_s) * 1000
    finally:
        await wall.close()
        await supervisor.close()


def _stream(kind: str, stack: ExitStack) -> tuple["Relay", str, streams.Sender | None]:
    """A relay, what the camera opens, and the sender when it is still to be started."""
    if kind == "udp":
        port = streams.free_port(socket.SOCK_DGRAM)
        relay = stack.enter_context(Relay(kind, port))
        output = ["-f", "mpegts", f"udp://127.0.0.1:{relay.port}?pkt_size=1316"]
        return relay, f"udp://@127.0.0.1:{port}", streams.Sender("", output, SIZE, RATE)
    sender = stack.enter_context((streams.srt if kind == "srt" else streams.rtmp)(size=SIZE, rate=RATE))
    far = int(sender.mrl.partition("127.0.0.1:")[2].partition("/")[0])
    relay = stack.enter_context(Relay(kind, far))
    return relay, sender.mrl.replace(str(far), str(relay.port)), None


class Relay:
    """Hands everything on to the port `far` and back, and notes when the first key frame went to the camera."""

    def __init__(self, kind: str, far: int) -> None:
        self.key_s: float | None = None
        self._kind = kind
        self.far = far
        self._far = ("127.0.0.1", far)
        self._is_over = threading.Event()
        self._near = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "rtmp" else socket.SOCK_DGRAM)
        self._near.bind(("127.0.0.1", 0))
        self.port = int(self._near.getsockname()[1])
        self._thread = threading.Thread(target=self._tcp if kind == "rtmp" else self._udp, daemon=True)

    def __enter__(self) -> Self:
        self._near.settimeout(0.1)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._near.close()

    def _note(self, data: bytes) -> None:
        if self.key_s is None and has_key(self._kind, data):
            self.key_s = time.monotonic()

    def _udp(self) -> None:
        """One socket: what does not come from the far side is the camera's (SRT), or the sender's (UDP)."""
        camera: tuple[str, int] | None = None
        while not self._is_over.is_set():
            with suppress(TimeoutError):
                data, who = self._near.recvfrom(2048)
                if self._kind == "udp" or who == self._far:
                    self._note(data)
                if who == self._far and camera is not None:
                    self._near.sendto(data, camera)
                else:
                    camera = who
                    self._near.sendto(data, self._far)

    def _tcp(self) -> None:
        """One camera, once."""
        self._near.listen(1)
        while not self._is_over.is_set():
            with suppress(TimeoutError, OSError):
                camera, _ = self._near.accept()
                with camera, socket.create_connection(self._far) as far, selectors.DefaultSelector() as both:
                    both.register(camera, selectors.EVENT_READ, far)
                    both.register(far, selectors.EVENT_READ, camera)
                    while not self._is_over.is_set():
                        for key, _ in both.select(0.1):
                            source, to = cast("socket.socket", key.fileobj), cast("socket.socket", key.data)
                            data = source.recv(65536)
                            if not data:
                                raise OSError("closed")
                            if source is far:
                                self._note(data)
                            to.sendall(data)


def has_key(kind: str, data: bytes) -> bool:
    """Whether `data` has the beginning of a key frame: MPEG-TS's random access indicator, or FLV's frame type."""
    if kind == "rtmp":
        return _RTMP_KEY in data
    if kind == "srt":
        data = b"" if data[:1] >= b"\x80" else data[_SRT_HEAD:]  # control packets bear none
    packets = (data[at : at + _TS] for at in range(0, len(data), _TS))
    return any(len(p) > 5 and p[3] & 0x20 and p[4] and p[5] & 0x40 and p[1] & 0x40 for p in packets)
