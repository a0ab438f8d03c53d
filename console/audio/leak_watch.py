"""The N-1 lamp of one return: is its listener in it, and does it come back through their microphone?

One look judges the last 3 s, about once a second, in three ways, none of which sends anything:
- *in the return*: all other channels are taken out of it, and the listener's voice is searched in what is left;
- *through another microphone*: the voice is searched in the whole return, as when a loudspeaker in the studio plays it;
- *echo*: the return is searched in the listener's own microphone.
A leak beyond doubt is reported at once. All else must be seen twice, at the same delay, in windows that share no
sound. Green needs evidence: a leak of the amber limit would have been found. Pure numpy: no log, no clock.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

import numpy as np

from console.audio.leak import Finding
from console.audio.leak_search import Peak, find
from console.audio.moment import LATEST_ECHO_S, LATEST_S, WINDOW_S, Moment
from console.audio.narrowband import Past, Samples
from console.audio.separation import MOST, Known, Rest
from console.audio.state import FLOOR_DBFS, Leak
from console.audio.voice import Voice

AMBER_FROM_DB: Final = -46.0
"""Echo loss that 3GPP TS 26.131 asks of a telephone: what is fainter disturbs nobody."""
HOLD_S: Final = 10.0
"""How long what was found counts while the listener is silent, and what was proved while others drown them."""
_SPEAKS_DBFS: Final = -60.0
_SILENT_BELOW_DB: Final = -30.0  # the return, relative to the loudest voice that is due in it
_SAME_ROOM_S: Final = 0.012  # 4 m of air: a voice in a neighbour's microphone is the room, not an echo
_EARLIER_S: Final = 0.1  # channels may reach Cuedrop later than the return they are in
_IN_STEP: Final = 1e-3  # of a return's energy left, at most, when it is taken for one that Cuedrop mixes
_IN_STEP_OF_MANY: Final = 0.05  # and a limiter is at work: of many voices a line's six at most could be taken out
_CERTAIN: Final = 25.0  # nothing but the voice itself stands so clear
_SURE: Final = 10.0  # nor so clear, when all of the voice shows it
_LIKELY: Final = 7.0  # to be seen again
_PROVED: Final = 8.5  # what stands so clear is likely in nine looks of ten
_STEADY: Final = 2.6
_STEADY_AT_LEAST: Final = 2.0  # what one moment makes is less, however clear
_SAME_DELAY_S: Final = 0.001
_REMEMBERED_S: Final = 20.0
_AGAIN_S: Final = 1.5  # so seldom is searched what must be seen twice anyway
_HALF: Final = 0.5  # of a leak's gain, that a neighbour's microphone must explain
_OWN_SHARE: Final = 0.25  # of a microphone's energy: with less of its own, others are speaking in it
_WORSE: Final = {Leak.LEAK: 2, Leak.ECHO: 1, Leak.CLEAN: 0, Leak.NOT_VERIFIABLE: 0, Leak.SILENT: 0}
_GAINS: Final = (0.1, 10.0)  # a return's own gain, as far as it may change what a leak is measured by


class LeakWatch:
    """Looks at one return. `own`, `others` and `heard` are columns of `past`: the listener's channels, all other
    channels, and what the listener is sent (the return as mixed, or a loopback of what other software sends).
    """

    def __init__(self, past: Past, *, own: Iterable[int], others: Iterable[int], heard: Iterable[int]) -> None:
        self._past = past
        self._now = self._then = Moment(past)
        self._own, self._others, self._heard = tuple(own), tuple(others), tuple(heard)
        self._lead = round(LATEST_S * past.rate_hz)
        self._gain = 1.0
        self._leaks = _Sightings(past.rate_hz)
        self._bleeds = _Sightings(past.rate_hz)
        self._echoes = _Sightings(past.rate_hz)
        self._thorough_s, self._is_thorough = -_AGAIN_S, True
        self._borrowed: dict[int, bool] = {}  # by column, since the last thorough look
        self._held: tuple[float, Finding] | None = None
        self._floors: deque[tuple[float, float]] = deque()

    def look(
        self, due: Iterable[int] | None = None, *, now: Moment | None = None, then: Moment | None = None
    ) -> Finding:
        """What the last 3 s say. due: columns that the return should hold now; None: all others.

        now: the moment that is looked at, shared with other watches; None: this one. then: the moment as much before
        as the listener's channel is held back by its strip, at which all but that channel is looked at: so a delay is
        the line's own.
        """
        self._now = now or Moment(self._past)
        self._then = then or self._now
        self._is_thorough = self._now.heard_s - self._thorough_s >= _AGAIN_S
        if self._is_thorough:
            self._thorough_s = self._now.heard_s
        return self._with_what_was_found(self._judged(self._others if due is None else tuple(due)))

    def _with_what_was_found(self, finding: Finding) -> Finding:
        """The finding, or the worse one before it as long as that cannot be disproved."""
        now_s = self._now.heard_s
        if self._held is not None and finding.leak is not Leak.SILENT:
            since_s, held = self._held
            holds_s = HOLD_S if finding.leak is Leak.NOT_VERIFIABLE else WINDOW_S
            if now_s - since_s <= holds_s and _WORSE[finding.leak] < _WORSE[held.leak]:
                return held
        self._held = (now_s, finding) if _WORSE[finding.leak] else None
        return finding

    def _judged(self, due: tuple[int, ...]) -> Finding:
        if not self._own:
            return Finding(Leak.NOT_VERIFIABLE, "it has no listener with a channel of their own")
        if not self._heard:
            return Finding(Leak.NOT_VERIFIABLE, "Cuedrop does not hear it")
        if self._now.heard_s < 1.0:
            return Finding(Leak.NOT_VERIFIABLE, "listening")
        if self._is_silent(due):
            return Finding(Leak.SILENT, "silent while others speak")
        own = [column for column in self._own if self._now.dbfs(column) > _SPEAKS_DBFS]
        leak = self._leak(own) if own else Finding(Leak.NOT_VERIFIABLE, "the listener is silent")
        return leak if leak.leak is Leak.LEAK or not self._is_thorough else self._echo() or leak

    def _is_silent(self, due: tuple[int, ...]) -> bool:
        """True when somebody due has spoken, not only just now, and the return holds nothing of it."""
        heard = max(map(self._then.dbfs, self._heard))
        spoken = max((self._then.dbfs(column, but_last_s=LATEST_S) for column in due), default=FLOOR_DBFS)
        return spoken > _SPEAKS_DBFS and heard < min(_SPEAKS_DBFS, spoken + _SILENT_BELOW_DB)

    # --- the listener in their return ---

    def _leak(self, own: list[int]) -> Finding:
        speaking = [column for column in self._others if self._then.dbfs(column) > _SPEAKS_DBFS]
        if self._is_thorough:
            self._borrowed.clear()
        for column in own:
            if column not in self._borrowed:
                self._borrowed[column] = self._is_borrowed(column, speaking)
        own = [column for column in own if not self._borrowed[column]]
        if not own:
            return Finding(Leak.NOT_VERIFIABLE, "only the others are heard in the listener's microphone")
        floors, found = [], []
        for port in self._ports():
            sound = self._then.window(port)
            rest = self._rest(sound, speaking)
            if rest.gain is not None:
                self._gain = float(np.clip(rest.gain, *_GAINS))
            for column in own:
                voice = self._now.voice(column)
                peak = find(voice, rest.sound, earliest=0, latest=self._lead)
                floors.append(_db(_PROVED * peak.chance / self._gain))
                is_found = self._leaks.are_beyond_doubt(peak, self._now.heard_s, at_once=_SURE)
                if is_found and not self._is_the_room(voice, peak) and not self._is_borrowed_now(column, speaking):
                    found.append(peak)
                # what the others' removal left of a voice in their microphones is far below any limit
                if rest.gain is not None and self._is_thorough and not any(map(self._matters, found)):
                    found += self._through_a_microphone(voice, sound)
        return self._said(found, max(floors))

    def _through_a_microphone(self, voice: Voice, sound: Samples) -> list[Peak]:
        peak = find(voice, sound, earliest=self._frames(_SAME_ROOM_S), latest=self._lead)
        is_found = peak.is_highest and self._bleeds.are_beyond_doubt(peak, self._now.heard_s)
        return [peak] if is_found else []

    def _is_the_room(self, voice: Voice, peak: Peak) -> bool:
        """True when a voice that comes at once comes through a neighbour's microphone, which is as near."""
        if peak.late > self._frames(_SAME_ROOM_S):
            return False
        for column in self._others:
            near = find(voice, self._then.window(column), earliest=0, latest=self._lead)
            is_as_near = abs(near.late - peak.late) <= self._frames(_SAME_DELAY_S) and near.clarity >= _LIKELY
            if is_as_near and near.gain * self._gain > _HALF * peak.gain:
                return True
        return False

    def _said(self, found: list[Peak], floor_db: float) -> Finding:
        """The loudest leak that matters, or how much was proved."""
        loudest = max(found, key=lambda peak: peak.gain, default=None)
        leak_db = FLOOR_DBFS if loudest is None else _db(loudest.gain / self._gain)
        if loudest is not None and self._matters(loudest):
            late_ms = max(0.0, loudest.late / self._past.rate_hz * 1000)
            words = f"own voice {leak_db:.0f} dB, {late_ms:.0f} ms late"
            self._floors.clear()
            return Finding(Leak.LEAK, words, leak_db, late_ms, floor_db)
        floor_db = self._proved(max(floor_db, leak_db))
        if floor_db > AMBER_FROM_DB:
            words = f"too much else is heard: a leak below {floor_db:.0f} dB would be missed"
            return Finding(Leak.NOT_VERIFIABLE, words, floor_db=floor_db)
        return Finding(Leak.CLEAN, f"floor {floor_db:.0f} dB", floor_db=floor_db)

    def _matters(self, peak: Peak) -> bool:
        return _db(peak.gain / self._gain) >= AMBER_FROM_DB

    def _proved(self, floor_db: float) -> float:
        """The best floor of the last seconds, with this one."""
        now_s = self._now.heard_s
        self._floors.append((now_s, floor_db))
        while self._floors[0][0] < now_s - HOLD_S:
            self._floors.popleft()
        return min(floor for _, floor in self._floors)

    def _rest(self, sound: Samples, speaking: list[int]) -> Rest:
        """The return without the others, as Cuedrop mixes them or, if that leaves more, as they come through a line."""
        if not speaking:
            return Rest(sound)
        every = tuple(
            column for column in sorted((*self._own, *self._others)) if self._then.dbfs(column) > _SPEAKS_DBFS
        )
        in_step = self._then.in_step(every).taken_out_of(sound, [every.index(column) for column in speaking])
        is_crowd = len(speaking) > MOST
        if in_step.share <= (_IN_STEP_OF_MANY if is_crowd else _IN_STEP):
            return in_step
        known = Known([self._then.voice(column) for column in speaking])
        late = known.taken_out_of(sound, earliest=-self._frames(_EARLIER_S), latest=self._lead)
        return min(late, in_step, key=lambda rest: rest.share) if is_crowd else late

    def _is_borrowed_now(self, column: int, speaking: list[int]) -> bool:
        """The same when it may have been judged by an earlier look: nobody is accused by that."""
        return not self._is_thorough and self._is_borrowed(column, speaking)

    def _is_borrowed(self, column: int, speaking: list[int]) -> bool:
        """True when what this microphone carries is mostly the others: a copy of a channel, an echo, the room."""
        loudest = sorted(speaking, key=self._then.dbfs, reverse=True)[:MOST]
        known = Known([self._now.voice(column) for column in loudest])
        rest = known.taken_out_of(self._now.window(column), earliest=-self._frames(_SAME_DELAY_S), latest=self._lead)
        return rest.share < _OWN_SHARE

    # --- the return in the listener's microphone ---

    def _echo(self) -> Finding | None:
        latest, earliest = self._frames(LATEST_ECHO_S), self._frames(_SAME_ROOM_S)
        for port in self._ports():
            if self._then.dbfs(port) <= _SPEAKS_DBFS:
                continue
            sent = self._then.sent(port)
            for column in self._own:
                peak = find(sent, self._now.window(column), earliest=earliest, latest=latest)
                is_found = peak.is_highest and self._echoes.are_beyond_doubt(peak, self._now.heard_s, at_once=np.inf)
                if is_found and _db(peak.gain) >= AMBER_FROM_DB:
                    echo_db, late_ms = _db(peak.gain), peak.late / self._past.rate_hz * 1000
                    words = f"comes back through the microphone at {echo_db:.0f} dB, {late_ms:.0f} ms late"
                    return Finding(Leak.ECHO, words, echo_db, late_ms)
        return None

    # --- the past ---

    def _ports(self) -> list[int]:
        """The return's ports that differ: most returns hold the same on both."""
        ports: list[int] = []
        for port in self._heard:
            sound = self._then.window(port)
            if not any(_is_same(sound, self._then.window(before)) for before in ports):
                ports.append(port)
        return ports

    def _frames(self, seconds: float) -> int:
        return round(seconds * self._past.rate_hz)


class _Sightings:
    """Peaks that were likely, to be beyond doubt when seen again at the same delay in sound that is all new."""

    def __init__(self, rate_hz: float) -> None:
        self._same = _SAME_DELAY_S * rate_hz
        self._seen: deque[tuple[float, float]] = deque()

    def are_beyond_doubt(self, peak: Peak, now_s: float, *, at_once: float = _CERTAIN) -> bool:
        """Take in a peak; True when it, with those seen before, cannot be chance. at_once: so clear and steady is."""
        while self._seen and self._seen[0][0] < now_s - _REMEMBERED_S:
            self._seen.popleft()
        if peak.clarity < _LIKELY or peak.steadiness < _STEADY_AT_LEAST:
            return False
        is_again = any(abs(late - peak.late) <= self._same and at_s <= now_s - WINDOW_S for at_s, late in self._seen)
        self._seen.append((now_s, peak.late))
        return is_again or peak.clarity >= (at_once if peak.steadiness >= _STEADY else max(at_once, _CERTAIN))


def _is_same(one: Samples, two: Samples) -> bool:
    return bool(np.abs(one - two).max() <= 1e-3 * np.abs(two).max())


def _db(gain: float) -> float:
    return max(FLOOR_DBFS, 20 * float(np.log10(gain + 1e-30)))
