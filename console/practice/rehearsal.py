"""The practice show as it is played without a person: which action when. Pure data; the desk plays it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """One press, `at_s` seconds after the studio was ready: an action's id and its arguments.

    `ends`: what must come of it ("failed" where the rehearsal makes it fail). `is_awaited` False: the next press comes
    before this one has ended.
    """

    at_s: float
    action: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    ends: str = "done"
    is_awaited: bool = True


def _step(at_s: float, action: str, **arguments: object) -> Step:
    return Step(at_s, action, arguments)


# The whole of a small show in 44 s: takes of each kind, sound, one drop from arm to close, cues, a take that waits, one
# that OBS loses and that is put right, a look recorded and run, SAFE.
STEPS: Final[tuple[Step, ...]] = (
    _step(0.0, "studio_mode.set", on=True),
    _step(0.5, "record.start"),
    _step(1.0, "cue.go"),
    _step(3.0, "transition.set", name="Fade", duration_ms=400),
    _step(3.5, "scene.preview", scene="Close"),
    _step(4.5, "scene.auto"),
    _step(7.0, "marker.add", text="The host says hello"),
    _step(8.0, "drop.arm", drop="cap-01"),
    _step(10.0, "scene.cut", scene="Table"),
    _step(11.0, "drop.fire", drop="cap-01"),
    _step(14.0, "scene.take", scene="Close"),
    _step(16.0, "channel.mute", channel="Music", on=True),
    _step(18.0, "scene.cut", scene="Table"),
    _step(20.0, "channel.mute", channel="Music", on=False),
    _step(21.0, "return.test", **{"return": "Guest"}),
    _step(26.0, "scene.preview", scene="Slides"),
    _step(27.0, "scene.auto"),
    _step(29.5, "scene.cut", scene="Wide"),
    _step(31.0, "marker.add", text="Last pieces"),
    _step(31.5, "scene.preview", scene="Close"),
    _step(31.8, "tbar.move", position=0.5),
    _step(32.1, "tbar.move", position=1.0, release=True),
    _step(32.8, "black.fade", duration_ms=300),
    _step(33.6, "black.fade", duration_ms=300),
    _step(34.4, "transition.set", name="Fade", duration_ms=800),
    replace(_step(34.7, "scene.auto", scene="Wide"), is_awaited=False),
    _step(35.0, "scene.cut", scene="Table"),  # waits for the fade to end
    _step(36.0, "transition.set", name="Fade", duration_ms=400),
    _step(36.2, "practice.misbehave", how="lose_takes"),
    replace(_step(36.7, "scene.cut", scene="Close"), ends="failed"),
    _step(37.7, "take.put_right"),
    _step(38.3, "look.record", on=True),
    _step(38.4, "text.set", source="Safe words", text="Back in a minute"),
    _step(38.5, "scene.cut", scene="Wide"),
    _step(38.9, "look.record", on=False),
    _step(39.0, "look.save", name="Break"),
    _step(39.2, "scene.cut", scene="Slides"),
    _step(39.6, "look.run", look="Break"),
    _step(40.2, "look.undo"),
    _step(40.5, "drop.close", drop="cap-01"),
    _step(42.0, "checkout.close"),
    _step(42.7, "scene.safe"),
    _step(44.0, "record.stop"),
)
