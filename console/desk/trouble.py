"""What the director can do against trouble: the failover, the second OBS, trouble of the practice OBS to rehearse."""

from typing import Annotated, Any, Literal

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.needing import all_of, obs_is_there
from console.desk.origin import ORIGIN
from scenes.wire.line import ObsGone, ObsRefused

actions = Actions()

How = Literal["lose_takes", "refuse_takes", "stall", "late", "freeze_picture", "not_ready", "die", "good"]


def _can_fail_over(desk: Desk) -> Enabled:
    refused = None if desk.failover.value.is_on else desk.guard.why_not()
    return Enabled() if refused is None else Enabled(False, f"{refused.why} {refused.fix}")


def _counts_down(desk: Desk) -> Enabled:
    return Enabled.when(desk.failover.value.is_counting, else_="The failover counts nothing down.")


def _has_backup(desk: Desk) -> Enabled:
    has_backup = desk.switcher.value.backup is not None
    return Enabled.when(has_backup, else_="This show names one OBS only. A second one is [obs.backup] in its file.")


def _is_practice(desk: Desk) -> Enabled:
    return Enabled.when(desk.switcher.value.is_practice, else_="This is no practice: OBS is real.")


@actions.add("failover.set", title="Failover", enabled=_can_fail_over)
async def set_failover(desk: Desk, on: bool) -> Outcome:
    """Take SAFE after a countdown when the camera on air fails or its sound is silent; back only by hand."""
    return desk.guard.set(on, ORIGIN.get())


@actions.add("failover.hold", title="Hold the failover", enabled=_counts_down)
async def hold_failover(desk: Desk) -> Outcome:
    """Stop this countdown; it begins anew only after what is on air was well again."""
    return desk.guard.hold(ORIGIN.get())


@actions.add("obs.lead", title="Which OBS leads", enabled=_has_backup)
async def lead(desk: Desk, which: Literal["main", "backup"]) -> Outcome:
    """Judge takes by this OBS from now on. Both go on getting every take; nothing on air changes."""
    return await desk.parts.obs.lead(which, origin=ORIGIN.get())


@actions.add("obs.match", title="Make the other OBS alike", enabled=_has_backup)
async def match(desk: Desk) -> Outcome:
    """Make the OBS that does not lead like the leading one."""
    return await desk.parts.obs.match(origin=ORIGIN.get())


@actions.add("practice.misbehave", title="Practice OBS misbehaves", enabled=all_of(obs_is_there, _is_practice))
async def misbehave(
    desk: Desk,
    how: How,
    for_s: Annotated[float | None, Field(gt=0, le=600, description="Seconds; absent: as is usual for it.")] = None,
) -> Outcome:
    """Rehearse trouble: the practice OBS loses takes, refuses them, stalls, answers late or ends; "good" ends it."""
    asked: dict[str, Any] = {"how": how} if for_s is None else {"how": how, "for_s": for_s}
    try:
        await desk.parts.obs.call(
            "CallVendorRequest", vendorName="cuedrop-practice", requestType="misbehave", requestData=asked
        )
    except ObsRefused as refusal:
        return Outcome.refused(f"The practice OBS does not do that: {refusal.comment}", "Choose another trouble.")
    except ObsGone as gone:
        return Outcome.failed(gone.why, gone.fix)
    desk.journal.write("practice.misbehaves", ORIGIN.get(), how=how, for_s=for_s)
    return Outcome.done("The practice OBS is good again." if how == "good" else f"The practice OBS misbehaves: {how}.")
