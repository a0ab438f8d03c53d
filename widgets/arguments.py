"""What a key or button means now: the action and its arguments, read off the desk's values. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from console.commerce.state import Drop, DropState
from console.desk.actions import Action
from console.desk.view import DeskView

T_BAR_STEP: Final = 0.1  # PageUp, PageDown and a wheel's notch


@dataclass(frozen=True, slots=True)
class Request:
    """An action and the arguments to ask it with."""

    action_id: str
    arguments: Mapping[str, object] = field(default_factory=dict)


def chosen_drop(desk: DeskView) -> Drop | None:
    """The drop that D and F act on: the chosen one, else the first."""
    sale = desk.sale.value
    drop = sale.drop(sale.chosen) if sale.chosen else None
    return drop or (sale.drops[0] if sale.drops else None)


def fill(desk: DeskView, action: Action, key: str = "") -> Request:
    """What `action`, called by `key`, is asked with now. What a number does not have is ""."""
    wanted = action.arguments.model_fields
    given: dict[str, object] = {}
    action_id = action.id
    if key.isdigit():
        given.update(_numbered(desk, action, int(key)))
    if "expect" in wanted:
        given.update(seen(desk))
    if action.id == "scene.preview":
        action_id, given = scene_request(desk, str(given.get("scene", "")))
    if "drop" in wanted and wanted["drop"].is_required():
        drop = chosen_drop(desk)
        given["drop"] = drop.id if drop else ""
        if action.id == "drop.arm" and drop is not None and drop.state in (DropState.ARMING, DropState.ARMED):
            action_id = "drop.disarm"
    if "cue" in wanted:
        given["cue"] = cue_argument(desk, beside(desk, -1 if key == "Up" else 1))
    if action.id in _TURNED:
        given.update(_TURNED[action.id](desk))
    if action.id == "tbar.step":
        given["by"] = -T_BAR_STEP if key == "PageDown" else T_BAR_STEP
    if action.id == "marker.add" and wanted["text"].is_required():
        given["text"] = ""
    return Request(action_id, given)


def scene_request(desk: DeskView, scene: str) -> tuple[str, dict[str, object]]:
    """What a scene's number or tile asks for: preview; in direct mode, while HOT is latched, a cut."""
    if desk.hot.value and not desk.switcher.value.studio_mode:
        return "scene.cut", {"scene": scene, **seen(desk)}
    return "scene.preview", {"scene": scene}


def seen(desk: DeskView) -> dict[str, object]:
    """What the director sees on program: a take carries it, and is refused when it is true no more."""
    on_program = desk.switcher.value.program or desk.switcher.value.claimed
    return {"expect": on_program} if on_program else {}


def _numbered(desk: DeskView, action: Action, number: int) -> dict[str, object]:
    """The scene, look or channel of that number, for an action that takes one."""
    if "channel" in action.arguments.model_fields:
        channel = next(iter(desk.sound.value.channels[number - 1 : number]), None)
        return {"channel": channel.name if channel else "", "on": channel is None or not channel.is_pfl}
    if "look" in action.arguments.model_fields:
        return {"look": look_name(desk, number)}
    return {"scene": scene_name(desk, number)} if "scene" in action.arguments.model_fields else {}


_TURNED: Final[Mapping[str, Callable[[DeskView], Mapping[str, object]]]] = {
    "lock.set": lambda desk: {"on": not desk.is_locked.value},
    "hot.latch": lambda desk: {"on": not desk.hot.value},
    "studio_mode.set": lambda desk: {"on": not desk.switcher.value.studio_mode},
    "record.pause": lambda desk: {"on": not desk.outputs.value.record.is_paused},
    "look.record": lambda desk: {"on": desk.looks.value.recording is None},
    "failover.set": lambda desk: {"on": not desk.failover.value.is_on},
    "obs.lead": lambda desk: {"which": "main" if _backup_leads(desk) else "backup"},
}


def _backup_leads(desk: DeskView) -> bool:
    backup = desk.switcher.value.backup
    return backup is not None and backup.leads


def scene_name(desk: DeskView, number: int) -> str:
    """The scene that has this number (from 1), or "" when there are fewer."""
    scenes = desk.switcher.value.scenes
    return scenes[number - 1].name if 1 <= number <= len(scenes) else ""


def look_name(desk: DeskView, number: int) -> str:
    """The look that has this number (from 1), or "" when there are fewer."""
    looks = desk.looks.value.looks
    return looks[number - 1].name if 1 <= number <= len(looks) else ""


def beside(desk: DeskView, step: int) -> int:
    """The cue `step` away from the one that stands by, kept inside the rundown."""
    rundown = desk.rundown.value
    here = rundown.standby if rundown.standby is not None else len(rundown.cues)
    return max(0, min(len(rundown.cues) - 1, here + step))


def cue_argument(desk: DeskView, index: int) -> str:
    """A cue as `cue.standby` wants it named: its number from 1, or its name when another cue is named like that."""
    cues = desk.rundown.value.cues
    number = str(index + 1)
    if any(cue.name == number for cue in cues) and 0 <= index < len(cues):
        return cues[index].name
    return number
