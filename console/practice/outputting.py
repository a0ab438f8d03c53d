"""Outputs of the practice OBS: stream, recording, replay buffer, virtual camera. States only: nothing leaves.

No clock: time comes in through `now_s`. The figures follow the clock, as those of a 4 Mbit/s encoder would.
"""

from typing import Any, Final

from console.practice.playing import Playing
from console.practice.values import OUTPUT_DELAY_S, Intent, Output
from console.practice.wire import Refused, Status

STATE: Final = "OBS_WEBSOCKET_OUTPUT_"
FPS: Final = 30
BYTES_S: Final = 500_000
FILES: Final = {
    "Record": "Practice recording (nothing is written).mkv",
    "ReplayBuffer": "Practice replay (nothing is written).mkv",
}


class Outputting(Playing):
    """All sources, and what the programme would go to."""

    def __init__(self) -> None:
        super().__init__()
        self.stream = Output("Stream")
        self.record = Output("Record")
        self.replay = Output("ReplayBuffer")
        self.vcam = Output("Virtualcam")
        self.has_vcam = True
        self.last_replay = ""

    @property
    def outputs(self) -> tuple[Output, ...]:
        """All of them."""
        return self.stream, self.record, self.replay, self.vcam

    def start(self, output: Output) -> None:
        """Begin: the state only. Refused with 500 when it runs; twice is fine while it starts."""
        if output.is_active:
            raise Refused(Status.OUTPUT_RUNNING)
        if output.due_s is not None:
            return
        output.is_paused = False
        self._move(output, f"{STATE}STARTING")
        output.due_s = self.now_s + OUTPUT_DELAY_S

    def stop(self, output: Output) -> None:
        """End it. Refused with 501 when it does not run; twice is fine while it ends."""
        if not output.is_active:
            raise Refused(Status.OUTPUT_NOT_RUNNING)
        if output.state == f"{STATE}STOPPING":
            return
        self._move(output, f"{STATE}STOPPING")
        output.due_s = self.now_s + OUTPUT_DELAY_S

    def pause(self, is_paused: bool) -> None:
        """Pause the recording or go on. Refused with 501 (off), 502 (paused already), 503 (not paused)."""
        output = self.record
        if not output.is_active:
            raise Refused(Status.OUTPUT_NOT_RUNNING)
        if is_paused == output.is_paused:
            raise Refused(Status.OUTPUT_PAUSED if is_paused else Status.OUTPUT_NOT_PAUSED)
        if is_paused:
            output.before_s = self.seconds(output)
        output.since_s, output.is_paused = self.now_s, is_paused
        word = "PAUSED" if is_paused else "RESUMED"
        data = {"outputActive": not is_paused, "outputState": f"{STATE}{word}", "outputPath": None}
        self.tell("RecordStateChanged", Intent.OUTPUTS, **data)

    def save_replay(self) -> None:
        """Save the replay buffer. Refused with 501 when it does not run."""
        if not self.replay.is_active:
            raise Refused(Status.OUTPUT_NOT_RUNNING)
        self.last_replay = FILES["ReplayBuffer"]
        self.tell("ReplayBufferSaved", Intent.OUTPUTS, savedReplayPath=self.last_replay)

    def seconds(self, output: Output) -> float:
        """How long it has run, pauses not counted."""
        if not output.is_active:
            return 0.0
        return output.before_s + (0.0 if output.is_paused else self.now_s - output.since_s)

    def _settle_outputs(self) -> None:
        for output in self.outputs:
            if output.due_s is not None and self.now_s >= output.due_s:
                output.due_s = None
                output.since_s, output.before_s = self.now_s, 0.0
                is_started = output.state == f"{STATE}STARTING"
                output.is_paused = False
                self._move(output, f"{STATE}{'STARTED' if is_started else 'STOPPED'}")

    def _outputs_due_s(self) -> list[float]:
        return [output.due_s for output in self.outputs if output.due_s is not None]

    def _move(self, output: Output, state: str) -> None:
        output.state = state
        data: dict[str, Any] = {"outputActive": state == f"{STATE}STARTED", "outputState": state}
        if output.name == "Record":
            data["outputPath"] = FILES["Record"] if state in (f"{STATE}STARTED", f"{STATE}STOPPED") else None
        self.tell(f"{output.name}StateChanged", Intent.OUTPUTS, **data)
