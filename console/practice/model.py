"""The practice OBS's mind: Studio Mode, transitions, what is on air, outputs. Pure values in and out.

No clock (time comes in through `tick`, seconds on any monotonic scale), no I/O, no asyncio. It follows OBS Studio
29.0.2 as asked on the day, lies included; where it does not, the method's docstring says so.
"""

from collections.abc import Iterable
from dataclasses import replace

from console.practice.collecting import Collecting, Collection
from console.practice.misbehaviour import Misbehaviour
from console.practice.sources import renamed
from console.practice.values import (
    CUT,
    FADE,
    Event,
    Intent,
    Running,
    Shot,
)
from console.practice.wire import Refused, Status


class Studio(Collecting):
    """The whole studio. Call `tick(now_s)` before anything else; collect what happened with `take_events`.

    A method raises Refused with the status code that OBS gives.
    """

    def __init__(self) -> None:
        super().__init__()
        self.studio_mode = False
        self.program = ""  # what OBS names; what is on air is `on_air`
        self.preview: str | None = None
        self.on_air = Shot("")
        self.running: Running | None = None
        self.transitions = {one.name: one for one in (CUT, FADE)}
        self.transition = "Fade"
        self.duration_ms = 300
        self.disk_mb = 100_000.0
        self.canvases = ["Main"]
        self.drop_takes = 0  # how many of the next takes are lost as if a transition were running
        self.refuse_takes = 0  # how many of the next takes are refused
        self.pictures_stand_s: float | None = None  # when pictures began to stand still
        self.orders: list[Misbehaviour] = []  # what it was told to do wrong, not yet begun
        self._swap: str | None = None
        self._was_active: frozenset[str] = frozenset()
        self._was_showing: frozenset[str] = frozenset()

    # -- time and events

    def tick(self, now_s: float) -> None:
        """Go on to `now_s`: ends transitions and outputs' delays that are due, and notes what became active."""
        self.now_s = max(self.now_s, now_s)
        if self.running and self.running.ends_s is not None and self.now_s >= self.running.ends_s:
            self._end_transition()
        self._settle_outputs()
        self._open_what_is_due()
        self._note_active()
        self._end_what_ended()

    def next_due_s(self) -> float | None:
        """When `tick` has something to do next; None when nothing is due."""
        due = [*self._outputs_due_s(), *self._media_due_s(), *self._collections_due_s()]
        if self.running and self.running.ends_s is not None:
            due.append(self.running.ends_s)
        return min(due, default=None)

    @property
    def picture_s(self) -> float:
        """The time that pictures show."""
        return self.now_s if self.pictures_stand_s is None else self.pictures_stand_s

    def media_picture_s(self, name: str) -> float | None:
        """The time that a clip's picture shows; None when there is none (it has ended, or not begun)."""
        status = self.media_status(name)
        if status["mediaCursor"] is None:
            return None
        is_loop = self.inputs[name].settings.get("looping") is True
        return self.picture_s if is_loop or self.pictures_stand_s is not None else status["mediaCursor"] / 1000

    def take_events(self) -> list[Event]:
        """What happened since the last call, in order."""
        self._note_active()
        events, self._events = self._events, []
        return events

    # -- what is seen

    def active_inputs(self) -> frozenset[str]:
        """The inputs on air, both sides of a running transition; audio devices always."""
        coming = self.inputs_in(self.running.to) if self.running else frozenset()
        return self.devices | self.inputs_in(self.on_air) | coming

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
        changed = sorted(active ^ self._was_active)
        self._was_active, self._was_showing = active, showing
        for name in changed:
            if name in self.inputs:
                (self._came_on_air if name in active else self._left_air)(name)

    def _active(self) -> frozenset[str]:
        return self.active_inputs()

    # -- switching

    def take(self, scene: str, *, transition: str | None = None, duration_ms: int | None = None) -> None:
        """Move `scene` to program with the current transition, or with the scene's override.

        During a running transition in Studio Mode OBS loses it and says the opposite: the name changes, the
        picture does not. In direct mode the second take goes on air, as in OBS.
        """
        self.scene(scene)
        if self.refuse_takes > 0:
            self.refuse_takes -= 1
            raise Refused(Status.FAILED, "The practice OBS was told to refuse takes.")
        last, self.program = self.program, scene
        if self.studio_mode and last != self.preview:
            self._swap = last
        if self.running and self.running.is_parked:
            self.running = None
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
        fixed_ms = self.transitions[chosen].ms
        if fixed_ms is not None:
            return chosen, fixed_ms
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

        Even a bar at 0 begins one, and from then on OBS names the coming scene; taken back, it still does. OBS
        29.0.2 moves after the hand, and under a virtual display may never reach its end; this one is there at once.
        """
        self._needs_studio_mode()
        if self.running is None and self.preview:
            is_fixed = self.transitions[self._transition_for(self.preview, None, None)[0]].is_fixed
            self.take(self.preview, transition="Fade" if is_fixed else None)  # a cut cannot be held: OBS fades
        elif self.running is None or (self.running.ends_s is not None):
            return
        elif self.running.is_parked:
            self.program = self.preview or self.program
            self.tell("SceneTransitionStarted", Intent.TRANSITIONS, transitionName=self.running.name)
        if self.running:
            is_parked = release and position <= 0
            self.running = replace(self.running, ends_s=None, position=position, is_parked=is_parked)
        if position >= 1:
            self._end_transition()

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
        """Choose the transition for the next takes; told even when it changes nothing, as OBS does."""
        if name not in self.transitions:
            raise Refused(Status.NOT_FOUND, "No scene transition was found by that name.")
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

    # -- when sources come and go

    def _scene_came(self, name: str) -> None:
        if not self.program:
            self.program, self.on_air = name, Shot(name)

    def _scene_left(self, name: str, other: str) -> None:
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

    def _scene_renamed(self, old: str, new: str) -> None:
        self.program = new if self.program == old else self.program
        self.preview = new if self.preview == old else self.preview
        self._swap = new if self._swap == old else self._swap
        self._rename_in_shots(old, new)

    def _input_renamed(self, old: str, new: str) -> None:
        self._rename_in_shots(old, new)
        self._was_active = frozenset(new if name == old else name for name in self._was_active)
        self._was_showing = frozenset(new if name == old else name for name in self._was_showing)

    def _rename_in_shots(self, old: str, new: str) -> None:
        def again(shot: Shot) -> Shot:
            copy = None if shot.copy is None else renamed(shot.copy, old, new)
            return Shot(new if shot.scene == old else shot.scene, copy)

        self.on_air = again(self.on_air)
        if self.running:
            self.running = replace(self.running, to=again(self.running.to))

    def _held(self) -> Iterable[str]:
        """A private copy keeps its sources alive."""
        for shot in (self.on_air, *([self.running.to] if self.running else [])):
            yield from (item.source for item in shot.copy or ())

    # -- collections

    def _packed(self) -> Collection:
        return Collection(
            self.scenes,
            self.inputs,
            self._filters,
            self.transitions,
            self.program,
            self.transition,
            self.duration_ms,
        )

    def _unpack(self, collection: Collection) -> None:
        self.running, self._swap = None, None
        self._was_active, self._was_showing = frozenset(), frozenset()
        self._players = {}
        self.scenes, self.inputs, self._filters = collection.scenes, collection.inputs, collection.filters
        self._find_devices()
        self.transitions, self.transition = collection.transitions, collection.transition
        self.duration_ms = collection.duration_ms
        self.program = collection.program
        self.on_air = Shot(self.program, self.scenes[self.program].items if self.studio_mode else None)
        self.preview = self.program if self.studio_mode else None
        for input in self.inputs.values():
            self._loaded(input)

    def _tell_all_came(self) -> None:
        super()._tell_all_came()
        self.tell("CurrentProgramSceneChanged", Intent.SCENES, sceneName=self.program)
