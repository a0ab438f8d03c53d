"""What the multiview is tried with: sixteen cameras, in every state, with scenes as a show has them."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from console.cameras.state import Camera, CameraState, Origin, Stats
from console.core.observable import Observable
from console.settings.show import Multiview
from scenes.state import Scene

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

NAMES = (
    "Wide", "Close", "Table", "Guest Ana", "Street", "Guest Bo", "Overhead", "Slides", "Kitchen", "Door", "Phone Ana",
    "Phone Bo", "Jib", "Rail left", "Rail right", "Audience",
)  # fmt: skip
STATES = {
    "Guest Bo": CameraState.FROZEN, "Overhead": CameraState.LOST, "Kitchen": CameraState.STALLED,
    "Phone Bo": CameraState.BLACK, "Rail left": CameraState.CONNECTING,
}  # fmt: skip


def many_cameras(desk: "FakeDesk", count: int) -> None:
    """So many cameras; the first nine have scenes, and with them numbers."""
    now = time.monotonic_ns()
    scenes = tuple(Scene(name) for name in (*NAMES[: min(count, 9)], "Safe"))
    desk.switcher.set(replace(desk.switcher.value, scenes=scenes))
    desk.cameras.set(
        tuple(
            Camera(
                name,
                name if index < 9 else None,
                Origin.OBS if name == "Slides" else Origin.WORKER,
                STATES.get(name, CameraState.LIVE),
                0.0 if name in STATES else 30.0,
                since_mono_ns=now - 8_400_000_000,
                stats=Stats(arriving_fps=30.0, expected_fps=30.0, bitrate_kbps=4200, width=1280, height=720,
                            codec="H.264", decoder="software"),
            )
            for index, name in enumerate(NAMES[:count])
        )
    )  # fmt: skip


def arranged(desk: "FakeDesk", **multiview: object) -> None:
    """The show's multiview is like that; without anything: as it is before anybody arranged it."""
    one: Observable[object] = desk.show  # type: ignore[assignment]
    one.set(desk.show.value.model_copy(update={"multiview": Multiview.model_validate(multiview)}))
