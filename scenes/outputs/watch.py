"""Follows OBS's outputs: one batch of questions a second, and its events at once. A part of the link; loop thread only.

Every start and end is written down, with who asked for it: what nobody here asked for came from outside.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from console.core.journal import Origin
from console.core.observable import Observable
from scenes.asking import Asking
from scenes.outputs.reading import EVENTS, Reading, after_answers, after_event, after_the_end
from scenes.outputs.state import Output, Outputs
from scenes.reading.sync import rows
from scenes.state import OutputState
from scenes.wire.line import ObsGone, ObsRefused
from scenes.wire.socket import Message

EVERY_S: Final = 1.0
QUESTIONS: Final = ("GetStats", "GetStreamStatus", "GetRecordStatus", "GetReplayBufferStatus", "GetVirtualCamStatus")
SAVED: Final = "ReplayBufferSaved"
NO_REPLAY: Final = "The replay buffer is not set up in OBS: switch it on under Settings, Output, Replay Buffer."
NO_VCAM: Final = (
    "OBS finds no virtual camera on this machine: install one (on Linux v4l2loopback), then start OBS anew."
)
OLD: Final = "This OBS cannot be asked about it: install a newer OBS."

_WHY_NONE: Final = {"replay": (QUESTIONS[3], NO_REPLAY), "vcam": (QUESTIONS[4], NO_VCAM)}
_RUNNING: Final = frozenset({OutputState.ON, OutputState.RECONNECTING, OutputState.STOPPING})


class OutputWatch:
    """Keeps `outputs` true while OBS is heard."""

    def __init__(self, obs: Asking, outputs: Observable[Outputs]) -> None:
        self._obs = obs
        self._outputs = outputs
        self._reading = Reading(outputs.value)
        self._polling: asyncio.Task[None] | None = None
        self._noted: dict[str, OutputState] = {}  # what of each output is written down
        self._asked: dict[str, Origin] = {}
        self.saved = asyncio.Event()  # a replay was written
        self.pausing = asyncio.Lock()  # a recording's pause and its end come one after the other

    def asked(self, which: str, origin: Origin) -> None:
        """The next change of this output is of this origin's making."""
        self._asked[which] = origin

    def on_up(self) -> None:
        """OBS was read: adopt its states, then ask once a second."""
        self._stop()
        shown, history = self._obs.model.shown, self._reading.outputs.history
        began = shown.on_air_since_mono_ns
        stream = Output(shown.stream, began if shown.stream in _RUNNING else None)
        record = Output(shown.record, began if shown.record in _RUNNING else None)
        self._set(Reading(Outputs(stream=stream, record=record, history=history)))
        self._polling = asyncio.create_task(self._poll(), name="obs-outputs")

    def on_event(self, event: str, data: Message) -> None:
        """An output's state changed, or a replay was saved."""
        if event == SAVED:
            self.saved.set()
        elif event in EVENTS:
            self._set(after_event(self._reading, event, data, at_ns=self._obs.clock.mono_ns()))

    def on_down(self) -> None:
        """The line ended."""
        self._stop()
        self._set(after_the_end(self._reading))

    def _stop(self) -> None:
        self._asked.clear()
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None

    async def _poll(self) -> None:
        note = await self._note()
        while True:
            with contextlib.suppress(ObsGone):  # the link says so
                await self._ask(note)
            await asyncio.sleep(EVERY_S)

    async def _ask(self, note: str) -> None:
        before = self._reading.told_ns
        found = await self._obs.batch([(name, {}) for name in QUESTIONS])
        answers = {name: each for name, each in zip(QUESTIONS, found, strict=True) if not isinstance(each, ObsRefused)}
        if not answers:
            return  # OBS is loading
        is_newest = self._reading.told_ns is before
        reading = after_answers(self._reading, answers, at_ns=self._obs.clock.mono_ns(), with_states=is_newest)
        outputs = replace(
            reading.outputs, note=note, why_no_replay=self._why_no("replay"), why_no_vcam=self._why_no("vcam")
        )
        self._set(replace(reading, outputs=outputs))

    def _why_no(self, which: str) -> str:
        request, why = _WHY_NONE[which]
        return why if self._obs.model.shown.can(request) else OLD

    async def _note(self) -> str:
        """What the director should know of this OBS's limits."""
        if not self._obs.model.shown.can("GetCanvasList"):
            return ""
        try:
            listed = rows(await self._obs.call("GetCanvasList"), "canvases")
        except (ObsRefused, ObsGone):
            return ""
        return note_of([row for row in listed if not _is_main(row)])

    def _set(self, reading: Reading) -> None:
        self._reading = reading
        self._outputs.set(reading.outputs)
        for which in EVENTS.values():
            output: Output | None = getattr(reading.outputs, which)
            if output is not None:
                self._write_down(which, output.state)

    def _write_down(self, which: str, state: OutputState) -> None:
        before = self._noted.get(which, OutputState.OFF)
        if state is before or state in (OutputState.STARTING, OutputState.STOPPING):
            return
        self._noted[which] = state
        if state is OutputState.OFF:
            self._journal(f"{which}.stopped", which)
        elif before is OutputState.OFF:
            self._journal(f"{which}.started", which)
        else:
            self._obs.journal.write("output.changed", Origin.OUTSIDE, output=which, state=state.value)

    def _journal(self, kind: str, which: str) -> None:
        self._obs.journal.write(kind, self._asked.pop(which, Origin.OUTSIDE))


def note_of(others: Sequence[Message]) -> str:
    """What is said of canvases beside the main one."""
    names = ", ".join(str(row.get("canvasName") or "without a name") for row in others)
    if not others:
        return ""
    many = len(others) > 1
    which, they = ("other canvases", "they") if many else ("another canvas", "it")
    return f"OBS has {which} ({names}); {they} cannot be switched from outside this OBS."


def _is_main(row: Message) -> bool:
    flags = row.get("canvasFlags")
    return isinstance(flags, dict) and flags.get("MAIN") is True
