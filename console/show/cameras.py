"""The cameras and the multiview of a show: added, edited, moved, removed; in the file with its comments. Blocking I/O.

What is to change is a function of the cameras as they are, so that it can be done to the file as it is by then:
somebody may have edited it since it was read.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import tomlkit

from console.core.errors import UserError
from console.settings.show import BUSES, Camera, Multiview, Show
from console.show.blocks import appended, blocks_of, edited, rearranged, text_of
from console.show.faults import near
from console.show.file import Rewritten, parse_show, rewrite_show
from console.show.writing import entry_text

MOST_CAMERAS: Final = 16

Cameras = tuple[Camera, ...]
Kept = tuple[str | None, Camera]  # the name that a camera had (None: it is new), and the camera as it is to be
Change = Callable[[Cameras], tuple[Kept, ...]]


def as_they_are(cameras: Cameras) -> tuple[Kept, ...]:
    """No change."""
    return tuple((camera.name, camera) for camera in cameras)


def adding(camera: Camera) -> Change:
    """A camera more, the last one. Raises UserError when the name is taken or the show is full."""

    def change(cameras: Cameras) -> tuple[Kept, ...]:
        check_name(camera.name, cameras)
        if len(cameras) >= MOST_CAMERAS:
            raise UserError(f"A show holds {MOST_CAMERAS} cameras.", fix="Remove one first.")
        return (*as_they_are(cameras), (None, camera))

    return change


def editing(was: str, edit: Callable[[Camera], Camera]) -> Change:
    """The camera called `was` otherwise. Raises UserError when there is none, or when the new name is taken."""

    def change(cameras: Cameras) -> tuple[Kept, ...]:
        index = index_of(was, cameras)
        new = edit(cameras[index])
        check_name(new.name, cameras, was=was)
        kept = list(as_they_are(cameras))
        kept[index] = (was, new)
        return tuple(kept)

    return change


def moving(name: str, to: int) -> Change:
    """The camera at place `to`, counted from 1; beyond the last is the last. Raises UserError."""

    def change(cameras: Cameras) -> tuple[Kept, ...]:
        kept = list(as_they_are(cameras))
        moved = kept.pop(index_of(name, cameras))
        kept.insert(to - 1, moved)
        return tuple(kept)

    return change


def removing(name: str) -> Change:
    """Without that camera. Raises UserError."""

    def change(cameras: Cameras) -> tuple[Kept, ...]:
        index_of(name, cameras)
        return tuple(kept for kept in as_they_are(cameras) if kept[0] != name)

    return change


def putting_back(before: Cameras, after: Cameras) -> Change:
    """As it was `before`. Raises UserError when the cameras are no longer as they were `after`."""

    def change(cameras: Cameras) -> tuple[Kept, ...]:
        if cameras != after:
            raise UserError("The cameras have been changed in the show file since.", fix="Change them by hand.")
        names = {camera.name for camera in after}
        renamed = [camera.name for camera in after if camera.name not in {old.name for old in before}]
        new = [camera.name for camera in before if camera.name not in names]
        came_from = dict(zip(new, renamed, strict=False)) if len(before) == len(after) else {}
        return tuple((camera.name if camera.name in names else came_from.get(camera.name), camera) for camera in before)

    return change


def index_of(name: str, cameras: Sequence[Camera]) -> int:
    """Where the camera of that name is. Raises UserError with the nearest name."""
    for index, camera in enumerate(cameras):
        if camera.name == name:
            return index
    known = near(name, (camera.name for camera in cameras)) or "Add it first."
    raise UserError(f'There is no camera "{name}".', fix=known)


def check_name(name: str, cameras: Sequence[Camera], *, was: str | None = None) -> None:
    """Raises UserError when another camera than `was` has this name, whatever its capitals."""
    for camera in cameras:
        if camera.name.casefold() == name.casefold() and camera.name != was:
            raise UserError(f'There is a camera "{camera.name}" already.', fix="Choose another name.")


def following(multiview: Multiview, kept: Sequence[Kept]) -> Multiview:
    """The multiview with cameras that were renamed; the places of those that are gone stay empty: no tile moves."""
    names = {was: camera.name for was, camera in kept if was is not None} | {bus: bus for bus in BUSES}
    cameras = tuple(names.get(name, "") for name in multiview.cameras)
    return multiview if cameras == multiview.cameras else multiview.model_copy(update={"cameras": cameras})


def change_cameras(path: Path, change: Change) -> Rewritten:
    """Do `change` to the cameras in the file. Raises UserError, and leaves the file as it was, when it can't be."""

    def rewritten(text: str, show: Show) -> str:
        kept = change(show.cameras)
        text = text_with_cameras(text, show.cameras, kept)
        return text_with_multiview(text, show.multiview, following(show.multiview, kept))

    return rewrite_show(path, rewritten)


def change_multiview(path: Path, change: Callable[[Multiview], Multiview]) -> Rewritten:
    """Do `change` to the multiview in the file. Raises as `change_cameras`."""
    return rewrite_show(path, lambda text, show: text_with_multiview(text, show.multiview, change(show.multiview)))


def put_back_text(path: Path, written: Rewritten, otherwise: Change) -> Rewritten:
    """The file as it was before it was `written`, to the letter; `otherwise` when somebody has edited it since."""

    def rewritten(text: str, show: Show) -> str:
        if text == written.after:
            return written.before
        return text_with_cameras(text, show.cameras, otherwise(show.cameras))

    return rewrite_show(path, rewritten)


def text_with_cameras(text: str, old: Cameras, kept: Sequence[Kept]) -> str:
    """`text` of a show with cameras `old`, with those of `kept`; comments go with the camera that they stand at.

    Raises UserError when the text is built so that this cannot be.
    """
    if tuple(camera for _, camera in kept) == old:
        return text
    by_name = {camera.name: (number, camera) for number, camera in enumerate(old)}
    blocks = blocks_of(text, "cameras")
    if len(blocks) != len(old) or (not old and "cameras" in tomlkit.parse(text)):
        return _proved(_in_one_value(text, kept), kept)
    bodies: list[str] = []
    for was, camera in kept:
        if was is None:
            bodies.append(entry_text("cameras", camera))
            continue
        number, before = by_name[was]
        changes = _differences(before, camera)
        body = text_of(text, blocks[number])
        bodies.append(edited(body, ("cameras", 0), changes) if changes else body)
    names = {was for was, _ in kept}
    without = frozenset(number for name, (number, _) in by_name.items() if name not in names)
    return _proved(rearranged(text, blocks, bodies, without=without), kept)


def text_with_multiview(text: str, old: Multiview, new: Multiview) -> str:
    """`text` of a show with multiview `old`, with `new`; comments stay."""
    changes = _differences(old, new)
    if not changes:
        return text
    blocks = blocks_of(text, "multiview")
    if blocks:
        body = edited(text_of(text, blocks[0]), ("multiview",), changes)
        return rearranged(text, blocks[:1], [body], without=frozenset())
    if "multiview" in tomlkit.parse(text):  # multiview = {...} or multiview.tiles = 4
        return edited(text, ("multiview",), changes)
    document = tomlkit.document()
    table = tomlkit.table()
    table.update(changes)
    document.add("multiview", table)
    return appended(text, tomlkit.dumps(document))


def _in_one_value(text: str, kept: Sequence[Kept]) -> str:
    """For cameras that are written as one value: `cameras = [{name = "Wide"}]`."""
    document: Any = tomlkit.parse(text)
    array = document["cameras"]
    for number, (_, camera) in enumerate(kept):
        entry = tomlkit.inline_table()
        entry.update(_written(camera))
        if number < len(array):
            array[number] = entry
        else:
            array.append(entry)
    while len(array) > len(kept):
        del array[-1]
    return tomlkit.dumps(document)


def _proved(text: str, kept: Sequence[Kept]) -> str:
    """`text`, when it holds exactly these cameras."""
    if parse_show(text).cameras != tuple(camera for _, camera in kept):
        raise UserError("The cameras of this show file can't be changed here.", fix="Change them in a text editor.")
    return text


def _differences(old: Camera | Multiview, new: Camera | Multiview) -> dict[str, object]:
    """What is to be written anew; what stays keeps its comments. None: the key goes."""
    written = _written(new)
    changed = [key for key in type(new).model_fields if getattr(old, key) != getattr(new, key)]
    return {key: written.get(key) for key in changed}


def _written(part: Camera | Multiview) -> dict[str, Any]:
    """What differs from the defaults, as TOML takes it."""
    return part.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
