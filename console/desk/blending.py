"""What the director can do with the way from one picture to the next: transitions, black, T-bar, Studio Mode."""

from typing import Annotated

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.needing import all_of, needs, obs_is_there
from console.desk.origin import ORIGIN
from console.desk.switching import Milliseconds, SceneName, TransitionName

actions = Actions()

Position = Annotated[float, Field(ge=0, le=1, description="0: at rest, 1: at the other end, where it takes.")]
Step = Annotated[float, Field(ge=-1, le=1, description="So far on, or (less than 0) back; the whole way is 1.")]


def _has_preview(desk: Desk) -> Enabled:
    switcher = desk.switcher.value
    if not switcher.studio_mode:
        return Enabled(False, "Studio Mode is off: the T-bar has no preview to go to.")
    return Enabled.when(switcher.preview is not None, else_="Nothing is in preview.")


def _is_held(desk: Desk) -> Enabled:
    return Enabled.when(desk.switcher.value.t_bar is not None, else_="The T-bar is at rest.")


_has_t_bar = all_of(needs("SetTBarPosition"), _has_preview)
_t_bar_is_held = all_of(needs("SetTBarPosition"), _is_held)
_has_overrides = needs("SetSceneSceneTransitionOverride")


@actions.add("black.fade", title="Fade to black and back", keys="0", hold_s=0.4, enabled=obs_is_there)
async def fade_black(desk: Desk, duration_ms: Milliseconds = None) -> Outcome:
    """Fade to black; when it is black, fade back to what was on air."""
    return await desk.parts.obs.fade_black(duration_ms=duration_ms, origin=ORIGIN.get())


@actions.add("tbar.move", title="T-bar", enabled=_has_t_bar)
async def move(desk: Desk, position: Position, release: bool = False) -> Outcome:
    """Hold the way to the preview at `position`. Let go at 1 it is a take, at 0 it goes back, between it stays."""
    return await desk.parts.obs.move_t_bar(position, release=release, origin=ORIGIN.get())


@actions.add("tbar.step", title="T-bar a step", keys=("PageUp", "PageDown"), enabled=_has_t_bar)
async def step(desk: Desk, by: Step) -> Outcome:
    """Move the T-bar on or back; at either end it is let go, so that the last step takes."""
    here = desk.switcher.value.t_bar or 0.0
    position = round(min(1.0, max(0.0, here + by)), 3)
    return await desk.parts.obs.move_t_bar(position, release=position in (0.0, 1.0), origin=ORIGIN.get())


@actions.add("tbar.back", title="T-bar back", keys="Home", enabled=_t_bar_is_held)
async def back(desk: Desk) -> Outcome:
    """Put the T-bar back to rest; nothing is taken."""
    return await desk.parts.obs.move_t_bar(0.0, release=True, origin=ORIGIN.get())


@actions.add("transition.set", title="Transition", enabled=obs_is_there)
async def set_transition(desk: Desk, name: TransitionName, duration_ms: Milliseconds = None) -> Outcome:
    """Choose the transition of AUTO and how long it takes."""
    return await desk.parts.obs.set_transition(name, duration_ms=duration_ms, origin=ORIGIN.get())


@actions.add("override.set", title="A scene's own transition", enabled=_has_overrides)
async def set_override(
    desk: Desk, scene: SceneName, name: TransitionName | None = None, duration_ms: Milliseconds = None
) -> Outcome:
    """Give a scene a transition of its own, or (without a name) let it go by the chosen one again."""
    return await desk.parts.obs.set_override(scene, name, duration_ms=duration_ms, origin=ORIGIN.get())


@actions.add("studio_mode.set", title="Studio Mode", enabled=obs_is_there)
async def set_studio_mode(desk: Desk, on: bool) -> Outcome:
    """Turn OBS's Studio Mode on (preview and program) or off (direct)."""
    return await desk.parts.obs.set_studio_mode(on, origin=ORIGIN.get())
