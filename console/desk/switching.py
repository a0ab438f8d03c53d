"""What the director can do with the picture: preview, take, SAFE, transitions, Studio Mode, stream and record."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN
from scenes.state import OutputState, TakeState

actions = Actions()

SceneName = Annotated[str, Field(min_length=1, description="Name of a scene in OBS.")]
Expected = Annotated[str | None, Field(description="What is believed to be on air; else the take is refused.")]
DIGITS = tuple("123456789")


def obs_is_there(desk: Desk) -> Enabled:
    """Enabled while OBS answers."""
    link = desk.switcher.value.link
    return Enabled.when(link.is_up, else_=link.why or "OBS is not connected.")


def _take_waits(desk: Desk) -> bool:
    take = desk.switcher.value.take
    return take is not None and (take.state is TakeState.WAITING or (take.is_safe and take.state is TakeState.SENT))


def _waits(desk: Desk) -> Enabled:
    return Enabled.when(_take_waits(desk) or desk.sale.value.is_stopping, else_="Nothing is waiting.")


def _has_previous(desk: Desk) -> Enabled:
    return Enabled.when(desk.previous_program is not None, else_="Nothing was on air before this.")


@actions.add("scene.preview", title="Scene to preview", keys=DIGITS, enabled=obs_is_there)
async def preview(desk: Desk, scene: SceneName) -> Outcome:
    """Show `scene` on preview. Nothing on air changes."""
    return await desk.parts.obs.preview(scene, origin=ORIGIN.get())


@actions.add("scene.cut", title="Cut", keys="Space", enabled=obs_is_there)
async def cut(desk: Desk, scene: SceneName | None = None, expect: Expected = None) -> Outcome:
    """Take `scene` (without one: the preview) to program without a transition."""
    return await desk.parts.obs.cut(scene, expect=expect, origin=ORIGIN.get())


@actions.add("scene.auto", title="Auto", keys="Enter", enabled=obs_is_there)
async def auto(desk: Desk, scene: SceneName | None = None, expect: Expected = None) -> Outcome:
    """Take `scene` (without one: the preview) to program with the chosen transition."""
    return await desk.parts.obs.auto(scene, expect=expect, origin=ORIGIN.get())


@actions.add("scene.take", title="Take", enabled=obs_is_there)
async def take(desk: Desk, scene: SceneName | None = None, expect: Expected = None) -> Outcome:
    """Take `scene` (without one: the preview) to program with whatever transition is set in OBS."""
    return await desk.parts.obs.take(scene, expect=expect, origin=ORIGIN.get())


@actions.add("scene.cancel", title="Take back what waits", keys="Esc", enabled=_waits)
async def cancel(desk: Desk) -> Outcome:
    """Take back a take that waits for a transition to end, else a STOP SALE that the shop has not confirmed."""
    if desk.sale.value.is_stopping and not _take_waits(desk):
        return await desk.parts.commerce.take_back_stop(origin=ORIGIN.get())
    return desk.parts.obs.cancel_waiting(origin=ORIGIN.get())


@actions.add("scene.safe", title="SAFE", keys="Esc", hold_s=0.4)
async def safe(desk: Desk) -> Outcome:
    """Cut to the scene that is always fit to show; tried until OBS proves it."""
    return await desk.parts.obs.safe(origin=ORIGIN.get())


@actions.add("preview.previous", title="Previous program to preview", keys="Backspace", enabled=_has_previous)
async def previous(desk: Desk) -> Outcome:
    """Put what was on air before back on preview."""
    assert desk.previous_program is not None
    return await desk.parts.obs.preview(desk.previous_program, origin=ORIGIN.get())


@actions.add("transition.set", title="Transition", enabled=obs_is_there)
async def set_transition(
    desk: Desk,
    name: Annotated[str, Field(min_length=1)],
    duration_ms: Annotated[int | None, Field(ge=50, le=20_000, description="Milliseconds; absent: as it is.")] = None,
) -> Outcome:
    """Choose the transition of AUTO and how long it takes."""
    return await desk.parts.obs.set_transition(name, duration_ms=duration_ms, origin=ORIGIN.get())


@actions.add("studio_mode.set", title="Studio Mode", enabled=obs_is_there)
async def set_studio_mode(desk: Desk, on: bool) -> Outcome:
    """Turn OBS's Studio Mode on (preview and program) or off (direct)."""
    return await desk.parts.obs.set_studio_mode(on, origin=ORIGIN.get())


def _is_off(output: str) -> Callable[[Desk], Enabled]:
    def enabled(desk: Desk) -> Enabled:
        there = obs_is_there(desk)
        is_off = getattr(desk.switcher.value, output) is OutputState.OFF
        return there if not there.is_enabled else Enabled.when(is_off, else_=f"The {output} is running already.")

    return enabled


def _is_running(output: str) -> Callable[[Desk], Enabled]:
    def enabled(desk: Desk) -> Enabled:
        there = obs_is_there(desk)
        is_off = getattr(desk.switcher.value, output) is OutputState.OFF
        return there if not there.is_enabled else Enabled.when(not is_off, else_=f"The {output} is not running.")

    return enabled


@actions.add("stream.start", title="Start the stream", enabled=_is_off("stream"))
async def start_stream(desk: Desk) -> Outcome:
    """Start streaming as OBS is set up to."""
    return await desk.parts.obs.set_output("stream", True, origin=ORIGIN.get())


@actions.add("stream.stop", title="Stop the stream", hold_s=1.0, enabled=_is_running("stream"))
async def stop_stream(desk: Desk) -> Outcome:
    """End the stream."""
    return await desk.parts.obs.set_output("stream", False, origin=ORIGIN.get())


@actions.add("record.start", title="Start recording", enabled=_is_off("record"))
async def start_record(desk: Desk) -> Outcome:
    """Start recording as OBS is set up to."""
    return await desk.parts.obs.set_output("record", True, origin=ORIGIN.get())


@actions.add("record.stop", title="Stop recording", hold_s=1.0, enabled=_is_running("record"))
async def stop_record(desk: Desk) -> Outcome:
    """End the recording."""
    return await desk.parts.obs.set_output("record", False, origin=ORIGIN.get())
