"""What the director can do with the sources of a scene, and with looks: named lists of such changes and a take."""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from console.core.outcome import Outcome
from console.desk.actions import ALWAYS, Actions, Enabled, or_refused
from console.desk.desk import Desk
from console.desk.needing import all_of, needs, obs_is_there
from console.desk.origin import ORIGIN
from console.settings.show import Step

actions = Actions()

SceneName = Annotated[str, Field(min_length=1, description="The scene or group that holds the source.")]
SourceName = Annotated[str, Field(min_length=1, description="Name of a source in OBS.")]
LookName = Annotated[str, Field(min_length=1, max_length=80)]
LOOK_KEYS = tuple(f"Shift+{digit}" for digit in "123456789")


async def _do(desk: Desk, **values: object) -> Outcome:
    try:
        step = Step.model_validate(values)
    except ValidationError:
        return Outcome.refused("OBS has no source of such a name.", "Look at the names in OBS.")
    return await desk.parts.obs.do(step, origin=ORIGIN.get())


@actions.add("source.show", title="Show or hide a source", enabled=needs("GetSceneItemId", "SetSceneItemEnabled"))
async def show(desk: Desk, scene: SceneName, source: SourceName, on: bool) -> Outcome:
    """Make a source visible in its scene or group, or not."""
    return await _do(desk, do="show" if on else "hide", scene=scene, source=source)


@actions.add("source.lock", title="Lock a source", enabled=needs("GetSceneItemId", "SetSceneItemLocked"))
async def lock(desk: Desk, scene: SceneName, source: SourceName, on: bool) -> Outcome:
    """Lock a source in OBS's window, so that a mouse can't move it there."""
    return await _do(desk, do="lock" if on else "unlock", scene=scene, source=source)


@actions.add("filter.set", title="Filter on or off", enabled=needs("GetSourceFilter", "SetSourceFilterEnabled"))
async def set_filter(desk: Desk, source: SourceName, filter: Annotated[str, Field(min_length=1)], on: bool) -> Outcome:
    """Turn a filter of a source or scene on or off."""
    return await _do(desk, do="filter_on" if on else "filter_off", source=source, filter=filter)


@actions.add("text.set", title="Text of a source", enabled=needs("GetInputSettings", "SetInputSettings"))
async def set_text(desk: Desk, source: SourceName, text: Annotated[str, Field(max_length=10_000)]) -> Outcome:
    """Give a text source new words."""
    return await _do(desk, do="text", source=source, text=text)


@actions.add("image.set", title="Picture of a source", enabled=needs("GetInputSettings", "SetInputSettings"))
async def set_image(
    desk: Desk, source: SourceName, file: Annotated[str, Field(description="Its path, as OBS's machine sees it.")]
) -> Outcome:
    """Give an image source another picture, or a media source another file."""
    return await _do(desk, do="image", source=source, file=file)


@actions.add(
    "media.control",
    title="Play, pause, stop or restart",
    enabled=needs("TriggerMediaInputAction", "GetMediaInputStatus"),
)
async def control(desk: Desk, source: SourceName, do: Literal["play", "pause", "stop", "restart"]) -> Outcome:
    """Play a media source, pause it, stop it, or play it from the start."""
    return await _do(desk, do=do, source=source)


@actions.add("media.seek", title="Go to a position", enabled=needs("SetMediaInputCursor", "GetMediaInputStatus"))
async def seek(
    desk: Desk,
    source: SourceName,
    position_ms: Annotated[int, Field(ge=0, le=604_800_000, description="Milliseconds from its start.")],
) -> Outcome:
    """Move a media source to a position."""
    return await desk.parts.obs.seek(source, position_ms, origin=ORIGIN.get())


@actions.add("source.mute", title="Mute a source", enabled=needs("SetInputMute", "GetInputMute"))
async def mute(desk: Desk, source: SourceName, on: bool) -> Outcome:
    """Mute a source in OBS, or open it."""
    desk.cough.leave_input(source)
    return await _do(desk, do="mute" if on else "unmute", source=source)


@actions.add("sources.look_at", title="Sources of a scene")
async def look_at(desk: Desk, scene: SceneName | None = None) -> Outcome:
    """List the sources of `scene`; without one: of the preview, or of what is on air where there is none."""
    desk.parts.obs.look_at(scene)
    return Outcome.done()


def _has_looks(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.looks.value.looks), else_="This show has no looks. Record one first.")


def _can_undo(desk: Desk) -> Enabled:
    return Enabled.when(desk.looks.value.can_undo, else_="There is nothing to put back.")


def _can_save(desk: Desk) -> Enabled:
    looks = desk.looks.value
    return Enabled.when(looks.draft is not None or bool(looks.looks), else_="Record a look first.")


@actions.add("look.run", title="Run a look", keys=LOOK_KEYS, enabled=all_of(obs_is_there, _has_looks))
async def run(
    desk: Desk, look: Annotated[str | int, Field(description="Its name, or its number counted from 1.")]
) -> Outcome:
    """Do all of a look's steps and its take at once; what was not done is named, step by step."""
    return await or_refused(desk.look_book.run(look, origin=ORIGIN.get()))


def _can_record(desk: Desk) -> Enabled:
    return ALWAYS if desk.looks.value.recording is not None else obs_is_there(desk)


@actions.add("look.record", title="Record a look", enabled=_can_record)
async def record(desk: Desk, on: bool) -> Outcome:
    """Note what is done from now on, in Cuedrop or in OBS; off: end that, to be saved."""
    return desk.look_book.record(on, origin=ORIGIN.get())


@actions.add("look.save", title="Save a look", enabled=_can_save)
async def save(
    desk: Desk,
    name: LookName,
    *,
    look: Annotated[str | None, Field(description="A look to rename or change; absent: the recorded one.")] = None,
    scene: Annotated[str | None, Field(description='In place of the recorded one; "" takes none.')] = None,
    transition: Annotated[str | None, Field(description='For the take; "" as OBS would.')] = None,
    duration_ms: Annotated[int | None, Field(ge=50, le=20_000, description="Milliseconds.")] = None,
) -> Outcome:
    """Keep what was recorded under a name, in the show file."""
    saving = desk.look_book.save(
        name, look=look, scene=scene, transition=transition, duration_ms=duration_ms, origin=ORIGIN.get()
    )
    return await or_refused(saving)


def _has_recording(desk: Desk) -> Enabled:
    looks = desk.looks.value
    return Enabled.when(looks.draft is not None or looks.recording is not None, else_="Nothing is recorded.")


@actions.add("look.discard", title="Discard the recording", enabled=_has_recording)
async def discard(desk: Desk) -> Outcome:
    """Throw away what was recorded and is not saved."""
    return desk.look_book.discard(origin=ORIGIN.get())


@actions.add("look.remove", title="Remove a look", enabled=_has_looks)
async def remove(desk: Desk, look: LookName) -> Outcome:
    """Take a look out of the show and its file."""
    return await or_refused(desk.look_book.remove(look, origin=ORIGIN.get()))


@actions.add("look.undo", title="Undo the look", enabled=all_of(obs_is_there, _can_undo))
async def undo(desk: Desk) -> Outcome:
    """Put back what the last look changed, and its take while that is still on air."""
    return await desk.look_book.undo(origin=ORIGIN.get())
