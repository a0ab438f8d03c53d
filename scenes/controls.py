"""What the director asks of OBS: takes, preview, transitions, Studio Mode. Each ends with a proof.

Loop thread only.
"""

from dataclasses import replace

from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes.reading.sync import override_of
from scenes.state import Switcher
from scenes.taking.black import BlackControls
from scenes.taking.press import OVERRIDE
from scenes.taking.takes import How, Manner, Takes, scene_reference
from scenes.taking.tbar import TBar
from scenes.wire.line import ObsGone, ObsRefused, Request
from scenes.wire.socket import Message


class Controls(BlackControls):
    """The director's side of the link to OBS."""

    takes: Takes
    t_bar: TBar

    async def cut(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air without transition; done when proved.

        expect: what the operator believes is on air; refused when it is not.
        """
        return await self.takes.take(scene, How.CUT, expect=expect, origin=origin)

    async def auto(
        self,
        scene: str | None = None,
        *,
        expect: str | None = None,
        transition: str | None = None,
        duration_ms: int | None = None,
        origin: Origin = Origin.CONSOLE,
    ) -> Outcome:
        """Put `scene` (None: the preview) on air with the transition; done when proved.

        transition, duration_ms: for this take alone; the chosen ones stay as they are.
        """
        wrong = _wrong_duration(duration_ms)
        if wrong is not None:
            return wrong
        return await self.takes.take(scene, Manner(How.MIX, transition, duration_ms), expect=expect, origin=origin)

    async def put_right(self, *, keep: bool, origin: Origin = Origin.CONSOLE) -> Outcome:
        """After a lost take: put on air what OBS names, or (`keep`) make OBS name what is on air."""
        return await self.takes.put_right(keep=keep, origin=origin)

    async def move_t_bar(self, position: float, *, release: bool = False, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Hold the transition to the preview at `position` 0..1; released at 1 it is a take, at 0 it is taken back."""
        return await self.t_bar.move(position, release=release, origin=origin)

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
        """Put `scene` in preview; done when OBS says so.

        Outside Studio Mode OBS has no preview: it is the console's own choice of what is next, and OBS is told nothing.
        """
        found = self.model.scene(scene)
        if self.line is not None and found is None:
            return Outcome.refused(f"OBS has no scene {scene}.", "Look at the names of the scenes in OBS.")
        self.takes.chosen()
        if self.line is not None and not self.model.shown.studio_mode:
            self.show_model(self.model.showing(preview=scene))
            self.journal.write("preview.set", origin, scene=scene)
            return Outcome.done(f"{scene} is next.")
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
        wrong = _wrong_duration(duration_ms)
        if wrong is not None:
            return wrong
        asked: list[Request] = [("SetCurrentSceneTransition", {"transitionName": name})]
        if duration_ms is not None:
            asked.append(("SetCurrentSceneTransitionDuration", {"transitionDuration": duration_ms}))

        def is_so(now: Switcher) -> bool:
            return now.transition == name and (duration_ms is None or now.transition_ms in {None, duration_ms})

        return await self.act(
            "transition.set", asked, is_so, origin, f"the transition is {name}", name=name, duration_ms=duration_ms
        )

    async def set_override(
        self, scene: str, name: str | None, duration_ms: int | None = None, *, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Give a scene a transition of its own, or (None) none; done when OBS, asked again, says so."""
        line, found = self.line, self.model.scene(scene)
        if line is None:
            return self.away()
        if found is None:
            return Outcome.refused(f"OBS has no scene {scene}.", "Look at the names of the scenes in OBS.")
        if name is not None and name not in self.model.shown.transitions:
            known = ", ".join(self.model.shown.transitions)
            return Outcome.refused(f"OBS has no transition {name}.", f"It has: {known}.")
        wrong = _wrong_duration(duration_ms)
        if wrong is not None:
            return wrong
        which = scene_reference(found)
        wanted: Message = {**which, "transitionName": name}
        if duration_ms is not None or name is None:
            wanted["transitionDuration"] = duration_ms
        words = f"{scene} has {'no transition' if name is None else name} of its own"
        try:
            done, asked = await line.batch([(f"Set{OVERRIDE}", wanted), (f"Get{OVERRIDE}", which)])
        except ObsGone as gone:
            return Outcome.failed(f"OBS went away before it was proved that {words}.", gone.fix)
        for answer in (done, asked):
            if isinstance(answer, ObsRefused):
                return self.went_wrong(f"Not done: {words}", answer)
        override, override_ms = override_of(asked)
        self._show_override(scene, override, override_ms)
        if override != name or (name is not None and duration_ms is not None and override_ms != duration_ms):
            return Outcome.failed(f"OBS did not confirm that {words}.", "Look at OBS.")
        self.journal.write("override.set", origin, scene=scene, name=name, duration_ms=override_ms)
        return Outcome.done(f"{words[0].upper()}{words[1:]}.")

    def _show_override(self, scene: str, override: str | None, override_ms: int | None) -> None:
        scenes = tuple(
            replace(each, override=override, override_ms=override_ms) if each.name == scene else each
            for each in self.model.shown.scenes
        )
        self.show_model(self.model.showing(scenes=scenes))

    async def set_studio_mode(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Switch Studio Mode."""
        asked = [("SetStudioModeEnabled", {"studioModeEnabled": on})]
        words = f"Studio Mode is {'on' if on else 'off'}"

        def is_so(now: Switcher) -> bool:
            return now.studio_mode is on and (now.preview is not None) is on

        return await self.act("studio_mode.set", asked, is_so, origin, words, reads=True, on=on)


def _wrong_duration(duration_ms: int | None) -> Outcome | None:
    if duration_ms is None or 50 <= duration_ms <= 20_000:  # obs-websocket's own limits
        return None
    return Outcome.refused("A transition takes 50 to 20000 ms.", "Choose another duration.")
