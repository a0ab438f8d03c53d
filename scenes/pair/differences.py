"""Where two OBS that should be alike are not: plain lines for the director. Pure.

Only what both have told for good is compared: while a take or a transition is on its way in either of them, what is on
air and in preview may differ, and is no difference.
"""

from collections.abc import Iterable
from typing import Final

from scenes.state import Switcher, Take, TakeState

LONGEST: Final = 3  # names in one line

_MOVING: Final = frozenset({TakeState.WAITING, TakeState.SENT})
_TAKES: Final = {
    TakeState.LOST: "Take lost in the {which}",
    TakeState.FAILED: "The {which} did not take {scene}",
    TakeState.REFUSED: "The {which} did not take {scene}",
}


def differences(lead: Switcher, other: Switcher, *, names: tuple[str, str]) -> tuple[str, ...]:
    """One line for each difference, the worst first; none while one of the two is not connected.

    names: what the two are called, the leading one first ("Main", "Backup").
    """
    if not (lead.link.is_up and other.link.is_up):
        return ()
    moving = _is_moving(lead) or _is_moving(other)
    first, second = names
    lines: list[str] = []
    if not moving:
        lines += _pictures(lead, other, names)
    lines += _take(lead, other, "main OBS" if second == "Main" else second.lower())
    if lead.studio_mode != other.studio_mode:
        lines.append(f"Studio Mode: {first} {_on(lead.studio_mode)}, {second} {_on(other.studio_mode)}")
    lines += _scenes(lead, other, names)
    if _transition(lead) != _transition(other):
        lines.append(f"Transition: {first} {_transition(lead)}, {second} {_transition(other)}")
    lines += _muted(lead.muted_inputs - other.muted_inputs, "muted", "open", names)
    lines += _muted(other.muted_inputs - lead.muted_inputs, "open", "muted", names)
    return tuple(lines)


def _is_moving(obs: Switcher) -> bool:
    return obs.in_transition or obs.t_bar is not None or (obs.take is not None and obs.take.state in _MOVING)


def _pictures(lead: Switcher, other: Switcher, names: tuple[str, str]) -> list[str]:
    first, second = names
    lines = []
    here, there = on_air(lead), on_air(other)
    if lead.is_black != other.is_black:
        lines.append(f"Black: {first} {_on(lead.is_black)}, {second} {_on(other.is_black)}")
    elif here != there:
        lines.append(f"On air: {first} {here or 'not known'}, {second} {there or 'not known'}")
    if lead.studio_mode and other.studio_mode and lead.preview != other.preview:
        lines.append(f"Preview: {first} {lead.preview or 'nothing'}, {second} {other.preview or 'nothing'}")
    return lines


def on_air(obs: Switcher) -> str | None:
    """What is on air, proved or claimed. A lost take's claim is none."""
    take: Take | None = obs.take
    is_lost = take is not None and take.state is TakeState.LOST
    return obs.program or (take.on_air if is_lost and take is not None else obs.claimed)


def _take(lead: Switcher, other: Switcher, which: str) -> list[str]:
    take = other.take
    if take is None or take.state not in _TAKES or on_air(lead) == on_air(other):
        return []
    words = _TAKES[take.state].format(which=which, scene=take.scene or "it")
    return [f"{words}: {take.why}" if take.why else words]


def _scenes(lead: Switcher, other: Switcher, names: tuple[str, str]) -> list[str]:
    if lead.scenes is other.scenes:
        return []
    here, there = ({scene.name: None for scene in obs.scenes} for obs in (lead, other))
    lines = []
    for name, missing in ((names[1], here.keys() - there.keys()), (names[0], there.keys() - here.keys())):
        if missing:
            lines.append(f"{name} has no scene {_some(name for name in (*here, *there) if name in missing)}")
    return lines


def _muted(inputs: frozenset[str], here: str, there: str, names: tuple[str, str]) -> list[str]:
    return [f"{_some(sorted(inputs))}: {names[0]} {here}, {names[1]} {there}"] if inputs else []


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - LONGEST} more" if len(listed) > LONGEST else ""
    return ", ".join(listed[:LONGEST]) + more


def _transition(obs: Switcher) -> str:
    return obs.transition + (f" {obs.transition_ms} ms" if obs.transition_ms is not None else "")


def _on(value: bool) -> str:
    return "on" if value else "off"
