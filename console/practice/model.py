"""The practice OBS's mind: scenes, items, inputs, Studio Mode, transitions and outputs. Pure values in and out.

No clock (time comes in through `tick`, seconds on any monotonic scale), no I/O, no asyncio. It follows OBS Studio
29.0.2 as asked on the day, lies included; where it does not, the method's docstring says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntFlag
from typing import Any, Final

from console.practice.wire import Refused, Status

CANVAS: Final = (1280, 720)
OUTPUT_DELAY_S: Final = 0.05  # how long a stream or recording takes to start and to stop
AUDIO_KINDS: Final = frozenset({"ffmpeg_source", "pulse_input_capture", "pulse_output_capture"})
INPUT_KINDS: Final = (
    "image_source",
    "color_source_v3",
    "pulse_input_capture",
    "pulse_output_capture",
    "ffmpeg_source",
    "text_ft2_source_v2",
)
DEFAULT_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "color_source_v3": {"color": 4291940817, "width": 1920, "height": 1080},
    "ffmpeg_source": {
        "buffering_mb": 2,
        "clear_on_media_end": True,
        "is_local_file": True,
        "reconnect_delay_sec": 10,
        "restart_on_activate": True,
        "speed_percent": 100,
    },
    "text_ft2_source_v2": {"color1": 4294967295, "color2": 4294967295, "word_wrap": False},
}
FIXED_TRANSITIONS: Final = frozenset({"Cut"})
TRANSITION_KINDS: Final = {"Cut": "cut_transition", "Fade": "fade_transition"}


class Intent(IntFlag):
    """Event subscription bits of obs-websocket 5."""

    GENERAL = 1 << 0
    CONFIG = 1 << 1
    SCENES = 1 << 2
    INPUTS = 1 << 3
    TRANSITIONS = 1 << 4
    FILTERS = 1 << 5
    OUTPUTS = 1 << 6
    SCENE_ITEMS = 1 << 7
    MEDIA_INPUTS = 1 << 8
    VENDORS = 1 << 9
    UI = 1 << 10
    ALL = 2047  # what a client gets that does not say
    INPUT_VOLUME_METERS = 1 << 16
    INPUT_ACTIVE_STATE = 1 << 17
    INPUT_SHOW_STATE = 1 << 18
    SCENE_ITEM_TRANSFORM = 1 << 19


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that clients are told, if they subscribed to its intent."""

    type: str
    intent: Intent
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Transform:
    """Where an item lies on the canvas; pixels of the canvas, crop in pixels of the source."""

    positionX: float = 0.0  # noqa: N815 - the wire's own names, so that one loop reads and writes them
    positionY: float = 0.0  # noqa: N815
    scaleX: float = 1.0  # noqa: N815
    scaleY: float = 1.0  # noqa: N815
    rotation: float = 0.0
    alignment: int = 5  # left | top
    boundsType: str = "OBS_BOUNDS_NONE"  # noqa: N815
    boundsAlignment: int = 0  # noqa: N815
    boundsWidth: float = 0.0  # noqa: N815
    boundsHeight: float = 0.0  # noqa: N815
    cropLeft: int = 0  # noqa: N815
    cropRight: int = 0  # noqa: N815
    cropTop: int = 0  # noqa: N815
    cropBottom: int = 0  # noqa: N815


FULL: Final = Transform(boundsType="OBS_BOUNDS_SCALE_INNER", boundsWidth=CANVAS[0], boundsHeight=CANVAS[1])


@dataclass(frozen=True, slots=True)
class Item:
    """One source in a scene. Items are listed bottom first."""

    id: int
    source: str
    is_enabled: bool = True
    transform: Transform = Transform()


@dataclass(slots=True)
class Scene:
    """A scene or a group."""

    name: str
    items: tuple[Item, ...] = ()
    is_group: bool = False
    next_id: int = 1
    override: tuple[str | None, int | None] = (None, None)  # transition, duration in ms


@dataclass(slots=True)
class Input:
    """One input. `special` names the audio device slot it fills ("mic1"): such inputs are always active."""

    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    is_muted: bool = False
    volume_mul: float = 1.0
    special: str = ""

    @property
    def has_audio(self) -> bool:
        """True when it has a fader in the mixer."""
        return self.kind in AUDIO_KINDS


@dataclass(frozen=True, slots=True)
class Shot:
    """What a bus shows: a scene by name, in Studio Mode as the private copy that was made when it was taken."""

    scene: str
    copy: tuple[Item, ...] | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A transition on its way to `to`. `ends_s` is None while a hand holds the T-bar."""

    name: str
    to: Shot
    begun_s: float
    ends_s: float | None


@dataclass(slots=True)
class Output:
    """The stream or the recording: its state only, nothing is sent or written."""

    name: str  # "Stream" or "Record", as in the event's name
    state: str = "OBS_WEBSOCKET_OUTPUT_STOPPED"
    since_s: float = 0.0
    due_s: float | None = None

    @property
    def is_active(self) -> bool:
        """True from the first moment that OBS would call it active."""
        return self.state in ("OBS_WEBSOCKET_OUTPUT_STARTED", "OBS_WEBSOCKET_OUTPUT_STOPPING")


class Studio:
    """The whole studio. Call `tick(now_s)` before anything else; collect what happened with `take_events`.

    A method raises Refused with the status code that OBS gives.
    """

    def __init__(self) -> None:
        self.now_s = 0.0
        self.scenes: dict[str, Scene] = {}  # in the window's order, top first
        self.inputs: dict[str, Input] = {}
        self.studio_mode = False
        self.program = ""  # what OBS names; what is on air is `on_air`
        self.preview: str | None = None
        self.on_air = Shot("")
        self.running: Running | None = None
        self.transition = "Fade"
        self.duration_ms = 300
        self.stream = Output("Stream")
        self.record = Output("Record")
        self.drop_takes = 0  # how many of the next takes are lost as if a transition were running
        self._swap: str | None = None
        self._events: list[Event] = []
        self._was_active: frozenset[str] = frozenset()
        self._was_showing: frozenset[str] = frozenset()

    # -- time and events

    def tick(self, now_s: float) -> None:
        """Go on to `now_s`: ends transitions and outputs' delays that are due, and notes what became active."""
        self.now_s = max(self.now_s, now_s)
        if self.running and self.running.ends_s is not None and self.now_s >= self.running.ends_s:
            self._end_transition()
        for output in (self.stream, self.record):
            if output.due_s is not None and self.now_s >= output.due_s:
                self._settle(output)
        self._note_active()

    def next_due_s(self) -> float | None:
        """When `tick` has something to do next; None when nothing is due."""
        due = [self.running.ends_s if self.running else None, self.stream.due_s, self.record.due_s]
        return min((at for at in due if at is not None), default=None)

    def take_events(self) -> list[Event]:
        """What happened since the last call, in order."""
        self._note_active()
        events, self._events = self._events, []
        return events

    def tell(self, type: str, intent: Intent, /, **data: Any) -> None:
        """Note an event."""
        self._events.append(Event(type, intent, data))

    # -- what is seen

    def inputs_in(self, shot: Shot | None) -> frozenset[str]:
        """The inputs that a bus shows: enabled items, nested scenes and groups included."""
        if shot is None:
            return frozenset()
        scene = self.scenes.get(shot.scene)
        items = shot.copy if shot.copy is not None else scene.items if scene else ()
        return frozenset(self._inputs_of(items, frozenset({shot.scene})))

    def _inputs_of(self, items: tuple[Item, ...], seen: frozenset[str]) -> Iterator[str]:
        for item in items:
            if not item.is_enabled or item.source in seen:
                continue
            if item.source in self.inputs:
                yield item.source
            elif nested := self.scenes.get(item.source):
                yield from self._inputs_of(nested.items, seen | {item.source})

    def active_inputs(self) -> frozenset[str]:
        """The inputs on air, both sides of a running transition; audio devices always."""
        special = frozenset(name for name, input in self.inputs.items() if input.special)
        coming = self.inputs_in(self.running.to) if self.running else frozenset()
        return special | self.inputs_in(self.on_air) | coming

    def showing_inputs(self) -> frozenset[str]:
        """The inputs that are on air or on preview."""
        preview = Shot(self.preview) if self.studio_mode and self.preview else None
        return self.active_inputs() | self.inputs_in(preview)

    def is_active(self, source: str) -> bool:
        """What GetSourceActive says: in Studio Mode false for every top scene, since the program is a private copy."""
        if source in self.inputs:
            return source in self.active_inputs()
        shots = [self.on_air, *([self.running.to] if self.running else [])]
        return any(shot.copy is None and shot.scene == source for shot in shots) or any(
            self._nests(shot, source) for shot in shots
        )

    def is_showing(self, source: str) -> bool:
        """What GetSourceActive says of showing: on air or on preview."""
        if source in self.inputs:
            return source in self.showing_inputs()
        preview = Shot(self.preview) if self.studio_mode and self.preview else None
        return self.is_active(source) or (
            preview is not None and (preview.scene == source or self._nests(preview, source))
        )

    def _nests(self, shot: Shot, source: str) -> bool:
        scene = self.scenes.get(shot.scene)
        items = shot.copy if shot.copy is not None else scene.items if scene else ()
        return any(
            item.is_enabled and (item.source == source or self._nests(Shot(item.source), source))
            for item in items
            if item.source in self.scenes
        )

    def _note_active(self) -> None:
        active, showing = self.active_inputs(), self.showing_inputs()
        for name in sorted(showing ^ self._was_showing):
            if name in self.inputs:
                intent = Intent.INPUT_SHOW_STATE
                self.tell("InputShowStateChanged", intent, inputName=name, videoShowing=name in showing)
        for name in sorted(active ^ self._was_active):
            if name in self.inputs:
                intent = Intent.INPUT_ACTIVE_STATE
                self.tell("InputActiveStateChanged", intent, inputName=name, videoActive=name in active)
        self._was_active, self._was_showing = active, showing

    # -- switching

    def take(self, scene: str, *, transition: str | None = None, duration_ms: int | None = None) -> None:
        """Move `scene` to program with the current transition, or with the scene's override.

        During a running transition in Studio Mode OBS loses it and says the opposite: the name changes, the
        picture does not. In direct mode the second take goes on air, as in OBS.
        """
        self.scene(scene)
        last, self.program = self.program, scene
        if self.studio_mode and last != self.preview:
            self._swap = last
        is_lost = self.studio_mode and self.running is not None
        if self.drop_takes > 0:
            self.drop_takes -= 1
            self.tell("CurrentProgramSceneChanged", Intent.SCENES, sceneName=scene)
            return
        if is_lost:
            return
        if self.running:  # direct mode: what was coming is where the new transition begins
            self.on_air = self.running.to
        name, for_ms = self._transition_for(scene, transition, duration_ms)
        shot = Shot(scene, self.scenes[scene].items if self.studio_mode else None)
        self.running = Running(name, shot, self.now_s, self.now_s + for_ms / 1000)
        self.tell("SceneTransitionStarted", Intent.TRANSITIONS, transitionName=name)
        self._note_active()
        if for_ms == 0:
            self._end_transition()

    def _transition_for(self, scene: str, name: str | None, duration_ms: int | None) -> tuple[str, int]:
        own_name, own_ms = self.scenes[scene].override
        chosen = name or own_name or self.transition
        if chosen in FIXED_TRANSITIONS:
            return chosen, 0
        return chosen, duration_ms or (own_ms if own_name else None) or self.duration_ms

    def _end_transition(self) -> None:
        running, self.running = self.running, None
        if running is None:
            return
        self.on_air = running.to
        self.tell("SceneTransitionVideoEnded", Intent.TRANSITIONS, transitionName=running.name)
        swap, self._swap = self._swap, None
        if self.studio_mode and swap in self.scenes and swap != self.preview:
            self.set_preview(swap)
        self.tell("CurrentProgramSceneChanged", Intent.SCENES, sceneName=self.program)
        self.tell("SceneTransitionEnded", Intent.TRANSITIONS, transitionName=running.name)
        self._forget_unused(list(self.inputs))
        self._note_active()

    def set_preview(self, scene: str) -> None:
        """Put `scene` on preview. Refused with 506 outside Studio Mode."""
        self._needs_studio_mode()
        self.scene(scene)
        if scene != self.preview:
            self.preview = scene
            self.tell("CurrentPreviewSceneChanged", Intent.SCENES, sceneName=scene)

    def trigger(self) -> None:
        """Take whatever is on preview now. Refused with 506 outside Studio Mode."""
        self._needs_studio_mode()
        if self.preview:
            self.take(self.preview)

    def move_t_bar(self, position: float, *, release: bool) -> None:
        """Hold the transition at `position` 0..1; 1 ends it, 0 with release takes it back.

        OBS 29.0.2 under a virtual display sends no end events for a T-bar at 1; this one does.
        """
        self._needs_studio_mode()
        if self.running is None and position > 0 and self.preview:
            self.take(self.preview)
            self._hold()
        elif self.running is None or self.running.ends_s is not None:
            return
        if position >= 1:
            self._end_transition()
        elif position <= 0 and release:
            self.running, self._swap = None, None
            self.program = self.on_air.scene

    def _hold(self) -> None:
        if self.running:
            self.running = replace(self.running, ends_s=None)

    def set_studio_mode(self, on: bool) -> None:
        """Studio Mode on (program becomes a private copy, preview the same scene) or off."""
        if on == self.studio_mode:
            return
        self.studio_mode = on
        self.running, self._swap = None, None
        if on:
            self.preview = self.program
            self.on_air = Shot(self.program, self.scenes[self.program].items)
        else:
            self.preview = None
            self.on_air = Shot(self.program)
        self.tell("StudioModeStateChanged", Intent.UI, studioModeEnabled=on)

    def set_transition(self, name: str) -> None:
        """Choose the transition for the next takes."""
        if name not in TRANSITION_KINDS:
            raise Refused(Status.NOT_FOUND, "No scene transition was found by that name.")
        if name != self.transition:
            self.transition = name
            self.tell("CurrentSceneTransitionChanged", Intent.TRANSITIONS, transitionName=name)

    def set_duration(self, duration_ms: int) -> None:
        """How long the next takes last; OBS keeps it for Cut too, where it means nothing."""
        if duration_ms != self.duration_ms:
            self.duration_ms = duration_ms
            type = "CurrentSceneTransitionDurationChanged"
            self.tell(type, Intent.TRANSITIONS, transitionDuration=duration_ms)

    def _needs_studio_mode(self) -> None:
        if not self.studio_mode:
            raise Refused(Status.STUDIO_MODE_NOT_ACTIVE)

    # -- scenes, items, inputs

    def scene(self, name: str, *, or_group: bool = False) -> Scene:
        """The scene of that name. Refused with 600 (nothing of that name) or 602 (not a scene)."""
        found = self.scenes.get(name)
        if found is None and name not in self.inputs:
            raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{name}`.")
        if found is None or (found.is_group and not or_group):
            raise Refused(Status.WRONG_TYPE_OF_RESOURCE, "The specified source is not a scene.")
        return found

    def input(self, name: str, *, with_audio: bool = False) -> Input:
        """The input of that name. Refused with 600, 602 (not an input) or 604 (has no audio)."""
        found = self.inputs.get(name)
        if found is None and name not in self.scenes:
            raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{name}`.")
        if found is None:
            raise Refused(Status.WRONG_TYPE_OF_RESOURCE, "The specified source is not an input.")
        if with_audio and not found.has_audio:
            raise Refused(Status.WRONG_STATE_OF_RESOURCE, "The specified input does not support audio.")
        return found

    def scene_list(self) -> list[dict[str, Any]]:
        """The scenes as OBS lists them: the window's bottom first, `sceneIndex` counted from there."""
        names = [name for name, scene in self.scenes.items() if not scene.is_group]
        return [{"sceneIndex": i, "sceneName": name} for i, name in enumerate(reversed(names))]

    def add_scene(self, name: str, *, is_group: bool = False) -> Scene:
        """A new, empty scene at the bottom of the window's list. Refused with 601 when the name is taken."""
        if name in self.scenes or name in self.inputs:
            raise Refused(Status.EXISTS, "A source already exists by that scene name.")
        scene = self.scenes[name] = Scene(name, is_group=is_group)
        if not self.program and not is_group:
            self.program, self.on_air = name, Shot(name)
        if not is_group:
            self._tell_scene_list()
        self.tell("SceneCreated", Intent.SCENES, sceneName=name, isGroup=is_group)
        return scene

    def remove_scene(self, name: str) -> None:
        """Take a scene away. One that is on a bus gives way to another, at once.

        Refused with 603 for the last one; OBS 29.0.2 really removes it and then has no program at all.
        """
        self.scene(name)
        others = [other for other, scene in self.scenes.items() if other != name and not scene.is_group]
        if not others:
            raise Refused(Status.NOT_ENOUGH, "You cannot remove the last scene in the collection.")
        items = self.scenes.pop(name).items
        self.tell("SceneRemoved", Intent.SCENES, sceneName=name, isGroup=False)
        for scene in self.scenes.values():
            for item in [item for item in scene.items if item.source == name]:
                self._drop_item(scene, item)
        self._leave_buses(name, others[0])
        self._tell_scene_list()
        self._forget_unused(item.source for item in items)

    def _leave_buses(self, name: str, other: str) -> None:
        if self._swap == name:
            self._swap = None
        if self.running and self.running.to.scene == name and self.running.to.copy is None:
            self.running = None
        if self.on_air.scene == name and self.on_air.copy is None:
            self.on_air = Shot(other)
        if self.program == name:
            self.program = other
            self.tell("CurrentProgramSceneChanged", Intent.SCENES, sceneName=other)
        if self.preview == name:
            self.set_preview(other)

    def rename_scene(self, old: str, new: str) -> None:
        """Give a scene another name. Refused with 601 when it is taken."""
        self.scene(old)
        if new in self.scenes or new in self.inputs:
            raise Refused(Status.EXISTS, "A source already exists by that new scene name.")
        self.scenes = {new if name == old else name: scene for name, scene in self.scenes.items()}
        self.scenes[new].name = new
        self._rename_in_items(old, new)
        self.program = new if self.program == old else self.program
        self.preview = new if self.preview == old else self.preview
        self._swap = new if self._swap == old else self._swap
        if self.on_air.scene == old:
            self.on_air = replace(self.on_air, scene=new)
        if self.running and self.running.to.scene == old:
            self.running = replace(self.running, to=replace(self.running.to, scene=new))
        self.tell("SceneNameChanged", Intent.SCENES, oldSceneName=old, sceneName=new)

    def _rename_in_items(self, old: str, new: str) -> None:
        def renamed(items: tuple[Item, ...]) -> tuple[Item, ...]:
            return tuple(replace(item, source=new) if item.source == old else item for item in items)

        for scene in self.scenes.values():
            scene.items = renamed(scene.items)
        if self.on_air.copy is not None:
            self.on_air = replace(self.on_air, copy=renamed(self.on_air.copy))
        if self.running and self.running.to.copy is not None:
            to = replace(self.running.to, copy=renamed(self.running.to.copy))
            self.running = replace(self.running, to=to)

    def add_input(self, scene: str, name: str, kind: str, settings: dict[str, Any], *, is_enabled: bool = True) -> Item:
        """A new input on top of `scene`. Refused with 601 (name taken) or 605 (kind unknown)."""
        self.scene(scene, or_group=True)
        if name in self.inputs or name in self.scenes:
            raise Refused(Status.EXISTS, "A source already exists by that input name.")
        if kind not in INPUT_KINDS:
            raise Refused(
                Status.WRONG_INPUT_KIND,
                "Your specified input kind is not supported by OBS. Check that your specified kind is properly "
                "versioned and that any necessary plugins are loaded.",
            )
        self.inputs[name] = Input(name, kind, dict(settings))
        self.tell(
            "InputCreated",
            Intent.INPUTS,
            inputName=name,
            inputKind=kind,
            unversionedInputKind=unversioned(kind),
            inputSettings=dict(settings),
            defaultInputSettings=DEFAULT_SETTINGS.get(kind, {}),
        )
        return self.add_item(scene, name, is_enabled=is_enabled)

    def remove_input(self, name: str) -> None:
        """Take an input away, and out of every scene."""
        self.input(name)
        del self.inputs[name]
        self.tell("InputRemoved", Intent.INPUTS, inputName=name)
        for scene in self.scenes.values():
            for item in [item for item in scene.items if item.source == name]:
                self._drop_item(scene, item)

    def rename_input(self, old: str, new: str) -> None:
        """Give an input another name. Refused with 601 when it is taken."""
        self.input(old)
        if new in self.scenes or new in self.inputs:
            raise Refused(Status.EXISTS, "A source already exists by that new input name.")
        self.inputs = {new if name == old else name: input for name, input in self.inputs.items()}
        self.inputs[new].name = new
        self._rename_in_items(old, new)
        self._was_active = frozenset(new if name == old else name for name in self._was_active)
        self._was_showing = frozenset(new if name == old else name for name in self._was_showing)
        self.tell("InputNameChanged", Intent.INPUTS, oldInputName=old, inputName=new)

    def set_muted(self, name: str, is_muted: bool) -> None:
        """Mute or open an input; told even when it changes nothing, as OBS does."""
        self.input(name, with_audio=True).is_muted = is_muted
        self.tell("InputMuteStateChanged", Intent.INPUTS, inputName=name, inputMuted=is_muted)

    def add_item(self, scene: str, source: str, *, is_enabled: bool = True, transform: Transform = Transform()) -> Item:
        """`source` once more on top of `scene`. Refused with 703 when the scene would contain itself."""
        target = self.scene(scene, or_group=True)
        if source not in self.inputs and source not in self.scenes:
            raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{source}`.")
        if source == scene or self._nests(Shot(source), scene):
            raise Refused(Status.CANNOT_ACT, "You cannot create scene item of a scene within itself.")
        item = Item(target.next_id, source, is_enabled, transform)
        target.next_id += 1
        target.items = (*target.items, item)
        self.tell(
            "SceneItemCreated",
            Intent.SCENE_ITEMS,
            sceneName=scene,
            sourceName=source,
            sceneItemId=item.id,
            sceneItemIndex=len(target.items) - 1,
        )
        return item

    def item(self, scene: str, id: int) -> Item:
        """The item of that id. Refused with 600 when the scene has none."""
        for item in self.scene(scene, or_group=True).items:
            if item.id == id:
                return item
        raise Refused(Status.NOT_FOUND, f"No scene items were found in scene `{scene}` with the ID `{id}`.")

    def put_item(self, scene: str, item: Item) -> None:
        """Replace the item that has this item's id."""
        target = self.scenes[scene]
        target.items = tuple(item if old.id == item.id else old for old in target.items)

    def remove_item(self, scene: str, id: int) -> None:
        """Take an item out; an input that nothing shows any more is gone, as in OBS.

        In Studio Mode the copy on air keeps showing it until the next take, as it does not show what is added.
        """
        item = self.item(scene, id)
        self._drop_item(self.scenes[scene], item)
        self._forget_unused([item.source])

    def _drop_item(self, scene: Scene, item: Item) -> None:
        scene.items = tuple(other for other in scene.items if other.id != item.id)
        self.tell(
            "SceneItemRemoved",
            Intent.SCENE_ITEMS,
            sceneName=scene.name,
            sourceName=item.source,
            sceneItemId=item.id,
        )

    def _forget_unused(self, names: Iterator[str] | list[str]) -> None:
        used = {item.source for scene in self.scenes.values() for item in scene.items}
        for shot in (self.on_air, *([self.running.to] if self.running else [])):
            used |= {item.source for item in shot.copy or ()}  # a private copy keeps its sources alive
        for name in names:
            input = self.inputs.get(name)
            if input and not input.special and name not in used:
                del self.inputs[name]
                self.tell("InputRemoved", Intent.INPUTS, inputName=name)

    def _tell_scene_list(self) -> None:
        self.tell("SceneListChanged", Intent.SCENES, scenes=self.scene_list())

    # -- outputs

    def start(self, output: Output) -> None:
        """Begin to stream or record: the state only. Refused with 500 when it runs; twice is fine while it starts."""
        if output.is_active:
            raise Refused(Status.OUTPUT_RUNNING)
        if output.due_s is not None:
            return
        self._move(output, "OBS_WEBSOCKET_OUTPUT_STARTING")
        output.due_s = self.now_s + OUTPUT_DELAY_S

    def stop(self, output: Output) -> None:
        """End it. Refused with 501 when it does not run."""
        if not output.is_active:
            raise Refused(Status.OUTPUT_NOT_RUNNING)
        self._move(output, "OBS_WEBSOCKET_OUTPUT_STOPPING")
        output.due_s = self.now_s + OUTPUT_DELAY_S

    def _settle(self, output: Output) -> None:
        output.due_s = None
        output.since_s = self.now_s
        was_starting = output.state == "OBS_WEBSOCKET_OUTPUT_STARTING"
        self._move(output, f"OBS_WEBSOCKET_OUTPUT_{'STARTED' if was_starting else 'STOPPED'}")

    def _move(self, output: Output, state: str) -> None:
        output.state = state
        data: dict[str, Any] = {"outputActive": output.is_active, "outputState": state}
        if output.name == "Record":
            data["outputPath"] = None
        self.tell(f"{output.name}StateChanged", Intent.OUTPUTS, **data)


def unversioned(kind: str) -> str:
    """An input kind without its version: "color_source_v3" is "color_source"."""
    head, mark, tail = kind.rpartition("_v")
    return head if mark and tail.isdigit() else kind
