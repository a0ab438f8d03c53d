"""The sound as the console has it, with processes that are only played: outages, tests, a sound started anew."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from console.audio import analyst, desk_side, listening, recording
from console.audio.analyst_messages import Begin, Found, Order, PauseLoudness, Present, Wrong
from console.audio.desk_side import Audio
from console.audio.layout import Layout, Routing
from console.audio.leak import Finding
from console.audio.levels import CLIPS, ROWS
from console.audio.messages import Drift, EngineDown, EngineUp, Play, Xruns
from console.audio.plan import plan_of
from console.audio.readings import Reading, ReadingsBlock
from console.audio.recorder_messages import Finished
from console.audio.sound_alarms import Kind, Trouble
from console.audio.state import Leak, Loudness
from console.audio.totals import Totals
from console.core.alarms import Alarms
from console.core.clock import SteppedClock
from console.core.errors import UserError
from console.core.journal import MemoryJournal
from console.core.outcome import Outcome, Result
from console.settings import sound as settings
from console.workers.rings import MeterBlock
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, WorkerSpec, WorkerState
from tests.waiting import until

SHOW = settings.Audio.model_validate(
    {
        "talkback": "Director",
        "monitor": [9, 10],
        "channels": [
            {"name": "Host", "inputs": [1], "obs_input": "Mic", "mute_acts_on": "obs"},
            {"name": "Guest", "inputs": [2]},
            {"name": "Director", "inputs": [3]},
        ],
        "returns": [
            {"name": "Guest", "listener": ["Guest"], "outputs": [3]},
            {"name": "Bo", "listener": [], "outputs": [4]},
        ],
    }
)
UP = EngineUp("card", 48_000, 256, 3, 10)
CLEAN = Finding(Leak.CLEAN, "floor -52 dB", floor_db=-52.0)


@dataclass
class Played:
    """A worker without a process: what it was sent, and what it says is said by the test."""

    spec: WorkerSpec
    on_message: Callable[[Any], None]
    on_state: Callable[[WorkerState], None]
    pid: int = 1
    sent: list[object] = field(default_factory=list)

    def send(self, message: object, *, replaces: bool = False) -> None:
        self.sent.append(message)

    async def stop(self) -> None:
        """It is gone."""


class Workers:
    """Starts them; the newest of each name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Played] = {}

    def start(
        self,
        spec: WorkerSpec,
        *,
        on_message: Callable[[Any], None],
        on_state: Callable[[WorkerState], None] = lambda state: None,
    ) -> Played:
        self.by_name[spec.name] = Played(spec, on_message, on_state)
        return self.by_name[spec.name]

    @property
    def engine(self) -> Played:
        return self.by_name["sound engine"]

    @property
    def analyst(self) -> Played:
        return self.by_name["sound analyst"]


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
async def audio(workers: Workers, journal: MemoryJournal, clock: SteppedClock) -> AsyncIterator[Audio]:
    audio = Audio(cast(Supervisor, workers), journal=journal, clock=clock, alarms=Alarms(clock, journal))
    audio.open(SHOW)
    workers.engine.on_message(UP)
    yield audio
    await audio.close()


def test_one_device_that_is_unplugged_is_one_outage(audio: Audio, workers: Workers, journal: MemoryJournal) -> None:
    for why in ("is gone", "is not there", "is still not there"):
        workers.engine.on_message(EngineDown(f'The device "card" {why}.', "Connect it."))
        workers.engine.on_state(WorkerState.DEAD)
    assert [entry["why"] for entry in journal.of("sound.down")] == ['The device "card" is gone.']
    assert audio.state.value.link.why == 'The device "card" is still not there.'
    workers.engine.on_message(UP)
    workers.engine.on_state(WorkerState.DEAD)
    assert len(journal.of("sound.down")) == 2


async def test_another_default_device_is_said_for_a_while_and_one_that_the_show_names_never(
    audio: Audio, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[str]:
        return [alarm.what for alarm in audio._alarms.present.value if alarm.kind == "sound.default"]

    def comes_back_as(device: str) -> None:
        workers.engine.on_message(EngineDown("The device is gone.", "Connect it."))
        workers.engine.on_message(replace(UP, device=device))

    comes_back_as("card")
    assert not told()
    monkeypatch.setattr(desk_side, "NEW_DEFAULT_S", 0.0)
    comes_back_as("headphones")
    assert told() == ['The system\'s default device was "card" and is now "headphones".']
    assert (audio.state.value.link.is_up, audio.state.value.link.why) == (True, "")
    await until(lambda: not told(), what="the end of it")
    monkeypatch.setattr(desk_side, "NEW_DEFAULT_S", 60.0)
    comes_back_as("card")
    assert told() == ['The system\'s default device was "headphones" and is now "card".']
    audio.open(SHOW.model_copy(update={"device": "card"}))
    assert not told()
    workers.engine.on_message(UP)
    comes_back_as("headphones")
    assert not told()


def test_a_rate_that_another_program_changes_is_taken_by_all_and_said(audio: Audio, workers: Workers) -> None:
    def comes_back_at(rate_hz: int, why: str) -> list[str]:
        workers.engine.on_message(EngineDown("The device is gone.", "Connect it."))
        workers.engine.on_message(replace(UP, sample_rate_hz=rate_hz, why=why, fix="Set it." if why else ""))
        assert audio.state.value.sample_rate_hz == rate_hz
        assert workers.analyst.sent[-1] == Begin(rate_hz)
        return [alarm.what for alarm in audio._alarms.present.value]

    assert comes_back_at(44_100, "It runs at 44100 Hz, not at 48000.") == ["It runs at 44100 Hz, not at 48000."]
    assert comes_back_at(48_000, "") == []


def test_no_return_is_clean_while_there_is_no_sound(audio: Audio, workers: Workers) -> None:
    workers.analyst.on_message(Found("Guest", CLEAN))
    assert audio.state.value.returns[0].leak is Leak.CLEAN
    workers.engine.on_message(EngineDown("The device is gone.", "Connect it."))
    workers.analyst.on_message(Found("Guest", CLEAN))  # of the sound before
    guest = audio.state.value.returns[0]
    assert (guest.leak, guest.floor_db, guest.leak_detail) == (Leak.NOT_VERIFIABLE, None, "not tested yet")


async def test_a_test_that_comes_too_early_says_to_wait_and_one_that_lost_the_sound_says_that(
    audio: Audio, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyst, "TEST_S", 0.0)
    monkeypatch.setattr(listening, "_ANSWER_S", 0.0)
    early = await audio.test_return("Guest")
    assert (early.why, early.fix) == ("The analysis is not ready yet.", "Wait some seconds, then test again.")
    late = asyncio.create_task(audio.test_return("Guest"))
    await asyncio.sleep(0)
    workers.engine.on_message(EngineDown("The device is gone.", "Connect it."))
    assert (await late).why == "The sound stopped during the test."


async def test_loudness_is_noted_once_for_each_stretch_and_each_reset_begins_one(
    audio: Audio, monkeypatch: pytest.MonkeyPatch, journal: MemoryJournal
) -> None:
    def measured(at_ns: int) -> None:
        nothing = np.zeros(9, dtype=np.float32)
        reading = Reading(nothing, nothing, (Loudness(),) * 3, at_ns=at_ns, measured_s=30.0)
        monkeypatch.setattr(ReadingsBlock, "read", lambda block: reading)

    measured(time.monotonic_ns())
    audio.reset_loudness()
    audio.reset_loudness()  # the analyst has not even heard of the first
    measured(time.monotonic_ns() + 10**12)
    audio.reset_loudness()
    audio.reopen(SHOW)  # the loudness goes on
    audio.open(SHOW)
    audio.reset_loudness()
    audio.set_meters(SHOW.model_copy(update={"meters": settings.Meters(target_lufs=-23.0, max_true_peak_dbtp=-2.0)}))
    audio.reset_loudness()
    noted = journal.of("sound.loudness")
    assert [entry["stretch"] for entry in noted] == [1, 3, 4, 4, 5, 6]
    aims = [(entry["target_lufs"], entry["max_true_peak_dbtp"]) for entry in noted]
    assert aims[-2:] == [(-16.0, -1.0), (-23.0, -2.0)]


async def test_a_sound_that_starts_anew_keeps_what_the_director_set_and_what_is_wrong(
    audio: Audio, workers: Workers
) -> None:
    dead = Trouble(Kind.SILENT, "Guest")
    workers.analyst.on_message(Wrong(frozenset({dead, Trouble(Kind.LEAK, "Guest"), Trouble(Kind.HUM, "Director")})))
    for name in ("Host", "Guest"):
        audio.set_mute(name, True, everywhere=True)
    audio.set_pfl("Guest", True)
    audio.set_solo("Guest", True)
    audio.set_talkback_into(frozenset({"Guest"}))
    audio.pause_loudness(True)
    workers.engine.on_message(Xruns(3))
    after = settings.Audio.model_validate(
        {
            "monitor": [9, 10],
            "channels": [
                {"name": "Host", "inputs": [1], "obs_input": "Mic", "mute_acts_on": "obs"},
                {"name": "Ana", "inputs": [4]},
            ],
            "returns": [
                {"name": "Ana", "listener": ["Ana"], "outputs": [3]},
                {"name": "Bo", "listener": [], "outputs": [4]},
            ],
        }
    )
    audio.reopen(after, renamed={"Guest": "Ana"})
    both, ana = frozenset({"Host", "Ana"}), frozenset({"Ana"})
    kept = Routing(muted=both, off_programme=both, solo="Ana", pfl=ana, talkback_into=ana)
    for worker in (workers.engine, workers.analyst):
        worker.on_state(WorkerState.STARTING)
        assert kept in worker.sent
    assert PauseLoudness(True) in workers.analyst.sent
    troubles = frozenset({Trouble(Kind.SILENT, "Ana"), Trouble(Kind.LEAK, "Ana")})
    assert Present(troubles) in workers.analyst.sent
    now = audio.state.value
    assert [(one.name, one.is_muted, one.is_solo, one.is_pfl) for one in now.channels] == [
        ("Host", True, False, False),
        ("Ana", True, True, True),
    ]
    assert [one.has_talkback for one in now.returns] == [True, False]
    assert (now.is_loudness_paused, now.xruns) == (True, 3)
    audio.open(SHOW)
    assert not any(one.is_muted for one in audio.state.value.channels)


async def test_a_sound_that_goes_on_by_other_names_keeps_its_engine_and_all_that_was_set(
    audio: Audio, workers: Workers
) -> None:
    engine, listened = workers.engine, workers.analyst
    leak, silent = Trouble(Kind.LEAK, "Guest"), Trouble(Kind.SILENT, "Guest")
    workers.analyst.on_message(Wrong(frozenset({leak, silent})))
    for name in ("Guest", "Bo"):
        workers.analyst.on_message(Found(name, CLEAN))
    audio.set_mute("Guest", True)
    audio.set_talkback_into(frozenset({"Guest", "Bo"}))
    audio.set_talkback(True)
    channels = (SHOW.channels[0], SHOW.channels[1].model_copy(update={"name": "Ana"}), SHOW.channels[2])
    returns = (SHOW.returns[0].model_copy(update={"name": "Ana", "listener": ("Ana",)}),
               SHOW.returns[1].model_copy(update={"listener": ("Host",)}))  # fmt: skip
    after = SHOW.model_copy(update={"channels": channels, "returns": returns})
    audio.follow(after, renamed={"Guest": "Ana"})
    assert (workers.engine, workers.analyst) == (engine, listened)
    ana, into = frozenset({"Ana"}), frozenset({"Ana", "Bo"})
    routing = Routing(ana, off_programme=ana, is_talkback_open=True, talkback_into=into, plan=plan_of(after))
    stand = Present(frozenset({Trouble(Kind.LEAK, "Ana"), Trouble(Kind.SILENT, "Ana")}))
    assert engine.sent[-1] == routing
    assert listened.sent[-2:] == [routing, stand]
    workers.analyst.on_message(Wrong(frozenset()))
    workers.analyst.on_message(Wrong(frozenset({leak})))  # said before it knew
    assert not audio.listening.troubles
    for worker in (engine, listened):
        worker.on_state(WorkerState.STARTING)  # of one that was killed: it begins with these names
        assert routing in worker.sent[-5:]
    now = audio.state.value
    assert (now.link.is_up, now.device, [one.name for one in now.channels]) == (
        True,
        "card",
        ["Host", "Ana", "Director"],
    )
    assert [(one.name, one.is_spoken_into) for one in now.returns] == [("Ana", True), ("Bo", True)]
    assert [one.leak for one in now.returns] == [Leak.CLEAN, Leak.NOT_VERIFIABLE]  # another voice: nothing is known
    assert now.channels[1].is_muted
    assert audio.set_mute("Ana", False).is_done
    assert engine.sent[-1].plan == plan_of(after)


def totals(workers: Workers, groups: int) -> Totals:
    """What the analyst counts in."""
    order = cast(Order, workers.analyst.spec.arguments["order"])
    return Totals(groups, np.frombuffer(SharedFile.open(order.kept_path).buffer))


async def test_the_loudness_of_a_sound_that_starts_anew_goes_on(audio: Audio, workers: Workers) -> None:
    before = totals(workers, 3)
    before.measured_s += 60.0
    before.true_peaks[:] = (0.5, 0.25, 0.125)
    before.gated.add(np.array([[0.01], [0.02], [0.03]]))
    room, bo = settings.Return(name="Room", outputs=(5,)), SHOW.returns[1]
    audio.reopen(SHOW.model_copy(update={"returns": (room, bo)}))
    after = totals(workers, 3)
    everything = np.ones((3, 1000), dtype=np.bool_)
    assert after.measured_s == 60.0
    assert after.true_peaks.tolist() == [0.5, 0.0, 0.125]
    assert after.gated.mean(everything) == pytest.approx([0.01, 0.0, 0.03])


async def test_the_clips_of_a_sound_that_starts_anew_stay_with_their_people(audio: Audio, workers: Workers) -> None:
    def meters(plan: settings.Audio) -> MeterBlock:
        file = SharedFile.open(cast(str, workers.engine.spec.arguments["meters_path"]))
        return MeterBlock(file.buffer, rows=ROWS, columns=Layout(plan_of(plan)).columns)

    counted = meters(SHOW)
    rows = counted.read().rows
    rows[CLIPS] = np.arange(rows.shape[1])  # Host, Guest, Director, the returns of Guest and Bo, ...
    counted.write(rows)
    ana = SHOW.channels[1].model_copy(update={"name": "Ana", "inputs": (5, 6)})
    after = SHOW.model_copy(update={"channels": (ana, SHOW.channels[0]), "returns": SHOW.returns[1:]})
    audio.reopen(after, renamed={"Guest": "Ana"})
    assert meters(after).read().rows[CLIPS, :4].tolist() == [1, 1, 0, 4]
    audio.reset_clips()  # there is no engine yet that could
    assert not meters(after).read().rows[CLIPS].any()


async def test_a_sound_that_cannot_start_anew_for_want_of_memory_goes_on(
    audio: Audio, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, made, create = workers.engine, list[SharedFile](), SharedFile.create

    def scarce(size: int) -> SharedFile:
        if len(made) == 3:
            raise OSError
        made.append(create(size))
        return made[-1]

    monkeypatch.setattr(SharedFile, "create", scarce)
    with pytest.raises(UserError, match="no memory"):
        audio.reopen(SHOW)
    assert workers.engine is engine
    assert audio.state.value.link.is_up
    assert [one.name for one in audio.state.value.channels] == ["Host", "Guest", "Director"]
    assert all(one._fd < 0 for one in made), "none is kept"


async def test_the_alarm_of_a_recording_that_ended_goes_in_time_with_a_stop_and_with_a_new_start(
    audio: Audio, workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audio.recorder.keep_in(tmp_path)

    def alarms() -> list[str]:
        return [alarm.kind for alarm in audio._alarms.present.value]

    async def starts() -> asyncio.Task[Outcome]:
        starting = asyncio.create_task(audio.start_recording("Friday drop"))
        await until(lambda: audio.recorder.is_on, what="the recorder")
        return starting

    async def ends() -> None:
        starting = await starts()
        workers.by_name["recorder"].on_message(Finished(0.0, "The disk is full.", "Free space."))
        await starting
        assert alarms() == ["soundrecord.ended"]

    await ends()
    assert (await audio.stop_recording()).result is Result.REFUSED
    assert not alarms()
    await ends()
    starting = await starts()
    assert not alarms()
    workers.by_name["recorder"].on_message(Finished(0.0, "The disk is full.", "Free space."))
    await starting
    audio.reopen(SHOW)
    assert alarms() == ["soundrecord.ended"]
    assert audio.state.value.recording.why == "The disk is full."
    monkeypatch.setattr(recording, "ENDED_S", 0.01)
    await ends()
    await until(lambda: not alarms(), what="the end of the alarm")


WITH_CALL = SHOW.model_copy(
    update={
        "channels": (*SHOW.channels, settings.Channel(name="Ana", inputs=(17,))),
        "interfaces": (settings.Interface(name="Call", device="ALSA: call", inputs=1, first_input=17),),
    }
)


async def test_an_interface_that_is_away_is_one_outage_and_names_people_as_they_are_called_now(
    audio: Audio, workers: Workers, journal: MemoryJournal
) -> None:
    audio.open(WITH_CALL)
    call = workers.by_name["sound interface Call"]
    for why in ("It is gone.", "It is not there."):
        call.on_message(EngineDown(why, "Connect it."))
    assert [entry["why"] for entry in journal.of("interface.down")] == ["It is gone."]
    (alarm,) = audio._alarms.present.value
    assert alarm.what == 'The interface "Call" is away, without it: Ana not heard. It is not there.'
    bea = WITH_CALL.channels[3].model_copy(update={"name": "Bea"})
    audio.follow(WITH_CALL.model_copy(update={"channels": (*SHOW.channels, bea)}), renamed={"Ana": "Bea"})
    (alarm,) = audio._alarms.present.value
    assert "Bea not heard. It is not there." in alarm.what


async def test_what_an_interface_missed_is_noted_with_its_cause(
    audio: Audio, workers: Workers, journal: MemoryJournal
) -> None:
    audio.open(WITH_CALL)
    workers.by_name["sound interface Call"].on_message(Xruns(2, "machine busy", "the machine was busy"))
    (noted,) = journal.of("interface.xruns")
    assert (noted["total"], noted["cause"], noted["why"]) == (2, "machine busy", "the machine was busy")
    assert audio.state.value.interfaces[0].xruns == 2
    workers.by_name["sound interface Call"].on_message(Drift(18))
    assert audio.state.value.interfaces[0].drift_ppm == 18


async def test_two_lines_are_not_tested_at_once(audio: Audio, workers: Workers) -> None:
    def plays() -> int:
        return sum(isinstance(message, Play) for message in workers.engine.sent)

    first = asyncio.create_task(audio.test_line("Guest"))
    await until(lambda: plays() == 1, what="the tone")
    for name in ("Guest", "Bo"):
        refused = await audio.test_line(name)
        assert (refused.result, refused.why) == (Result.REFUSED, "The line of Guest is being tested.")
    assert plays() == 1
    first.cancel()
    await asyncio.wait({first})
    second = asyncio.create_task(audio.test_line("Guest"))
    await until(lambda: plays() == 2, what="the next tone")
    second.cancel()
    await asyncio.wait({second})
