"""What the director can do with the cameras: add, edit, order, remove, try, find, allow, keep a picture, hand over."""

from typing import Annotated, Literal

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import ABSENT, Actions, Enabled, given, or_refused
from console.desk.desk import Desk
from console.desk.needing import needs
from console.desk.origin import ORIGIN
from console.settings.show import Guide, Share

actions = Actions()

CameraName = Annotated[str, Field(min_length=1, max_length=80, description="Name of a camera of this show.")]
NewName = Annotated[str, Field(max_length=200, description="What the camera is called.")]
Mrl = Annotated[str | None, Field(max_length=2_000, description="What is opened; null: its picture comes from OBS.")]
SceneName = Annotated[str | None, Field(description="The OBS scene that shows it.")]
SourceName = Annotated[str | None, Field(description="The OBS source of its picture; null: the scene.")]
Options = Annotated[list[str] | None, Field(max_length=50, description="libVLC media options.")]
MayOpen = Annotated[bool | None, Field(description="The director's yes: Cuedrop may open a device or listener itself.")]
SecretName = Annotated[str | None, Field(description="Name of the keyring entry with its password.")]
RelayPort = Annotated[int | None, Field(ge=1024, le=65_535, description="The loopback port on which OBS gets it.")]
Rotate = Annotated[Literal[0, 90, 180, 270] | None, Field(description="Degrees clockwise.")]
Mirror = Annotated[bool | None, Field(description="Show the tile's picture mirrored.")]
Crop = Annotated[tuple[Share, Share, Share, Share] | None, Field(description="Left out: left, top, right, bottom.")]
Sound = Annotated[str | None, Field(description="The channel or OBS input that belongs to it.")]


def _has_cameras(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.show.value.cameras), else_="This show has no cameras. Add one first.")


def _can_undo(desk: Desk) -> Enabled:
    return Enabled.when(desk.camera_book.can_undo, else_="No change of the cameras is there to take back.")


def _is_trying(desk: Desk) -> Enabled:
    return Enabled.when(desk.trial.value.camera is not None, else_="No camera is being tried.")


def _has_offers(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.offers.value), else_="No cameras were found. Look for them first.")


@actions.add("camera.add", title="Add a camera")
async def add(
    desk: Desk,
    name: NewName,
    *,
    mrl: Mrl = ABSENT,
    scene: SceneName = ABSENT,
    source: SourceName = ABSENT,
    options: Options = ABSENT,
    may_open: MayOpen = ABSENT,
    secret: SecretName = ABSENT,
    relay_port: RelayPort = ABSENT,
    rotate: Rotate = ABSENT,
    mirror: Mirror = ABSENT,
    crop: Crop = ABSENT,
    sound: Sound = ABSENT,
) -> Outcome:
    """Add a camera to the show and its file; its tile is there at once."""
    fields = given(
        name=name, mrl=mrl, scene=scene, source=source, options=options, may_open=may_open, secret=secret,
        relay_port=relay_port, rotate=rotate, mirror=mirror, crop=crop, sound=sound,
    )  # fmt: skip
    return await or_refused(desk.camera_book.add(fields, origin=ORIGIN.get()))


@actions.add("camera.edit", title="Edit a camera", enabled=_has_cameras)
async def edit(
    desk: Desk,
    camera: CameraName,
    *,
    name: NewName = ABSENT,
    mrl: Mrl = ABSENT,
    scene: SceneName = ABSENT,
    source: SourceName = ABSENT,
    options: Options = ABSENT,
    may_open: MayOpen = ABSENT,
    secret: SecretName = ABSENT,
    relay_port: RelayPort = ABSENT,
    rotate: Rotate = ABSENT,
    mirror: Mirror = ABSENT,
    crop: Crop = ABSENT,
    sound: Sound = ABSENT,
) -> Outcome:
    """Change what is given of a camera, in the show and its file; null takes a value away, the rest stays."""
    fields = given(
        name=name, mrl=mrl, scene=scene, source=source, options=options, may_open=may_open, secret=secret,
        relay_port=relay_port, rotate=rotate, mirror=mirror, crop=crop, sound=sound,
    )  # fmt: skip
    return await or_refused(desk.camera_book.edit(camera, fields, origin=ORIGIN.get()))


@actions.add("camera.move", title="Move a camera", enabled=_has_cameras)
async def move(
    desk: Desk, camera: CameraName, to: Annotated[int, Field(ge=1, le=16, description="Its place, counted from 1.")]
) -> Outcome:
    """Give a camera another place in the order of the tiles."""
    return await or_refused(desk.camera_book.move(camera, to, origin=ORIGIN.get()))


@actions.add("camera.remove", title="Remove a camera", enabled=_has_cameras)
async def remove(desk: Desk, camera: CameraName) -> Outcome:
    """Take a camera out of the show and its file; nothing changes in OBS."""
    return await or_refused(desk.camera_book.remove(camera, origin=ORIGIN.get()))


@actions.add("camera.undo", title="Undo the change of cameras", enabled=_can_undo)
async def undo(desk: Desk) -> Outcome:
    """Take back the last camera that was added, edited, moved or removed."""
    return await or_refused(desk.camera_book.undo(origin=ORIGIN.get()))


@actions.add("camera.try", title="Try a camera")
async def try_out(
    desk: Desk,
    *,
    mrl: Mrl = None,
    options: Options = None,
    may_open: bool = False,
    source: SourceName = None,
    secret: SecretName = None,
) -> Outcome:
    """Open a camera that is not in the show, to see its picture and figures; nothing is kept."""
    fields = {"mrl": mrl, "options": options, "may_open": may_open, "source": source, "secret": secret}
    return await or_refused(desk.camera_book.try_out(fields))


@actions.add("camera.try_end", title="End trying a camera", enabled=_is_trying)
async def try_end(desk: Desk) -> Outcome:
    """Close the camera that is being tried."""
    return desk.camera_book.try_end()


@actions.add("camera.find", title="Find cameras")
async def find(desk: Desk) -> Outcome:
    """Look for this machine's capture devices and for the cameras that OBS has, to be added with one click."""
    return await or_refused(desk.camera_book.find())


@actions.add("camera.take_offer", title="Add a found camera", enabled=_has_offers)
async def take_offer(
    desk: Desk, name: Annotated[str, Field(min_length=1, description="As it was offered.")]
) -> Outcome:
    """Add a camera that was found to the show and its file."""
    return await or_refused(desk.camera_book.take_offer(name, origin=ORIGIN.get()))


@actions.add("camera.allow", title="Yes, Cuedrop may open it", enabled=_has_cameras)
async def allow(desk: Desk, camera: CameraName) -> Outcome:
    """Say yes to Cuedrop opening a device or a listener itself, though OBS then cannot."""
    return await or_refused(desk.camera_book.edit(camera, {"may_open": True}, origin=ORIGIN.get()))


@actions.add("camera.snapshot", title="Snapshot", keys="S", enabled=_has_cameras)
async def snapshot(
    desk: Desk, camera: Annotated[str | None, Field(description="Absent: the one on air, else the first.")] = None
) -> Outcome:
    """Keep the picture of a camera as a file; its name says show, camera and time."""
    return await or_refused(desk.camera_book.snapshot(camera, origin=ORIGIN.get()))


@actions.add(
    "relay.set",
    title="Hand a camera to OBS",
    enabled=needs("GetInputSettings", "SetInputSettings", "GetMediaInputStatus"),
)
async def set_relay(desk: Desk, camera: CameraName, on: bool) -> Outcome:
    """Take a stream once and hand it to OBS over loopback; off: OBS takes it itself again, as before."""
    return await or_refused(desk.camera_book.set_relay(camera, on, origin=ORIGIN.get()))


@actions.add("multiview.arrange", title="Arrange the multiview")
async def arrange(
    desk: Desk,
    *,
    tiles: Annotated[int | None, Field(ge=1, le=16, description="How many places; absent: as it is.")] = None,
    cameras: Annotated[
        list[str] | None,
        Field(max_length=16, description='In order: a camera, "program", "preview", "" (nothing); []: all.'),
    ] = None,
) -> Outcome:
    """Say how many tiles the multiview has and what they show; kept in the show file."""
    changes = {"tiles": tiles, "cameras": cameras}
    return await or_refused(desk.camera_book.arrange(changes, origin=ORIGIN.get()))


@actions.add("multiview.guides", title="Frame guides")
async def guides(desk: Desk, guides: Annotated[list[Guide], Field(max_length=5)]) -> Outcome:
    """Draw these frame guides over pictures; kept in the show file."""
    return await or_refused(desk.camera_book.arrange({"guides": guides}, origin=ORIGIN.get()))
