"""A very large collection: 500 scenes and 2,000 sources, for whatever must stay quick then. Blocking."""

from typing import Any

from tests.rigs.bare import BareObs

SCENES = 500
SOURCES = 2_000
KIND = "color_source_v3"


def build_big(client: BareObs, *, scenes: int = SCENES, sources: int = SOURCES) -> None:
    """Scenes "Scene 000"... with their sources spread over them, beside what is there. Raises RuntimeError."""
    made = [("CreateScene", {"sceneName": scene_name(number)}) for number in range(scenes)]
    client.batch(made)
    inputs: list[tuple[str, dict[str, Any]]] = [
        (
            "CreateInput",
            {
                "sceneName": scene_name(number % scenes),
                "inputName": f"Source {number:04}",
                "inputKind": KIND,
                "inputSettings": {"color": 0xFF000000 + number, "width": 8, "height": 8},
            },
        )
        for number in range(sources)
    ]
    client.batch(inputs)


def scene_name(number: int) -> str:
    """The name of a scene of the large collection."""
    return f"Scene {number:03}"
