"""When what is on air is judged: at once where an event decides, for good when nothing has moved for a moment.

Loop thread only. Measured on OBS 29: events name the inputs that go off air 30 to 170 ms after the change of program;
asked, OBS knows 1 ms after it (median, 45 ms at worst). In Studio Mode, out of a scene that nests the next one, OBS
lets go of the rest after some 250 ms, 920 at worst. A lost take is told within 300 ms after the transition ended,
except one that left such a scene on air: it looks the same until OBS has had its time.
"""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any, Final, Protocol

from console.core.clock import Clock
from scenes.reading import sync
from scenes.switcher import VIDEO_ENDED, Model, settle
from scenes.taking.proof import Finding, universe
from scenes.wire.line import Line, ObsGone, ObsRefused

EARLY_S: Final = (0.0, 0.015, 0.04, 0.07)  # only a proof counts
LATE_S: Final = (0.1, 0.14, 0.3, 0.55, 0.9, 1.4, 2.0, 2.1)  # what is denied twice is denied; the last one decides
WEAK_S: Final = 2.0  # a scene that shows more than the one that OBS names may only be slow to go
VIDEO_ENDED_S: Final = 0.1
CURSOR_S: Final = 0.5


class Judged(Protocol):
    """What judging needs of the link."""

    @property
    def clock(self) -> Clock:
        """The console's clock."""
        ...

    @property
    def model(self) -> Model:
        """The switcher's model now."""
        ...

    @property
    def line(self) -> Line | None:
        """The open, synchronised connection, if there is one."""
        ...

    @property
    def is_flying(self) -> bool:
        """A take is on its way: what is proved now may be what it is about to replace."""
        ...

    def show_model(self, model: Model) -> None:
        """The model from now on."""
        ...

    def on_proof(self) -> None:
        """What is on air may have been proved."""
        ...

    def on_settled(self) -> None:
        """What is on air was judged for good."""
        ...

    def on_stuck(self) -> None:
        """A transition stands still: somebody holds the T-bar."""
        ...


class Judge:
    """Asks OBS what is active after each change, and ends transitions whose end is never told."""

    def __init__(self, link: Judged) -> None:
        self._link = link
        self._tasks: set[asyncio.Task[None]] = set()
        self._settling: asyncio.Task[None] | None = None
        self._cursor_watch: asyncio.TimerHandle | None = None
        self._cursor: float | None = None

    def on_event(self, event: str) -> None:
        """An event that was folded into the model already."""
        if event == VIDEO_ENDED:
            began = self._link.model.transition_since_ns
            asyncio.get_running_loop().call_later(VIDEO_ENDED_S, self._end_transition, began)
        elif event == "SceneTransitionStarted":
            self.watch_cursor()
        elif event == "InputActiveStateChanged":
            if self._settling is None or self._settling.done():
                self.soon()
        elif event in {"CurrentProgramSceneChanged", "SceneTransitionEnded"}:
            self.soon()

    def soon(self) -> None:
        """Judge from now on: at once when it is proved, for good when nothing has moved for a moment."""
        if self._settling is not None:
            self._settling.cancel()
        self._settling = self._spawn(self._settle())

    def stop(self) -> None:
        """The line ended."""
        if self._cursor_watch is not None:
            self._cursor_watch.cancel()
        for task in list(self._tasks):
            task.cancel()

    async def close(self) -> None:
        """The end; returns when nothing runs any more."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: "Any") -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _settle(self) -> None:
        before: Model | None = None
        at_s = 0.0
        for when_s in (*EARLY_S, *LATE_S):
            await asyncio.sleep(when_s - at_s)
            at_s = when_s
            if self._link.line is None or self._link.model.shown.in_transition:
                return  # its end starts this anew
            if not await self._ask(is_full=when_s >= LATE_S[0]):
                continue
            model = self._link.model
            if self._is_sure(model, before, when_s):
                break
            before = model if when_s >= LATE_S[0] else None
        self._link.show_model(settle(self._link.model, at_ns=self._link.clock.mono_ns(), is_final=True))
        self._link.on_settled()

    def _is_sure(self, model: Model, before: Model | None, when_s: float) -> bool:
        finding = model.verdict.finding
        if finding is Finding.PROVED:
            return when_s >= LATE_S[0] or not self._link.is_flying
        if finding is Finding.CONTRADICTED and before is not None and before.verdict == model.verdict:
            claimed = model.scene(model.shown.claimed or "")
            is_weak = claimed is not None and claimed.inputs <= model.active
            return when_s >= WEAK_S or not is_weak
        return finding is Finding.CLAIMED and when_s >= LATE_S[0]

    async def _ask(self, *, is_full: bool) -> bool:
        """Ask what is active: early only of what decides, later of every input. False when there is no answer."""
        line, model = self._link.line, self._link.model
        if line is None:
            return False
        asked = universe(model.shown.scenes)
        if not is_full or model.verdict.finding is Finding.PROVED:
            named = [model.scene(name) for name in (model.shown.claimed, model.shown.program) if name]
            asked &= model.active.union(*(scene.inputs for scene in named if scene is not None))
        try:
            active = await sync.read_active(line, sorted(asked))
        except (ObsRefused, ObsGone):
            return False
        now = self._link.model
        self._link.show_model(replace(now, active=(now.active - asked) | active))
        self._link.on_proof()
        return not self._link.model.shown.in_transition

    # transitions whose end is not told

    def _end_transition(self, began_ns: int) -> None:
        """The transition that began then is over, whatever events are missing."""
        model = self._link.model
        if self._link.line is None or not model.shown.in_transition or model.transition_since_ns != began_ns:
            return
        self._link.show_model(model.showing(in_transition=False))
        self._link.on_proof()
        self.soon()

    def watch_cursor(self) -> None:
        """While a transition runs, ask now and then whether it still does: its end may never be told."""
        if self._cursor_watch is not None:
            self._cursor_watch.cancel()
        self._cursor = None
        self._watch_on()

    def _watch_on(self) -> None:
        loop = asyncio.get_running_loop()
        self._cursor_watch = loop.call_later(CURSOR_S, lambda: self._spawn(self._ask_cursor()))

    async def _ask_cursor(self) -> None:
        line, began = self._link.line, self._link.model.transition_since_ns
        if line is None or not self._link.model.shown.in_transition:
            return
        with contextlib.suppress(ObsRefused, ObsGone):
            answer = await line.call("GetCurrentSceneTransitionCursor")
            cursor = sync.number(answer.get("transitionCursor"))
            if self._link.model.shown.t_bar is None and not 0.0 < cursor < 1.0:
                self._end_transition(began)
            elif cursor == self._cursor:
                self._link.on_stuck()
            self._cursor = cursor
        self._watch_on()
