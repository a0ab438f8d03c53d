"""OBS's outputs: stream, recording, replay buffer, virtual camera; and how well OBS works. Loop thread only."""

from typing import Final

from console.core.journal import Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from scenes.asking import Asking
from scenes.line import Request
from scenes.output_state import Outputs
from scenes.state import OutputState

OUTPUT_S: Final = 15.0  # a stream's ingest may take its time


class OutputControls(Asking):
    """Start and stop, each with its true end."""

    outputs: Observable[Outputs]

    async def set_output(self, which: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop an output; done when OBS says that it runs, or has ended."""
        name = "stream" if which == "stream" else "recording"
        wanted = OutputState.ON if on else OutputState.OFF
        if self.line is not None and getattr(self.model.shown, which) is wanted:
            return Outcome.done(f"The {name} {'runs' if on else 'was off'} already.")
        asked: list[Request] = [(f"{'Start' if on else 'Stop'}{which.title()}", {})]
        words = f"the {name} {'runs' if on else 'has ended'}"
        return await self.act(
            f"{which}.{'started' if on else 'stopped'}",
            asked,
            lambda now: getattr(now, which) is wanted,
            origin,
            words,
            within_s=OUTPUT_S,
        )
