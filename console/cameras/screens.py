"""Pictures of OBS by screenshots: one request per source, one at a time, a few a second, never hurting OBS.

A screenshot stalls OBS's GPU for a moment, and takes long when OBS is busy: then fewer are asked for.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from console.cameras.looks import is_black
from console.cameras.luma import luma_of
from console.cameras.state import CameraState, Picture
from console.cameras.tile import Fps, Said
from console.core.clock import Clock
from console.core.errors import UserError

log = logging.getLogger(__name__)

EVERY_S = 0.25  # per source
FAILED_EVERY_S = 1.0
SHARE = 4  # OBS is left alone for at least so many times as long as a request took
SLOW_S = 0.06
SLOW_SHARE = 12
SHORTEST_GAP_S = 1 / 20
LONGEST_GAP_S = 2.0
GIVE_UP_S = 3.0
STALLED_S = 3.0  # no new screenshot for so long
LOOK_EVERY_S = 0.5  # a picture is decoded for its brightness: not each one

Screenshot = Callable[[str, int, int], Awaitable[bytes]]


@dataclass(slots=True)
class _Source:
    """One scene or source of OBS and who wants to see it."""

    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    picture: Picture | None = None
    taken_ns: int = 0
    due_s: float = 0.0
    why: str = ""
    fix: str = ""
    is_old: bool = False  # its picture is from before OBS went away
    is_black: bool = False
    looked_s: float = 0.0
    fps: Fps = field(default_factory=Fps)


def gap_s(took_s: float) -> float:
    """How long OBS is left alone after a request that took `took_s`."""
    share = SLOW_SHARE if took_s > SLOW_S else SHARE
    return min(LONGEST_GAP_S, max(SHORTEST_GAP_S, took_s * share))


def jpeg_size(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height of an encoded picture (ITU-T T.81 B.2.2); None when it is no JPEG."""
    if jpeg[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(jpeg[at + 7 : at + 9]), int.from_bytes(jpeg[at + 5 : at + 7])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return None


class Screens:
    """Newest pictures of OBS's scenes and sources. Build it within a running loop."""

    def __init__(self, screenshot: Screenshot, clock: Clock) -> None:
        self._screenshot = screenshot
        self._clock = clock
        self._sources: dict[str, _Source] = {}
        self._of: dict[str, str] = {}
        self._answers = False
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="screenshots")

    def want(self, who: str, source: str | None, width: int = 0, height: int = 0) -> None:
        """`who` wants to see `source` at that size from now on; None: nothing any more."""
        old = self._of.pop(who, None)
        if old is not None and old != source:
            del self._sources[old].sizes[who]
            if not self._sources[old].sizes:
                del self._sources[old]
        if source is not None:
            self._of[who] = source
            self._sources.setdefault(source, _Source()).sizes[who] = (width, height)
            self._wake.set()

    def obs_answers(self, is_so: bool) -> bool:
        """Whether OBS is there. When it is back, what was said of it before is no news; True then."""
        is_back, self._answers = is_so and not self._answers, is_so
        if is_back:
            for source in self._sources.values():
                source.why = source.fix = ""
                source.is_old, source.due_s = True, 0.0
            self._wake.set()
        return is_back

    def picture(self, who: str) -> Picture | None:
        """The newest picture of what `who` wants to see."""
        source = self._sources.get(self._of.get(who, ""))
        return source.picture if source else None

    def said(self, who: str, now_ns: int) -> Said:
        """State, why and what to do now, of what `who` wants to see."""
        source = self._sources.get(self._of.get(who, ""))
        if source is None:
            return CameraState.CONNECTING, "", ""
        if source.why:
            return CameraState.LOST, source.why, source.fix
        if source.picture is None or source.is_old:
            return CameraState.CONNECTING, "", ""
        if now_ns - source.taken_ns > STALLED_S * 1e9:
            return CameraState.STALLED, "OBS gives no new picture.", "Look whether OBS still runs."
        if source.is_black:
            return CameraState.BLACK, "The picture is black in OBS.", "Look at that source in OBS, and at the camera."
        return CameraState.LIVE, "", ""

    def fps(self, who: str, now_ns: int) -> float:
        """Pictures of the last second, of what `who` wants to see."""
        source = self._sources.get(self._of.get(who, ""))
        if source is None:
            return 0.0
        return source.fps.at(now_ns / 1e9, source.picture.sequence if source.picture else 0)

    async def close(self) -> None:
        """Ask no more."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            name = min(self._sources, key=lambda n: self._sources[n].due_s, default=None)
            wait_s = self._sources[name].due_s - loop.time() if name else None
            if name is None or (wait_s and wait_s > 0):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):  # wait_for may swallow a cancellation on Python 3.11
                        await self._wake.wait()
                continue
            source, started_s = self._sources[name], loop.time()
            is_good = False
            try:
                is_good = await self._take(name, source)
            except Exception:  # a bug behind one source must not end the others
                log.exception("the screenshot of %s failed", name)
            ended_s = loop.time()
            source.due_s = ended_s + FAILED_EVERY_S if not is_good else started_s + EVERY_S
            await asyncio.sleep(gap_s(ended_s - started_s))

    async def _take(self, name: str, source: _Source) -> bool:
        """Ask once; True when a picture came."""
        width = max(size[0] for size in source.sizes.values())
        height = max(size[1] for size in source.sizes.values())
        try:
            async with asyncio.timeout(GIVE_UP_S):
                jpeg = await self._screenshot(name, width, height)
        except UserError as error:
            source.why, source.fix = error.what, error.fix
            return False
        except TimeoutError:
            source.why, source.fix = "OBS does not answer.", "Look whether OBS still runs."
            return False
        size = jpeg_size(jpeg)
        if size is None:
            source.why, source.fix = f"OBS sent no picture of {name}.", "Look at that source in OBS."
            return False
        sequence = source.picture.sequence + 1 if source.picture else 1
        source.picture = Picture(sequence, *size, jpeg=jpeg)
        source.why = source.fix = ""
        source.is_old = False
        source.taken_ns = self._clock.mono_ns()
        await self._look(source, jpeg)
        return True

    async def _look(self, source: _Source, jpeg: bytes) -> None:
        """Note whether it is black. Not whether it is frozen: what OBS shows of slides is not meant to move."""
        now_s = asyncio.get_running_loop().time()
        if now_s - source.looked_s >= LOOK_EVERY_S:
            source.looked_s = now_s
            source.is_black = is_black(await asyncio.to_thread(luma_of, jpeg))
