"""What a key or button means now: the action and its arguments, read off the desk's values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.commerce.state import Drop, DropState
from console.desk.actions import Action
from console.desk.view import DeskView


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
    """What `action`, called by `key`, is asked with now."""
    wanted = action.arguments.model_fields
    given: dict[str, object] = {}
    action_id = action.id
    if "scene" in wanted and key.isdigit():
        given["scene"] = scene_name(desk, int(key))
    if action.id == "scene.preview" and desk.hot.value and not desk.switcher.value.studio_mode:
        action_id = "scene.cut"  # direct mode has no preview: a number cuts, only while HOT is latched
    if "drop" in wanted:
        drop = chosen_drop(desk)
        given["drop"] = drop.id if drop else ""
        if action.id == "drop.arm" and drop is not None and drop.state in (DropState.ARMING, DropState.ARMED):
            action_id = "drop.disarm"
    if "cue" in wanted:
        given["cue"] = cue_argument(desk, beside(desk, -1 if key == "Up" else 1))
    if action.id == "lock.set":
        given["on"] = not desk.is_locked.value
    elif action.id == "hot.latch":
        given["on"] = not desk.hot.value
    elif action.id == "studio_mode.set":
        given["on"] = not desk.switcher.value.studio_mode
    if action.id == "marker.add" and wanted["text"].is_required():
        given["text"] = ""
    return Request(action_id, given)


def scene_name(desk: DeskView, number: int) -> str:
    """The scene that has this number (from 1), or "" when there are fewer."""
    scenes = desk.switcher.value.scenes
    return scenes[number - 1].name if 1 <= number <= len(scenes) else ""


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
