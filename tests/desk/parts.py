"""Parts of a desk that hold values and note what they were asked; the real ones are tried in tests/e2e."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from console.audio.state import Channel, Levels, Return, Sound
from console.cameras.state import FLOOR_DBFS, Camera, Trial
from console.cameras.state import Origin as CameraOrigin
from console.commerce.state import Drop, Sale
from console.core.alarms import Alarms
from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.catalogue import ACTIONS
from console.desk.desk import Desk, Parts
from console.settings.show import Show
from console.show.file import parse_show
from scenes.outputs.state import Outputs
from scenes.sources.state import SceneSources
from scenes.state import Scene, Switcher

UP = Link(LinkState.UP)
SHOW = """
format = 1
name = "Friday drop"
[obs]
safe_scene = "Safe"
[audio]
talkback = "Director"
[[audio.channels]]
name = "Host"
inputs = [1]
obs_input = "Mic"
[[audio.channels]]
name = "Director"
inputs = [2]
[[audio.returns]]
name = "Guest"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 50
[drops.overlay]
scene = "Table"
[[cues]]
name = "Hello"
scene = "Wide"
[[cues]]
name = "Unbox the cap"
scene = "Table"
drop = "cap-01"
"""


class Noting:
    """Answers every call with an outcome and notes it in `calls`."""

    def __init__(self, calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]]) -> None:
        self.calls = calls
        self.answers: dict[str, Outcome] = {}
        self.not_awaited: set[str] = set()
        self.exports = Path()
        self.state: Observable[Any] = Observable(None)
        self.tiles: Observable[tuple[Camera, ...]] = Observable(())
        self.trial: Observable[Trial] = Observable(Trial())
        self.sources: Observable[SceneSources] = Observable(SceneSources())
        self.outputs: Observable[Outputs] = Observable(Outputs())

    def __getattr__(self, name: str) -> Any:
        def sync(*arguments: Any, **named: Any) -> Outcome:
            named.pop("origin", None)
            self.calls.append((name, arguments, named))
            return self.answers.get(name, Outcome.done())

        async def later(*arguments: Any, **named: Any) -> Outcome:
            return sync(*arguments, **named)

        return sync if name in self.not_awaited else later

    def level(self, camera: str) -> float:
        """No camera is heard."""
        return FLOOR_DBFS


class NotingRelays(Noting):
    """Nothing is handed on."""

    def report(self, name: str) -> None:
        return None

    def seen_as(self, camera: Any) -> Any:
        return camera

    def told(self, tile: Camera) -> Camera:
        return tile


class Stage:
    """A desk on noting parts."""

    def __init__(
        self, toml: str = SHOW, *, make_audio: Callable[[Show], Any] | None = None, commerce: Any = None
    ) -> None:
        """`commerce`: a real one, in place of the one that notes."""
        show: Show = parse_show(toml)
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.clock, self.journal = SteppedClock(), MemoryJournal()
        self.alarms = Alarms(self.clock, self.journal)
        self.obs, self.cameras = Noting(self.calls), Noting(self.calls)
        self.audio, self.commerce = Noting(self.calls), Noting(self.calls)
        self.relays = NotingRelays(self.calls)
        scenes = tuple(Scene(name) for name in ("Wide", "Table", "Safe"))
        self.obs.state = Observable(Switcher(link=UP, scenes=scenes, program="Wide", claimed="Wide", preview="Table"))
        self.obs.not_awaited = {"cancel_waiting", "look_at", "levels"}
        self.obs.answers["levels"] = cast(Outcome, {})
        self.obs.answers["call"] = cast(Outcome, {})
        self.cameras.not_awaited = {"open", "try_out", "picture", "source"}
        self.cameras.tiles = Observable((Camera("Wide", "Wide", CameraOrigin.WORKER),))
        self.audio.not_awaited = {"set_mute", "set_solo", "set_gain", "set_talkback", "reset_clips", "levels"}
        self.audio.not_awaited |= {"set_pfl", "set_strip", "set_mute_acts_on", "set_sends", "not_sent", "reopen"}
        self.audio.not_awaited |= {"set_talkback_into", "pause_loudness", "reset_loudness"}
        self.audio.answers["not_sent"] = cast(Outcome, None)
        self.audio.answers["levels"] = cast(Outcome, Levels())
        channels = (Channel("Host", (1,), "Mic"), Channel("Director", (2,)))
        self.audio.state = Observable(Sound(link=UP, channels=channels, returns=(Return("Guest", (), "cuedrop"),)))
        self.commerce.not_awaited = {"choose", "follow", "keep_delay"}
        cap = Drop("cap-01", "Linen cap", 1900, "EUR", 50, 2, 300)
        self.commerce.state = Observable(Sale(link=UP, drops=(cap,), chosen="cap-01", public_url="http://buy"))
        parts: Any = Parts
        self.desk = Desk(
            show,
            parts(
                self.obs,
                self.cameras,
                make_audio(show) if make_audio else self.audio,
                commerce or self.commerce,
                self.relays,
            ),
            ACTIONS,
            journal=self.journal,
            alarms=self.alarms,
            clock=self.clock,
        )

    def switch(self, **changes: Any) -> None:
        """Change what OBS says."""
        self.obs.state.set(replace(self.obs.state.value, **changes))

    def sell(self, **changes: Any) -> None:
        """Change what the shop says of the cap."""
        sale: Sale = self.commerce.state.value
        self.commerce.state.set(replace(sale, drops=(replace(sale.drops[0], **changes),)))

    def called(self, name: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        """The arguments of every call of `name`."""
        return [(arguments, named) for called, arguments, named in self.calls if called == name]
