"""The switcher's model: OBS's events folded into a value. Pure: no clock, no I/O; events may be any junk.

`fold` notes what OBS says; `settle` decides what of it is proved (scenes.taking.proof).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from scenes.outputs.state import OUTPUT_STATES
from scenes.state import Scene, Switcher
from scenes.taking.proof import Finding, Verdict, arrival, judge, universe

Data = dict[str, Any]

LOADING: Final = "CurrentSceneCollectionChanging"
VIDEO_ENDED: Final = "SceneTransitionVideoEnded"  # the true end where SceneTransitionEnded does not come (stingers)
RESTLESS: Final = frozenset(
    "CurrentProgramSceneChanged SceneTransitionStarted SceneTransitionEnded InputActiveStateChanged".split()
)  # after these, what is on air is judged again


@dataclass(frozen=True, slots=True)
class Model:
    """What is shown, and what it is judged by. `aired`: the proved scene and what was active when it was proved.

    `arrived`: what became active since the last transition began; `is_landed`: OBS told that transition's end.
    """

    shown: Switcher = Switcher()
    active: frozenset[str] = frozenset()
    aired: tuple[str, frozenset[str]] | None = None
    arrived: frozenset[str] = frozenset()
    is_landed: bool = False
    transition_since_ns: int = 0
    cut_name: str | None = None  # what OBS calls its Cut, in its own language
    fade_name: str | None = None  # and its Fade
    black_scene: str | None = None  # the scene of fade to black
    previous: str | None = None  # what was proved on air before `shown.program`

    def showing(self, **changes: Any) -> "Model":
        """The same model with other values shown."""
        return replace(self, shown=replace(self.shown, **changes))

    @property
    def verdict(self) -> Verdict:
        """What of the claim is proved now, were everything settled."""
        return judge(self.shown.scenes, self.active, self.shown.claimed, aired=self.aired)

    @property
    def has_arrived(self) -> bool:
        """What OBS names is what came with the transition that has just ended."""
        claimed = self.shown.claimed
        return (
            self.is_landed and claimed is not None and arrival(self.shown.scenes, self.active, self.arrived) == claimed
        )

    def scene(self, name: str) -> Scene | None:
        """The scene of that name, if OBS has it."""
        return next((scene for scene in self.shown.scenes if scene.name == name), None)


def fold(model: Model, event: str, data: Data, *, at_ns: int) -> Model:
    """The model after one event; unknown events and broken ones change nothing."""
    handler = _HANDLERS.get(event)
    return handler(model, data, at_ns) if handler else model


def settle(model: Model, *, at_ns: int, is_final: bool) -> Model:
    """The model with `program` as far as proved.

    Until `is_final` only a proof counts, and what was proved stays: a transition is still on its way. Then
    what is contradicted or cannot be told is no longer shown as proved.
    """
    if model.shown.in_transition and not is_final:
        return model
    verdict = model.verdict
    if verdict.finding is Finding.PROVED and verdict.program is not None:
        shown = model.active & universe(model.shown.scenes)
        return _black(replace(_program(model, verdict.program, at_ns), aired=(verdict.program, shown)))
    if not is_final and model.has_arrived:
        return _black(_program(model, model.shown.claimed, at_ns))
    if verdict.finding is Finding.CLAIMED or is_final:
        return _black(replace(_program(model, verdict.program, at_ns), aired=None))
    return model


def _black(model: Model) -> Model:
    """Black is on air, or OBS says so and another scene shows nothing either."""
    on_air = model.shown.program
    if on_air is None and model.verdict.finding is Finding.CLAIMED:
        on_air = model.shown.claimed
    is_black = on_air is not None and on_air == model.black_scene
    return model if model.shown.is_black is is_black else model.showing(is_black=is_black)


def offline(model: Model) -> Model:
    """The model when OBS is not heard: scenes and outputs as last known, nothing is proved."""
    preview = None if model.shown.studio_mode else model.shown.preview  # outside it, the console's own choice
    calm = model.showing(program=None, claimed=None, preview=preview, in_transition=False, t_bar=None)
    return replace(calm, active=frozenset(), aired=None, arrived=frozenset(), is_landed=False)


def adopted(old: Model, fresh: Model) -> Model:
    """`fresh` as read from OBS, with what only the console knows: the take, what was proved, since when."""
    since = old.shown.on_air_since_mono_ns or fresh.shown.on_air_since_mono_ns
    kept = fresh.showing(
        take=old.shown.take,
        program=old.shown.program,
        program_since_mono_ns=old.shown.program_since_mono_ns,
        on_air_since_mono_ns=since if fresh.shown.on_air else None,
        preview=_preview_of(old, fresh),
        t_bar=old.shown.t_bar,
        in_transition=fresh.shown.in_transition or old.shown.t_bar is not None,
        safe_scene=old.shown.safe_scene if fresh.scene(old.shown.safe_scene or "") else fresh.shown.safe_scene,
        black_scene=old.shown.black_scene,
        is_black=old.shown.is_black,
        backup=old.shown.backup,
    )
    return replace(
        kept,
        aired=old.aired,
        transition_since_ns=old.transition_since_ns,
        black_scene=old.black_scene,
        previous=old.previous,
    )


def _preview_of(old: Model, fresh: Model) -> str | None:
    """Outside Studio Mode OBS has no preview: the console keeps its own, under the name that the scene has now."""
    if fresh.shown.studio_mode or old.shown.studio_mode or old.shown.preview is None:
        return fresh.shown.preview
    chosen = old.scene(old.shown.preview)
    if chosen is None or fresh.scene(chosen.name) is not None:
        return old.shown.preview
    return next((scene.name for scene in fresh.shown.scenes if scene.uuid and scene.uuid == chosen.uuid), None)


def _program(model: Model, program: str | None, at_ns: int) -> Model:
    if model.shown.program == program:
        return model
    previous = model.shown.program or model.previous
    return replace(model.showing(program=program, program_since_mono_ns=at_ns), previous=previous)


def _text(data: Data, key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) else None


def _program_changed(model: Model, data: Data, at_ns: int) -> Model:
    name = _text(data, "sceneName")
    return model.showing(claimed=name) if name else model


def _preview_changed(model: Model, data: Data, at_ns: int) -> Model:
    return model.showing(preview=_text(data, "sceneName")) if model.shown.studio_mode else model


def _studio_mode_changed(model: Model, data: Data, at_ns: int) -> Model:
    on = data.get("studioModeEnabled")
    if not isinstance(on, bool):
        return model
    is_known = on and model.shown.studio_mode  # else it was the console's own, or there is none
    return model.showing(studio_mode=on, preview=model.shown.preview if is_known else None, t_bar=None)


def _transition_started(model: Model, data: Data, at_ns: int) -> Model:
    calm = replace(model, arrived=frozenset(), is_landed=False)
    return replace(calm.showing(in_transition=True), transition_since_ns=at_ns)


def _transition_ended(model: Model, data: Data, at_ns: int) -> Model:
    return replace(model.showing(in_transition=False, t_bar=None), is_landed=True)


def _duration_changed(model: Model, data: Data, at_ns: int) -> Model:
    duration = data.get("transitionDuration")
    return model.showing(transition_ms=duration) if type(duration) is int else model


def _active_changed(model: Model, data: Data, at_ns: int) -> Model:
    name, on = _text(data, "inputName"), data.get("videoActive")
    if name is None or not isinstance(on, bool):
        return model
    if on:
        return replace(model, active=model.active | {name}, arrived=model.arrived | {name})
    return replace(model, active=model.active - {name}, arrived=model.arrived - {name})


def _mute_changed(model: Model, data: Data, at_ns: int) -> Model:
    name, on = _text(data, "inputName"), data.get("inputMuted")
    if name is None or not isinstance(on, bool):
        return model
    muted = model.shown.muted_inputs
    return model.showing(muted_inputs=muted | {name} if on else muted - {name})


def _output(which: str) -> "Callable[[Model, Data, int], Model]":
    def changed(model: Model, data: Data, at_ns: int) -> Model:
        state = OUTPUT_STATES.get(_text(data, "outputState") or "")
        if state is None:
            return model
        after = model.showing(**{which: state})
        if not after.shown.on_air:
            return after.showing(on_air_since_mono_ns=None)
        return after if model.shown.on_air else after.showing(on_air_since_mono_ns=at_ns)

    return changed


_HANDLERS: Final[dict[str, Callable[[Model, Data, int], Model]]] = {
    "CurrentProgramSceneChanged": _program_changed,
    "CurrentPreviewSceneChanged": _preview_changed,
    "StudioModeStateChanged": _studio_mode_changed,
    "SceneTransitionStarted": _transition_started,
    "SceneTransitionEnded": _transition_ended,
    "CurrentSceneTransitionDurationChanged": _duration_changed,
    "InputActiveStateChanged": _active_changed,
    "InputMuteStateChanged": _mute_changed,
    "StreamStateChanged": _output("stream"),
    "RecordStateChanged": _output("record"),
}

FOLDED: Final = frozenset(_HANDLERS)
