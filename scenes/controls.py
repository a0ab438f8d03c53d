"""What the director asks of OBS besides takes: preview, transition, Studio Mode, mutes. Each ends with a proof.

Loop thread only.
"""

from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes.asking import Asking
from scenes.line import Request
from scenes.state import Switcher
from scenes.takes import How, Takes, scene_reference


class Controls(Asking):
    """The director's side of the link to OBS."""

    takes: Takes

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
        return await self.act(
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

        return await self.act(
            "transition.set", asked, is_so, origin, f"the transition is {name}", name=name, duration_ms=duration_ms
        )

    async def set_studio_mode(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Switch Studio Mode."""
        asked = [("SetStudioModeEnabled", {"studioModeEnabled": on})]
        words = f"Studio Mode is {'on' if on else 'off'}"

        def is_so(now: Switcher) -> bool:
            return now.studio_mode is on and (now.preview is not None) is on

        return await self.act("studio_mode.set", asked, is_so, origin, words, reads=True, on=on)

    async def set_input_mute(self, input: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Mute an input in OBS; done when OBS, asked again, says so."""
        asked: list[Request] = [("SetInputMute", {"inputName": input, "inputMuted": on})]
        words = f"{input} is {'muted' if on else 'open'} in OBS"
        return await self.act(
            "obs_input.muted",
            asked,
            lambda now: (input in now.muted_inputs) is on,
            origin,
            words,
            reads=True,
            input=input,
            on=on,
        )
