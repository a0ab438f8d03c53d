"""How a drop is sold, in few words, and the line of the arm check that says it."""

import pytest

from console.commerce.state import DropState, Sale
from console.core.links import Link, LinkState
from console.desk.arm_checks import Check, Sign, arm_checks
from console.desk.terms_words import access_words, hold_words, span_words
from console.settings.show import Show
from tests.widgets.fake_desk import FakeDesk


def show(payment_link: str | None = None, kind: str = "embedded", **drop: object) -> Show:
    item = {"id": "cap-01", "title": "Linen cap", "price": "19.00 EUR", "stock": 50, **drop}
    return Show.model_validate({"name": "x", "shop": {"payment_link": payment_link, "kind": kind}, "drops": [item]})


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (show(), "firm"),
        (show("https://pay.example/{order}"), "reserved 5 min"),
        (show(hold="reserve", hold_s=90), "reserved 90 s"),
        (show(hold="first_paid"), "first paid"),
    ],
)
def test_when_a_piece_is_a_buyers(of: Show, words: str) -> None:
    assert hold_words(of, of.drops[0]) == words


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (None, ""),
        ({"codes": ["FRIENDS-26"], "early_s": 60}, "codes for 60 s, then everybody"),
        ({"codes": ["FRIENDS-26"]}, "codes only"),
        ({"tickets": 100}, "100 tickets only"),
        ({"tickets": 1, "early_s": 7200}, "1 ticket for 2 h, then everybody"),
    ],
)
def test_who_may_buy(access: dict[str, object] | None, words: str) -> None:
    assert access_words(show(access=access).drops[0]) == words


def test_spans_are_said_in_the_unit_that_people_use() -> None:
    assert [span_words(s) for s in (60, 120, 150, 7200)] == ["60 s", "2 min", "150 s", "2 h"]


def checks(of: Show, state: DropState = DropState.ARMED) -> dict[str, Check]:
    desk = FakeDesk("open")
    desk.with_drop(state, sold=0, stock_left=50)
    desk.show.set(of)
    desk.sale.set(Sale(kind=of.shop.kind, link=Link(LinkState.UP), drops=desk.sale.value.drops))
    return {check.what: check for check in arm_checks(desk, desk.sale.value.drops[0])}


def test_the_arm_check_names_how_pieces_are_held_and_who_may_buy() -> None:
    found = checks(show(hold="reserve", access={"codes": ["FRIENDS-26"], "early_s": 60}))
    assert found["SHOP"].says == (
        "Price and stock are there, 50 left; a piece is reserved 5 min for an order that is not paid."
    )
    assert (found["ACCESS"].sign, found["ACCESS"].says) == (
        Sign.READY, "Who may buy: codes for 60 s, then everybody."
    )  # fmt: skip
    assert checks(show(access={"tickets": 5}), DropState.DRAFT)["ACCESS"].sign is Sign.LATER
    assert "ACCESS" not in checks(show())


def test_a_platform_that_cannot_check_codes_is_said_before_arming() -> None:
    check = checks(show(kind="manual", access={"tickets": 5}), DropState.DRAFT)["ACCESS"]
    assert (check.sign, check.says) == (Sign.NOT, "This platform cannot check Cuedrop's codes or tickets.")
    assert check.fix
