"""What host and moderator read: one product, plain words for every state, green only on the shop's word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.commerce.state import Drop, DropState, Lamp, Sale, Wanted
from console.core.links import Link, LinkState
from console.core.outcome import Outcome
from console.desk.host_view import Mood, came_of, host_view, shown_drop
from console.desk.roles import Role

UP = Link(LinkState.UP)
CAP = Drop("cap-01", "Linen cap", 1900, "EUR", 50, 2, 300)
MUG = Drop("mug-01", "Mug", 950, "EUR", 5, 2, 60)
AT = datetime(2026, 1, 2, 12, tzinfo=UTC)


def sale(*drops: Drop, chosen: str | None = "cap-01", **changes: object) -> Sale:
    return replace(Sale(link=UP, drops=drops, chosen=chosen), **changes)  # type: ignore[arg-type]


def cap(state: DropState, lamp: Lamp = Lamp.CONFIRMED, **changes: object) -> Drop:
    return replace(CAP, state=state, lamp=lamp, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", DropState)
@pytest.mark.parametrize("lamp", Lamp)
def test_every_state_has_words_and_only_an_armed_drop_can_be_fired(role: Role, state: DropState, lamp: Lamp) -> None:
    view = host_view(sale(cap(state, lamp, why="The shop refused it: 410.")), role)
    assert view.said.headline
    assert view.said.headline == view.said.headline.upper()
    assert view.said.says.endswith(".")
    if view.can_press:
        assert state is (DropState.ARMED if role is Role.HOST else DropState.OPEN)
    if view.said.mood is Mood.GOOD:
        assert state in (DropState.COUNTDOWN, DropState.OPEN), "green is what the shop has confirmed, nothing else"
        assert lamp is not Lamp.CLAIMED, "what a person confirmed is amber"


def test_an_armed_drop_can_be_fired_and_an_open_one_marked() -> None:
    armed, opened = sale(cap(DropState.ARMED)), sale(cap(DropState.OPEN, stock_left=38, sold=12, closes_at=AT))
    assert host_view(armed, Role.HOST).can_press
    assert not host_view(armed, Role.MODERATOR).can_press
    assert not host_view(opened, Role.HOST).can_press
    view = host_view(opened, Role.MODERATOR)
    assert view.can_press
    assert (view.title, view.price, view.left, view.sold, view.stock) == ("Linen cap", "19.00\u00a0€", 38, 12, 50)
    assert (view.drop, view.run, view.closes_at) == ("cap-01", 1, AT)


def test_a_countdown_is_the_room_s() -> None:
    """The host says "now" when it ends here; viewers see that when the shop opens."""
    counting = cap(DropState.COUNTDOWN, opens_at=AT, room_lead_s=12.0, closes_at=AT + timedelta(seconds=300))
    view = host_view(sale(counting), Role.HOST)
    assert (view.opens_at, view.closes_at) == (AT - timedelta(seconds=12), None)
    assert (view.said.headline, view.said.mood, view.can_press) == ("IT COUNTS DOWN", Mood.GOOD, False)


def test_while_the_drop_is_taken_back_or_marked_there_is_nothing_to_press() -> None:
    assert not host_view(sale(cap(DropState.ARMED, Lamp.SENT)), Role.HOST).can_press
    marking = cap(DropState.OPEN, Lamp.SENT, wanted=Wanted(sold_out=True))
    view = host_view(sale(marking), Role.MODERATOR)
    assert (view.can_press, view.said.mood) == (False, Mood.WAIT)


def test_the_end_is_told_only_once_the_shop_has_said_it() -> None:
    """A press of FIRE asks for an end; it counts when the sale is on."""
    assert host_view(sale(cap(DropState.FIRING, Lamp.SENT, closes_at=AT)), Role.HOST).closes_at is None


def test_what_is_shown_is_where_something_goes_on() -> None:
    draft, armed, opened = CAP, replace(MUG, state=DropState.ARMED), replace(MUG, state=DropState.OPEN)
    assert shown_drop(sale(draft, MUG)) == draft
    assert shown_drop(sale(draft, armed)) == armed, "the director looks at the next one"
    assert shown_drop(sale(draft, opened)) == opened
    assert shown_drop(sale(cap(DropState.OPEN), armed)) == cap(DropState.OPEN), "the chosen one while it sells"
    assert shown_drop(sale(draft, MUG, chosen=None)) == draft
    assert shown_drop(sale(chosen=None)) is None
    assert host_view(sale(chosen=None), Role.HOST).said.headline == "NO PRODUCT"


def test_a_stop_and_an_absent_shop_are_said() -> None:
    assert "stops" in host_view(sale(cap(DropState.OPEN), is_stopping=True), Role.HOST).said.says
    away = sale(cap(DropState.ARMED), link=Link(LinkState.DOWN, "Nothing answers.", "Wait."))
    view = host_view(away, Role.HOST)
    assert "does not answer" in view.said.says
    assert view.can_press, "a press is kept on disk and sent when the shop is back"


@pytest.mark.parametrize(
    ("role", "outcome", "headline", "mood"),
    [
        (Role.HOST, Outcome.done(), "CONFIRMED", Mood.GOOD),
        (Role.MODERATOR, Outcome.done(), "CONFIRMED", Mood.GOOD),
        (Role.HOST, Outcome.pending("The shop has not answered yet."), "SENT", Mood.WAIT),
        (Role.HOST, Outcome.refused("Linen cap is not armed."), "NOT FIRED", Mood.BAD),
        (Role.MODERATOR, Outcome.refused("No drop is open."), "NOT MARKED", Mood.BAD),
        (Role.HOST, Outcome.failed("The shop refused it."), "NOT CONFIRMED", Mood.BAD),
    ],
)
def test_what_came_of_a_press_is_said_plainly(role: Role, outcome: Outcome, headline: str, mood: Mood) -> None:
    said = came_of(role, outcome)
    assert (said.headline, said.mood) == (headline, mood)
    assert outcome.why in said.says or outcome.is_done
