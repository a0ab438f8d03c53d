"""The first own show: look into the OBS that is running, and write a show file of what the director keeps of it.

Loop thread. It connects to that OBS only when the director has asked for it, reads, and changes nothing (law 1).
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal
from console.core.links import LinkState
from console.settings.secrets import get_secret
from console.settings.show import Show
from console.show.file import write_show
from console.show.first import FoundInput, FoundScene, first_show
from console.show.runs import slug_of
from scenes.link import ObsDescription, ObsLink

ANSWER_WITHIN_S: Final = 6.0
LISTING_WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to make a show from."""

    url: str
    obs: ObsDescription
    sound_device: str | None
    sound_inputs: int

    def show(self, name: str, *, scenes: Sequence[str], with_sound: bool = True) -> Show:
        """A show named `name` of these scenes."""
        return first_show(
            name,
            scenes=[FoundScene(each.name, each.inputs) for each in self.obs.scenes if each.name in scenes],
            inputs=[FoundInput(each.name, each.kind, each.settings) for each in self.obs.inputs],
            obs_url=self.url,
            audio_device=self.sound_device if with_sound else None,
            audio_inputs=self.sound_inputs if with_sound else 0,
        )


async def look_into(url: str, *, secret: str, journal: Journal, clock: Clock) -> Found:
    """What that OBS holds. `secret` names its password in the keyring. Raises UserError, with OBS's reason."""

    async def password() -> str | None:
        return await get_secret(secret)

    link = ObsLink(url, password, safe_scene=None, journal=journal, clock=clock)
    link.start()
    try:
        deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN_S
        while not (state := link.state.value.link).is_up:
            is_final = state.state is LinkState.DOWN and bool(state.fix)
            if is_final or asyncio.get_running_loop().time() > deadline:
                raise UserError(state.why or "OBS does not answer.", fix=state.fix or "Look whether OBS runs.")
            await asyncio.sleep(0.02)
        described = await link.describe()
    finally:
        await link.close()
    device, inputs = await asyncio.to_thread(_default_sound)
    return Found(url, described, device, inputs)


def write_first_show(folder: Path, show: Show) -> Path:
    """Write the show into `folder` under its own name, or that name and a number. Blocks. Raises UserError."""
    folder.mkdir(parents=True, exist_ok=True)
    slug = slug_of(show.name)
    path = next(
        candidate
        for number in range(1, 1_000)
        if not (candidate := folder / (f"{slug}.toml" if number == 1 else f"{slug}-{number}.toml")).exists()
    )
    write_show(path, show)
    return path


def _default_sound() -> tuple[str | None, int]:
    """The system's default sound device and how many inputs it has; asked in a process that may hang or crash."""
    try:
        asked = subprocess.run(
            [sys.executable, "-m", "console.audio.default_device"],
            capture_output=True,
            text=True,
            timeout=LISTING_WITHIN_S,
            check=True,
        )
        found = json.loads(asked.stdout)
        return found["name"], int(found["inputs"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None, 0
