"""The looks of a show: recorded by doing, saved, run, undone; and the actions that do it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import UserError
from console.core.journal import MemoryJournal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from console.desk.looks import LookBook
from console.desk.overlays import source_name
from console.settings.show import Look, Step
from console.show.file import load_show
from scenes.sources.look_run import LookRun, StepRun, Taken
from scenes.sources.looks import lines_of
from scenes.state import Switcher
from tests.desk.parts import Stage

SHOW = Step(do="show", source="Logo", scene="Wide")
HIDE = Step(do="hide", source="Logo", scene="Wide")
MUTE = Step(do="mute", source="Mic")
OPEN = Look(name="Open", scene="Table", steps=(SHOW,))
KEY = Origin.KEY


class FakeObs:
    """Changes can be told, looks are noted and answered."""

    def __init__(self) -> None:
        self.state = Observable(Switcher(link=Link(LinkState.UP), program="Wide"))
        self.noted: list[Callable[[Step | Taken], None]] = []
        self.ran: list[Look] = []
        self.answer: Callable[[Look], LookRun] = self.all_done
        self.gate: asyncio.Event | None = None

    def watch_changes(self, noted: Callable[[Step | Taken], None]) -> Callable[[], None]:
        self.noted.append(noted)
        return lambda: self.noted.remove(noted)

    def tell(self, *changes: Step | Taken) -> None:
        for change in changes:
            for noted in self.noted:
                noted(change)

    @staticmethod
    def all_done(look: Look) -> LookRun:
        back = Look(name=look.name, scene="Wide" if look.scene else None, steps=(HIDE,))
        return LookRun(look.name, Outcome.done(), (StepRun("x", True),), back)

    async def run_look(self, look: Look, *, origin: Origin) -> LookRun:
        self.ran.append(look)
        if self.gate is not None:
            await self.gate.wait()
        return self.answer(look)


@pytest.fixture
def obs() -> FakeObs:
    return FakeObs()


@pytest.fixture
def book(obs: FakeObs, journal: MemoryJournal) -> LookBook:
    whole: Any = obs
    return LookBook(whole, (OPEN,), journal=journal)


async def test_what_is_done_while_recording_is_saved_as_a_look(
    book: LookBook, obs: FakeObs, journal: MemoryJournal
) -> None:
    assert book.record(True, origin=KEY).is_done
    assert len(obs.noted) == 1
    obs.tell(SHOW, MUTE, HIDE, Taken("Close", "Cut"), Taken("Table", "Fade", 700))
    assert lines_of(book.state.value.draft or OPEN)[:2] == ("Mute Mic", "Hide Logo in Wide")
    stopped = book.record(False, origin=KEY)
    assert stopped.why == "Recorded: Mute Mic; Hide Logo in Wide; Take Table with Fade, 0.7 s."
    assert (book.state.value.recording, obs.noted) == (None, [])
    obs.tell(SHOW)
    saved = await book.save("Second", origin=KEY)
    assert "practice keeps no show file" in saved.why
    look = Look(name="Second", scene="Table", transition="Fade", duration_ms=700, steps=(MUTE, HIDE))
    assert book.state.value.looks == (OPEN, look)
    assert (book.state.value.draft, book.state.value.is_kept) == (None, False)
    assert journal.of("look.saved")[0]["lines"] == ("Mute Mic", "Hide Logo in Wide", "Take Table with Fade, 0.7 s")


async def test_the_codes_of_drops_are_no_part_of_a_look(book: LookBook, obs: FakeObs) -> None:
    book.record(True, origin=KEY)
    obs.tell(Step(do="show", source=source_name("cap-01"), scene="Table"))
    assert book.state.value.draft is None


async def test_saving_ends_a_recording_and_its_take_can_be_chosen(book: LookBook, obs: FakeObs) -> None:
    book.record(True, origin=KEY)
    obs.tell(SHOW, Taken("Close"))
    assert (await book.save("Second", scene="", origin=KEY)).is_done
    assert book.state.value.looks[1] == Look(name="Second", steps=(SHOW,))
    assert (book.state.value.recording, obs.noted) == (None, [])
    changed = await book.save("Third", look="Second", scene="Wide", transition="Fade", duration_ms=300, origin=KEY)
    assert changed.is_done
    third = Look(name="Third", scene="Wide", transition="Fade", duration_ms=300, steps=(SHOW,))
    assert book.state.value.looks == (OPEN, third)


async def test_what_cannot_be_is_said(book: LookBook, obs: FakeObs) -> None:
    assert book.record(False, origin=KEY).result is Result.REFUSED
    assert (await book.save("New", origin=KEY)).why == "There is no recording to save."
    assert (await book.undo(origin=KEY)).why == "There is nothing to put back."
    book.record(True, origin=KEY)
    assert book.record(True, origin=KEY).why == "A look is being recorded already."
    assert book.record(False, origin=KEY).why == "Nothing was done while recording."
    book.record(True, origin=KEY)
    obs.tell(SHOW)
    with pytest.raises(UserError, match='There is a look "Open" already'):
        await book.save("open", origin=KEY)
    assert book.state.value.recording == (SHOW,)  # nothing of it is lost
    with pytest.raises(UserError, match='There is no look "Opn"') as error:
        await book.run("Opn", origin=KEY)
    assert error.value.fix == 'Did you mean "Open"?'
    with pytest.raises(UserError, match="There is no look 2"):
        await book.run(2, origin=KEY)
    with pytest.raises(UserError, match="There is no look"):
        await book.remove("Opn", origin=KEY)


async def test_looks_are_kept_in_the_show_file(book: LookBook, obs: FakeObs, tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text('format = 1\nname = "Friday" # weekly\n\n[[looks]]\nname = "Open"\nscene = "Table"\n')
    book.keep_in(path)
    assert book.state.value.is_kept
    book.record(True, origin=KEY)
    obs.tell(MUTE)
    saved = await book.save("Quiet", origin=KEY)
    assert saved.why == 'Look "Quiet" is saved: Mute Mic.'
    assert [look.name for look in load_show(path).looks] == ["Open", "Quiet"]
    assert "# weekly" in path.read_text()
    assert (await book.remove("Open", origin=KEY)).is_done
    assert book.state.value.looks == load_show(path).looks == (Look(name="Quiet", steps=(MUTE,)),)


async def test_a_disk_that_fails_loses_no_recording(book: LookBook, obs: FakeObs, tmp_path: Path) -> None:
    book.keep_in(tmp_path / "gone.toml")
    book.record(True, origin=KEY)
    obs.tell(MUTE)
    book.record(False, origin=KEY)
    with pytest.raises(UserError):
        await book.save("Quiet", origin=KEY)
    assert book.state.value.draft == Look(name="New look", steps=(MUTE,))
    assert book.state.value.looks == (OPEN,)


@pytest.mark.parametrize("which", ["Open", 1, "1"])
async def test_a_look_is_run_by_name_or_number_and_undone_with_its_take(
    book: LookBook, obs: FakeObs, which: str | int
) -> None:
    assert (await book.run(which, origin=KEY)).is_done
    assert obs.ran == [OPEN]
    assert (book.state.value.running, book.state.value.can_undo) == (None, True)
    obs.state.set(replace(obs.state.value, program="Table"))
    assert (await book.undo(origin=KEY)).is_done
    assert obs.ran[1] == Look(name="Undo Open", scene="Wide", steps=(HIDE,))
    assert book.state.value.can_undo is False


async def test_undo_never_takes_what_a_hand_has_taken_since(book: LookBook, obs: FakeObs) -> None:
    await book.run("Open", origin=KEY)
    obs.state.set(replace(obs.state.value, program="Close"))
    await book.undo(origin=KEY)
    assert obs.ran[1] == Look(name="Undo Open", steps=(HIDE,))


async def test_a_run_that_was_not_tried_leaves_the_undo_of_the_one_before(book: LookBook, obs: FakeObs) -> None:
    await book.run("Open", origin=KEY)
    obs.answer = lambda look: LookRun(look.name, Outcome.refused("No."), (StepRun("x"),))
    assert (await book.run("Open", origin=KEY)).result is Result.REFUSED
    assert book.state.value.can_undo
    assert (await book.undo(origin=KEY)).result is Result.REFUSED
    assert book.state.value.can_undo  # it can be tried again
    obs.answer = lambda look: LookRun(look.name, Outcome.failed("No."), (StepRun("x", False),))
    await book.run("Open", origin=KEY)
    assert not book.state.value.can_undo


async def test_one_look_runs_at_a_time(book: LookBook, obs: FakeObs) -> None:
    obs.gate = asyncio.Event()
    first = asyncio.create_task(book.run("Open", origin=KEY))
    while not obs.ran:
        await asyncio.sleep(0)
    assert book.state.value.running == "Open"
    assert (await book.run("Open", origin=KEY)).why == 'Look "Open" is still running.'
    obs.gate.set()
    assert (await first).is_done
    assert len(obs.ran) == 1


STEPS = st.sampled_from([SHOW, HIDE, MUTE, Step(do="unmute", source="Mic"), Step(do="pause", source="Clip")])
TAKES = st.builds(Taken, st.sampled_from(["Wide", "Table"]), st.none() | st.just("Fade"), st.none() | st.integers())


@given(st.lists(STEPS | TAKES, max_size=20))
def test_whatever_is_done_a_recording_is_a_look_that_a_show_can_hold(changes: list[Step | Taken]) -> None:
    obs = FakeObs()
    whole: Any = obs
    book = LookBook(whole, (), journal=MemoryJournal())
    book.record(True, origin=KEY)
    obs.tell(*changes)
    draft = book.state.value.draft
    assert (draft is None) is (not changes)
    if draft is not None:
        assert Look.model_validate(draft.model_dump()) == draft
        taken = [change.scene for change in changes if isinstance(change, Taken)]
        assert draft.scene == (taken[-1] if taken else None)


# The actions.


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.obs.not_awaited |= {"look_at", "watch_changes"}
    return stage


@pytest.mark.parametrize(
    ("action", "arguments", "step"),
    [
        ("source.show", {"scene": "Wide", "source": "Logo", "on": True}, SHOW),
        ("source.show", {"scene": "Wide", "source": "Logo", "on": False}, HIDE),
        ("source.lock", {"scene": "Wide", "source": "Logo", "on": True}, Step(do="lock", source="Logo", scene="Wide")),
        (
            "filter.set",
            {"source": "Cam", "filter": "Blur", "on": False},
            Step(do="filter_off", source="Cam", filter="Blur"),
        ),
        ("text.set", {"source": "Title", "text": ""}, Step(do="text", source="Title", text="")),
        ("image.set", {"source": "Logo", "file": "a.png"}, Step(do="image", source="Logo", file="a.png")),
        ("media.control", {"source": "Clip", "do": "restart"}, Step(do="restart", source="Clip")),
        ("source.mute", {"source": "Mic", "on": True}, MUTE),
    ],
)
async def test_each_action_is_one_step(stage: Stage, action: str, arguments: dict[str, Any], step: Step) -> None:
    assert (await stage.desk.run(action, KEY, **arguments)).is_done
    assert stage.called("do") == [((step,), {})]


async def test_an_obs_that_does_not_know_the_request_greys_out_what_needs_it(stage: Stage) -> None:
    stage.switch(requests=frozenset({"GetVersion"}), version="28.0.0")
    for action in ("source.show", "filter.set", "text.set", "media.control", "media.seek", "source.mute"):
        found = stage.desk.actions.get(action)
        assert found is not None
        assert found.enabled(stage.desk).why == "OBS 28.0.0 cannot do this from outside. Install a newer OBS."
    stage.switch(link=Link(LinkState.DOWN, "OBS is away."))
    run = stage.desk.actions.get("source.show")
    assert run is not None
    assert run.enabled(stage.desk).why == "OBS is away."


async def test_the_scene_that_is_looked_at_and_the_position_are_handed_on(stage: Stage) -> None:
    await stage.desk.run("sources.look_at", KEY, scene="Table")
    await stage.desk.run("sources.look_at", KEY)
    assert stage.called("look_at") == [(("Table",), {}), ((None,), {})]
    await stage.desk.run("media.seek", KEY, source="Clip", position_ms=1500)
    assert stage.called("seek") == [(("Clip", 1500), {})]


async def test_looks_are_not_offered_before_there_is_one(stage: Stage) -> None:
    for action, why in (
        ("look.run", "This show has no looks. Record one first."),
        ("look.remove", "This show has no looks. Record one first."),
        ("look.undo", "There is nothing to put back."),
        ("look.save", "Record a look first."),
    ):
        found = stage.desk.actions.get(action)
        assert found is not None
        assert found.enabled(stage.desk).why == why


async def test_a_look_is_recorded_saved_and_run_through_the_desk(stage: Stage) -> None:
    source, obs = FakeObs(), cast(Any, stage.obs)
    obs.watch_changes = source.watch_changes
    run = LookRun("Open", Outcome.done("Open: the step is done."), (StepRun("Mute Mic", True),))
    obs.answers["run_look"] = run
    assert (await stage.desk.run("look.record", KEY, on=True)).is_done
    source.tell(MUTE)
    assert (await stage.desk.run("look.record", KEY, on=False)).why == "Recorded: Mute Mic."
    assert (await stage.desk.run("look.save", KEY, name="Open")).is_done
    assert (await stage.desk.run("look.run", KEY, look=1)).why == "Open: the step is done."
    assert stage.desk.looks.value.last == run
    missed = await stage.desk.run("look.run", KEY, look="Opne")
    assert (missed.result, missed.fix) == (Result.REFUSED, 'Did you mean "Open"?')
    assert (await stage.desk.run("look.remove", KEY, look="Open")).is_done
    assert stage.desk.looks.value.looks == ()


async def test_a_recording_that_is_not_wanted_is_discarded(book: LookBook, obs: FakeObs) -> None:
    book.record(True, origin=KEY)
    obs.tell(SHOW)
    assert book.discard(origin=KEY).is_done
    assert obs.noted == []
    assert (book.state.value.draft, book.state.value.recording) == (None, None)
    assert (await book.save("Nothing", origin=KEY)).result is Result.REFUSED


async def test_the_recording_is_discarded_by_an_action_while_there_is_one(stage: Stage) -> None:
    stage.obs.answers["watch_changes"] = cast(Outcome, lambda: None)
    assert (await stage.desk.run("look.discard", KEY)).why == "Nothing is recorded."
    await stage.desk.run("look.record", KEY, on=True)
    assert (await stage.desk.run("look.discard", KEY)).is_done
    assert stage.desk.looks.value.recording is None


async def test_nothing_is_put_back_in_another_scene_collection(book: LookBook, obs: FakeObs) -> None:
    await book.run("Open", origin=KEY)
    assert book.state.value.can_undo
    obs.state.set(replace(obs.state.value, link=Link(LinkState.CONNECTING, "OBS is changing its scene collection.")))
    elsewhere = book.state.value
    assert not elsewhere.can_undo
    assert (await book.undo(origin=KEY)).result is Result.REFUSED
    assert len(obs.ran) == 1
