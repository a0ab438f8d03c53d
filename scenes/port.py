"""OBS as the rest of the console uses it: one of them (scenes.link) or two in lockstep (scenes.pair.pair).

Loop thread only. Every method that returns an Outcome returns after the proof, the refusal or the failure; none
raises for what people can cause.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from console.core.journal import Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.settings.show import Look, Step
from scenes.describe import ObsDescription
from scenes.outputs.state import Outputs
from scenes.overlay import Corner
from scenes.sources.look_run import LookRun, Taken
from scenes.sources.state import SceneSources
from scenes.state import InputLevel, Switcher
from scenes.wire.line import ObsRefused, Request
from scenes.wire.socket import Message


class Obs(Protocol):
    """What is on air, and everything that can be asked of it."""

    state: Observable[Switcher]
    sources: Observable[SceneSources]
    outputs: Observable[Outputs]

    def start(self) -> None:
        """Begin to connect, and never give up."""
        ...

    async def close(self) -> None:
        """End the connection and everything that waits on it."""
        ...

    def levels(self) -> Mapping[str, InputLevel]:
        """The meters of the inputs on program; empty when OBS is not heard."""
        ...

    # takes

    async def cut(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air without transition; done when proved."""
        ...

    async def auto(
        self,
        scene: str | None = None,
        *,
        expect: str | None = None,
        transition: str | None = None,
        duration_ms: int | None = None,
        origin: Origin = Origin.CONSOLE,
    ) -> Outcome:
        """Put `scene` (None: the preview) on air with `transition` (None: as OBS would); done when proved."""
        ...

    async def take(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """The same as `auto` with the current transition."""
        ...

    async def safe(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Cut to the SAFE scene; tried until confirmed or taken back, pending after 2 s."""
        ...

    async def fade_black(self, *, duration_ms: int | None = None, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Fade to black, or back from it to what was on air before; done when proved."""
        ...

    async def move_t_bar(self, position: float, *, release: bool = False, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Hold the transition to the preview at `position` 0..1; released at 1 it is a take, at 0 it is taken back."""
        ...

    async def put_right(self, *, keep: bool, origin: Origin = Origin.CONSOLE) -> Outcome:
        """After a lost take: put on air what OBS names, or (`keep`) make OBS name what is on air."""
        ...

    def cancel_waiting(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Take back what waits, SAFE included."""
        ...

    async def preview(self, scene: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Put `scene` in preview (outside Studio Mode: the console's own choice of what is next)."""
        ...

    # transitions and modes

    async def set_transition(
        self, name: str, duration_ms: int | None = None, *, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Choose the transition, and how long it takes."""
        ...

    async def set_override(
        self, scene: str, name: str | None, duration_ms: int | None = None, *, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Give a scene a transition of its own, or (None) none."""
        ...

    async def set_studio_mode(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Switch Studio Mode."""
        ...

    # sources, looks, sound

    def look_at(self, scene: str | None) -> None:
        """Keep `sources` on this scene; None: on the preview, or what is on air without one."""
        ...

    def watch_changes(self, noted: Callable[[Step | Taken], None]) -> Callable[[], None]:
        """Tell `noted` every change of a source and every take, whoever made it, as a look holds it; returns the undo.

        While nobody watches it costs nothing. Texts and pictures changed by others are told from obs-websocket 5.4 on.
        """
        ...

    async def do(self, step: Step, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """One change of a source (visibility, lock, filter, text, image, media, mute); done when OBS has it."""
        ...

    async def seek(self, source: str, position_ms: int, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Move a media source to a position."""
        ...

    async def run_look(self, look: Look, *, origin: Origin = Origin.CONSOLE) -> LookRun:
        """All of a look's steps and its take as one batch, each with what came of it."""
        ...

    async def set_input_mute(self, input: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Mute an input in OBS; done when OBS, asked again, says so."""
        ...

    # outputs

    async def set_output(self, which: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop "stream", "record", "replay" or "vcam"; done when OBS says that it runs, or has ended."""
        ...

    async def pause_record(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Pause the recording or go on with it; done when OBS says so."""
        ...

    async def save_replay(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Save the replay buffer; done when OBS says so."""
        ...

    # two in lockstep

    async def lead(self, which: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let "main" or "backup" lead from now on; nothing changes in either. Refused when there is only one OBS."""
        ...

    async def match(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Make the OBS that does not lead like the leading one: scene, preview, transition, mutes, codes of drops."""
        ...

    # pictures and the raw line

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        """A picture of a source or scene by name: JPEG. Raises UserError."""
        ...

    async def place_overlay(self, scene: str, name: str, *, size_px: int, corner: Corner) -> Outcome:
        """Put an empty picture into a corner of `scene`, to be filled by `show_overlay`."""
        ...

    async def show_overlay(
        self,
        scene: str,
        name: str,
        image_path: str,
        *,
        size_px: int,
        corner: Corner,
        origin: Origin = Origin.AUTOMATION,
    ) -> Outcome:
        """Put a picture into a corner of `scene`."""
        ...

    async def fill_overlay(self, name: str, image_path: str) -> Outcome:
        """Give a picture that is shown another content; its file must have another name than the last."""
        ...

    async def hide_overlay(self, name: str, *, origin: Origin = Origin.AUTOMATION) -> Outcome:
        """Take the picture out of OBS; done when it is gone."""
        ...

    async def describe(self) -> ObsDescription:
        """What this OBS holds, to make a first show from. Raises UserError."""
        ...

    async def call(self, request: str, **data: Any) -> Message:
        """One request's answer. Raises ObsRefused, ObsGone."""
        ...

    async def batch(self, requests: Sequence[Request]) -> list[Message | ObsRefused]:
        """Several requests, carried out in order. Raises ObsGone."""
        ...
