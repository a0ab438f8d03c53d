"""Fade to black and back: a take of the black scene with OBS's Fade. Loop thread only."""

from typing import Final

from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes.asking import Asking
from scenes.taking.press import How, Manner
from scenes.taking.takes import Takes
from scenes.wire.line import ObsGone, ObsRefused

BLACK_SCENE: Final = "Cuedrop black"  # an empty scene, made in OBS when fade to black is first asked for
FADE_MS: Final = 500


class BlackControls(Asking):
    """Fade to black; the same again goes back."""

    takes: Takes

    async def fade_black(self, *, duration_ms: int | None = None, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Fade to the black scene, or back from it to what was on air before; done when proved.

        The black scene is the one that the show names; without one it is an empty scene called "Cuedrop black", which
        is made in OBS when it is first asked for. OBS's chosen transition stays as it is.
        """
        if duration_ms is not None and not 50 <= duration_ms <= 20_000:  # obs-websocket's own limits
            return Outcome.refused("A fade takes 50 to 20000 ms.", "Choose another duration.")
        black = self.model.black_scene or BLACK_SCENE
        is_back = self.model.shown.is_black or self.takes.target == black
        if is_back and self._picture() is None:
            return Outcome.refused("Nothing was on air before black.", "Take a scene.")
        if not is_back:
            trouble = await self._make(black)
            if trouble is not None:
                return trouble
        fade = self.model.fade_name
        manner = Manner(How.MIX, fade, (duration_ms or FADE_MS) if fade else None)
        return await self.takes.take(self._picture() if is_back else black, manner, origin=origin)

    def _picture(self) -> str | None:
        """What was on air before black; while the fade to black still runs, what is."""
        model = self.model
        return model.previous if model.shown.is_black else model.shown.program

    async def _make(self, black: str) -> Outcome | None:
        """See to it that there is a black scene; None when there is."""
        if self.model.scene(black) is not None:
            return None
        line = self.line
        if line is None:
            return self.away()
        if black != BLACK_SCENE:
            return Outcome.refused(f"OBS has no scene {black}.", "Look at black_scene in the show file.")
        try:
            await line.call("CreateScene", {"sceneName": black})
            await self.until(lambda now: any(scene.name == black for scene in now.scenes), 3.0)
        except (ObsRefused, ObsGone) as error:
            return self.went_wrong("The black scene was not made", error)
        except TimeoutError:
            return Outcome.failed("OBS did not show the black scene.", "Look at OBS.")
        return None
