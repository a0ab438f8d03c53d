"""The N-1 lamp, on calls with real speech. The long campaigns are `python -m tests.soak leaks`."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from console.audio.leak import Finding
from console.audio.leak_watch import HOLD_S, LeakWatch
from console.audio.limiter import Limiter
from console.audio.narrowband import Past
from console.audio.state import Leak
from tests.rigs.calls import RATE_HZ, Line, call, delayed, past_of, talkers
from tests.rigs.voices import Sound
from tests.soak import leaks


def voices(count: int, *, seed: int = 1, seconds: float = 5.0) -> Sound:
    return talkers(np.random.default_rng(seed), count, seconds)


def a_call(speech: Sound, line: Line) -> Sound:
    return call(np.random.default_rng(2), speech, line)


def hiss(frames: int, *, dbfs: float = -65.0) -> Sound:
    return (np.random.default_rng(3).standard_normal(frames) * 10 ** (dbfs / 20)).astype(np.float32)


def watch_of(sound: Sound) -> LeakWatch:
    """The watch of a call's return, after all of the call was heard."""
    people = sound.shape[1] - 1
    return LeakWatch(past_of(sound), own=(0,), others=range(1, people), heard=(people,))


def looks(sound: Sound) -> list[Finding]:
    """What the lamp says at the end of each second of a call."""
    people = sound.shape[1] - 1
    past = Past(RATE_HZ, people + 1)
    watch = LeakWatch(past, own=(0,), others=range(1, people), heard=(people,))
    found = []
    for start in range(0, len(sound) - RATE_HZ + 1, RATE_HZ):
        past.feed(sound[start : start + RATE_HZ])
        found.append(watch.look())
    return found


# --- the listener in their return ---


@pytest.mark.parametrize("late_s", [0.0, 0.0301, 0.4999])
@pytest.mark.parametrize("leak_db", [-40.0, -31.0, 0.0])
def test_a_leak_under_three_others_is_found_with_its_level_and_delay(leak_db: float, late_s: float) -> None:
    finding = watch_of(a_call(voices(4), Line(leak_db, late_s))).look()
    assert finding.leak is Leak.LEAK
    assert finding.leak_db == pytest.approx(leak_db, abs=2.0)
    assert finding.delay_ms == pytest.approx(late_s * 1000, abs=0.2)
    assert finding.detail == f"own voice {finding.leak_db:.0f} dB, {finding.delay_ms:.0f} ms late"


@pytest.mark.slow
@pytest.mark.parametrize("kind", leaks.KINDS)
def test_of_ten_leaks_nine_are_found_within_three_seconds(kind: str) -> None:
    chance = np.random.default_rng(11)
    assert sum(leaks.is_found(chance, leaks.KINDS[kind]) for _ in range(10)) >= 9


@pytest.mark.slow
def test_in_half_a_minute_of_a_show_without_a_leak_no_lamp_invents_one() -> None:
    came_on = leaks.show(np.random.default_rng(12), seconds=30, people=3)
    assert came_on[Leak.CLEAN] > 0
    assert came_on[Leak.LEAK] + came_on[Leak.ECHO] + came_on[Leak.SILENT] == 0


def test_a_return_without_its_listener_is_clean_and_says_how_far_that_was_proved() -> None:
    finding = watch_of(a_call(voices(4), Line())).look()
    assert finding.leak is Leak.CLEAN
    assert finding.floor_db is not None
    assert -70 < finding.floor_db <= -46
    assert finding.detail == f"floor {finding.floor_db:.0f} dB"


def test_a_fainter_leak_than_the_amber_limit_is_clean_down_to_it() -> None:
    finding = watch_of(a_call(voices(4), Line(-52.0, noise_db=None))).look()
    assert finding.leak is Leak.CLEAN
    assert finding.floor_db == pytest.approx(-52.0, abs=2.0)


def test_a_leak_is_measured_against_the_others_so_a_loopback_may_be_turned_down() -> None:
    sound = a_call(voices(4), Line(-30.0, noise_db=-50.0))
    sound[:, -1] *= np.float32(0.2)
    finding = watch_of(sound).look()
    assert finding.leak is Leak.LEAK
    assert finding.leak_db == pytest.approx(-30.0, abs=2.0)


def test_in_a_line_that_drowns_everything_nothing_is_called_clean() -> None:
    finding = watch_of(a_call(voices(4), Line(noise_db=0.0))).look()
    assert finding.leak is Leak.NOT_VERIFIABLE
    assert finding.detail.startswith("too much else is heard: a leak below ")


@pytest.mark.parametrize("rate_hz", [48_000, 44_100])
def test_at_a_sound_cards_rate_in_its_blocks_it_is_the_same(rate_hz: int) -> None:
    slow = a_call(voices(3), Line(-30.0, 0.2, noise_db=-50.0))
    sound = resample_poly(slow, rate_hz, RATE_HZ, axis=0).astype(np.float32)
    past = Past(rate_hz, 4)
    for start in range(0, len(sound), 480):
        past.feed(sound[start : start + 480])
    finding = LeakWatch(past, own=(0,), others=(1, 2), heard=(3,)).look()
    assert finding.leak is Leak.LEAK
    assert finding.leak_db == pytest.approx(-30.0, abs=2.0)
    assert finding.delay_ms == pytest.approx(200.0, abs=0.5)


def test_a_leak_in_one_of_two_ports_or_channels_is_enough() -> None:
    sound = a_call(voices(3), Line(-30.0))
    clean = a_call(voices(3), Line())
    silent = np.zeros((len(sound), 1), dtype=np.float32)
    past = past_of(np.column_stack((silent, sound[:, :3], clean[:, 3], sound[:, 3])))
    assert LeakWatch(past, own=(0, 1), others=(2, 3), heard=(4, 5)).look().leak is Leak.LEAK


def test_a_leak_through_the_studios_loudspeaker_and_the_hosts_microphone_is_found() -> None:
    speech = voices(3, seconds=8.0)
    speech[:, 1] += delayed(speech[:, 0], 0.035) * np.float32(0.1) + hiss(len(speech))
    finding = looks(np.column_stack((speech, speech[:, 1] + speech[:, 2])))[-1]
    assert finding.leak is Leak.LEAK
    assert finding.leak_db == pytest.approx(-20.0, abs=3.0)
    assert finding.delay_ms == pytest.approx(35.0, abs=1.0)


@pytest.mark.parametrize("silent_from_s", [12, 0, 5])
def test_two_in_one_room_who_hear_each_others_microphones_are_no_leak_and_no_echo(silent_from_s: int) -> None:
    speech = voices(3, seconds=12.0)
    speech[silent_from_s * RATE_HZ :, 1] = 0
    near = [delayed(speech[:, side], 0.003) * np.float32(0.1) + hiss(len(speech)) for side in (1, 0)]
    speech[:, 0] += near[0]
    speech[:, 1] += near[1]
    found = {finding.leak for finding in looks(np.column_stack((speech, speech[:, 1] + speech[:, 2])))}
    assert found <= {Leak.CLEAN, Leak.NOT_VERIFIABLE}
    assert Leak.CLEAN in found


@pytest.mark.parametrize(("leak_db", "leak"), [(None, Leak.CLEAN), (-40.0, Leak.LEAK)])
def test_of_eight_who_shout_into_a_return_of_cuedrops_under_its_limiter_nobody_hides_a_leak(
    leak_db: float | None, leak: Leak
) -> None:
    speech = resample_poly(2 * voices(8), 6, 1, axis=0).astype(np.float32)
    mixed = speech[:, 1:].sum(axis=1)
    if leak_db is not None:
        mixed[11_520:] += speech[:-11_520, 0] * np.float32(10 ** (leak_db / 20))
    limiter = Limiter([1], [0.7], sample_rate_hz=48_000, block_frames=128)
    for start in range(0, len(mixed), 128):
        limiter.limit(mixed[start : start + 128].reshape(-1, 1))
    past = Past(48_000, 9)
    past.feed(np.column_stack((speech, mixed)))
    finding = LeakWatch(past, own=(0,), others=range(1, 8), heard=(8,)).look()
    assert finding.leak is leak
    assert finding.delay_ms == (pytest.approx(240, abs=1) if leak_db else None)


# --- what proves nothing ---


def test_a_silent_listener_proves_nothing() -> None:
    sound = a_call(voices(3), Line(-20.0))
    sound[:, 0] = 0
    finding = watch_of(sound).look()
    assert (finding.leak, finding.detail) == (Leak.NOT_VERIFIABLE, "the listener is silent")


def test_a_microphone_that_carries_another_channel_too_proves_nothing() -> None:
    sound = a_call(voices(3), Line())
    sound[:, 0] = sound[:, 1] * np.float32(0.7)
    finding = watch_of(sound).look()
    assert finding.leak is Leak.NOT_VERIFIABLE
    assert finding.detail == "only the others are heard in the listener's microphone"


def test_without_a_listener_or_a_return_or_a_second_of_sound_nothing_is_said() -> None:
    past = past_of(a_call(voices(2), Line()))
    assert LeakWatch(past, own=(), others=(1,), heard=(2,)).look().leak is Leak.NOT_VERIFIABLE
    assert LeakWatch(past, own=(0,), others=(1,), heard=()).look().leak is Leak.NOT_VERIFIABLE
    assert LeakWatch(Past(RATE_HZ, 3), own=(0,), others=(1,), heard=(2,)).look().detail == "listening"


# --- silence where sound is due ---


def test_a_return_that_is_silent_while_others_speak_says_so() -> None:
    sound = a_call(voices(3), Line())
    sound[:, -1] = hiss(len(sound), dbfs=-80)
    assert watch_of(sound).look().leak is Leak.SILENT


def test_silence_is_right_where_nobody_who_speaks_is_due() -> None:
    sound = a_call(voices(3), Line())
    sound[:, -1] = 0
    finding = watch_of(sound).look(due=())
    assert finding.leak is Leak.CLEAN
    assert finding.floor_db is not None
    assert finding.floor_db < -60


def test_others_who_have_only_just_begun_may_still_be_on_their_way() -> None:
    sound = a_call(voices(3), Line(late_s=0.4, noise_db=None))
    sound[: -RATE_HZ // 2, 1:] = 0
    sound[:, -1] = 0
    assert watch_of(sound).look().leak is not Leak.SILENT


# --- the return in the listener's microphone ---


@pytest.mark.parametrize(("echo_db", "late_s"), [(-20.0, 0.31), (-40.0, 0.31), (-30.0, 0.85)])
def test_an_echo_is_found_while_the_guest_speaks(echo_db: float, late_s: float) -> None:
    found = looks(a_call(voices(3, seconds=9.0), Line(noise_db=-60.0, echo_db=echo_db, echo_s=late_s)))
    assert found[-1].leak is Leak.ECHO
    assert found[-1].leak_db == pytest.approx(echo_db, abs=3.0)
    assert found[-1].delay_ms == pytest.approx(1000 * late_s, abs=1.0)


def test_headphones_on_the_table_are_an_echo_though_the_guest_is_away() -> None:
    speech = voices(3, seconds=9.0)
    speech[:, 0] = hiss(len(speech))
    found = looks(a_call(speech, Line(noise_db=-60.0, echo_db=-25.0, echo_s=0.2)))
    assert found[-1].leak is Leak.ECHO
    assert Leak.CLEAN not in {finding.leak for finding in found}


# --- over time ---


def test_a_leak_that_was_found_holds_while_its_guest_pauses_and_no_longer() -> None:
    speech = voices(3, seconds=20.0)
    speech[4 * RATE_HZ :, 0] = 0
    found = [finding.leak for finding in looks(a_call(speech, Line(-30.0)))]
    assert found[3] is Leak.LEAK
    assert found[10] is Leak.LEAK
    assert found[-1] is Leak.NOT_VERIFIABLE
    assert found.count(Leak.LEAK) <= 6 + HOLD_S


def test_a_leak_that_was_mended_is_gone_after_some_seconds_of_proof() -> None:
    speech = voices(3, seconds=14.0)
    leaking, clean = a_call(speech, Line(-30.0)), a_call(speech, Line())
    found = [finding.leak for finding in looks(np.concatenate((leaking[: 5 * RATE_HZ], clean[5 * RATE_HZ :])))]
    assert found[4] is Leak.LEAK
    assert found[-1] is Leak.CLEAN


def test_a_leak_is_not_hidden_by_the_echo_that_comes_with_it() -> None:
    speech = voices(3, seconds=9.0)
    found = looks(a_call(speech, Line(-25.0, 0.12, noise_db=-60.0, echo_db=-20.0, echo_s=0.3)))
    assert {finding.leak for finding in found[3:]} == {Leak.LEAK}
