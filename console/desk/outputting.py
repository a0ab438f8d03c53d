"""What the director can do with OBS's outputs: stream, recording, replay buffer, virtual camera.

Both are held: a start, which costs a busy machine frames on air, for half a second; a stop, which the audience would
miss, for a whole one.
"""

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.needing import Condition, all_of, needs
from console.desk.origin import ORIGIN
from scenes.outputs.state import Output
from scenes.state import OutputState

actions = Actions()

START_S = 0.5  # so long each is held
STOP_S = 1.0
NAMES = {"stream": "stream", "record": "recording", "replay": "replay buffer", "vcam": "virtual camera"}


def _output(desk: Desk, which: str) -> Output | None:
    found: Output | None = getattr(desk.outputs.value, which)
    return found


def _exists(which: str) -> Condition:
    """Enabled where this OBS has such an output; else its reason."""

    def enabled(desk: Desk) -> Enabled:
        outputs = desk.outputs.value
        why = {"replay": outputs.why_no_replay, "vcam": outputs.why_no_vcam}.get(which, "")
        return Enabled.when(_output(desk, which) is not None, else_=why or f"OBS has no {NAMES[which]}.")

    return enabled


def _is_off(which: str) -> Condition:
    def enabled(desk: Desk) -> Enabled:
        output = _output(desk, which)
        is_off = output is None or output.state is OutputState.OFF
        return Enabled.when(is_off, else_=f"The {NAMES[which]} is running already.")

    return enabled


def _runs(which: str) -> Condition:
    def enabled(desk: Desk) -> Enabled:
        output = _output(desk, which)
        runs = output is not None and output.state is not OutputState.OFF
        return Enabled.when(runs, else_=f"The {NAMES[which]} is not running.")

    return enabled


def _can_start(which: str, request: str) -> Condition:
    return all_of(needs(request), _exists(which), _is_off(which))


def _can_stop(which: str, request: str) -> Condition:
    return all_of(needs(request), _exists(which), _runs(which))


@actions.add("stream.start", title="Start the stream", hold_s=START_S, enabled=_can_start("stream", "StartStream"))
async def start_stream(desk: Desk) -> Outcome:
    """Start streaming as OBS is set up to."""
    return await desk.parts.obs.set_output("stream", True, origin=ORIGIN.get())


@actions.add("stream.stop", title="Stop the stream", hold_s=STOP_S, enabled=_can_stop("stream", "StopStream"))
async def stop_stream(desk: Desk) -> Outcome:
    """End the stream."""
    return await desk.parts.obs.set_output("stream", False, origin=ORIGIN.get())


@actions.add("record.start", title="Start recording", hold_s=START_S, enabled=_can_start("record", "StartRecord"))
async def start_record(desk: Desk) -> Outcome:
    """Start recording as OBS is set up to."""
    return await desk.parts.obs.set_output("record", True, origin=ORIGIN.get())


@actions.add("record.stop", title="Stop recording", hold_s=STOP_S, enabled=_can_stop("record", "StopRecord"))
async def stop_record(desk: Desk) -> Outcome:
    """End the recording."""
    return await desk.parts.obs.set_output("record", False, origin=ORIGIN.get())


@actions.add(
    "record.pause", title="Pause the recording", enabled=all_of(needs("PauseRecord", "ResumeRecord"), _runs("record"))
)
async def pause_record(desk: Desk, on: bool) -> Outcome:
    """Pause the recording, or go on with it."""
    return await desk.parts.obs.pause_record(on, origin=ORIGIN.get())


@actions.add(
    "replay.start", title="Start the replay buffer", hold_s=START_S, enabled=_can_start("replay", "StartReplayBuffer")
)
async def start_replay(desk: Desk) -> Outcome:
    """Keep the last moments in memory, to be saved when something was worth it."""
    return await desk.parts.obs.set_output("replay", True, origin=ORIGIN.get())


@actions.add(
    "replay.stop", title="Stop the replay buffer", hold_s=STOP_S, enabled=_can_stop("replay", "StopReplayBuffer")
)
async def stop_replay(desk: Desk) -> Outcome:
    """Keep nothing any more; what was not saved is gone."""
    return await desk.parts.obs.set_output("replay", False, origin=ORIGIN.get())


@actions.add("replay.save", title="Save the replay", enabled=_can_stop("replay", "SaveReplayBuffer"))
async def save_replay(desk: Desk) -> Outcome:
    """Write the last moments to a file."""
    return await desk.parts.obs.save_replay(origin=ORIGIN.get())


@actions.add(
    "vcam.start", title="Start the virtual camera", hold_s=START_S, enabled=_can_start("vcam", "StartVirtualCam")
)
async def start_vcam(desk: Desk) -> Outcome:
    """Give the program to other software as a camera."""
    return await desk.parts.obs.set_output("vcam", True, origin=ORIGIN.get())


@actions.add("vcam.stop", title="Stop the virtual camera", hold_s=STOP_S, enabled=_can_stop("vcam", "StopVirtualCam"))
async def stop_vcam(desk: Desk) -> Outcome:
    """Take the virtual camera away from other software."""
    return await desk.parts.obs.set_output("vcam", False, origin=ORIGIN.get())
