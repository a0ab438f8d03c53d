"""Each thing that goes wrong in sound is seen, and what merely resembles it is not."""

from collections.abc import Callable

import numpy as np
import pytest

from console.audio.layout import Layout, Routing
from console.audio.plan import plan_of
from console.audio.sound_alarms import PROGRAMME, Holds, Kind, Limits
from console.audio.watching import Watching
from console.settings.sound import Audio

RATE_HZ = 8_000
STUDIO = Layout(
    plan_of(
        Audio.model_validate(
            {
                "channels": [
                    {"name": "Host", "inputs": [1]},
                    {"name": "Film", "inputs": [2, 3]},
                    {"name": "Director", "inputs": [4]},
                ],
                "returns": [{"name": "Host", "listener": ["Host"], "outputs": [1]}],
                "talkback": "Director",
            }
        )
    )
)
HOST, LEFT, RIGHT, DIRECTOR = range(4)
PROGRAMME_LEFT, PROGRAMME_RIGHT = STUDIO.programme_columns
LIMITS = Limits(silence_s=4.0, hum_s=4.0, dc_s=3.0, polarity_s=3.0, off_target_s=4.0)

Sound = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class Studio:
    """A watch with its holds, fed by the second."""

    def __init__(self, *, short_term_lufs: float | None = -16.0) -> None:
        self.watching = Watching(STUDIO, LIMITS, sample_rate_hz=RATE_HZ)
        self.holds = Holds()
        self.routing = Routing()
        self.short_term_lufs = short_term_lufs
        self._at = 0
        self._rng = np.random.default_rng(1)

    def hear(self, seconds: float, **columns: "float | Callable[[Sound], Sound]") -> set[tuple[Kind, str]]:
        """Feed noise at -30 dBFS, or what is given for host, left, right or director: a factor, or of the time."""
        for _ in range(round(seconds * 50)):
            frames = RATE_HZ // 50
            time_s = ((self._at + np.arange(frames)) / RATE_HZ).astype(np.float32)
            block = (self._rng.standard_normal((frames, STUDIO.columns)) * 0.03).astype(np.float32)
            for name, column in (("host", HOST), ("left", LEFT), ("right", RIGHT), ("director", DIRECTOR)):
                given = columns.get(name, 1.0)
                block[:, column] = given(time_s) if callable(given) else block[:, column] * given
            block[:, PROGRAMME_LEFT] = block[:, HOST] + block[:, LEFT]
            block[:, PROGRAMME_RIGHT] = block[:, HOST] + block[:, RIGHT]
            self._at += frames
            self.watching.feed(block)
            if self.watching.is_due:
                elapsed_s, checks = self.watching.look(self.routing, short_term_lufs=self.short_term_lufs)
                for check in checks:
                    self.holds.tell(check, elapsed_s)
        return {(trouble.kind, trouble.name) for trouble in self.holds.present}


def tone(hz: float, amplitude: float) -> Callable[[Sound], Sound]:
    return lambda time_s: (amplitude * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def hum(hz: float, amplitude: float) -> Callable[[Sound], Sound]:
    """A mains hum with three harmonics in a little noise."""
    rng = np.random.default_rng(2)

    def made(time_s: Sound) -> Sound:
        tones = sum(np.sin(2 * np.pi * hz * number * time_s) / number for number in (1, 2, 3))
        return np.asarray(amplitude * tones + rng.standard_normal(len(time_s)) * 1e-3, dtype=np.float32)

    return made


def voice(pitch_hz: float) -> Callable[[Sound], Sound]:
    """A buzz with many harmonics, whose pitch and loudness wander as those of a voice."""

    def made(time_s: Sound) -> Sound:
        phase = 2 * np.pi * pitch_hz * time_s + 3 * np.sin(2 * np.pi * 0.7 * time_s)
        tones = sum(np.sin(number * phase) / number for number in range(1, 12))
        return np.asarray(0.1 * np.abs(np.sin(2 * np.pi * 1.3 * time_s)) * tones, dtype=np.float32)

    return made


def test_a_studio_that_is_well_raises_nothing() -> None:
    assert not Studio().hear(20, host=voice(100))


def test_a_channel_that_fell_silent_is_missed_after_its_time_and_forgiven_when_it_is_back() -> None:
    studio = Studio()
    assert not studio.hear(3)
    assert not studio.hear(3, host=0.0)
    assert studio.hear(3, host=0.0) == {(Kind.SILENT, "Host")}
    assert not studio.hear(5)


def test_a_channel_that_never_had_sound_is_not_missed() -> None:
    assert not Studio().hear(10, host=0.0)


def test_silence_is_missed_only_where_sound_is_due() -> None:
    studio = Studio()
    studio.hear(3)
    studio.routing = Routing(muted=frozenset({"Host"}), off_programme=frozenset({"Host"}))
    assert not studio.hear(10, host=0.0, director=0.0)


def test_a_channel_that_fell_silent_is_missed_over_every_gap() -> None:
    studio = Studio()
    studio.hear(3)
    studio.watching.skip()
    assert studio.hear(6, host=0.0) == {(Kind.SILENT, "Host")}
    studio.watching.skip()
    assert studio.hear(6, host=0.0) == {(Kind.SILENT, "Host")}
    assert not studio.hear(5)


def test_a_silent_programme_is_missed() -> None:
    studio = Studio()
    studio.hear(3)
    assert (Kind.SILENT, PROGRAMME) in studio.hear(8, host=0.0, left=0.0, right=0.0)


def test_one_clipped_moment_is_nothing_and_a_second_one_soon_after_is_an_alarm() -> None:
    studio = Studio()
    once = tone(200, 1.2)
    assert not studio.hear(0.02, director=once)
    assert not studio.hear(5)
    studio.hear(0.02, director=once)
    studio.hear(0.2)
    studio.hear(0.02, director=once)
    assert studio.hear(1) == {(Kind.CLIPPING, "Director")}
    assert not studio.hear(5)


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_hum_is_heard_under_a_voice_and_named(mains_hz: int) -> None:
    studio = Studio()
    buzz, speech = hum(mains_hz, 0.02), voice(110)
    both = studio.hear(8, host=lambda time_s: buzz(time_s) + speech(time_s))
    assert (Kind.HUM, "Host") in both
    details = [trouble.detail for trouble in studio.holds.present if trouble.kind is Kind.HUM]
    assert all(detail.startswith(f"{mains_hz} Hz at -3") for detail in details), details
    assert not studio.hear(6, host=speech)


def test_hum_stands_over_a_gap_until_it_is_heard_to_be_gone() -> None:
    studio = Studio()
    assert (Kind.HUM, "Host") in studio.hear(8, host=hum(50, 0.02))
    studio.watching.skip()
    assert (Kind.HUM, "Host") in studio.hear(3.9)
    assert not studio.hear(6)


def test_a_steady_voice_of_twice_the_mains_is_no_hum() -> None:
    def steady(time_s: Sound) -> Sound:
        return np.asarray(0.05 * sum(np.sin(2 * np.pi * 100 * number * time_s) for number in (1, 2, 3)), np.float32)

    assert not Studio().hear(8, host=steady)


def test_an_offset_is_seen_and_takes_no_part_in_the_level() -> None:
    studio = Studio()
    studio.hear(3)
    assert studio.hear(5, director=lambda time_s: tone(300, 0.1)(time_s) + np.float32(0.05)) == {(Kind.DC, "Director")}


def test_left_against_right_is_seen_and_two_sides_that_differ_are_not() -> None:
    studio = Studio()
    assert not studio.hear(5)
    against = studio.hear(5, left=tone(330, 0.3), right=tone(330, -0.3), host=0.1)
    assert against == {(Kind.POLARITY, "Film"), (Kind.POLARITY, PROGRAMME)}
    assert not studio.hear(5, left=tone(330, 0.3), right=tone(330, 0.3))


def test_a_channel_that_froze_is_seen_and_a_silent_one_is_not() -> None:
    studio = Studio()

    def stuck(time_s: Sound) -> Sound:
        return np.full(len(time_s), 0.25, dtype=np.float32)

    assert not studio.hear(5, director=0.0)
    assert studio.hear(5, director=stuck) == {(Kind.FROZEN, "Director")}


def test_the_programme_off_its_target_is_said_with_figures_and_only_while_there_is_sound() -> None:
    studio = Studio(short_term_lufs=-60.0)
    assert not studio.hear(6)
    studio.short_term_lufs = -21.6
    assert studio.hear(6) == {(Kind.OFF_TARGET, PROGRAMME)}
    (trouble,) = studio.holds.present
    assert trouble.detail == "-22 LUFS, 6 LU too quiet"
    studio.short_term_lufs = -17.0
    assert not studio.hear(5)
    studio.short_term_lufs = -10.0
    assert studio.hear(6)
    studio.short_term_lufs = None  # nothing is known for a while
    assert studio.hear(5)
    studio.short_term_lufs = -60.0  # quiet is not off
    assert not studio.hear(5)


def test_talking_while_muted_is_seen() -> None:
    studio = Studio()
    studio.routing = Routing(muted=frozenset({"Host"}))
    assert studio.hear(4) == {(Kind.TALKING, "Host")}
    studio.routing = Routing()
    assert not studio.hear(5)
