"""What the director asks of OBS besides takes: preview, transition, outputs, mutes, pictures. Each ends with a proof.

Loop thread only. `Controls` is the half of `scenes.link.ObsLink` that asks; the other half keeps the connection.
"""

import asyncio
import base64
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from scenes import describe, overlay
from scenes.describe import ObsDescription
from scenes.line import NO_ANSWER, Line, ObsGone, ObsRefused, Request
from scenes.socket import Message
from scenes.state import OutputState, Switcher
from scenes.switcher import Model
from scenes.takes import How, Takes, scene_reference

CONFIRM_S: Final = 3.0
OUTPUT_S: Final = 15.0  # a stream's ingest may take its time
ACTIVE_TRIES: Final = 5
ACTIVE_AGAIN_S: Final = 0.04


class Controls:
    """The director's side of the link to OBS."""

    journal: Journal
    state: Observable[Switcher]
    takes: Takes

    @property
    def model(self) -> Model:
        """The switcher's model now."""
        raise NotImplementedError

    @property
    def line(self) -> Line | None:
        """The connection, when OBS is connected and known."""
        raise NotImplementedError

    async def read_again(self) -> None:
        """Read all of OBS anew. Raises ObsRefused, ObsGone."""
        raise NotImplementedError

    async def cut(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air without transition; done when proved.

        expect: what the operator believes is on air; refused when it is not.
        """
        return await self.takes.take(scene, How.CUT, expect=expect, origin=origin)

    async def auto(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air with the transition; done when proved."""
        return await self.takes.take(scene, How.MIX, expect=expect, origin=origin)

    async def take(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """The same as `auto`: with the current transition, which may be the Cut."""
        return await self.takes.take(scene, How.MIX, expect=expect, origin=origin)

    async def safe(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Cut to the SAFE scene; tried until confirmed or taken back, pending after 2 s."""
        return await self.takes.safe(origin=origin)

    def cancel_waiting(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Take back what waits, SAFE included."""
        return self.takes.cancel_waiting(origin=origin)

    async def preview(self, scene: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Put `scene` in preview; done when OBS says so."""
        found = self.model.scene(scene)
        if self.line is not None and not self.model.shown.studio_mode:
            return Outcome.refused("Studio Mode is off: there is no preview.", "Switch Studio Mode on.")
        if self.line is not None and found is None:
            return Outcome.refused(f"OBS has no scene {scene}.", "Look at the names of the scenes in OBS.")
        asked = [("SetCurrentPreviewScene", scene_reference(found) if found else {})]
        return await self._act(
            "preview.set", asked, lambda now: now.preview == scene, origin, f"{scene} is in preview", scene=scene
        )

    async def set_transition(
        self, name: str, duration_ms: int | None = None, *, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Choose the transition, and how long it takes when it has a length of its own to set."""
        if self.line is not None and name not in self.model.shown.transitions:
            known = ", ".join(self.model.shown.transitions)
            return Outcome.refused(f"OBS has no transition {name}.", f"It has: {known}.")
        if duration_ms is not None and not 50 <= duration_ms <= 20_000:  # obs-websocket's own limits
            return Outcome.refused("A transition takes 50 to 20000 ms.", "Choose another duration.")
        asked: list[Request] = [("SetCurrentSceneTransition", {"transitionName": name})]
        if duration_ms is not None:
            asked.append(("SetCurrentSceneTransitionDuration", {"transitionDuration": duration_ms}))

        def is_so(now: Switcher) -> bool:
            return now.transition == name and (duration_ms is None or now.transition_ms in {None, duration_ms})

        return await self._act(
            "transition.set", asked, is_so, origin, f"the transition is {name}", name=name, duration_ms=duration_ms
        )

    async def set_studio_mode(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Switch Studio Mode."""
        asked = [("SetStudioModeEnabled", {"studioModeEnabled": on})]
        words = f"Studio Mode is {'on' if on else 'off'}"

        def is_so(now: Switcher) -> bool:
            return now.studio_mode is on and (now.preview is not None) is on

        return await self._act("studio_mode.set", asked, is_so, origin, words, reads=True, on=on)

    async def set_stream(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop the stream; done when OBS says that it runs, or has ended."""
        return await self._set_output("stream", on, origin)

    async def set_record(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop the recording."""
        return await self._set_output("record", on, origin)

    async def set_input_mute(self, input: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Mute an input in OBS; done when OBS, asked again, says so."""
        asked: list[Request] = [("SetInputMute", {"inputName": input, "inputMuted": on})]
        words = f"{input} is {'muted' if on else 'open'} in OBS"
        return await self._act(
            "obs_input.muted",
            asked,
            lambda now: (input in now.muted_inputs) is on,
            origin,
            words,
            reads=True,
            input=input,
            on=on,
        )

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        """A picture of a source or scene by name: JPEG, in its own shape. Raises UserError.

        As wide as `width` on a canvas that lies, as high as `height` on one that stands (8 to 4096): asked for both,
        OBS would stretch it.
        """
        canvas_width, canvas_height = self.model.shown.canvas
        side, length = ("imageWidth", width) if canvas_width >= canvas_height else ("imageHeight", height)
        data = {
            "sourceName": source,
            "imageFormat": "jpg",
            side: max(8, min(length, 4096)),
            "imageCompressionQuality": 70,
        }
        try:
            answer = await self.call("GetSourceScreenshot", **data)
            return base64.b64decode(str(answer.get("imageData", "")).partition(",")[2], validate=True)
        except ObsRefused as refusal:
            fix = "Look at its name in OBS." if refusal.code == overlay.NOT_FOUND else "Look at it in OBS."
            raise UserError(f"OBS gives no picture of {source}.", fix=fix) from refusal
        except ObsGone as gone:
            raise UserError(gone.why, fix=gone.fix) from gone
        except ValueError as error:
            raise UserError(f"OBS sent no picture of {source}.", fix="Look at it in OBS.") from error

    async def place_overlay(self, scene: str, name: str, *, size_px: int, corner: overlay.Corner) -> Outcome:
        """Put an empty picture into a corner of `scene`, to be filled by `show_overlay`.

        In Studio Mode OBS airs a copy of a scene, without what is put into the scene later; a picture that is in it
        when it is taken can be filled and emptied at any moment.
        """
        if self.line is None:
            return self._away()
        try:
            canvas = self.model.shown.canvas
            await overlay.put(self.line, scene, name, overlay.EMPTY, size_px=size_px, corner=corner, canvas=canvas)
        except (ObsRefused, ObsGone, UserError) as error:
            return self._went_wrong(f"The place for {name} is not in {scene}", error)
        return Outcome.done()

    async def show_overlay(
        self,
        scene: str,
        name: str,
        image_path: str,
        *,
        size_px: int,
        corner: overlay.Corner,
        origin: Origin = Origin.AUTOMATION,
    ) -> Outcome:
        """Put a picture into a corner of `scene`. Shown again it is moved, never doubled.

        In Studio Mode OBS airs a copy of a scene: one that is on air shows the picture from its next take on.
        """
        line, shown = self.line, self.model.shown
        if line is None:
            return self._away()
        try:
            await overlay.put(line, scene, name, str(image_path), size_px=size_px, corner=corner, canvas=shown.canvas)
        except (ObsRefused, ObsGone, UserError) as error:
            return self._went_wrong(f"The picture {name} is not in {scene}", error)
        self.journal.write("overlay.shown", origin, scene=scene, overlay=name)
        if scene not in {shown.program, shown.claimed} or await self._is_active(name):
            return Outcome.done()
        return Outcome.done(f"Seen on air from the next take of {scene} on.")

    async def _is_active(self, source: str) -> bool:
        for _ in range(ACTIVE_TRIES):
            with contextlib.suppress(ObsRefused, ObsGone):
                if (await self.call("GetSourceActive", sourceName=source)).get("videoActive") is True:
                    return True
            await asyncio.sleep(ACTIVE_AGAIN_S)
        return False

    async def hide_overlay(self, name: str, *, origin: Origin = Origin.AUTOMATION) -> Outcome:
        """Take the picture out of OBS; done when it is gone, also when it was not there."""
        line = self.line
        if line is None:
            return self._away()
        try:
            shown_in = [scene.name for scene in self.model.shown.scenes if name in scene.inputs]
            await overlay.remove(line, name, shown_in)
        except (ObsRefused, ObsGone, UserError) as error:
            return self._went_wrong(f"The picture {name} is still in OBS", error)
        self.journal.write("overlay.hidden", origin, overlay=name)
        return Outcome.done()

    async def describe(self) -> ObsDescription:
        """What this OBS holds, to make a first show from. Raises UserError."""
        line = self.line
        if line is None:
            away = self._away()
            raise UserError(away.why, fix=away.fix)
        try:
            return await describe.describe(line, self.model.shown)
        except ObsRefused as refusal:
            raise UserError("OBS does not say what it holds.", fix=refusal.comment or "Look at OBS.") from refusal
        except ObsGone as gone:
            raise UserError(gone.why, fix=gone.fix) from gone

    async def call(self, request: str, **data: Any) -> Message:
        """One request's answer. Raises ObsRefused, ObsGone."""
        return await self._connected().call(request, data)

    async def batch(self, requests: Sequence[Request]) -> list[Message | ObsRefused]:
        """Several requests, carried out in order; each one's answer or refusal. Raises ObsGone."""
        return await self._connected().batch(requests)

    def _connected(self) -> Line:
        line = self.line
        if line is None:
            away = self._away()
            raise ObsGone(away.why, away.fix)
        return line

    def _away(self) -> Outcome:
        link = self.model.shown.link
        fix = link.fix or "The console tries again by itself."
        return Outcome.refused(link.why or "OBS is not connected.", fix)

    def _went_wrong(self, what: str, error: Exception) -> Outcome:
        if isinstance(error, UserError):
            return Outcome.refused(error.what, error.fix)
        if isinstance(error, ObsGone):
            return Outcome.failed(f"{what}: {error.why}", error.fix)
        comment = error.comment if isinstance(error, ObsRefused) else str(error)
        return Outcome.refused(f"{what}: OBS refuses" + (f" ({comment})." if comment else "."), "Look at OBS.")

    async def _set_output(self, which: str, on: bool, origin: Origin) -> Outcome:
        name = "stream" if which == "stream" else "recording"
        wanted = OutputState.ON if on else OutputState.OFF
        if self.line is not None and getattr(self.model.shown, which) is wanted:
            return Outcome.done(f"The {name} {'runs' if on else 'was off'} already.")
        asked: list[Request] = [(f"{'Start' if on else 'Stop'}{which.title()}", {})]
        words = f"the {name} {'runs' if on else 'has ended'}"
        return await self._act(
            f"{which}.{'started' if on else 'stopped'}",
            asked,
            lambda now: getattr(now, which) is wanted,
            origin,
            words,
            within_s=OUTPUT_S,
        )

    async def _act(
        self,
        kind: str,
        asked: Sequence[Request],
        is_so: Callable[[Switcher], bool],
        origin: Origin,
        words: str,
        *,
        within_s: float = CONFIRM_S,
        reads: bool = False,
        **fields: object,
    ) -> Outcome:
        """Ask OBS for something and wait until its state says so. `reads`: read OBS again after the answer."""
        line = self.line
        if line is None:
            return self._away()
        what = words[0].upper() + words[1:]
        try:
            for answer in await line.batch(asked):
                if isinstance(answer, ObsRefused):
                    return self._went_wrong(f"Not done: {words}", answer)
            if reads and not is_so(self.model.shown):
                await self.read_again()
            await self._until(is_so, within_s)
        except ObsGone as gone:
            return Outcome.failed(f"OBS went away before it was proved that {words}.", gone.fix)
        except TimeoutError:
            return Outcome.failed(f"OBS did not confirm that {words}.", "Look at OBS.")
        except ObsRefused as refusal:
            return self._went_wrong(f"Not proved: {words}", refusal)
        self.journal.write(kind, origin, **fields)
        return Outcome.done(f"{what}.")

    async def _until(self, is_so: Callable[[Switcher], bool], within_s: float) -> None:
        """Return when the state says so. Raises TimeoutError, and ObsGone when the line ends."""
        changed = asyncio.Event()
        undo = self.state.watch(lambda _: changed.set(), now=False)
        try:
            async with asyncio.timeout(within_s):
                while not is_so(self.model.shown):
                    if self.line is None:
                        raise ObsGone(NO_ANSWER.why, NO_ANSWER.fix)
                    changed.clear()
                    await changed.wait()
        finally:
            undo()
