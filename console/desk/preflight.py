"""The preflight: is every part of this show ready? Waits for each part, says a line about it, touches nothing."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from console.audio.state import Interface, Leak, Return
from console.cameras.state import Camera, CameraState, Origin
from console.commerce.reach import ReachState
from console.desk.camera_words import arrival_words
from console.desk.desk import Desk
from console.desk.handing import HANDED, OPENS
from console.desk.time_checks import time_checks
from console.desk.view import DeskView
from console.settings.show import Show
from console.settings.sound import Channel
from console.show.faults import near
from scenes.port import Obs
from scenes.reading.sync import rows
from scenes.state import Switcher
from scenes.wire.line import ObsGone, ObsRefused

STEP_S: Final = 0.1
FIGURES_S: Final = 3.0  # how long a camera that is live is waited for to tell how it arrives


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preflight: what is looked at, how it is, and what to do when it is not ready."""

    what: str
    is_ready: bool
    says: str
    fix: str = ""


def lines_of(desk: DeskView, sources: frozenset[str] | None = None) -> list[Line]:
    """How every part is now. sources: the names of everything in OBS; None: not known."""
    show, obs, sound, sale = desk.show.value, desk.switcher.value, desk.sound.value, desk.sale.value
    lines = [Line("OBS", obs.link.is_up, obs.version or obs.link.why or "no answer yet", obs.link.fix)]
    if obs.link.is_up:
        lines += _names(show, obs, sources)
    if show.obs.backup is not None:
        link = obs.backup.link if obs.backup is not None else obs.link
        says = "alike" if obs.backup is None or not obs.backup.differences else "; ".join(obs.backup.differences)
        is_ready = link.is_up and says == "alike"
        fix = link.fix or "Make the two OBS alike."
        lines.append(Line("The second OBS", is_ready, says if link.is_up else link.why or "no answer yet", fix))
    lines += [_camera(camera) for camera in desk.cameras.value]
    lines += [_hand_over(camera) for camera in desk.cameras.value if camera.relay]
    if show.audio.channels:
        lines.append(Line("Sound", sound.link.is_up, sound.link.why or sound.device, sound.link.fix))
        lines += [_interface(each) for each in sound.interfaces]
        lines += [_talkback(channel) for channel in show.audio.channels if channel.name == show.audio.talkback]
        lines += [_return(made_for) for made_for in sound.returns if sound.link.is_up]
    if show.drops:
        lines.append(Line("Shop", sale.link.is_up, sale.link.why or sale.public_url, sale.link.fix))
        lines += [Line(*said) for said in time_checks(show, sale.stream_delay)]
        if sale.reach is not None:
            is_silent = sale.reach.state is ReachState.SILENT
            lines.append(Line("The buyers' address", not is_silent, sale.reach.says, sale.reach.fix))
    return lines


def _interface(interface: Interface) -> Line:
    link = interface.link
    says = link.why or f"{interface.device}, adds {interface.delay_ms:.0f} ms"
    return Line(f"The interface {interface.name}", link.is_up and not link.why, says, link.fix)


def _camera(camera: Camera) -> Line:
    """How a camera is, and how it arrives; its delay too while it sees the clock page."""
    is_live = camera.state is CameraState.LIVE
    says = f"live, {arrival_words(camera)}" if is_live else camera.why or camera.state.value
    return Line(f"Camera {camera.name}", is_live, says, camera.fix)


def _talkback(channel: Channel) -> Line:
    """The talkback channel is in no return and not in the mix; who is on air with it is missed there."""
    is_ready = channel.obs_input is None
    says = f"{channel.name}, heard in the returns while T is held" + ("" if is_ready else ", and otherwise by no guest")
    return Line("Talkback", is_ready, says, "Give T a channel of its own, or take talkback out of the show file.")


def _return(made_for: Return) -> Line:
    """What is known of whether a listener hears themselves; while nobody speaks that is nothing, and no fault."""
    is_ready = made_for.leak not in (Leak.LEAK, Leak.ECHO)
    says = made_for.leak.value.replace("_", " ") + (f", {made_for.leak_detail}" if made_for.leak_detail else "")
    return Line(f"Return {made_for.name}", is_ready, says, "Look at this guest under GUESTS, and test the line.")


def _hand_over(camera: Camera) -> Line:
    """Whether OBS gets a camera that Cuedrop takes for both."""
    what, words = f"Camera {camera.name} in OBS", camera.relay
    return Line(what, words in (HANDED, OPENS), words, f"Turn the hand-over of {camera.name} off and on again.")


def _has_figures(desk: DeskView) -> bool:
    """Whether every camera of our own that is live has told how it arrives: about two seconds after its picture."""
    ours = (camera for camera in desk.cameras.value if camera.origin is Origin.WORKER)
    return all(camera.stats.codec for camera in ours if camera.state is CameraState.LIVE)


def _names(show: Show, obs: Switcher, sources: frozenset[str] | None) -> list[Line]:
    """Whether everything that the show names in OBS is there."""
    looks = show.looks
    scenes = [show.obs.safe_scene, show.obs.black_scene, *(camera.scene for camera in show.cameras)]
    scenes += [*(cue.scene for cue in show.cues), *(look.scene for look in looks)]
    scenes += [*(drop.scene for drop in show.drops), *(drop.overlay.scene for drop in show.drops if drop.overlay)]
    lines = [_there("Scenes", "scene", scenes, [scene.name for scene in obs.scenes])]
    if any(look.transition for look in looks):
        lines.append(_there("Transitions", "transition", [look.transition for look in looks], obs.transitions))
    if sources is None:
        return lines
    channels = {channel.name for channel in show.audio.channels}
    steps = [step for look in looks for step in look.steps]
    named = [camera.source for camera in show.cameras] + [channel.obs_input for channel in show.audio.channels]
    named += [camera.sound for camera in show.cameras if camera.sound not in channels]
    named += [step.source for step in steps] + [step.scene for step in steps]
    return [*lines, _there("Sources", "source", named, sorted(sources))] if any(named) else lines


def _there(what: str, noun: str, named: Iterable[str | None], known: Iterable[str]) -> Line:
    """Whether all that is named is known; the first near miss is named, too."""
    there = list(known)
    missing = sorted({name for name in named if name is not None} - set(there))
    if not missing:
        return Line(what, True, f"{len(there)} in OBS")
    hint = next((found for name in missing if (found := near(name, there)).startswith("Did")), "")
    listed = ", ".join(f'"{name}"' for name in missing)
    fix = f"Make them in OBS, or mend their names in the show file. {hint}".strip()
    return Line(what, False, f"OBS has no {noun} {listed}", fix)


async def preflight(desk: Desk, *, say: Callable[[str], None], within_s: float) -> list[str]:
    """What is not ready after at most `within_s` seconds, a sentence each; says every line once it is settled.

    Of a line that is not ready only its name is said: why, and what to do, is in the sentences.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while loop.time() < deadline and not all(line.is_ready for line in lines_of(desk)):
        await asyncio.sleep(STEP_S)
    deadline = min(deadline, loop.time() + FIGURES_S)
    while loop.time() < deadline and not _has_figures(desk):
        await asyncio.sleep(STEP_S)
    lines = lines_of(desk, await _sources(desk.parts.obs))
    for line in lines:
        say(f"ready      {line.what}: {line.says}" if line.is_ready else f"NOT READY  {line.what}")
    return [f"{line.what}: {line.says.rstrip('.')}. {line.fix}".strip() for line in lines if not line.is_ready]


async def _sources(obs: Obs) -> frozenset[str] | None:
    """The names of all inputs, groups and scenes of OBS; None when it does not answer."""
    try:
        inputs, groups = await obs.call("GetInputList"), await obs.call("GetGroupList")
    except (ObsRefused, ObsGone):
        return None
    scenes = {scene.name for scene in obs.state.value.scenes}
    names = [str(row.get("inputName")) for row in rows(inputs, "inputs")]
    return frozenset({*scenes, *names, *(name for name in groups.get("groups") or [] if isinstance(name, str))})
