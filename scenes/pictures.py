"""Pictures from OBS and into it: screenshots, and what is laid over a scene while a drop is open. Loop thread only."""

import asyncio
import base64
import contextlib
from typing import Final

from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes import describe, overlay
from scenes.asking import Asking
from scenes.describe import ObsDescription
from scenes.wire.line import ObsGone, ObsRefused

ACTIVE_TRIES: Final = 5
ACTIVE_AGAIN_S: Final = 0.04


class Pictures(Asking):
    """What is seen of OBS and put into its scenes."""

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
            return self.away()
        try:
            canvas = self.model.shown.canvas
            await overlay.put(self.line, scene, name, overlay.EMPTY, size_px=size_px, corner=corner, canvas=canvas)
        except (ObsRefused, ObsGone, UserError) as error:
            return self.went_wrong(f"The place for {name} is not in {scene}", error)
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
            return self.away()
        try:
            await overlay.put(line, scene, name, str(image_path), size_px=size_px, corner=corner, canvas=shown.canvas)
        except (ObsRefused, ObsGone, UserError) as error:
            return self.went_wrong(f"The picture {name} is not in {scene}", error)
        self.journal.write("overlay.shown", origin, scene=scene, overlay=name)
        if scene not in {shown.program, shown.claimed} or await self._is_active(name):
            return Outcome.done()
        return Outcome.done(f"Seen on air from the next take of {scene} on.")

    async def fill_overlay(self, name: str, image_path: str) -> Outcome:
        """Give a picture that is shown another content, wherever it is, at once and without a word in the journal."""
        line = self.line
        if line is None:
            return self.away()
        try:
            await overlay.fill(line, name, image_path)
        except (ObsRefused, ObsGone) as error:
            return self.went_wrong(f"The picture {name} stays as it is", error)
        return Outcome.done()

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
            return self.away()
        try:
            shown_in = [scene.name for scene in self.model.shown.scenes if name in scene.inputs]
            await overlay.remove(line, name, shown_in)
        except (ObsRefused, ObsGone, UserError) as error:
            return self.went_wrong(f"The picture {name} is still in OBS", error)
        self.journal.write("overlay.hidden", origin, overlay=name)
        return Outcome.done()

    async def describe(self) -> ObsDescription:
        """What this OBS holds, to make a first show from. Raises UserError."""
        line = self.line
        if line is None:
            away = self.away()
            raise UserError(away.why, fix=away.fix)
        try:
            return await describe.describe(line, self.model.shown)
        except ObsRefused as refusal:
            raise UserError("OBS does not say what it holds.", fix=refusal.comment or "Look at OBS.") from refusal
        except ObsGone as gone:
            raise UserError(gone.why, fix=gone.fix) from gone
