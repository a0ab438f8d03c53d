"""The analyst on a ring that a test fills: readings, leak tests, what it says, and what it does when it comes late."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from console.audio.analyst import Analyst
from console.audio.analyst_messages import (
    Begin,
    Found,
    Order,
    PauseLoudness,
    Present,
    Prove,
    ResetLoudness,
    ResetPeaks,
    SetMeters,
    Skipped,
    Wrong,
)
from console.audio.layout import Layout, Routing
from console.audio.plan import Strip, plan_of
from console.audio.readings import Reading, ReadingsBlock
from console.audio.sound_alarms import Kind, Limits, Trouble
from console.audio.state import NO_LOUDNESS_LUFS, Leak
from console.audio.totals import Totals
from console.settings.sound import Audio
from console.workers.port import WorkerPort
from console.workers.rings import CaptureRing

RATE_HZ = 16_000
RING_FRAMES = 4 * RATE_HZ
PLAN = plan_of(
    Audio.model_validate(
        {
            "channels": [{"name": "Host", "inputs": [1]}, {"name": "Guest", "inputs": [2]}],
            "returns": [
                {"name": "Guest", "listener": ["Guest"], "outputs": [1]},
                {"name": "Call", "listener": ["Guest"], "made_by": "elsewhere", "loopback": [5]},
            ],
        }
    )
)
LAYOUT = Layout(PLAN)
HOST, GUEST = 0, 1
(LOOPBACK,), (RETURN,) = LAYOUT.return_columns("Call"), LAYOUT.return_columns("Guest")
PROGRAMME = list(LAYOUT.programme_columns)

Sound = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class Port(WorkerPort):
    """What a worker's port would send to the console."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def beat(self) -> None:
        pass

    def send(self, message: object) -> None:
        self.sent.append(message)

    def of(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.sent if isinstance(message, kind)]


class Studio:
    """A ring, shared memory, and an analyst that may be replaced as one that was killed."""

    def __init__(self, limits: Limits = Limits(), *, ring_frames: int = RING_FRAMES) -> None:  # noqa: B008
        order = Order(PLAN, "digital", limits, "", ring_frames, "", "")
        self.order, self.kept = order, np.zeros(Totals.size(3))
        size = CaptureRing.size(frames=ring_frames, columns=LAYOUT.columns)
        self.ring = CaptureRing(memoryview(bytearray(size)), frames=ring_frames, columns=LAYOUT.columns)
        size = ReadingsBlock.size(columns=LAYOUT.columns, groups=3)
        self.readings = ReadingsBlock(memoryview(bytearray(size)), columns=LAYOUT.columns, groups=3)
        self.start()

    def start(self) -> None:
        """An analyst, in place of the one before."""
        self.port = Port()
        self.analyst = Analyst(self.port, self.order, ring=self.ring, readings=self.readings, kept=self.kept)
        for message in (Routing(), Present(frozenset()), Begin(RATE_HZ)):
            self.analyst.turn(message)

    def play(self, sound: Sound) -> Reading:
        """Put sound through the ring, turn by turn."""
        for start in range(0, len(sound), RATE_HZ // 50):
            self.ring.write(sound[start : start + RATE_HZ // 50])
            self.analyst.turn(None)
        return self.readings.read()


def tone(seconds: float, dbfs: float, *, columns: list[int] = PROGRAMME) -> Sound:
    """A sine of 1 kHz in some columns."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sound = np.zeros((len(time_s), LAYOUT.columns), dtype=np.float32)
    sound[:, columns] = (10 ** (dbfs / 20) * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32)[:, None]
    return sound


def talk(seconds: float, *, leak: float = 0.0, late_s: float = 0.2) -> Sound:
    """Two voices in the studio; the call's return holds the host, and the guest as a leak."""
    frames = round(seconds * RATE_HZ)
    host, guest = babble(frames, seed=1), babble(frames, seed=2)
    sound = np.zeros((frames, LAYOUT.columns), dtype=np.float32)
    sound[:, HOST], sound[:, GUEST] = host, guest
    sound[:, RETURN] = host
    late = round(late_s * RATE_HZ)
    sound[late:, LOOPBACK] = host[: frames - late] + leak * guest[: frames - late]
    return sound


def babble(frames: int, *, seed: int) -> Sound:
    """Noise in syllables, as speech comes: about four a second, of every loudness."""
    rng = np.random.default_rng(seed)
    stops = np.arange(0, frames + RATE_HZ, RATE_HZ // 4)
    envelope = np.interp(np.arange(frames), stops, rng.uniform(0, 1, len(stops)) ** 2)
    return np.asarray(0.2 * envelope * rng.standard_normal(frames), dtype=np.float32)


def test_the_readings_are_those_of_the_standard() -> None:
    reading = Studio().play(tone(4, -23.0))
    programme = reading.groups[0]
    assert programme.momentary_lufs == pytest.approx(-23.0, abs=0.1)
    assert programme.short_term_lufs == pytest.approx(-23.0, abs=0.1)
    assert programme.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert programme.true_peak_dbtp == pytest.approx(-23.0, abs=0.2)
    assert reading.groups[1].integrated_lufs == NO_LOUDNESS_LUFS
    assert reading.level(tuple(PROGRAMME)) == pytest.approx((-23.0, -23.0), abs=0.3)
    assert reading.level((HOST,)) == (-120.0, -120.0)
    assert reading.measured_s == pytest.approx(4.0, abs=0.1)


def test_a_killed_analyst_goes_on_with_the_frame_after_the_last_and_loses_no_loudness() -> None:
    studio = Studio()
    studio.play(tone(5, -20.0))
    missed = tone(1, -20.0)
    studio.ring.write(missed)
    studio.start()
    reading = studio.play(tone(0.5, -20.0))
    assert not studio.port.of(Skipped)
    assert reading.measured_s == pytest.approx(6.5, abs=0.1)
    assert reading.groups[0].integrated_lufs == pytest.approx(-20.0, abs=0.1)
    assert reading.groups[0].momentary_max_lufs == pytest.approx(-20.0, abs=0.1)


def test_the_highest_true_peak_outlives_the_analyst_and_the_rate() -> None:
    studio = Studio()
    studio.play(tone(1, -3.0))
    studio.start()
    assert studio.play(tone(1, -20.0)).groups[0].true_peak_dbtp == pytest.approx(-3.0, abs=0.2)
    studio.analyst.turn(Begin(RATE_HZ // 2))
    assert studio.play(tone(1, -20.0)).groups[0].true_peak_dbtp == pytest.approx(-3.0, abs=0.2)
    studio.analyst.turn(ResetLoudness())
    assert studio.play(tone(1, -20.0)).groups[0].true_peak_dbtp == pytest.approx(-20.0, abs=0.3)


def test_the_meters_and_the_loudness_have_true_peaks_of_their_own() -> None:
    studio, meter = Studio(), tuple(PROGRAMME)
    studio.play(tone(1, -3.0))
    studio.start()  # as after a kill
    reading = studio.play(tone(1, -20.0))
    assert reading.level(meter)[0] == pytest.approx(-3.0, abs=0.2)
    studio.analyst.turn(ResetPeaks())
    reading = studio.play(tone(1, -20.0))
    assert reading.level(meter)[0] == pytest.approx(-20.0, abs=0.3)
    assert reading.groups[0].true_peak_dbtp == pytest.approx(-3.0, abs=0.2)
    studio.analyst.turn(PauseLoudness(True))
    studio.play(tone(1, -10.0))
    studio.analyst.turn(PauseLoudness(False))
    studio.analyst.turn(ResetLoudness())
    reading = studio.play(tone(1, -30.0))
    assert reading.level(meter)[0] == pytest.approx(-10.0, abs=0.2)
    assert reading.groups[0].true_peak_dbtp == pytest.approx(-30.0, abs=0.3)


def test_an_analyst_that_comes_too_late_skips_and_says_how_much() -> None:
    studio = Studio()
    studio.play(tone(2, -20.0))
    for _ in range(5):
        studio.ring.write(tone(1, -10.0))
    studio.analyst.turn(None)
    (skipped,) = studio.port.of(Skipped)
    assert skipped.seconds == pytest.approx(5.0)
    reading = studio.play(tone(2, -20.0))
    assert reading.groups[0].momentary_max_lufs == pytest.approx(-20.0, abs=0.1)


def test_a_new_engine_is_measured_from_its_first_block_at_its_own_rate() -> None:
    studio = Studio()
    studio.play(tone(2, -20.0))
    studio.ring.write(tone(1, -3.0))  # a moment of the engine before, never measured
    studio.analyst.turn(Begin(RATE_HZ // 2))
    reading = studio.play(tone(2, -20.0))
    assert reading.groups[0].true_peak_dbtp == pytest.approx(-20.0, abs=0.3)
    assert reading.measured_s == pytest.approx(6.0, abs=0.1)


def test_loudness_is_reset_and_paused_with_its_true_peaks_and_the_channels_apart_from_it() -> None:
    studio = Studio()
    studio.play(tone(1, -10.0, columns=[*PROGRAMME, HOST]))
    studio.analyst.turn(ResetLoudness())
    reading = studio.play(tone(2, -30.0, columns=[*PROGRAMME, HOST]))
    assert reading.groups[0].integrated_lufs == pytest.approx(-30.0, abs=0.1)
    assert reading.groups[0].true_peak_dbtp == pytest.approx(-30.0, abs=0.2)
    assert reading.level((HOST,))[0] == pytest.approx(-10.0, abs=0.2)
    studio.analyst.turn(ResetPeaks())
    studio.analyst.turn(PauseLoudness(True))
    reading = studio.play(tone(2, -20.0, columns=[*PROGRAMME, HOST]))
    assert reading.groups[0].momentary_lufs == pytest.approx(-20.0, abs=0.1)
    assert reading.groups[0].integrated_lufs == pytest.approx(-30.0, abs=0.1)
    assert reading.groups[0].true_peak_dbtp == pytest.approx(-30.0, abs=0.2)
    assert reading.level((HOST,))[0] == pytest.approx(-20.0, abs=0.2)
    studio.start()  # the next one is told that it is paused
    studio.analyst.turn(PauseLoudness(True))
    assert studio.play(tone(2, -10.0)).groups[0].integrated_lufs == pytest.approx(-30.0, abs=0.1)


def found(studio: Studio, name: str) -> Leak:
    """What was said last of a return."""
    return Leak([one.finding.leak for one in studio.port.of(Found) if one.made_for == name][-1])


def test_returns_are_proved_in_turn_and_said_when_something_changes() -> None:
    studio = Studio()
    studio.play(talk(8))
    assert found(studio, "Guest") is Leak.CLEAN
    assert found(studio, "Call") is Leak.CLEAN
    assert len(studio.port.of(Found)) < 12, "what stays the same is not said each second"
    assert not studio.port.of(Wrong)


def test_a_leak_is_found_named_and_an_alarm_until_it_is_proved_to_be_gone() -> None:
    studio = Studio()
    studio.play(talk(8, leak=10 ** (-25 / 20)))
    assert found(studio, "Call") is Leak.LEAK
    leak = next(one.finding for one in studio.port.of(Found) if one.finding.leak is Leak.LEAK)
    assert leak.leak_db == pytest.approx(-25, abs=3)
    assert leak.delay_ms == pytest.approx(200, abs=5)
    assert [(one.kind, one.name) for one in studio.port.of(Wrong)[-1].troubles] == [(Kind.LEAK, "Call")]
    studio.play(talk(10))
    assert studio.port.of(Wrong)[-1].troubles == frozenset()


def test_the_delay_of_a_leak_is_the_lines_whatever_the_listeners_own_strip_adds() -> None:
    studio = Studio()
    studio.analyst.turn(Routing(strips={"Guest": Strip(delay_ms=700.0)}))
    sound, late = talk(10, leak=10 ** (-25 / 20)), round(0.7 * RATE_HZ)
    sound[late:, GUEST] = sound[:-late, GUEST]
    studio.play(sound)
    assert found(studio, "Call") is Leak.LEAK
    leak = next(one.finding for one in studio.port.of(Found) if one.finding.leak is Leak.LEAK)
    assert leak.delay_ms == pytest.approx(200, abs=5)


@pytest.mark.parametrize(("hold_s", "expected"), [(0.0, []), (1.0, ["Guest"]), (60.0, [])])
def test_a_listener_who_hears_nothing_is_waited_for_by_a_time_of_its_own(hold_s: float, expected: list[str]) -> None:
    studio = Studio(Limits(leak_s=0.0, return_silent_s=hold_s))
    studio.play(tone(6, -20.0, columns=[HOST, LOOPBACK]))
    told = studio.port.of(Wrong)[-1].troubles if studio.port.of(Wrong) else ()
    assert [one.name for one in told if one.kind is Kind.RETURN_SILENT] == expected


def test_a_test_is_answered_with_sound_from_after_it_was_asked_for() -> None:
    studio = Studio()
    studio.play(talk(4))
    studio.analyst.turn(Prove("Guest"))
    studio.play(talk(2))
    assert not [one for one in studio.port.of(Found) if one.is_tested]
    studio.play(talk(2))
    (answer,) = [one for one in studio.port.of(Found) if one.is_tested]
    assert answer.made_for == "Guest"


def test_troubles_of_an_analyst_before_are_cleared_when_they_are_over() -> None:
    trouble = Trouble(Kind.FROZEN, "Host")
    studio = Studio()
    studio.analyst.turn(Present(frozenset({trouble})))
    studio.play(tone(2, -20.0))
    assert not studio.port.of(Wrong)
    studio.play(tone(3, -20.0))
    assert studio.port.of(Wrong)[-1].troubles == frozenset()


def test_a_channel_that_fell_silent_is_missed_by_the_next_analyst_too() -> None:
    studio = Studio(Limits(silence_s=2.0, return_silent_s=0.0))
    studio.play(tone(2, -20.0, columns=[HOST]))
    studio.play(tone(3, -20.0, columns=[GUEST]))
    troubles = studio.port.of(Wrong)[-1].troubles
    assert {(one.kind, one.name) for one in troubles} == {(Kind.SILENT, "Host")}
    studio.start()
    studio.analyst.turn(Present(troubles))
    studio.play(tone(5, -20.0, columns=[GUEST]))
    assert not studio.port.of(Wrong)


def test_a_sound_that_goes_on_by_other_names_is_found_by_these_and_its_loudness_goes_on() -> None:
    studio = Studio()
    studio.play(talk(8, leak=10 ** (-25 / 20)))
    before = studio.readings.read().measured_s
    channels = (PLAN.channels[0], replace(PLAN.channels[1], name="Ana"))
    returns = tuple(replace(one, name=f"{one.name} 2", listener=("Ana",)) for one in PLAN.returns)
    studio.port.sent.clear()
    studio.analyst.turn(Routing(plan=replace(PLAN, channels=channels, returns=returns)))
    studio.analyst.turn(Present(frozenset({Trouble(Kind.LEAK, "Call 2")})))
    assert studio.play(talk(10)).measured_s == pytest.approx(before + 10.0, abs=0.2)
    assert found(studio, "Guest 2") is found(studio, "Call 2") is Leak.CLEAN
    assert {one.made_for for one in studio.port.of(Found)} == {"Guest 2", "Call 2"}
    assert [one.troubles for one in studio.port.of(Wrong)] == [frozenset()]


def test_a_programme_is_not_off_its_target_while_its_loudness_is_paused() -> None:
    studio = Studio(Limits(off_target_s=2.0))
    studio.play(tone(7, -30.0))
    assert [one.kind for one in studio.port.of(Wrong)[-1].troubles] == [Kind.OFF_TARGET]
    studio.analyst.turn(PauseLoudness(True))
    studio.play(tone(6, -30.0))
    assert not studio.port.of(Wrong)[-1].troubles


def test_another_target_takes_away_nothing_that_was_measured() -> None:
    studio = Studio()
    studio.play(tone(4, -20.0))
    studio.analyst.turn(SetMeters("digital", Limits(target_lufs=-23.0)))
    assert studio.play(tone(0.1, -20.0)).groups[0].short_term_lufs == pytest.approx(-20.0, abs=0.1)


def test_a_ring_that_stands_still_costs_nothing_and_says_nothing() -> None:
    studio = Studio()
    studio.play(tone(1, -20.0))
    before = studio.readings.read().at_ns
    for _ in range(10):
        studio.analyst.turn(None)
    assert studio.readings.read().at_ns == before
