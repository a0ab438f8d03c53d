"""The practice show as it is played without a person: which action when. Pure data; the desk plays it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """One press, `at_s` seconds after the studio was ready: an action's id and its arguments."""

    at_s: float
    action: str
    arguments: Mapping[str, object] = field(default_factory=dict)


def _step(at_s: float, action: str, **arguments: object) -> Step:
    return Step(at_s, action, arguments)


# The whole of a small show in 40 s: takes of each kind, sound, one drop from arm to close, cues, SAFE.
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
    _step(34.0, "drop.close", drop="cap-01"),
    _step(36.0, "checkout.close"),
    _step(37.0, "scene.safe"),
    _step(39.0, "record.stop"),
)
