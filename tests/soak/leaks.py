"""Leaks in 1,000 calls with real speech, and whole days without one: how often it is found, how often it is invented.

`--times N`: so many calls of each kind and so many hours of shows (1,000 and 24 without). A trial asks as the product
does: it talks for a while without a leak, then there is one, and the lamp is looked at once a second for 3 s.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from console.audio.leak import Finding
from console.audio.leak_watch import LeakWatch
from console.audio.narrowband import Past
from console.audio.state import Leak
from tests.rigs.calls import RATE_HZ, Line, call, said, talkers
from tests.rigs.voices import PEOPLE, Sound
from tests.soak.campaign import Effort, Result

BEFORE_S = 4
LATEST_S = 3
SAME_MS = 2.0

Places = NDArray[np.int64]
Talking = NDArray[np.bool_]

KINDS = {
    "-40 dB": Line(-40.0),
    "-40 dB, noise with the voice": Line(-40.0, is_noise_steady=False),
    "-40 dB, made elsewhere": Line(-40.0, late_s=0.08),
    "-30 dB, compressor 4:1": Line(-30.0, ratio=4.0),
}
EXACT = Line(noise_db=None)
"""A return that Cuedrop makes."""
WANTED = 0.95
NEAR_FRAMES = 24


def run(effort: Effort, result: Result) -> None:
    """Trials of each kind, then hours of shows."""
    for name, line in KINDS.items():
        chance = np.random.default_rng(effort.seed)
        tried = found = 0
        for _ in effort.turns(1000):
            tried += 1
            found += is_found(chance, line)
        result.counts[f"calls with {name}"] = tried
        result.counts[f"found within {LATEST_S} s"] += found
        print(f"{name}: {found} of {tried}", flush=True)
        if found < WANTED * tried:
            result.losses.append(f"{name}: only {found} of {tried} were found")
    hours, invented = 0, Counter[str]()
    for hour in effort.turns(24):
        hours += 1
        invented += show(np.random.default_rng(1000 * effort.seed + hour))
        print(f"{hours} h of shows: {dict(invented)}", flush=True)
    result.counts["hours of shows"] = hours
    result.counts["leaks invented in them"] = invented[Leak.LEAK] + invented[Leak.ECHO]
    if invented[Leak.LEAK] + invented[Leak.ECHO] > hours / 24:
        result.losses.append(f"{dict(invented)} in {hours} hours without a leak")


def is_found(chance: np.random.Generator, line: Line, others: int = 3) -> bool:
    """One call in which the leak begins after a while: whether it is found in time, where it is."""
    delay_s = float(chance.uniform(0.0, 0.5))
    line = replace(line, leak_s=delay_s)
    voices = talkers(chance, 1 + others, BEFORE_S + 0.5 + LATEST_S)
    leaking = call(chance, voices, line)
    clean = call(chance, voices, replace(line, leak_db=None))
    begins = round((BEFORE_S + delay_s) * RATE_HZ)
    sound = np.concatenate((clean[:begins], leaking[begins:]))
    past = Past(RATE_HZ, sound.shape[1])
    watch = LeakWatch(past, own=(0,), others=range(1, 1 + others), heard=(1 + others,))
    past.feed(sound[:begins])
    watch.look()
    for second in range(LATEST_S):
        past.feed(sound[begins + second * RATE_HZ : begins + (second + 1) * RATE_HZ])
        finding = watch.look()
        if finding.leak is Leak.LEAK:
            return is_right(finding, delay_s)
    return False


def is_right(finding: Finding, delay_s: float) -> bool:
    """A leak at the right delay: another one would be chance."""
    return finding.delay_ms is not None and abs(finding.delay_ms - delay_s * 1000) <= SAME_MS


def show(chance: np.random.Generator, seconds: int = 3600, people: int = 4) -> Counter[str]:
    """Some of a show without any leak, an hour by default: how often each lamp came on.

    Who talks changes, most of the time several do. Some returns are Cuedrop's, some come from elsewhere, late, noisy
    and compressed. The first two people may sit in one room, each in the other's microphone too.
    """
    is_shared = bool(chance.random() < 0.5)
    lines = [EXACT if is_shared and one < 2 else _line(chance) for one in range(people)]
    who, at = chance.permutation(len(PEOPLE))[:people], chance.integers(0, len(said(0)), people)
    past = Past(RATE_HZ, 2 * people)
    watches = [
        LeakWatch(past, own=(one,), others=set(range(people)) - {one}, heard=(people + one,)) for one in range(people)
    ]
    lamps, came_on = [Leak.NOT_VERIFIABLE] * people, Counter[str]()
    is_talking: Talking = chance.random(people) < 0.6
    before = np.zeros((RATE_HZ, people), dtype=np.float32)
    for _ in range(seconds):
        is_talking = np.where(chance.random(people) < 0.15, ~is_talking, is_talking)
        both = np.concatenate((before, _second(chance, who, at, is_talking)))
        before, at = both[RATE_HZ:], (at + RATE_HZ) % len(said(0))
        heard = _in_one_room(both) if is_shared else both
        past.feed(np.column_stack((heard, _returns(chance, heard, lines)))[RATE_HZ:].astype(np.float32))
        for number, watch in enumerate(watches):
            lamp = watch.look().leak
            if lamp is not lamps[number]:
                came_on[lamp] += 1
            lamps[number] = lamp
    return came_on


def _line(chance: np.random.Generator) -> Line:
    """A line of some kind, none of which leaks."""
    if chance.random() < 0.4:
        return EXACT
    return Line(
        late_s=float(chance.uniform(0.0, 0.3)),
        noise_db=float(chance.uniform(-60, -20)),
        is_noise_steady=bool(chance.random() < 0.5),
        ratio=float(chance.choice([1.0, 4.0])),
    )


def _second(chance: np.random.Generator, who: Places, at: Places, is_talking: Talking) -> Sound:
    """One second of everybody: who talks, at their level; who does not, in a quiet room."""
    places = zip(who, at, strict=True)
    voices = [np.take(said(int(one)), np.arange(start, start + RATE_HZ), mode="wrap") for one, start in places]
    room = chance.standard_normal((RATE_HZ, len(voices))) * 10 ** (-65 / 20)
    return np.asarray(np.stack(voices, axis=1) * is_talking + room, dtype=np.float32)


def _in_one_room(voices: Sound) -> Sound:
    """The first two's microphones hear both of them: the other one fainter, and a metre of air later."""
    heard = voices.copy()
    heard[NEAR_FRAMES:, :2] += voices[:-NEAR_FRAMES, 1::-1] * np.float32(0.1)
    return heard


def _returns(chance: np.random.Generator, voices: Sound, lines: list[Line]) -> Sound:
    """Each one's return: all the others, through a line."""
    heard = []
    for number, line in enumerate(lines):
        others = np.delete(voices, number, axis=1)
        heard.append(call(chance, np.column_stack((voices[:, number], others)), line)[:, -1])
    return np.stack(heard, axis=1)
