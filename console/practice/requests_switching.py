"""Answers about program, preview and transitions. Pure."""

from console.practice.model import Studio
from console.practice.registry import Data, answers
from console.practice.values import TRANSITION_KINDS, Transition
from console.practice.wire import Fields, Refused, Status


@answers
def get_scene_list(studio: Studio, _: Fields) -> Data:
    """All scenes, the window's bottom first."""
    return {
        "currentProgramSceneName": studio.program,
        "currentPreviewSceneName": studio.preview,
        "scenes": studio.scene_list(),
    }


@answers
def get_group_list(studio: Studio, _: Fields) -> Data:
    """The names of all groups."""
    return {"groups": [name for name, scene in studio.scenes.items() if scene.is_group]}


@answers
def get_current_program_scene(studio: Studio, _: Fields) -> Data:
    """What OBS names, which is not always what is on air."""
    return {"currentProgramSceneName": studio.program}


@answers
def set_current_program_scene(studio: Studio, fields: Fields) -> None:
    """Take a scene."""
    studio.take(studio.scene(fields.text("sceneName")).name)


@answers
def get_current_preview_scene(studio: Studio, _: Fields) -> Data:
    """What is on preview."""
    if studio.preview is None:
        raise Refused(Status.STUDIO_MODE_NOT_ACTIVE)
    return {"currentPreviewSceneName": studio.preview}


@answers
def set_current_preview_scene(studio: Studio, fields: Fields) -> None:
    """Put a scene on preview."""
    if not studio.studio_mode:
        raise Refused(Status.STUDIO_MODE_NOT_ACTIVE)
    studio.set_preview(fields.text("sceneName"))


@answers
def get_studio_mode_enabled(studio: Studio, _: Fields) -> Data:
    """Whether there is a preview."""
    return {"studioModeEnabled": studio.studio_mode}


@answers
def set_studio_mode_enabled(studio: Studio, fields: Fields) -> None:
    """Studio Mode on or off."""
    studio.set_studio_mode(fields.flag("studioModeEnabled"))


@answers
def trigger_studio_mode_transition(studio: Studio, _: Fields) -> None:
    """Take what is on preview."""
    studio.trigger()


@answers
def set_t_bar_position(studio: Studio, fields: Fields) -> None:
    """Move the T-bar."""
    position = fields.number("position", 0, 1)
    studio.move_t_bar(position, release=fields.flag("release") if fields.has("release") else True)


def _transition(transition: Transition) -> Data:
    return {
        "transitionName": transition.name,
        "transitionKind": transition.kind,
        "transitionFixed": transition.is_fixed,
        "transitionConfigurable": transition.is_stinger,
    }


@answers
def get_transition_kind_list(studio: Studio, _: Fields) -> Data:
    """The kinds there are."""
    return {"transitionKinds": list(TRANSITION_KINDS)}


@answers
def get_scene_transition_list(studio: Studio, _: Fields) -> Data:
    """The transitions to choose from."""
    return {
        "currentSceneTransitionName": studio.transition,
        "currentSceneTransitionKind": studio.transitions[studio.transition].kind,
        "transitions": [_transition(one) for one in studio.transitions.values()],
    }


@answers
def get_current_scene_transition(studio: Studio, _: Fields) -> Data:
    """The chosen transition; a fixed one has no duration."""
    chosen = studio.transitions[studio.transition]
    duration = None if chosen.is_fixed else studio.duration_ms
    settings = dict(chosen.settings) if chosen.is_stinger else None
    return {**_transition(chosen), "transitionDuration": duration, "transitionSettings": settings}


@answers
def set_current_scene_transition(studio: Studio, fields: Fields) -> None:
    """Choose a transition."""
    studio.set_transition(fields.text("transitionName"))


@answers
def set_current_scene_transition_duration(studio: Studio, fields: Fields) -> None:
    """How long it lasts, ms."""
    studio.set_duration(int(fields.number("transitionDuration", 50, 20_000)))


@answers
def get_current_scene_transition_cursor(studio: Studio, _: Fields) -> Data:
    """How far a running transition is, 0..1; 1 when none runs."""
    running = studio.running
    if running is None or running.ends_s is None:
        return {"transitionCursor": 1.0 if running is None else running.position}
    length = max(running.ends_s - running.begun_s, 1e-9)
    return {"transitionCursor": min(1.0, (studio.now_s - running.begun_s) / length)}


@answers
def get_scene_scene_transition_override(studio: Studio, fields: Fields) -> Data:
    """A scene's own transition."""
    name, duration_ms = studio.scene(fields.text("sceneName")).override
    return {"transitionName": name, "transitionDuration": duration_ms}


@answers
def set_scene_scene_transition_override(studio: Studio, fields: Fields) -> None:
    """Give a scene its own transition, or none."""
    scene = studio.scene(fields.text("sceneName"))
    given = [field for field in ("transitionName", "transitionDuration") if fields.is_given(field)]
    if not given:
        words = "Your request data must include either `transitionName` or `transitionDuration`."
        raise Refused(Status.MISSING_FIELD, words)
    name, duration_ms = scene.override
    if "transitionName" in given:
        name = fields.text("transitionName") if fields.has("transitionName") else None
        if name is not None and name not in studio.transitions:
            raise Refused(Status.NOT_FOUND, "No scene transition was found by that name.")
    if "transitionDuration" in given:
        has_one = fields.has("transitionDuration")
        duration_ms = int(fields.number("transitionDuration", 50, 20_000)) if has_one else None
    scene.override = (name, duration_ms)
