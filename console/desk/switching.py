"""What the director can do with the picture: preview, take, SAFE, and the two ways out of a take that OBS lost."""

from typing import Annotated

from pydantic import Field

from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.needing import all_of, obs_is_there
from console.desk.origin import ORIGIN
from scenes.state import TakeState

actions = Actions()

SceneName = Annotated[str, Field(min_length=1, description="Name of a scene in OBS.")]
Expected = Annotated[str | None, Field(description="What is believed to be on air; else the take is refused.")]
Milliseconds = Annotated[int | None, Field(ge=50, le=20_000, description="Milliseconds; absent: as it is.")]
TransitionName = Annotated[str, Field(min_length=1, description="Name of a transition in OBS.")]
DIGITS = tuple("123456789")
POINTED = frozenset({Origin.KEY, Origin.BUTTON, Origin.HOST})  # whoever goes by a place or a number, not by a name


def _take_waits(desk: Desk) -> bool:
    take = desk.switcher.value.take
    return take is not None and (take.state is TakeState.WAITING or (take.is_safe and take.state is TakeState.SENT))


def _waits(desk: Desk) -> Enabled:
    waits = (
        _take_waits(desk),
        desk.mics.is_trying,
        desk.failover.value.is_counting,
        desk.starts.value.is_counting,
        desk.delay_marked_ns.value is not None,
        desk.switcher.value.t_bar is not None,
        desk.sale.value.is_stopping,
    )
    return Enabled.when(any(waits), else_="Nothing is waiting.")


def _has_previous(desk: Desk) -> Enabled:
    return Enabled.when(desk.previous_program is not None, else_="Nothing was on air before this.")


def _is_lost(desk: Desk) -> Enabled:
    take = desk.switcher.value.take
    is_lost = take is not None and take.state is TakeState.LOST
    return Enabled.when(is_lost, else_="No take is lost: OBS names what is on air.")


_take_is_lost = all_of(obs_is_there, _is_lost)


def _aims_true(desk: Desk, scene: str | None) -> Outcome | None:
    """The refusal of a number or a click that would land on what has just moved under it; once only."""
    if scene is None or ORIGIN.get() not in POINTED or not desk.scenes_moved_just_now():
        return None
    return Outcome.refused("The scenes moved just now, so nothing was done.", "Look at the numbers, then press again.")


@actions.add("scene.preview", title="Scene to preview", keys=DIGITS, enabled=obs_is_there)
async def preview(desk: Desk, scene: SceneName) -> Outcome:
    """Show `scene` on preview. Nothing on air changes."""
    return _aims_true(desk, scene) or await desk.parts.obs.preview(scene, origin=ORIGIN.get())


@actions.add("scene.cut", title="Cut", keys="Space", enabled=obs_is_there)
async def cut(desk: Desk, scene: SceneName | None = None, expect: Expected = None) -> Outcome:
    """Take `scene` (without one: the preview) to program without a transition."""
    refused = _aims_true(desk, scene)
    if refused is not None:
        return refused
    if scene is not None and ORIGIN.get() in POINTED:
        desk.heat.used()
    return await desk.parts.obs.cut(scene, expect=expect, origin=ORIGIN.get())


@actions.add("scene.auto", title="Auto", keys="Enter", enabled=obs_is_there)
async def auto(
    desk: Desk,
    scene: SceneName | None = None,
    expect: Expected = None,
    transition: TransitionName | None = None,
    duration_ms: Milliseconds = None,
) -> Outcome:
    """Take `scene` (without one: the preview) to program with the chosen transition, or with `transition` this once."""
    return _aims_true(desk, scene) or await desk.parts.obs.auto(
        scene, expect=expect, transition=transition, duration_ms=duration_ms, origin=ORIGIN.get()
    )


@actions.add("scene.take", title="Take", enabled=obs_is_there)
async def take(desk: Desk, scene: SceneName | None = None, expect: Expected = None) -> Outcome:
    """Take `scene` (without one: the preview) to program with whatever transition is set in OBS."""
    return _aims_true(desk, scene) or await desk.parts.obs.take(scene, expect=expect, origin=ORIGIN.get())


@actions.add("scene.cancel", title="Take back what waits", keys="Esc", enabled=_waits)
async def cancel(desk: Desk) -> Outcome:
    """Take back a take that waits, else hold what is announced, else let go of the T-bar, else take back STOP SALE."""
    has_taken_back_mics = desk.mics.take_back(ORIGIN.get())
    if _take_waits(desk):
        return desk.parts.obs.cancel_waiting(origin=ORIGIN.get())
    if has_taken_back_mics:
        return Outcome.done("The microphones that are not confirmed as muted are left as they are.")
    if desk.failover.value.is_counting:
        return desk.guard.hold(ORIGIN.get())
    if desk.starts.value.is_counting:
        return desk.starter.hold(ORIGIN.get())
    if desk.switcher.value.t_bar is not None:
        return await desk.parts.obs.move_t_bar(0.0, release=True, origin=ORIGIN.get())
    if desk.delay_marked_ns.value is not None:
        return desk.delay.take_back(ORIGIN.get())
    return await desk.parts.commerce.take_back_stop(origin=ORIGIN.get())


@actions.add("scene.safe", title="SAFE", keys="Esc", hold_s=0.4)
async def safe(desk: Desk) -> Outcome:
    """Cut to the scene that is always fit to show; tried until OBS proves it."""
    return await desk.parts.obs.safe(origin=ORIGIN.get())


@actions.add("take.put_right", title="Put right: take what OBS names", keys="R", enabled=_take_is_lost)
async def put_right(desk: Desk) -> Outcome:
    """After a take lost: put on air the scene that OBS names."""
    return await desk.parts.obs.put_right(keep=False, origin=ORIGIN.get())


@actions.add("take.keep", title="Put right: keep the picture, correct OBS", keys="Shift+R", enabled=_take_is_lost)
async def keep(desk: Desk) -> Outcome:
    """After a take lost: leave the picture on air as it is, and make OBS name it."""
    return await desk.parts.obs.put_right(keep=True, origin=ORIGIN.get())


@actions.add("preview.previous", title="Previous program to preview", keys="Backspace", enabled=_has_previous)
async def previous(desk: Desk) -> Outcome:
    """Put what was on air before back on preview."""
    assert desk.previous_program is not None
    return await desk.parts.obs.preview(desk.previous_program, origin=ORIGIN.get())
