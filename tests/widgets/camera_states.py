"""States of the cameras: one to sixteen of them, in every kind of trouble, seen at rest, by the name of the state."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from console.cameras.state import Camera, CameraState, Origin, Stats
from console.settings.show import Camera as ShownCamera
from console.settings.show import Guide, Multiview
from scenes.state import Scene, Take, TakeState

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

NAMES = (
    "Wide", "Close", "Table", "Guest Ana", "Street", "Hands", "Ceiling", "Counter", "Door",
    "Piano", "Kitchen", "Stairs", "Window", "Garden", "Roof", "Backstage",
)  # fmt: skip
GOOD = Stats(30.0, 30.0, 0, 2_400.0, 1280, 720, "H.264", "software")
State = Callable[["FakeDesk"], None]


def with_cameras(desk: "FakeDesk", count: int, **changes: Camera) -> None:
    """So many cameras with a scene each, as far as there are numbers; `changes` by the camera's name, lower case."""
    now = time.monotonic_ns()
    names = NAMES[:count]
    scenes = (*(Scene(name) for name in names[:9]), *((Scene("Slides"),) if count < 9 else ()), Scene("Safe"))
    on_air, following = names[min(1, count - 1)], names[min(2, count - 1)]
    desk.on_air(scenes=scenes, program=on_air, claimed=on_air, preview=following if count > 1 else None,
                take=Take(on_air, TakeState.ON_AIR, now - 41_000_000_000))  # fmt: skip
    cameras = []
    for name in names:
        camera = Camera(name, name, Origin.WORKER, CameraState.LIVE, 30.0, since_mono_ns=now - 8_400_000_000,
                        stats=GOOD)  # fmt: skip
        cameras.append(changes.get(name.lower().replace(" ", "_"), camera))
    desk.cameras.set(tuple(cameras))
    desk.camera_levels = {name: -12.0 - 3 * index for index, name in enumerate(names) if index % 3 != 2}


def _of(count: int) -> State:
    return lambda desk: with_cameras(desk, count)


def _camera(name: str, state: CameraState = CameraState.LIVE, **changes: object) -> Camera:
    now = time.monotonic_ns()
    camera = Camera(name, name, Origin.WORKER, state, 30.0, since_mono_ns=now - 10_400_000_000, stats=GOOD)
    return replace(camera, **changes)  # type: ignore[arg-type]


def troubled(desk: "FakeDesk", count: int = 9) -> None:
    """A camera in each state, one that arrives too slowly, one from OBS, one with a relay and a known delay."""
    with_cameras(
        desk, count,
        wide=_camera("Wide", CameraState.FROZEN, why="Pictures come, but nothing in them moves."),
        table=_camera("Table", CameraState.STALLED, why="No new picture for half a second."),
        guest_ana=_camera("Guest Ana", CameraState.BLACK, why="The picture is black."),
        street=_camera("Street", CameraState.LOST, why="Nothing answers at that address.",
                       fix="It is tried again every 2 s."),
        hands=_camera("Hands", delay_ms=184.0, relay="on"),
        ceiling=_camera("Ceiling", fps=17.0, stats=replace(GOOD, arriving_fps=17.0, dropped=412)),
        counter=_camera("Counter", origin=Origin.OBS, stats=Stats(), fps=4.0),
        door=_camera("Door", CameraState.CONNECTING),
    )  # fmt: skip


def guided(*guides: Guide) -> State:
    """Frame guides over what is on air and next."""

    def fill(desk: "FakeDesk") -> None:
        with_cameras(desk, 4)
        desk.show.set(desk.show.value.model_copy(update={"multiview": Multiview(guides=guides)}))

    return fill


def _turned(desk: "FakeDesk") -> None:
    with_cameras(desk, 4)
    turned = (
        ShownCamera(name="Wide", mrl="udp://@:9001", rotate=90),
        ShownCamera(name="Close", mrl="udp://@:9002", mirror=True, crop=(0.2, 0.1, 0.2, 0.1)),
    )
    desk.show.set(desk.show.value.model_copy(update={"cameras": turned}))


CAMERA_STATES: dict[str, State] = {
    "one_camera": _of(1), "four_cameras": _of(4), "seven_cameras": _of(7), "nine_cameras": _of(9),
    "sixteen_cameras": _of(16), "troubled": troubled, "troubled_sixteen": lambda desk: troubled(desk, 16),
    "guides": guided("16:9", "thirds", "centre"), "upright_guides": guided("9:16", "4:5"), "turned": _turned,
}  # fmt: skip
