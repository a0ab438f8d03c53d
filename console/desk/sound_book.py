"""The sound of the show as the director keeps it: strips, sends, presets, guests; changed, taken back, saved.

Loop thread only; the show file is written in a thread. Unlike cameras, sound is heard first and saved then: a fader
that is drawn is not to wait for a disk. What could not be saved is an alarm. Without a file (practice) it lives as long
as the console.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from console.audio.desk_side import Audio
from console.audio.plan import Strip, nameless, plan_of
from console.audio.state import Sound
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.once_more import AGAIN_S, OnceMore
from console.desk.sound_saving import SoundSaving
from console.settings import sound as settings
from console.settings.show import Show
from console.show.sound import Change, cameras_of, names_changed, putting_back

NOT_KEPT: Final = "It lives as long as this console: practice keeps no show file."
STOPS: Final = "We are on air, and this stops the sound for about a second."
MOST_UNDONE: Final = 50
ONE_MOVE_S: Final = 2.0
"""Changes of the same thing within so long are one: a fader that was drawn is taken back whole."""

_STRIP: Final = ("delay_ms", "high_pass_hz", "polarity", "pan")
_HEARD_AT_ONCE: Final = dict.fromkeys(("gain_db", "mute_acts_on", *_STRIP))


@dataclass(frozen=True, slots=True)
class _Done:
    """A change that can be taken back: what it was, and the sound before and after."""

    words: str
    before: settings.Audio
    after: settings.Audio
    at_ns: int


class SoundBook:
    """The sound of one show; `saving` knows the show file."""

    def __init__(
        self,
        show: Observable[Show],
        audio: Audio,
        saving: SoundSaving,
        *,
        journal: Journal,
        clock: Clock,
        is_on_air: Callable[[], bool],
    ) -> None:
        self.saving = saving
        self._is_on_air = is_on_air
        self._once_more = OnceMore(clock)
        self._show = show
        self._audio = audio
        self._journal = journal
        self._clock = clock
        self._undo: list[_Done] = []

    @property
    def now(self) -> settings.Audio:
        """The show's sound as it is now."""
        return self._show.value.audio

    def change(self, change: Change, words: str) -> Outcome:
        """Do `change` to what is heard; it is saved soon. words: what was done, for undo. Raises UserError."""
        before = self.now
        after = change(before)
        if after == before:
            if self.saving.lacks(words):
                self.saving.add(change, words)
            return Outcome.done()
        outcome = self._hear(before, after)
        if not outcome.is_done:
            return outcome
        self._note(words, before, after)
        self._keep(change, after, words)
        return outcome if outcome.why or self.saving.has_file else Outcome.done(NOT_KEPT)

    async def change_and_save(self, change: Change, words: str) -> Outcome:
        """As `change`, and answered once it is in the file: failed when it is heard and could not be saved."""
        outcome = self.change(change, words)
        return await self._saved(outcome, words, f"{words}.") if outcome.is_done else outcome

    @property
    def can_undo(self) -> bool:
        """Whether a change is there to be taken back."""
        return bool(self._undo)

    async def undo(self, *, origin: Origin) -> Outcome:
        """Take back the last change. Mutes stay as they are: nobody is to be heard by surprise. Raises UserError."""
        if not self._undo:
            return Outcome.refused("No change of the sound is there to take back.")
        last = self._undo[-1]
        back = putting_back(last.before, last.after)
        before = self.now
        after = back(before)
        outcome = self._hear(before, after)
        if not outcome.is_done:
            return outcome
        self._undo.pop()
        self._keep(back, after, last.words)
        self._journal.write("sound.undone", origin, what=last.words)
        return await self._saved(outcome, last.words, f"Taken back: {last.words}.")

    def presets_in(self, sound: Sound) -> tuple[tuple[str, ...], str | None]:
        """The names of all presets, and the first one that is just what is heard now."""
        presets = self.now.presets
        return tuple(one.name for one in presets), next((one.name for one in presets if _is_heard(one, sound)), None)

    # --- how it is done ---

    def _hear(self, before: settings.Audio, after: settings.Audio) -> Outcome:
        """Let what differs be heard: at once where a running engine can, else by starting the sound anew.

        Other ports, and other numbers of them, need a new one: nothing is heard for about a second. On air that is
        said first, and done when the same is asked for once more.
        """
        renamed = names_changed(before.channels, after.channels)
        if nameless(plan_of(before)) != nameless(plan_of(after)):
            if self._audio.recorder.is_on:  # from its start, before its files are open
                return Outcome.refused(
                    "The sound is being recorded, and this would end it.", "Stop the recording of the sound first."
                )
            if self._is_on_air() and not self._once_more.is_second(after):
                return Outcome.refused(STOPS, f"Once more within {AGAIN_S:g} s does it.")
            self._audio.reopen(after, renamed=renamed)
            return Outcome.done()
        if _names(before) != _names(after):
            self._audio.follow(after, renamed={**names_changed(before.returns, after.returns), **renamed})
            return Outcome.done()
        if before.meters != after.meters:
            self._audio.set_meters(after)
        steps = [*self._strips(before, after), *self._sends(before, after)]
        outcomes: list[Outcome] = []
        for step in steps:
            outcomes.append(step())
            if not outcomes[-1].is_done:
                return outcomes[-1]
        return next((outcome for outcome in outcomes if outcome.why), Outcome.done())

    def _strips(self, before: settings.Audio, after: settings.Audio) -> list[Callable[[], Outcome]]:
        """What is to be set at the channels."""
        steps: list[Callable[[], Outcome]] = []
        for old, new in zip(before.channels, after.channels, strict=True):
            if old.mute_acts_on != new.mute_acts_on:
                obs, returns = new.mute_acts_on != "returns", new.mute_acts_on != "obs"
                steps.append(partial(self._audio.set_mute_acts_on, new.name, obs=obs, returns=returns))
            if old.gain_db != new.gain_db:
                steps.append(partial(self._audio.set_gain, new.name, new.gain_db))
            if any(getattr(old, key) != getattr(new, key) for key in _STRIP):
                strip = Strip(new.delay_ms, new.high_pass_hz, new.polarity, new.pan)
                steps.append(partial(self._audio.set_strip, new.name, strip))
        return steps

    def _sends(self, before: settings.Audio, after: settings.Audio) -> list[Callable[[], Outcome]]:
        """What is to be set in the returns: all at one moment."""
        sends: dict[str, dict[str, float]] = {}
        for old, new in zip(before.returns, after.returns, strict=True):
            names = dict.fromkeys((*old.gains_db, *new.gains_db))
            changed = {name: new.gains_db.get(name, 0.0) for name in names if _send(old, name) != _send(new, name)}
            if changed:
                sends[new.name] = changed
        return [partial(self._audio.set_sends, sends)] if sends else []

    def _note(self, words: str, before: settings.Audio, after: settings.Audio) -> None:
        """Remember it for undo; what goes on with the last change is one with it."""
        now_ns = self._clock.mono_ns()
        if self._undo and (last := self._undo[-1]).words == words and now_ns - last.at_ns < ONE_MOVE_S * 1e9:
            self._undo[-1] = _Done(words, last.before, after, now_ns)
        else:
            self._undo = [*self._undo, _Done(words, before, after, now_ns)][-MOST_UNDONE:]

    def _keep(self, change: Change, after: settings.Audio, words: str) -> None:
        cameras = cameras_of(self._show.value.cameras, names_changed(self.now.channels, after.channels))
        self._show.set(self._show.value.model_copy(update={"audio": after, "cameras": cameras}))
        self.saving.add(change, words)

    async def _saved(self, outcome: Outcome, words: str, said_as: str) -> Outcome:
        """What to answer once the change called `words` is in the file, or not."""
        try:
            await self.saving.save(words)
        except UserError as error:
            return Outcome.failed(f"{said_as} It is not saved: {error.what}", error.fix)
        said = dict.fromkeys((said_as, outcome.why, "" if self.saving.has_file else NOT_KEPT))
        return Outcome.done(" ".join(part for part in said if part))


def _names(audio: settings.Audio) -> settings.Audio:
    """What is neither a strip's nor a gain: names, who listens, ports."""
    channels = tuple(channel.model_copy(update=_HEARD_AT_ONCE) for channel in audio.channels)
    returns = tuple(made_for.model_copy(update={"gains_db": {}}) for made_for in audio.returns)
    return audio.model_copy(
        update={"channels": channels, "returns": returns, "presets": (), "meters": settings.Meters()}
    )


def _send(made_for: settings.Return, channel: str) -> float:
    return made_for.gains_db.get(channel, 0.0)


def _is_heard(preset: settings.Preset, sound: Sound) -> bool:
    """Whether gains and mutes are just as a preset has them."""
    is_half_muted = any(channel.is_to_be_opened and not channel.is_muted for channel in sound.channels)
    if is_half_muted or {channel.name for channel in sound.channels if channel.is_muted} != set(preset.muted):
        return False
    returns: dict[str, Any] = {made_for.name: made_for.gains_db for made_for in sound.returns}
    return all(
        returns.get(name, {}).get(channel, 0.0) == db
        for name, sends in preset.gains_db.items()
        for channel, db in sends.items()
    )
