"""Proof of take: what is on air, judged by the inputs that are active. Pure.

OBS names scenes that are not on air; its inputs do not lie. A scene is proved when exactly its own inputs are active
(of all inputs that any scene shows) and no other scene has the same ones. Scenes with the same inputs (two crops of
one camera) cannot be told apart this way: what OBS names is then CLAIMED, and needs the picture to be proved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scenes.state import Scene


class Finding(StrEnum):
    """How a claim stands against what is active."""

    PROVED = "proved"
    CLAIMED = "claimed"  # it fits, and so do other scenes
    CONTRADICTED = "contradicted"  # another scene's inputs are active
    UNKNOWN = "unknown"  # no scene fits: still settling, or nothing can be told


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding, and the scene that is on air as far as proved."""

    finding: Finding
    program: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A scene item: the source it shows. `is_container`: a nested scene or a group."""

    source: str
    is_container: bool = False
    is_enabled: bool = True


def inputs_of(scene: str, items: Mapping[str, Sequence[Item]]) -> frozenset[str]:
    """Every input that `scene` shows: enabled items, those of nested scenes and groups included.

    items: what each scene and each group holds. A container that is not in it, or holds itself, adds nothing.
    """
    found: set[str] = set()
    seen: set[str] = set()
    todo = [scene]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for item in items.get(name, ()):
            if item.is_enabled and item.is_container:
                todo.append(item.source)
            elif item.is_enabled:
                found.add(item.source)
    return frozenset(found)


def universe(scenes: Iterable[Scene]) -> frozenset[str]:
    """Every input that any scene shows. Others (global sound devices) are always active and prove nothing."""
    return frozenset().union(*(scene.inputs for scene in scenes))


def judge(
    scenes: Sequence[Scene],
    active: frozenset[str],
    claimed: str | None,
    *,
    aired: tuple[str, frozenset[str]] | None = None,
) -> Verdict:
    """Whether `claimed` is on air.

    aired: the scene proved last and what was active then. Studio Mode airs a copy: a scene that is edited afterwards
    still stands for what it showed when it was taken.
    """
    shown = active & universe(scenes)
    fitting = [scene.name for scene in scenes if scene.inputs == shown]
    if claimed in fitting:
        return Verdict(Finding.PROVED, claimed) if len(fitting) == 1 else Verdict(Finding.CLAIMED)
    if claimed is not None and aired == (claimed, shown):
        return Verdict(Finding.PROVED, claimed)
    if not shown or not fitting:  # nothing active contradicts nobody: copies of inputs have no name on the wire
        return Verdict(Finding.UNKNOWN)
    return Verdict(Finding.CONTRADICTED, fitting[0] if len(fitting) == 1 else None)


def arrival(scenes: Iterable[Scene], active: frozenset[str], arrived: frozenset[str]) -> str | None:
    """The one scene that can have come on air: all of it is active, and all that became active is of it.

    For the moment after a transition's end, while OBS has not yet let go of the scene before. A take that OBS loses
    makes nothing active, so it has no arrival.
    """
    if not arrived:
        return None
    fitting = [scene.name for scene in scenes if arrived <= scene.inputs <= active]
    return fitting[0] if len(fitting) == 1 else None


def twins_of(name: str, scenes: Sequence[Scene]) -> tuple[str, ...]:
    """The other scenes that show the same inputs."""
    inputs = next((scene.inputs for scene in scenes if scene.name == name), None)
    return tuple(scene.name for scene in scenes if scene.name != name and scene.inputs == inputs)
