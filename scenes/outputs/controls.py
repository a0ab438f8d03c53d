"""OBS's outputs, started and stopped: stream, recording, replay buffer, virtual camera. Loop thread only.

Each ends with what OBS says of the output itself, not with the answer to the request.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.core.journal import Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from scenes.asking import Asking
from scenes.outputs.state import Output, Outputs
from scenes.outputs.watch import OutputWatch
from scenes.reading.sync import number
from scenes.state import OutputState
from scenes.wire.line import NO_ANSWER, ObsGone, ObsRefused

OUTPUT_S: Final = 15.0  # a stream's ingest may take its time
PAUSE_S: Final = 3.0
SAVED_S: Final = 15.0
SAVED_AGAIN_S: Final = 0.25
SAVE_AGAIN_S: Final = 4.0  # OBS 29 forgets a save that came before the buffer's first key frame
STANDS_S: Final = 0.15  # some frames


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of output: what the director calls it, its requests, and where to look when it will not."""

    name: str
    start: str
    stop: str
    look: str


KINDS: Final = {
    "stream": Kind("stream", "StartStream", "StopStream", "Look at Settings, Stream in OBS, and at the uplink."),
    "record": Kind("recording", "StartRecord", "StopRecord", "Look at Settings, Output in OBS, and at the disk."),
    "replay": Kind("replay buffer", "StartReplayBuffer", "StopReplayBuffer", "Look at Settings, Output in OBS."),
    "vcam": Kind("virtual camera", "StartVirtualCam", "StopVirtualCam", "Look at Controls in OBS."),
}


class OutputControls(Asking):
    """Start and stop, each with its true end."""

    outputs: Observable[Outputs]
    output_watch: OutputWatch

    async def set_output(self, which: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop "stream", "record", "replay" or "vcam"; done when OBS says that it runs, or has ended."""
        kind = KINDS[which]
        if self.line is None:
            return self.away()
        wanted = OutputState.ON if on else OutputState.OFF
        output = self._output(which)
        if output is None:
            why = {"replay": self.outputs.value.why_no_replay, "vcam": self.outputs.value.why_no_vcam}[which]
            return Outcome.refused(f"OBS has no {kind.name}.", why)
        if output.state is wanted:
            return Outcome.done(f"The {kind.name} {'runs' if on else 'was off'} already.")
        self.output_watch.asked(which, origin)
        seen: set[OutputState] = set()

        def ended() -> bool | None:
            state = (self._output(which) or Output()).state
            has_given_up = on and state is OutputState.OFF and bool(seen - {OutputState.OFF})
            seen.add(state)
            return True if state is wanted else False if has_given_up else None

        done = f"The {kind.name} {'runs' if on else 'has ended'}."
        why = f"OBS did not {'start' if on else 'end'} the {kind.name}."
        return await self._asked_output(kind.start if on else kind.stop, ended, done, why, kind.look)

    async def pause_record(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Pause the recording or go on with it; done when OBS says so, and one after the other."""
        async with self.output_watch.pausing:
            return await self._pause(on, origin)

    async def _pause(self, on: bool, origin: Origin) -> Outcome:
        if self.line is None:
            return self.away()
        record = self.outputs.value.record
        if record.state is not OutputState.ON:
            return Outcome.refused("The recording is not running.", "Start it first.")
        words = "The recording is paused." if on else "The recording goes on."
        if record.is_paused is on:
            return Outcome.done(words)

        def ended() -> bool | None:
            return True if self.outputs.value.record.is_paused is on else None

        outcome = await self._asked_output(
            "PauseRecord" if on else "ResumeRecord",
            ended,
            words,
            "OBS did not pause the recording." if on else "OBS did not go on recording.",
            "OBS cannot pause a recording that uses the stream's encoder: Settings, Output, Recording Quality.",
            within_s=PAUSE_S,
        )
        if outcome.is_done and on and not await self._stands():
            return Outcome.failed("OBS did not pause the recording.", "Look whether it goes on, then pause again.")
        if outcome.is_done:
            self.journal.write("record.paused" if on else "record.resumed", origin)
        return outcome

    async def _stands(self) -> bool:
        """Whether the recording's time stands still, for longer than a frame.

        A pause that ends within its first frame breaks OBS 29's recording: it can never be ended.
        """
        stood: float | None = None
        with contextlib.suppress(ObsRefused, ObsGone, TimeoutError):
            async with asyncio.timeout(PAUSE_S):
                while True:
                    now = number((await self.call("GetRecordStatus")).get("outputDuration"))
                    if now == stood:
                        return True
                    stood = now
                    await asyncio.sleep(STANDS_S)
        return False

    async def save_replay(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Save the replay buffer; done when OBS says that the file is written."""
        if self.line is None:
            return self.away()
        replay = self.outputs.value.replay
        if replay is None:
            return Outcome.refused("OBS has no replay buffer.", self.outputs.value.why_no_replay)
        if replay.state is not OutputState.ON:
            return Outcome.refused("The replay buffer is not running.", "Start it first.")
        try:
            before = await self._last_replay()
            self.output_watch.saved.clear()
            await self.call("SaveReplayBuffer")
            path = await self._saved_replay(before)
        except (ObsRefused, ObsGone) as error:
            return self.went_wrong("The replay is not saved", error)
        except TimeoutError:
            return Outcome.failed("OBS did not confirm that the replay is saved.", "Look at the disk, then save again.")
        self.journal.write("replay.saved", origin, path=path)
        return Outcome.done(f"The replay is saved: {path}" if path else "The replay is saved.")

    async def _last_replay(self) -> str:
        """The file of the last replay; empty before the first, and where this OBS does not tell."""
        try:
            return str((await self.call("GetLastReplayBufferReplay")).get("savedReplayPath") or "")
        except ObsRefused:
            return ""

    async def _saved_replay(self, before: str) -> str:
        """The new file, by the event or by asking. Raises TimeoutError, ObsGone."""
        saved = self.output_watch.saved
        now = asyncio.get_running_loop().time
        ask_again_s = now() + SAVE_AGAIN_S
        async with asyncio.timeout(SAVED_S):
            while True:
                if now() >= ask_again_s:
                    ask_again_s = now() + SAVE_AGAIN_S
                    await self.call("SaveReplayBuffer")
                path = await self._last_replay()
                if saved.is_set() or path not in ("", before):
                    return path
                try:
                    async with asyncio.timeout(SAVED_AGAIN_S):
                        await saved.wait()
                except TimeoutError:
                    continue

    def _output(self, which: str) -> Output | None:
        found: Output | None = getattr(self.outputs.value, which)
        return found

    async def _asked_output(
        self,
        request: str,
        ended: Callable[[], bool | None],
        done: str,
        why: str,
        fix: str,
        *,
        within_s: float = OUTPUT_S,
    ) -> Outcome:
        """Ask, then wait until `ended` says how it ended."""
        changed = asyncio.Event()
        ends: list[bool] = []

        def look() -> None:
            end = ended()
            if end is not None:
                ends.append(end)
            changed.set()

        undo = self.outputs.watch(lambda _: look(), now=False)
        undo_link = self.state.watch(lambda _: changed.set(), now=False)
        try:
            await self.call(request)
            look()
            async with asyncio.timeout(within_s):
                while not ends:
                    if self.line is None:
                        raise ObsGone(NO_ANSWER.why, NO_ANSWER.fix)
                    changed.clear()
                    await changed.wait()
        except ObsGone as gone:
            return Outcome.failed("OBS went away before it was proved: " + why, gone.fix)
        except TimeoutError:
            return Outcome.failed(why, fix)
        except ObsRefused as refusal:
            return self.went_wrong(why.removesuffix("."), refusal)
        finally:
            undo()
            undo_link()
        return Outcome.done(done) if ends[0] else Outcome.failed(why, fix)
