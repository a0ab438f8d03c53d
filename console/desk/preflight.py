"""The preflight: is every part of this show ready? Waits for each part, says a line about it, touches nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from console.cameras.state import CameraState
from console.desk.view import DeskView

STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preflight: what is looked at, how it is, and what to do when it is not ready."""

    what: str
    is_ready: bool
    says: str
    fix: str = ""


def lines_of(desk: DeskView) -> list[Line]:
    """How every part is now."""
    show, obs, sound, sale = desk.show.value, desk.switcher.value, desk.sound.value, desk.sale.value
    there = {scene.name for scene in obs.scenes}
    lines = [Line("OBS", obs.link.is_up, obs.version or obs.link.why or "no answer yet", obs.link.fix)]
    if obs.link.is_up:
        named = {show.obs.safe_scene, *(c.scene for c in show.cameras), *(cue.scene for cue in show.cues)}
        missing = sorted(name for name in named if name is not None and name not in there)
        says = f"OBS has no scene {', '.join(missing)}" if missing else f"{len(there)} scenes"
        lines.append(Line("Scenes", not missing, says, "Make them in OBS, or mend their names in the show file."))
    lines += [
        Line(f"Camera {c.name}", c.state is CameraState.LIVE, c.why or c.state.value, c.fix) for c in desk.cameras.value
    ]
    if show.audio.channels:
        lines.append(Line("Sound", sound.link.is_up, sound.link.why or sound.device, sound.link.fix))
    if show.drops:
        lines.append(Line("Shop", sale.link.is_up, sale.link.why or sale.public_url, sale.link.fix))
    return lines


async def preflight(desk: DeskView, *, say: Callable[[str], None], within_s: float) -> list[str]:
    """What is not ready after at most `within_s` seconds, a sentence each; says every line once it is settled."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while loop.time() < deadline and not all(line.is_ready for line in lines_of(desk)):
        await asyncio.sleep(STEP_S)
    lines = lines_of(desk)
    for line in lines:
        say(f"{'ready    ' if line.is_ready else 'NOT READY'}  {line.what}: {line.says}")
    return [f"{line.what}: {line.says}. {line.fix}".strip() for line in lines if not line.is_ready]
