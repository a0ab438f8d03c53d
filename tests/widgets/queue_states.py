"""States of the QUEUE page as values, by the name of the state."""

from dataclasses import replace
from typing import TYPE_CHECKING

from console.commerce.state import Drop, DropState, Lamp, Sale
from console.settings import show as settings
from console.settings.money import Money
from console.settings.show import Variant

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

LONG = "The extraordinarily long name of a thing that somebody typed in at two in the morning"
POINTS = (
    "Woven in Ghent, 200 g linen: it breathes, and it dries overnight.",
    "One size: the strap goes from 52 to 62 cm.",
    "Fifty pieces, then never again in this colour.",
)
EUR = "EUR"


def hold(desk: "FakeDesk", *pairs: tuple[Drop, settings.Drop], **sale: object) -> None:
    """Put drops into the queue, in the sale and in the show."""
    drops, items = (tuple(each[side] for each in pairs) for side in (0, 1))
    chosen = drops[0].id if drops else None
    desk.sale.set(replace(desk.sale.value, drops=drops, chosen=chosen, **sale))  # type: ignore[arg-type]
    desk.show.set(desk.show.value.model_copy(update={"drops": items}))


def pair(id: str, title: str, minor: int = 1900, stock: int = 50, **item: object) -> tuple[Drop, settings.Drop]:
    """A draft, and as the show file has it."""
    planned = settings.Drop(id=id, title=title, price=Money(minor=minor, currency=EUR), stock=stock, **item)  # type: ignore[arg-type]
    return Drop(id, title, minor, EUR, stock, 2, 300), planned


def queue_few(desk: "FakeDesk") -> None:
    """One sells, one is armed, two are highlighted."""
    cap, planned = pair("cap-01", "Linen cap", talking_points=POINTS)
    sizes = tuple(Variant(sku=f"tote-{name.lower()}", name=name, stock=10) for name in ("Red", "Blue", "Sand"))
    tote = settings.Drop(id="tote-01", title="Canvas tote", price=Money(minor=2400, currency=EUR), variants=sizes)
    hold(
        desk,
        (replace(cap, state=DropState.OPEN, stock_left=38, sold=12), planned),
        (Drop("tote-01", "Canvas tote", 2400, EUR, 30, 1, 600, state=DropState.ARMED), tote),
        pair("mug-01", "Große Tasse", 1250, 80),
        (replace(pair("pin-01", "Pin")[0], state=DropState.CLOSED), pair("pin-01", "Pin")[1]),
        highlighted=("cap-01", "mug-01"),
        highlight_lamp=Lamp.CONFIRMED,
    )


def queue_empty(desk: "FakeDesk") -> None:
    """A show without drops."""
    desk.sale.set(Sale())


def queue_many(desk: "FakeDesk") -> None:
    """Sixty, of every state, with words that nobody thought of, and a shop that shows no highlights."""
    states = list(DropState)
    pairs = []
    for number in range(60):
        drop, item = pair(f"d-{number}", LONG[: 5 + number % 75], 10**9 + number, 1 + number,
                          talking_points=tuple(LONG * 2 for _ in range(number % 11)))  # fmt: skip
        pairs.append((replace(drop, state=states[number % len(states)]), item))
    hold(desk, *pairs, highlighted=("d-0", "d-1", "d-2"), highlight_lamp=Lamp.REFUSED)


QUEUE_STATES = {"queue_few": queue_few, "queue_empty": queue_empty, "queue_many": queue_many}
QUEUE_PAGE = {name: (7, fill) for name, fill in QUEUE_STATES.items()}
