"""What is on air and what OBS names, by the independent client."""

from tests.rigs.collection import COLOURS
from tests.scenes.any_obs import AnyObs


async def on_air(obs: AnyObs) -> set[str]:
    """The scenes of the rig whose own picture is on air."""
    return {scene for scene in COLOURS if await obs.is_on_air(f"{scene} picture")}


async def until_on_air(obs: AnyObs, *scenes: str) -> None:
    """Return when exactly these are on air."""

    async def is_so() -> bool:
        return await on_air(obs) == set(scenes)

    await obs.until(is_so, what=f"{scenes} on air, and nothing else")


async def named(obs: AnyObs) -> str:
    """The scene that OBS names as its program."""
    return str((await obs.call("GetCurrentProgramScene"))["currentProgramSceneName"])


async def cursor(obs: AnyObs) -> float:
    """How far the transition is, 0..1."""
    return float((await obs.call("GetCurrentSceneTransitionCursor"))["transitionCursor"])


async def fade(obs: AnyObs, duration_ms: int) -> None:
    """Choose the Fade, that long."""
    await obs.call("SetCurrentSceneTransition", transitionName="Fade")
    await obs.call("SetCurrentSceneTransitionDuration", transitionDuration=duration_ms)
