"""What the director can do with the safety recording: every channel, every return and the programme to files.

It starts by hand alone, never with OBS's recording: it is the safety of its own, and fills a disk of its own accord.
"""

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk

actions = Actions()

HOLD_S = 1.0


def _can_start(desk: Desk) -> Enabled:
    if desk.sound.value.recording.is_running:
        return Enabled(False, "The sound is being recorded already.")
    has_sound = bool(desk.sound.value.channels or desk.sound.value.returns)
    return Enabled.when(has_sound, else_="This show has no sound to record.")


def _is_recording(desk: Desk) -> Enabled:
    return Enabled.when(desk.sound.value.recording.is_running, else_="The sound is not being recorded.")


@actions.add("soundrecord.start", title="Record the sound", enabled=_can_start)
async def start(desk: Desk) -> Outcome:
    """Record every channel, every return and the programme to files of their own, beside whatever OBS records."""
    return await desk.parts.audio.start_recording(desk.show.value.name)


@actions.add("soundrecord.stop", title="Stop recording the sound", hold_s=HOLD_S, enabled=_is_recording)
async def stop(desk: Desk) -> Outcome:
    """End the sound's recording; its files are closed when this is done."""
    return await desk.parts.audio.stop_recording()
