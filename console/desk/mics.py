"""All microphones off: muted in the returns at once, and in OBS tried until it confirms, or taken back by hand.

Loop thread only. Microphones are the show's channels, the inputs that cameras are heard by, and whatever else OBS
itself holds as a capture of an audio input: what the show does not name is on air all the same.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from console.audio.desk_side import Audio
from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from console.settings.show import Show
from scenes.port import Obs
from scenes.wire.line import ObsGone, ObsRefused

AGAIN_S: Final = 0.3
PENDING_S: Final = 2.0
REFUSALS: Final = 3  # an OBS that is there and refuses so often will not do it
KINDS: Final = frozenset(
    "pulse_input_capture alsa_input_capture jack_output_capture sndio_input_capture wasapi_input_capture "
    "coreaudio_input_capture asio_input_capture".split()
)  # OBS's captures of audio inputs, unversioned; JACK's is named from JACK's side


def named_inputs(show: Show) -> list[str]:
    """The inputs of OBS that the show hears people by: its channels' and its cameras'."""
    channels = {channel.name for channel in show.audio.channels}
    inputs = [channel.obs_input for channel in show.audio.channels]
    cameras = [camera.sound for camera in show.cameras if camera.sound not in channels]
    return list(dict.fromkeys(name for name in (*inputs, *cameras) if name))


class MicsOff:
    """The microphones of one desk. `unconfirmed`: what is not known to be muted yet, since `since_mono_ns`."""

    def __init__(self, show: Show, obs: Obs, audio: Audio, *, clock: Clock, journal: Journal) -> None:
        self.unconfirmed: Observable[tuple[str, ...]] = Observable(())
        self.since_mono_ns = 0
        self.muted_in_obs: set[str] = set()  # inputs that were muted here, whatever their strips say
        self._show = show
        self._obs = obs
        self._audio = audio
        self._clock = clock
        self._journal = journal
        self._trying: asyncio.Task[Outcome] | None = None

    @property
    def is_trying(self) -> bool:
        """True until OBS has confirmed every mute, or somebody has taken it back."""
        return self._trying is not None and not self._trying.done()

    async def press(self, origin: Origin) -> Outcome:
        """Mute them all; pending when OBS takes longer than 2 s to confirm, and tried on."""
        wrong = [
            outcome
            for channel in self._audio.state.value.channels
            if not (outcome := self._audio.set_mute(channel.name, True, everywhere=True)).is_done
        ]
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._until_muted(origin), name="mics off")
        done, _ = await asyncio.wait({self._trying}, timeout=PENDING_S)
        if not done:
            return Outcome.pending("The microphones are muted in OBS as soon as it confirms it. Esc takes it back.")
        if self._trying.cancelled():
            return Outcome.refused("The muting of the microphones was taken back.")
        return wrong[0] if wrong else self._trying.result()

    def take_back(self, origin: Origin) -> bool:
        """Try no more; what is muted stays so. False when nothing was being tried."""
        if not self.is_trying or self._trying is None:
            return False
        self._trying.cancel()
        self._journal.write("mics.taken_back", origin, inputs=list(self.unconfirmed.value))
        self.unconfirmed.set(())
        return True

    def follow(self, show: Show) -> None:
        """The microphones are those of this show from now on."""
        self._show = show

    def close(self) -> None:
        """Try no more."""
        if self._trying is not None:
            self._trying.cancel()

    async def _until_muted(self, origin: Origin) -> Outcome:
        self.since_mono_ns = self._clock.mono_ns()
        names = named_inputs(self._show)
        self.unconfirmed.set(tuple(names))
        outcomes = await asyncio.gather(self._mute_all(names, origin), self._mute_the_unnamed(names, origin))
        wrong = next((outcome for outcome in outcomes if not outcome.is_done), None)
        if wrong is None:
            self._journal.write("mics.off", origin)
        return wrong or Outcome.done("All microphones are off.")

    async def _mute_the_unnamed(self, named: list[str], origin: Origin) -> Outcome:
        while (others := await self._captures()) is None:
            await asyncio.sleep(AGAIN_S)
        unnamed = [name for name in others if name not in named]
        self.unconfirmed.set((*self.unconfirmed.value, *unnamed))
        return await self._mute_all(unnamed, origin)

    async def _captures(self) -> list[str] | None:
        """OBS's own captures of audio inputs; None while it does not answer."""
        try:
            rows = (await self._obs.call("GetInputList")).get("inputs")
        except (ObsRefused, ObsGone):
            return None
        inputs = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return [str(row.get("inputName")) for row in inputs if row.get("unversionedInputKind") in KINDS]

    async def _mute_all(self, names: Iterable[str], origin: Origin) -> Outcome:
        outcomes = await asyncio.gather(*(self._mute(name, origin) for name in names))
        return next((outcome for outcome in outcomes if not outcome.is_done), Outcome.done())

    async def _mute(self, name: str, origin: Origin) -> Outcome:
        refusals = 0
        while not (outcome := await self._obs.set_input_mute(name, True, origin=origin)).is_done:
            refusals += outcome.result is Result.REFUSED and self._obs.state.value.link.is_up
            if refusals >= REFUSALS:
                break
            await asyncio.sleep(AGAIN_S)
        self.unconfirmed.set(tuple(other for other in self.unconfirmed.value if other != name))
        if outcome.is_done:
            self.muted_in_obs.add(name)
            return outcome
        return Outcome.failed(f"{name} is not muted in OBS: {outcome.why}", "Mute it in OBS, or at the microphone.")
