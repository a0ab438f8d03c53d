"""Why blocks were missed, in words."""

import pytest

from console.audio.blame import Away, Blame, Cause, Worst, Worsts, away

BLOCK_NS = 2_700_000
MS = 1_000_000
_HERE = Away()


def judged(*worst: Worst, was_away: Away = _HERE) -> tuple[Cause, str]:
    blame = Blame(BLOCK_NS)
    blame.note(9.9, Worst(), Away())
    for at, one in enumerate(worst):
        blame.note(10.0 + at / 50, one, was_away)
    return blame.judge(11.0)


@pytest.mark.parametrize(
    ("worst", "cause", "why"),
    [
        (Worst(4 * MS, 4 * MS, 5 * MS), Cause.OWN_WORK, "our own work took 4.0 ms of 2.7"),
        (Worst(1 * MS, 9 * MS, 9 * MS), Cause.BUSY, "the machine was busy: it held our work up for 8.0 ms"),
        (Worst(1 * MS, 1 * MS, 12_700_000), Cause.BUSY, "the machine was busy: the callback came 10.0 ms late"),
        (Worst(1 * MS, 1 * MS, 3 * MS), Cause.DEVICE, "the device lost time"),
        # what was late for longest is to blame, not what was late too
        (Worst(3 * MS, 4 * MS, 20 * MS), Cause.BUSY, "the machine was busy: the callback came 17.3 ms late"),
    ],
)
def test_the_worst_of_the_last_moments_is_to_blame(worst: Worst, cause: Cause, why: str) -> None:
    well = Worst(1 * MS, 1 * MS, BLOCK_NS)
    assert judged(well, worst, well) == (cause, why)


def test_a_machine_that_slept_is_to_blame_for_all_that_came_late() -> None:
    assert judged(Worst(1 * MS, 1 * MS, 90 * MS), was_away=Away(asleep_s=2.0)) == (Cause.SLEPT, "the machine slept")


def test_what_a_host_took_is_no_work_of_ours() -> None:
    late = Worst(9 * MS, 9 * MS, 9 * MS)
    cause, why = judged(late, was_away=Away(stolen_s=0.02))
    assert (cause, why) == (Cause.BUSY, "the machine was busy: its host gave its processors away for 20.0 ms")
    assert judged(late, was_away=Away(stolen_s=0.005))[0] is Cause.OWN_WORK  # it explains a part only


def test_a_machine_says_how_long_it_was_away() -> None:
    first, second = away(), away()
    assert 0 <= first.stolen_s <= second.stolen_s
    assert second.asleep_s - first.asleep_s < 0.1


def test_what_is_long_ago_is_forgiven() -> None:
    blame = Blame(BLOCK_NS)
    blame.note(1.0, Worst(5 * MS, 5 * MS, 5 * MS), Away())
    blame.note(2.0, Worst(), Away(9.0, 9.0))
    blame.note(9.0, Worst(), Away(9.0, 9.0))
    assert blame.judge(9.0)[0] is Cause.DEVICE


def test_the_longest_is_kept_until_it_is_taken() -> None:
    worsts = Worsts()
    worsts.note(own_ns=1, busy_ns=5, between_ns=7)
    worsts.note(own_ns=2, busy_ns=4, between_ns=6)
    assert worsts.take() == Worst(2, 5, 7)
    assert worsts.take() == Worst()
