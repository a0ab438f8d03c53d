"""A desk whose sound keeps real settings without an engine: what it would be sent is noted."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from console.audio.anew import at_first, going_on
from console.audio.layout import Layout, Routing
from console.audio.mixing import Mixing
from console.audio.plan import plan_of
from console.audio.state import Levels, Sound
from console.core.journal import Journal
from console.core.outcome import Outcome
from console.settings import sound as settings
from console.settings.show import Show
from console.show.file import parse_show
from tests.desk.parts import UP, Stage

SOUND = """\
format = 1
name = "Friday drop"
[audio]
talkback = "Director"
monitor = [9, 10]
[[audio.channels]]
name = "Host" # by the window
inputs = [1]
obs_input = "Mic"
[[audio.channels]]
name = "Guest"
inputs = [2]
[[audio.channels]]
name = "Director"
inputs = [3]
[[audio.returns]]
name = "Guest"
listener = ["Guest"]
outputs = [3, 4]
[[audio.returns]]
name = "Zoom"
made_by = "elsewhere"
loopback = [7]
"""


class MixedAudio(Mixing):
    """The settings of a sound. `routing`: what an engine would have last; `opened`: every sound that was started."""

    def __init__(self, audio: settings.Audio, *, journal: Journal) -> None:
        super().__init__(journal=journal)
        self.opened: list[settings.Audio] = []
        self.routing = Routing()
        self.meters = audio.meters
        self.recorder = SimpleNamespace(is_on=False)
        self.reopen(audio)

    @property
    def layout(self) -> Layout:
        return Layout(plan_of(self.opened[-1]))

    def _send(self, routing: Routing) -> None:
        self.routing = routing

    def reopen(self, audio: settings.Audio, *, renamed: Mapping[str, str] | None = None) -> None:
        self.opened.append(audio)
        self.state.set(replace(at_first(audio), link=UP))

    def follow(self, audio: settings.Audio, *, renamed: Mapping[str, str] | None = None) -> None:
        self.opened[-1] = audio
        start = going_on(audio, self.state.value, self._routing, frozenset(), renamed=renamed or {})
        self._go_on(start, plan_of(audio))

    def set_meters(self, audio: settings.Audio) -> None:
        self.meters = audio.meters

    def levels(self) -> Levels:
        """Nothing is heard."""
        return Levels()

    def change(self, **fields: Any) -> None:
        """Show something else."""
        self.state.set(replace(self.state.value, **fields))


class MixedStage(Stage):
    """A desk with such a sound, and a show file if it is given a path."""

    def __init__(self, path: Path | None = None, toml: str = SOUND) -> None:
        self.mixed: MixedAudio
        super().__init__(toml, make_audio=self._make_audio)
        self.path = path
        if path is not None:
            path.write_text(toml)
            self.desk.sound_book.saving.keep_in(path)
        self.switch(muted_inputs=frozenset())
        self.obs.answers["set_input_mute"] = Outcome.done()

    def _make_audio(self, show: Show) -> MixedAudio:
        self.mixed = MixedAudio(show.audio, journal=self.journal)
        return self.mixed

    @property
    def sound(self) -> Sound:
        """As the director sees it."""
        return self.desk.sound.value

    def saved(self) -> settings.Audio:
        """The sound in the show file."""
        assert self.path is not None
        return parse_show(self.path.read_text()).audio
