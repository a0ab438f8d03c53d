"""The cameras and the multiview of a show, changed in the file with its comments. Blocking I/O."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import tomlkit

from console.settings.show import BUSES, Camera, Multiview, Show
from console.show import listing
from console.show.blocks import appended, blocks_of, edited, rearranged, text_of
from console.show.file import Rewritten, rewrite_show
from console.show.listing import Listing, differences

Cameras = tuple[Camera, ...]
Change = listing.Change[Camera]
Kept = listing.Kept[Camera]

CAMERAS: Final = Listing[Camera](where="cameras", key="name", noun="camera", nouns="cameras", most=16)


def following(multiview: Multiview, kept: Sequence[Kept]) -> Multiview:
    """The multiview with cameras that were renamed; the places of those that are gone stay empty: no tile moves."""
    names = {was: camera.name for was, camera in kept if was is not None} | {bus: bus for bus in BUSES}
    cameras = tuple(names.get(name, "") for name in multiview.cameras)
    return multiview if cameras == multiview.cameras else multiview.model_copy(update={"cameras": cameras})


def change_cameras(path: Path, change: Change) -> Rewritten:
    """Do `change` to the cameras in the file. Raises UserError, and leaves the file as it was, when it can't be."""

    def rewritten(text: str, show: Show) -> str:
        kept = change(show.cameras)
        text = CAMERAS.rewritten(text, show.cameras, kept)
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
        return CAMERAS.rewritten(text, show.cameras, otherwise(show.cameras))

    return rewrite_show(path, rewritten)


def text_with_multiview(text: str, old: Multiview, new: Multiview) -> str:
    """`text` of a show with multiview `old`, with `new`; comments stay."""
    changes = differences(old, new)
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
