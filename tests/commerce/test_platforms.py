"""A platform that answers nobody: what is to be done there stands in words, and its time is called by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.commerce.shops import platforms
from console.commerce.shops.manual import ManualShop
from console.commerce.shops.platforms import Named, words
from console.commerce.state import DropState, Lamp
from console.contract import events
from console.contract.events import Armed, Changed, Event, EventType
from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal, Origin
from console.core.outcome import Result
from console.settings.show import Show
from tests.commerce.conftest import SHOW, Begin, drop
from tests.waiting import until

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
CAP = Named("Linen cap", "EUR")


def shop(**said: Any) -> ManualShop:
    return ManualShop(Show.model_validate({**SHOW.model_dump(mode="json", exclude={"drops"}), "shop": said}
                                          | {"drops": [{"id": "cap-01", "title": "Linen cap", "price": "19.00 EUR",
                                                        "stock": 50}]}))  # fmt: skip


def event(type: EventType) -> Event:
    at = {"id": "e", "at": AT}
    run = {"run": 1, **at}
    match type:
        case EventType.DROP_ARMED:
            data = Armed(
                drop="cap-01", run=1, title="Linen cap", price_minor=1900, currency="EUR", stock=50, per_buyer=2
            )
            return events.drop_armed("s", data, id="e", at=AT)
        case EventType.DROP_OPENED:
            return events.drop_opened("s", "cap-01", closes_at=AT, expires_at=AT, **run)  # type: ignore[arg-type]
        case EventType.DROP_CHANGED:
            return events.drop_changed("s", Changed(drop="cap-01", run=1, price_minor=1500, stock=60), id="e", at=AT)
        case EventType.DROP_CLOSED:
            return events.drop_closed("s", "cap-01", **run)  # type: ignore[arg-type]
        case EventType.DROP_DISARMED:
            return events.drop_disarmed("s", "cap-01", **run)  # type: ignore[arg-type]
        case EventType.CHECKOUT_OPENED:
            return events.checkout_opened("s", id="e", at=AT)
        case _:
            return events.checkout_closed("s", id="e", at=AT)


@pytest.mark.parametrize("platform", ["", "TikTok", "Whatnot", "Bambuser", "Another one"])
@pytest.mark.parametrize("type", sorted(platforms.KEYS))
def test_every_press_says_what_to_do_there(platform: str, type: EventType) -> None:
    said = words(event(type), CAP if type.is_of_a_drop else Named(), platform=platform)
    assert said.endswith(".")
    assert "{" not in said
    assert said.startswith(f"On {platform}: " if platform else said[0].upper())
    assert ("Linen cap" in said) is type.is_of_a_drop
    assert (platforms.NOT_FROM_HERE in said) is (type in platforms.ENDINGS)
    if type is EventType.DROP_ARMED:
        assert "19.00\u00a0€" in said or platform == "Whatnot"
    if type is EventType.DROP_CHANGED:
        assert "its price to 15.00\u00a0€ and its stock to 60 in all" in said


def test_the_stock_of_one_kind_names_it() -> None:
    changed = events.drop_changed("s", Changed(drop="cap-01", run=1, stock=9, sku="cap-s"), id="e", at=AT)
    assert "change Linen cap: the stock of cap-s to 9 in all, sold ones too." in words(changed, CAP, platform="TikTok")


async def test_a_drop_that_came_into_the_show_meanwhile_is_called_as_it_was_armed() -> None:
    late = ManualShop(SHOW.model_copy(update={"drops": ()}))
    data = Armed(drop="mug-02", run=1, title="Tall mug", price_minor=900, currency="USD", stock=5, per_buyer=2)
    await late.post("e", events.to_json(events.drop_armed("s", data, id="e", at=AT)))
    changed = events.drop_changed("s", Changed(drop="mug-02", run=1, price_minor=800), id="f", at=AT)
    assert (await late.post("f", events.to_json(changed))).why == "Change Tall mug: its price to 8.00\u00a0$."


def test_the_shows_own_words_come_first_and_braces_that_mean_nothing_stay() -> None:
    own = {"fire": "tap {title} until {until} {and_so_on}"}
    said = words(event(EventType.DROP_OPENED), CAP, platform="TikTok", own=own)
    assert said == f"On TikTok: tap Linen cap until {AT.astimezone():%H:%M:%S} {{and_so_on}}"


async def test_a_drop_on_a_platform_says_what_to_do_and_its_time_is_called_by_itself(
    begin: Begin, clock: SteppedClock, journal: MemoryJournal
) -> None:
    sale = await begin(shop(kind="manual", platform="TikTok", steps={"fire": "tap PIN."}), clock=clock)
    said = await sale.arm("cap-01")
    assert said.result is Result.PENDING
    assert "On TikTok: in LIVE Manager add Linen cap" in said.why
    await sale.confirm_by_hand("cap-01")
    assert (await sale.fire("cap-01")).why.startswith("On TikTok: tap PIN.")
    await sale.confirm_by_hand("cap-01")
    assert drop(sale).state is DropState.OPEN
    clock.step(drop(sale).duration_s + 1)
    await until(lambda: drop(sale).lamp is Lamp.WAITING, what="the call to close")
    assert "unpin Linen cap" in drop(sale).why
    assert platforms.NOT_FROM_HERE in drop(sale).why
    assert drop(sale).state is DropState.OPEN  # until a person says that it is done
    assert ("drop.closing", Origin.AUTOMATION) in [(kind, origin) for kind, origin, _ in journal.entries]
    await sale.confirm_by_hand("cap-01")
    assert drop(sale).state is DropState.CLOSED
    assert drop(sale).closes_at is not None
    assert timedelta(0) < clock.now() - (drop(sale).closes_at or clock.now())


@pytest.mark.parametrize("platform", ["", "TikTok", "Whatnot", "Bambuser"])
def test_a_countdown_says_when_to_press_there(platform: str) -> None:
    opens_at = AT + timedelta(seconds=60)
    ends = opens_at + timedelta(seconds=60)
    opened = events.drop_opened("s", "cap-01", run=1, closes_at=ends, expires_at=ends, id="e", at=AT, opens_at=opens_at)
    said = words(opened, CAP, platform=platform)
    assert f"at {opens_at.astimezone():%H:%M:%S}, when the countdown ends, until" in said
    assert " now" not in said


def test_a_sale_until_sold_out_says_so_there() -> None:
    ends = AT + timedelta(days=1)
    opened = events.drop_opened("s", "cap-01", run=1, closes_at=ends, expires_at=ends, id="e", at=AT)
    assert words(opened, CAP, platform="TikTok").endswith("now, until it is sold out.")
