"""A show that is rehearsed: its drops and cues, with the scenes that the practice studio has."""

from console.app.practice import show_in_practice
from console.settings.show import Show

DROP = {"title": "Cap", "price": "19.00 EUR", "stock": 5}
SHOW = Show.model_validate(
    {
        "name": "Friday drop",
        "drops": [
            {"id": "cap", "scene": "Table", "at_end": "back", **DROP},
            {"id": "mug", "scene": "Kitchen", "overlay": {"scene": "Kitchen"}, **DROP},
        ],
        "cues": [{"name": "Cook", "scene": "Kitchen", "drop": "mug"}],
    }
)


def test_a_scene_that_the_practice_studio_lacks_is_not_taken() -> None:
    show = show_in_practice(SHOW)
    assert [(drop.id, drop.scene, drop.overlay) for drop in show.drops] == [("cap", "Table", None), ("mug", None, None)]
    assert [(cue.name, cue.scene, cue.drop) for cue in show.cues] == [("Cook", None, "mug")]
