"""A scene or an input with another name: the same thing, wherever the model names it. Pure."""

from dataclasses import replace

from scenes.switcher import Model
from scenes.wire.socket import Message


def renamed(model: Model, event: str, data: Message) -> Model:
    """The model after this event, if it tells of a new name; as it was after any other."""
    if event == "SceneNameChanged":
        old, new = data.get("oldSceneName"), data.get("sceneName")
        change = _scene_renamed
    elif event == "InputNameChanged":
        old, new = data.get("oldInputName"), data.get("inputName")
        change = _input_renamed
    else:
        return model
    return change(model, old, new) if isinstance(old, str) and isinstance(new, str) else model


def _scene_renamed(model: Model, old: str, new: str) -> Model:
    def name(known: str | None) -> str | None:
        return new if known == old else known

    shown = model.shown
    fresh = model.showing(
        program=name(shown.program),
        claimed=name(shown.claimed),
        preview=name(shown.preview),
        safe_scene=name(shown.safe_scene),
        scenes=tuple(replace(scene, name=new) if scene.name == old else scene for scene in shown.scenes),
    )
    aired = (new, model.aired[1]) if model.aired is not None and model.aired[0] == old else model.aired
    return replace(fresh, aired=aired, previous=name(model.previous))


def _input_renamed(model: Model, old: str, new: str) -> Model:
    def names(known: frozenset[str]) -> frozenset[str]:
        return known - {old} | {new} if old in known else known

    shown = model.shown
    fresh = model.showing(
        muted_inputs=names(shown.muted_inputs),
        scenes=tuple(
            replace(scene, inputs=names(scene.inputs)) if old in scene.inputs else scene for scene in shown.scenes
        ),
    )
    aired = (model.aired[0], names(model.aired[1])) if model.aired is not None else None
    return replace(fresh, active=names(model.active), aired=aired)
