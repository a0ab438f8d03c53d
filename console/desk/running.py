"""What the director can do with the rundown: stand by, GO, and leave markers."""

from typing import Annotated

from pydantic import Field

from console.commerce.state import DropState
from console.core.outcome import Outcome, Result
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN

actions = Actions()


def _a_cue_stands_by(desk: Desk) -> Enabled:
    return Enabled.when(desk.rundown.value.standby is not None, else_="No cue stands by.")


def _has_cues(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.rundown.value.cues), else_="This show has no rundown.")


@actions.add("cue.go", title="GO", keys="G", enabled=_a_cue_stands_by)
async def go(desk: Desk) -> Outcome:
    """Fire the cue that stands by: take its scene, arm its drop, start its clock.

    It never fires the drop; one that is to start with its cue is announced, and then fired unless it is held.
    """
    rundown = desk.rundown.value
    assert rundown.standby is not None
    cue = rundown.cues[rundown.standby]
    if cue.scene is not None:
        outcome = await desk.parts.obs.take(cue.scene, origin=ORIGIN.get())
        if not outcome.is_done:
            return outcome  # the cue still stands by: nothing of it has happened
    desk.rundown.set(rundown.go(desk.clock.now()))
    desk.journal.write("cue.go", ORIGIN.get(), cue=cue.name, scene=cue.scene, drop=cue.drop)
    if cue.drop is None:
        return Outcome.done()
    desk.parts.commerce.choose(cue.drop)
    drop = desk.sale.value.drop(cue.drop)
    outcome = Outcome.done()
    if drop is not None and drop.state is DropState.DRAFT:
        outcome = await desk.parts.commerce.arm(cue.drop, origin=ORIGIN.get())
    if outcome.result in (Result.DONE, Result.PENDING):
        desk.starter.call(cue.drop, ORIGIN.get())
    return outcome


@actions.add("cue.standby", title="Stand by", keys=("Up", "Down"), enabled=_has_cues)
async def standby(
    desk: Desk, cue: Annotated[str, Field(description="Name of a cue, or its number from 1.")]
) -> Outcome:
    """Make this cue the next that GO fires."""
    rundown = desk.rundown.value
    names = [each.name for each in rundown.cues]
    index = names.index(cue) if cue in names else int(cue) - 1 if cue.isascii() and cue.isdigit() else -1
    if not 0 <= index < len(names):
        return Outcome.refused(f'There is no cue "{cue}".', "Use its name or its number.")
    desk.rundown.set(rundown.stand_by(index))
    return Outcome.done()


@actions.add("marker.add", title="Marker", keys="B")
async def add_marker(desk: Desk, text: Annotated[str, Field(max_length=200)] = "") -> Outcome:
    """Mark this moment in the journal and the report."""
    desk.journal.write("marker", ORIGIN.get(), text=text or "marker")
    return Outcome.done()
