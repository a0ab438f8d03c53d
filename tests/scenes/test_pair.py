"""Two OBS in lockstep: two practice OBS, and the two links that drive them as one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from console.core.clock import SystemClock
from console.core.journal import MemoryJournal, Origin
from console.core.outcome import Result
from console.practice.obs import PracticeObs
from console.settings.show import Look, Step
from scenes.link import ObsLink
from scenes.pair.lockstep import SideJournal
from scenes.pair.pair import ObsPair
from scenes.sources.look_run import Taken
from scenes.state import Backup, Switcher, TakeState
from tests.waiting import until


@dataclass
class Two:
    """The pair, its links, and what stands behind them."""

    pair: ObsPair
    main: PracticeObs
    backup: PracticeObs
    links: tuple[ObsLink, ObsLink]
    journal: MemoryJournal

    @property
    def now(self) -> Switcher:
        return self.pair.state.value

    def leader(self) -> str:
        return "backup" if self.other.leads else "main"

    @property
    def other(self) -> Backup:
        assert self.now.backup is not None
        return self.now.backup

    async def both_on(self, scene: str) -> None:
        await until(lambda: (self.now.program, self.other.program) == (scene, scene), what=f"{scene} on both")

    async def kill_main(self) -> None:
        self.main.break_off()
        await until(lambda: self.other.leads, within_s=2, what="the backup in the lead")

    async def main_returns(self) -> None:
        await self.main.__aexit__(None, None, None)
        await self.main.__aenter__()
        await until(lambda: self.other.link.is_up and self.other.program, what="the main OBS")


def _link(server: PracticeObs, journal: SideJournal) -> ObsLink:
    async def password() -> str | None:
        return server.password

    return ObsLink(server.url, password, safe_scene="Safe", journal=journal, clock=SystemClock())


@pytest.fixture
async def two(journal: MemoryJournal) -> AsyncIterator[Two]:
    async with PracticeObs() as main, PracticeObs() as backup:
        journals = SideJournal.both(journal)
        links = (_link(main, journals[0]), _link(backup, journals[1]))
        pair = ObsPair(*links, journals=journals, journal=journal, clock=SystemClock())
        pair.start()
        found = Two(pair, main, backup, links, journal)
        await until(lambda: found.now.program and found.other.program, what="both OBS")
        yield found
        await pair.close()
        main.misbehave()  # a frozen one would not end
        backup.misbehave()


async def test_every_take_goes_to_both_each_with_its_own_proof(two: Two) -> None:
    for press in (two.pair.cut, two.pair.auto, two.pair.take):
        scene = "Close" if two.now.program != "Close" else "Table"
        assert (await press(scene, origin=Origin.KEY)).is_done
        await two.both_on(scene)
    await until(lambda: len(two.journal.of("backup.take.proved")) == 3, what="the backup's own proofs")
    assert len(two.journal.of("take.proved")) == 3
    assert {str(entry["obs"]) for entry in two.journal.of("take.proved")} == {"main"}
    assert two.other.take is not None
    assert two.other.take.state is TakeState.ON_AIR
    assert two.other.differences == ()


async def test_the_leading_ones_frame_leaves_in_the_turn_of_the_press_the_others_in_the_next(two: Two) -> None:
    sent: list[str] = []
    for name, link in zip(("main", "backup"), two.links, strict=True):
        link.state.watch(lambda now, name=name: _note_sent(sent, name, now), now=False)  # type: ignore[misc]
    press = asyncio.ensure_future(two.pair.cut("Close"))
    await asyncio.sleep(0)  # one turn of the loop, no more
    assert sent == ["main"]
    await asyncio.sleep(0)
    assert sent == ["main", "backup"]
    assert (await press).is_done


def _note_sent(sent: list[str], name: str, now: Switcher) -> None:
    if now.take is not None and now.take.state is TakeState.SENT:
        sent.append(name)


async def test_what_the_leading_one_refuses_does_not_go_to_the_other(two: Two) -> None:
    assert (await two.pair.cut("Close")).is_done
    refused = await two.pair.cut("Table", expect="Slides")
    assert refused.result is Result.REFUSED
    double = await asyncio.gather(two.pair.cut("Safe"), two.pair.cut("Safe"))
    assert sorted(outcome.result for outcome in double) == [Result.DONE, Result.REFUSED]
    await two.both_on("Safe")
    assert [entry["scene"] for entry in two.journal.of("backup.take.sent")] == ["Close", "Safe"]


async def test_cut_without_a_scene_takes_the_leading_ones_preview_in_both(two: Two) -> None:
    assert (await two.pair.set_studio_mode(True)).is_done
    await until(lambda: two.links[1].state.value.studio_mode)
    assert (await two.pair.preview("Close")).is_done
    await until(lambda: two.other.preview == "Close")
    two.backup.ask("SetCurrentPreviewScene", {"sceneName": "Slides"})
    await until(lambda: two.other.preview == "Slides")
    assert (await two.pair.cut()).is_done
    await two.both_on("Close")


@pytest.mark.slow
async def test_a_waiting_take_goes_out_in_both_or_is_taken_back_in_both(two: Two) -> None:
    assert (await two.pair.set_studio_mode(True)).is_done
    assert (await two.pair.set_transition("Fade", 1000)).is_done
    await until(lambda: two.links[1].state.value.transition_ms == 1000)
    for take_back in (True, False):
        first = asyncio.ensure_future(two.pair.auto("Close" if take_back else "Table"))
        await until(lambda: two.now.in_transition)
        waiting = asyncio.ensure_future(two.pair.cut("Slides"))
        await until(lambda: two.now.take is not None and two.now.take.state is TakeState.WAITING)
        if take_back:
            assert two.pair.cancel_waiting().is_done
        outcome = await waiting
        assert outcome.result is (Result.REFUSED if take_back else Result.DONE)
        assert (await first).is_done
        await two.both_on("Close" if take_back else "Slides")
    assert [entry["scene"] for entry in two.journal.of("backup.take.sent")] == ["Close", "Table", "Slides"]


async def test_safe_goes_to_both(two: Two) -> None:
    assert (await two.pair.safe()).is_done
    await two.both_on("Safe")


async def test_a_difference_is_said_once_it_has_stood_and_goes_by_match_alone(two: Two) -> None:
    assert (await two.pair.cut("Table")).is_done
    await two.both_on("Table")
    two.backup.ask("SetCurrentProgramScene", {"sceneName": "Wide"})
    two.backup.ask("SetInputMute", {"inputName": "Host mic", "inputMuted": True})
    two.backup.ask("SetCurrentSceneTransition", {"transitionName": "Cut"})
    two.main.ask("SetCurrentSceneTransition", {"transitionName": "Fade"})
    await until(lambda: len(two.other.differences) == 3, what="the differences")
    assert two.other.differences[0] == "On air: Main Table, Backup Wide"
    assert two.now.program == "Table"
    matched = await two.pair.match()
    assert matched.is_done, matched
    assert matched.why == "The backup is like the main OBS."
    assert two.other.differences == ()
    assert (two.other.program, two.now.program) == ("Table", "Table")


async def test_a_take_that_only_the_other_one_loses_is_done_and_said(two: Two) -> None:
    two.backup.misbehave(drop_takes=1)
    assert (await two.pair.cut("Close")).is_done
    await until(lambda: two.other.differences, what="the difference")
    assert two.other.differences[0] == "On air: Main Close, Backup Wide"
    await until(lambda: two.journal.of("backup.failed"))
    assert two.journal.of("backup.failed")[0]["what"] == "cut Close"
    assert not two.other.leads


async def test_what_changed_in_the_other_one_alone_keeps_no_press_from_it(two: Two) -> None:
    two.backup.ask("SetCurrentProgramScene", {"sceneName": "Slides"})
    await until(lambda: two.other.program == "Slides")
    assert (await two.pair.cut("Close", origin=Origin.KEY)).is_done
    await two.both_on("Close")


async def test_the_other_one_never_delays_the_answer(two: Two) -> None:
    two.backup.misbehave(freeze=True)
    await until(lambda: two.links[1].line is None or two.links[1].line.silence_s > 0.2)
    assert (await two.pair.cut("Close")).is_done
    assert two.now.program == "Close"
    two.backup.misbehave()


async def test_when_the_main_one_dies_the_backup_leads_at_once_and_the_next_take_is_its_own(two: Two) -> None:
    assert (await two.pair.cut("Close")).is_done
    await two.both_on("Close")
    await two.kill_main()
    assert two.now.link.is_up
    assert two.now.program == "Close"
    assert not two.other.link.is_up
    assert (await two.pair.cut("Table", expect="Close")).is_done
    assert two.now.program == "Table"
    assert two.journal.of("obs.lead")[0]["obs"] == "backup"
    assert two.journal.of("take.proved")[-1]["obs"] == "backup"


async def test_the_main_one_that_returns_is_not_touched_and_leads_again_by_hand_alone(two: Two) -> None:
    await two.kill_main()
    assert (await two.pair.cut("Table")).is_done
    changed: list[str] = []
    await two.main_returns()
    two.links[0].state.watch(lambda now: changed.append(now.claimed or ""))
    await until(lambda: two.other.differences, what="the differences")
    assert two.other.differences[0] == "On air: Backup Table, Main Wide"
    assert two.leader() == "backup"
    assert set(changed) == {"Wide"}
    assert (await two.pair.lead("main", origin=Origin.KEY)).is_done
    assert two.leader() == "main"
    assert two.now.program == "Wide"
    assert two.other.program == "Table"
    assert (await two.pair.match()).is_done
    await two.both_on("Wide")


async def test_a_take_in_flight_when_the_main_one_dies_ends_with_the_backups_proof(two: Two) -> None:
    two.main.misbehave(freeze=True)  # it has the take, and never answers
    press = asyncio.ensure_future(two.pair.cut("Close"))
    await until(lambda: two.other.program == "Close")
    two.main.break_off()
    outcome = await press
    assert outcome.is_done, outcome
    assert "The backup leads" in outcome.why
    assert two.now.program == "Close"
    assert two.journal.of("backup.take.failed")[0]["obs"] == "main"
    two.main.misbehave()


@pytest.mark.slow
async def test_no_command_from_before_is_carried_out_by_one_that_returns(two: Two) -> None:
    await asyncio.gather(two.main.__aexit__(None, None, None), two.backup.__aexit__(None, None, None))
    await until(lambda: not two.now.link.is_up and not two.other.link.is_up)
    assert (await two.pair.safe()).result is Result.PENDING
    await two.backup.__aenter__()
    await until(lambda: two.now.program == "Safe", what="SAFE in the backup")
    assert two.other.leads
    await two.main.__aenter__()
    await until(lambda: two.other.program, what="the main OBS")
    await asyncio.gather(*[link.call("GetVersion") for link in two.links])
    assert two.other.claimed == "Wide"


@pytest.mark.slow
async def test_a_safe_that_the_main_one_has_proved_is_not_carried_out_by_a_backup_that_comes_later(two: Two) -> None:
    two.backup.break_off()
    await until(lambda: not two.other.link.is_up)
    two.main.break_off()
    await until(lambda: not two.now.link.is_up)
    assert (await two.pair.safe()).result is Result.PENDING
    await two.main.__aexit__(None, None, None)
    await two.main.__aenter__()
    await until(lambda: two.now.take and two.now.take.state is TakeState.ON_AIR, what="SAFE in the main OBS")
    assert (await two.pair.cut("Close")).is_done
    await until(lambda: two.now.program == "Close")
    await two.backup.__aexit__(None, None, None)
    await two.backup.__aenter__()
    await until(lambda: two.other.differences, what="the backup as it came")
    assert two.other.differences[0] == "On air: Main Close, Backup Wide"


@pytest.mark.slow
async def test_a_safe_that_only_the_main_one_could_be_asked_goes_on_in_the_backup_that_comes_when_it_is_dead(
    two: Two,
) -> None:
    await two.backup.__aexit__(None, None, None)
    await until(lambda: not two.other.link.is_up)
    two.main.misbehave(freeze=True)
    safe = asyncio.ensure_future(two.pair.safe(origin=Origin.KEY))
    await until(lambda: not two.now.link.is_up, what="a main OBS that is gone")
    await two.backup.__aenter__()
    await until(lambda: two.other.leads, what="the backup in the lead")
    await until(lambda: two.now.program == "Safe", what="SAFE in the backup")
    assert (await safe).result is not Result.FAILED
    two.main.misbehave()


async def test_lead_refuses_one_that_is_away_or_unknown(two: Two) -> None:
    assert (await two.pair.lead("main")).why == "Main leads already."
    assert (await two.pair.lead("third")).result is Result.REFUSED
    two.backup.break_off()
    await until(lambda: not two.other.link.is_up)
    refused = await two.pair.lead("backup")
    assert refused.result is Result.REFUSED
    assert refused.fix
    assert (await two.pair.match()).result is Result.REFUSED


async def test_outputs_are_the_leading_ones_alone_and_that_is_said(two: Two) -> None:
    outcome = await two.pair.set_output("record", True)
    assert outcome.is_done
    assert "in the main obs only" in outcome.why.lower()
    assert two.main.ask("GetRecordStatus", {})["responseData"]["outputActive"]
    assert not two.backup.ask("GetRecordStatus", {})["responseData"]["outputActive"]


async def test_mutes_and_codes_of_drops_go_to_both(two: Two) -> None:
    assert (await two.pair.set_input_mute("Host mic", True)).is_done
    await until(lambda: all("Host mic" in link.state.value.muted_inputs for link in two.links))
    assert (await two.pair.place_overlay("Table", "Cuedrop cap", size_px=200, corner="top-left")).is_done
    await until(lambda: all(_has(link, "Cuedrop cap") for link in two.links))
    assert (await two.pair.hide_overlay("Cuedrop cap")).is_done
    await until(lambda: not any(_has(link, "Cuedrop cap") for link in two.links))


def _has(link: ObsLink, source: str) -> bool:
    return any(source in scene.inputs for scene in link.state.value.scenes)


async def test_at_the_start_the_main_one_may_come_late_and_the_backup_leads_when_it_never_comes(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenes.pair.lockstep.NEVER_CAME_S", 0.5)
    async with PracticeObs() as main, PracticeObs() as backup:
        journals = SideJournal.both(journal)
        links = (_link(main, journals[0]), _link(backup, journals[1]))
        main.break_off()
        pair = ObsPair(*links, journals=journals, journal=journal, clock=SystemClock())
        pair.start()
        await until(lambda: links[1].state.value.link.is_up)
        assert not pair.state.value.link.is_up
        await until(lambda: pair.state.value.link.is_up, what="the backup in the lead")
        await until(lambda: pair.state.value.program)
        assert journal.of("obs.lead")
        await pair.close()


async def test_without_a_second_one_leading_is_refused_with_what_to_do(connect: Callable[..., Any]) -> None:
    async with PracticeObs() as server:
        link: ObsLink = await connect(server.url, server.password)
        assert (await link.lead("backup")).fix == "Name a second one under [obs.backup] in the show file."
        assert (await link.match()).result is Result.REFUSED


async def test_a_look_is_run_in_both_and_its_take_is_noted_once(two: Two) -> None:
    noted: list[Step | Taken] = []
    undo = two.pair.watch_changes(noted.append)
    mute = Step(do="mute", source="Host mic")
    run = await two.pair.run_look(Look(name="Open", scene="Close", transition="Cut", steps=(mute,)))
    assert run.outcome.is_done, run
    await two.both_on("Close")
    await until(lambda: all("Host mic" in link.state.value.muted_inputs for link in two.links))
    assert mute in noted
    assert [change.scene for change in noted if isinstance(change, Taken)] == ["Close"]
    undo()
    assert (await two.pair.do(Step(do="unmute", source="Host mic"))).is_done
    await until(lambda: not any("Host mic" in link.state.value.muted_inputs for link in two.links))
    assert Step(do="unmute", source="Host mic") not in noted
