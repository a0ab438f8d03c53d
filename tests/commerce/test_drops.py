"""The drop's state machine: whatever is pressed and answered in whatever order, it keeps to its table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from console.commerce import changes, drops
from console.commerce.drops import ALLOWED, WORDS, Press
from console.commerce.state import AS_IT_IS, MOVES, Drop, DropState, Lamp, Wanted
from console.contract.events import EventType
from console.contract.orders import DropStatus, ShopState
from console.core.errors import UserError

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
DRAFT = Drop("cap-01", "Linen cap", 1900, "EUR", 50, 2, 300)
STATUSES = st.none() | st.builds(
    DropStatus,
    id=st.just("cap-01"),
    run=st.integers(1, 4),
    state=st.sampled_from(ShopState),
    stock_left=st.none() | st.integers(0, 50),
    sold=st.integers(0, 50),
    closes_at=st.none() | st.just(NOW),
    opens_at=st.none() | st.just(NOW - timedelta(seconds=20)),
)


class ADropKeepsToItsTable(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.drop = DRAFT
        self.highest_run = 1

    def can(self, press: Press) -> bool:
        return self.drop.state in ALLOWED[press]

    @precondition(lambda self: self.can(Press.ARM))
    @rule(countdown_s=st.sampled_from([0, 10, 300]), is_heard_by_viewers=st.booleans())
    def arm(self, countdown_s: int, is_heard_by_viewers: bool) -> None:
        self.drop = replace(self.drop, countdown_s=countdown_s, is_heard_by_viewers=is_heard_by_viewers)
        self.drop = drops.armed_by_hand(self.drop)

    @precondition(lambda self: self.can(Press.FIRE))
    @rule()
    def fire(self) -> None:
        self.drop = drops.fired_by_hand(self.drop, NOW, stream_delay_s=12.0)
        assert self.drop.closes_at is not None
        if self.drop.opens_at is None:
            assert self.drop.closes_at == NOW + timedelta(seconds=300)
        else:
            assert self.drop.closes_at == self.drop.opens_at + timedelta(seconds=300)
            assert NOW <= (self.drop.room_opens_at or NOW) <= self.drop.opens_at

    @precondition(lambda self: self.can(Press.RENEW))
    @rule()
    def renew(self) -> None:
        run = self.drop.run
        self.drop = drops.renewed(self.drop)
        assert (self.drop.run, self.drop.sold) == (run + 1, 0)

    @rule(status=STATUSES, lamp=st.sampled_from([Lamp.CONFIRMED, Lamp.CHANGED]))
    def the_shop_says(self, status: DropStatus | None, lamp: Lamp) -> None:
        was = self.drop
        self.drop = drops.seen(was, status, lamp=lamp)
        if status is None or status.run < was.run:
            assert self.drop.state is DropState.DRAFT
        else:
            assert self.drop.state.value == status.state.value

    @rule(status=STATUSES)
    def figures_come(self, status: DropStatus | None) -> None:
        if status is not None:
            assert drops.counted(self.drop, status).state is self.drop.state

    @rule(type=st.sampled_from([t for t in EventType if t.is_of_a_drop and t is not EventType.DROP_CHANGED]))
    def the_shop_refuses(self, type: EventType) -> None:
        self.drop = drops.refused(self.drop, type, why="No.", fix="Look.")

    @rule()
    def it_is_in_doubt(self) -> None:
        self.drop = drops.in_doubt(self.drop, why="Late.", fix="Ask.")

    @invariant()
    def what_counts_down_can_only_be_waited_for_closed_or_changed_in_price_and_stock(self) -> None:
        if self.drop.state is DropState.COUNTDOWN:
            assert {press for press in Press if self.can(press)} == {Press.CLOSE, Press.CHANGE}
            wanted = (Wanted(sold_out=True), Wanted(closes_at=NOW + timedelta(seconds=900)))
            for one in wanted:
                with pytest.raises(UserError, match="is not on sale yet"):
                    changes.check(replace(self.drop, wanted=AS_IT_IS), one, NOW)

    @invariant()
    def the_run_never_goes_back(self) -> None:
        assert self.drop.run >= self.highest_run
        self.highest_run = self.drop.run

    @invariant()
    def every_press_is_possible_or_refused_with_words(self) -> None:
        for press in Press:
            if not self.can(press):
                with pytest.raises(UserError) as caught:
                    drops.check(self.drop, press)
                assert caught.value.what.endswith(".")
                assert caught.value.fix.endswith(".")


TestADropKeepsToItsTable = ADropKeepsToItsTable.TestCase
TestADropKeepsToItsTable.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@given(st.sampled_from(DropState), st.sampled_from(DropState))
def test_every_state_can_be_reached_when_the_shop_says_so(old: DropState, new: DropState) -> None:
    drop = Drop("a", "A", 1, "EUR", 1, 1, 10, state=old)
    assert drops.move(drop, new).state is new


@pytest.mark.parametrize(
    ("left_s", "asked_in_s"), [(60.0, 3.0), (3.0, 3.0), (1.5, 1.52), (0.0, 0.02), (-0.01, 0.01), (-5.0, 0.3)]
)
def test_the_shop_is_asked_right_when_a_countdown_ends_and_again_until_it_says_so(
    left_s: float, asked_in_s: float
) -> None:
    drop = replace(DRAFT, state=DropState.COUNTDOWN, opens_at=NOW + timedelta(seconds=left_s))
    assert drops.ask_again_s(drop, NOW) == pytest.approx(asked_in_s)


def test_the_table_and_the_words_know_every_state() -> None:
    assert set(MOVES) == set(DropState) == set(WORDS)


@given(st.sampled_from([DropState.FIRING, DropState.OPEN, DropState.SOLD_OUT, DropState.CLOSED, DropState.DRAFT]))
def test_a_drop_is_never_fired_but_from_armed(state: DropState) -> None:
    with pytest.raises(UserError):
        drops.check(Drop("a", "A", 1, "EUR", 1, 1, 10, state=state), Press.FIRE)
