"""The safety recording as the director starts and stops it."""

from dataclasses import replace

from console.audio.state import Recording, Sound
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from tests.desk.parts import Stage


def sound(stage: Stage, **changes: object) -> None:
    """Change what is known of the sound."""
    now: Sound = stage.audio.state.value
    stage.audio.state.set(replace(now, **changes))  # type: ignore[arg-type]


async def test_a_recording_is_started_under_the_name_of_the_show() -> None:
    stage = Stage()
    stage.audio.answers["start_recording"] = Outcome.done("4 files, 90 minutes left on the disk.")
    outcome = await stage.desk.run("soundrecord.start", Origin.BUTTON)
    assert outcome.is_done
    assert outcome.why == "4 files, 90 minutes left on the disk."
    assert stage.called("start_recording") == [(("Friday drop",), {})]


async def test_what_runs_is_not_started_and_what_does_not_is_not_stopped() -> None:
    stage = Stage()
    stopped = await stage.desk.run("soundrecord.stop", Origin.BUTTON)
    assert (stopped.result, stopped.why) == (Result.REFUSED, "The sound is not being recorded.")
    sound(stage, recording=Recording(is_running=True))
    started = await stage.desk.run("soundrecord.start", Origin.BUTTON)
    assert (started.result, started.why) == (Result.REFUSED, "The sound is being recorded already.")
    assert (await stage.desk.run("soundrecord.stop", Origin.BUTTON)).is_done
    assert len(stage.called("stop_recording")) == 1
    assert not stage.called("start_recording")


async def test_a_show_without_sound_has_nothing_to_record() -> None:
    stage = Stage()
    sound(stage, channels=(), returns=())
    outcome = await stage.desk.run("soundrecord.start", Origin.BUTTON)
    assert (outcome.result, outcome.why) == (Result.REFUSED, "This show has no sound to record.")
