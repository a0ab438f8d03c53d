"""Pictures of OBS by screenshots: one request per source, one at a time, a few a second, never hurting OBS.

How often is the pace's matter. They are decoded in one thread, one after the other.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from console.cameras.delay import DelayWatch
from console.cameras.jpeg import Decoded, decode
from console.cameras.looks import Looks
from console.cameras.messages import Look
from console.cameras.pace import Pace, Work
from console.cameras.state import CameraState, Picture
from console.cameras.tile import FROZEN, Fps, Said
from console.cameras.timecode import grey_of, times_ms
from console.core.clock import Clock
from console.core.errors import UserError

log = logging.getLogger(__name__)

FAILED_EVERY_S = 1.0
HIDDEN_SIZE = (64, 36)
MOST_SIZE = (960, 540)  # larger ones cost OBS more than they show
GIVE_UP_S = 3.0
STALLED_S = 0.75  # OBS owes an answer for so long
TAKE_S = 0.5  # how long OBS is left alone for a take's proof once no transition runs
LONGEST_MIX_S = 25.0  # OBS's longest transition takes 20 s

Screenshot = Callable[[str, int, int], Awaitable[bytes]]


@dataclass(slots=True)
class _Source:
    """One scene or source of OBS and who wants to see it."""

    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)  # who of them shows it to nobody now
    first: set[str] = field(default_factory=set)  # who of them is program or preview
    picture: Picture | None = None
    due_s: float = 0.0
    why: str = ""
    fix: str = ""
    is_old: bool = False  # its picture is from before OBS went away
    looks: Looks = field(default_factory=Looks)
    look: Look = Look.MOVING
    fps: Fps = field(default_factory=Fps)
    delay: DelayWatch = field(default_factory=DelayWatch)

    @property
    def is_hidden(self) -> bool:
        """Nobody sees it."""
        return self.hidden >= self.sizes.keys()

    def size(self) -> tuple[int, int]:
        """What the largest that shows it needs, within MOST_SIZE."""
        seen = [size for who, size in self.sizes.items() if who not in self.hidden] or [HIDDEN_SIZE]
        width, height = max(width for width, _ in seen), max(height for _, height in seen)
        scale = min(1.0, MOST_SIZE[0] / max(1, width), MOST_SIZE[1] / max(1, height))
        return round(width * scale), round(height * scale)


class Screens:
    """Newest pictures of OBS's scenes and sources. Build it within a running loop."""

    def __init__(self, screenshot: Screenshot, clock: Clock) -> None:
        self._screenshot = screenshot
        self._clock = clock
        self._sources: dict[str, _Source] = {}
        self._of: dict[str, str] = {}
        self._pace = Pace()
        self._silent_from_s: float | None = None  # when OBS was asked what it has not answered yet
        self._was_first = False  # the last request was for program or preview
        self._answers = False
        self._taking = False, False  # a take waits for its proof; its transition runs
        self._spared_until_s = 0.0
        self._moving: Collection[str] = ()
        self._decoder = ThreadPoolExecutor(1, "pictures")
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="screenshots")

    def want(
        self,
        who: str,
        source: str | None,
        width: int = 0,
        height: int = 0,
        *,
        is_hidden: bool = False,
        is_first: bool = False,
    ) -> None:
        """`who` wants to see `source` at that size from now on, or (hidden) to know how it is; None: nothing.

        is_first: it is program or preview, whose pictures come more often.
        """
        old = self._of.pop(who, None)
        if old is not None and old != source:
            self._forget(old, who)
        if source is None:
            return
        self._of[who] = source
        wanted = self._sources.setdefault(source, _Source())
        was_hidden = wanted.is_hidden
        wanted.sizes[who] = (width, height)
        (wanted.hidden.add if is_hidden else wanted.hidden.discard)(who)
        (wanted.first.add if is_first and not is_hidden else wanted.first.discard)(who)
        if was_hidden and not wanted.is_hidden:
            wanted.due_s = 0.0
        self._wake.set()

    @property
    def _now_s(self) -> float:
        return self._clock.mono_ns() / 1e9

    def _forget(self, name: str, who: str) -> None:
        source = self._sources[name]
        del source.sizes[who]
        source.hidden.discard(who)
        source.first.discard(who)
        if not source.sizes:
            del self._sources[name]

    def obs_answers(self, is_so: bool) -> bool:
        """Whether OBS is there. When it is back, what was said of it before is no news; True then."""
        is_back, self._answers = is_so and not self._answers, is_so
        if is_back:
            for source in self._sources.values():
                source.why = source.fix = ""
                source.is_old, source.due_s, source.looks = True, 0.0, Looks()
            self._silent_from_s = None
            self._wake.set()
        return is_back

    def obs_works(self, work: Work) -> None:
        """What OBS says of its own work: the harder it is, the fewer pictures are asked for."""
        self._pace.hear(work)

    def obs_moves(self, sources: Collection[str]) -> None:
        """Which scenes and sources are meant to move: of these it is said when they do not. A slide is still."""
        self._moving = sources

    def obs_takes(self, is_so: bool, *, is_mixing: bool = False) -> None:
        """Whether a take waits for its proof, and whether its transition runs: OBS is asked for nothing then.

        When none runs, for TAKE_S at most: a take that is never proved stops no pictures.
        """
        taking = is_so, is_so and is_mixing
        if taking != self._taking:
            self._taking = taking
            spared_s = (LONGEST_MIX_S if is_mixing else TAKE_S) if is_so else 0.0
            self._spared_until_s = self._now_s + spared_s
            self._wake.set()

    def picture(self, who: str) -> Picture | None:
        """The newest picture of what `who` wants to see."""
        source = self._sources.get(self._of.get(who, ""))
        return source.picture if source else None

    def said(self, who: str, now_ns: int) -> Said:
        """State, why and what to do now, of what `who` wants to see."""
        name = self._of.get(who, "")
        source = self._sources.get(name)
        if source is None:
            return CameraState.CONNECTING, "", ""
        if source.why:
            return CameraState.LOST, source.why, source.fix
        if source.picture is None or source.is_old:
            return CameraState.CONNECTING, "", ""
        now_s, silent_from_s = now_ns / 1e9, self._silent_from_s
        if silent_from_s is not None and now_s - silent_from_s > STALLED_S and now_s > source.due_s:
            return CameraState.STALLED, "OBS gives no new picture.", "Look whether OBS still runs."
        if source.look is Look.BLACK:
            return CameraState.BLACK, "The picture is black in OBS.", "Look at that source in OBS, and at the camera."
        if source.look is Look.FROZEN and name in self._moving:
            return FROZEN
        return CameraState.LIVE, "", ""

    def fps(self, who: str, now_ns: int) -> float:
        """Pictures of the last second, of what `who` wants to see."""
        source = self._sources.get(self._of.get(who, ""))
        if source is None:
            return 0.0
        return source.fps.at(now_ns / 1e9, source.picture.sequence if source.picture else 0)

    def delay_ms(self, who: str) -> float | None:
        """From the clock page to the picture that OBS gives; None while what `who` wants to see does not show it."""
        source = self._sources.get(self._of.get(who, ""))
        return source.delay.delay_ms if source else None

    async def close(self) -> None:
        """Ask no more; ends when the last decoding has ended."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await asyncio.to_thread(self._decoder.shutdown)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            name = self._next(self._now_s)
            wait_s = max(self._sources[name].due_s, self._spared_until_s) - self._now_s if name else None
            if name is None or (wait_s and wait_s > 0):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):  # wait_for may swallow a cancellation on Python 3.11
                        await self._wake.wait()
                continue
            source, started_s = self._sources[name], self._now_s
            self._silent_from_s = started_s if self._silent_from_s is None else self._silent_from_s
            is_good, took_s = False, 0.0
            try:
                asked_ns = self._clock.mono_ns()
                jpeg = await self._ask(name, source)
                took_s = self._now_s - started_s
                if jpeg is not None:
                    is_good = await self._decode(name, source, jpeg, asked_ns)
                    self._silent_from_s = None
            except Exception:  # a bug behind one source must not end the others
                log.exception("the screenshot of %s failed", name)
            every_s = self._pace.every_s(is_first=bool(source.first), is_hidden=source.is_hidden)
            source.due_s = started_s + every_s if is_good else self._now_s + FAILED_EVERY_S
            self._was_first = bool(source.first)
            pause_s = took_s + self._pace.gap_s(took_s)
            await asyncio.sleep(started_s + pause_s - self._now_s)  # decoding is no burden on OBS

    def _next(self, now_s: float) -> str | None:
        """Whose picture is asked for next. Program and preview go before tiles; of two requests one is a tile's."""
        due = [name for name, source in self._sources.items() if source.due_s <= now_s]
        if not due:
            return min(self._sources, key=lambda name: self._sources[name].due_s, default=None)
        wanted = [name for name in due if bool(self._sources[name].first) is not self._was_first]
        return min(wanted or due, key=lambda name: self._sources[name].due_s)

    async def _ask(self, name: str, source: _Source) -> bytes | None:
        """Ask once, for what the largest that shows it needs; None when no answer came: `source` says why."""
        try:
            async with asyncio.timeout(GIVE_UP_S):
                return await self._screenshot(name, *source.size())
        except UserError as error:
            source.why, source.fix = error.what, error.fix
            self._silent_from_s = None  # no is an answer
        except TimeoutError:
            source.why, source.fix = "OBS does not answer.", "Look whether OBS still runs."
        return None

    async def _decode(self, name: str, source: _Source, jpeg: bytes, asked_ns: int) -> bool:
        """Make `jpeg`, asked for at `asked_ns`, the newest picture; True when it is one.

        OBS draws it after it was asked: it is never older than it says.
        """
        came_ns = self._clock.mono_ns()
        decoded = await asyncio.get_running_loop().run_in_executor(self._decoder, decode, jpeg)
        if decoded is None:
            source.why, source.fix = f"OBS sent no picture of {name}.", "Look at that source in OBS."
            return False
        sequence = source.picture.sequence + 1 if source.picture else 1
        source.picture = Picture(
            sequence, decoded.width, decoded.height, decoded.stride, decoded.pixels, mono_ns=asked_ns
        )
        source.look = source.looks.see(decoded.samples, asked_ns / 1e9)
        source.why = source.fix = ""
        source.is_old = False
        await self._look_for_the_clock(source.delay, decoded, came_ns)
        return True

    async def _look_for_the_clock(self, delay: DelayWatch, picture: Decoded, came_ns: int) -> None:
        """Read the clock page's code out of a picture that came at `came_ns`: up to 4 ms, in the thread."""
        now_s = came_ns / 1e9
        if delay.is_due(now_s):
            delay.see(await asyncio.get_running_loop().run_in_executor(self._decoder, _codes, picture), came_ns)
            delay.settle(now_s)


def _codes(picture: Decoded) -> list[int]:
    return times_ms(grey_of(picture.pixels, picture.width, picture.height, picture.stride))
