"""The queue of drops as rows of words, and which of them a search finds. Pure but for the theme's colours."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor

from console.commerce.state import Drop, DropState
from console.desk.view import DeskView
from console.settings import show as settings
from widgets import theme
from widgets.money import money_words

PIN: Final = "◆"
STATES: Final[dict[DropState, tuple[str, str, QColor]]] = {
    DropState.DRAFT: ("○", "waits", theme.SOFT),
    DropState.ARMING: ("■", "arming", theme.AMBER_SOFT),
    DropState.ARMED: ("■", "armed", theme.AMBER_SOFT),
    DropState.FIRING: ("→", "firing", theme.AMBER_SOFT),
    DropState.COUNTDOWN: ("→", "counting", theme.RED_SOFT),
    DropState.OPEN: ("●", "open", theme.RED_SOFT),
    DropState.SOLD_OUT: ("●", "sold out", theme.RED_SOFT),
    DropState.CLOSED: ("✓", "closed", theme.FAINT),
    DropState.ASKING: ("?", "asking", theme.AMBER_SOFT),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One drop: its place, how it is, and what the show file says of it. `is_next`: it comes next."""

    place: int
    drop: Drop
    item: settings.Drop | None  # None: it is on sale, and not in the show file any more
    is_pinned: bool
    is_chosen: bool
    is_next: bool

    @property
    def price(self) -> str:
        """What a piece costs."""
        return money_words(self.drop.price_minor, self.drop.currency)

    @property
    def points(self) -> tuple[str, ...]:
        """What is said about it on air."""
        return self.item.talking_points if self.item is not None else ()

    @property
    def state(self) -> str:
        """How it is, in a word; what comes next says so."""
        word = STATES[self.drop.state][1]
        return f"next · {word}" if self.is_next else word

    @property
    def below(self) -> str:
        """The second line: pieces, kinds, and whether the keys act on it."""
        drop = self.drop
        left = drop.stock if drop.stock_left is None else drop.stock_left
        kinds = ", ".join(f"{kind.name} {kind.stock}" for kind in self.item.variants) if self.item else ""
        chosen = "▶ chosen" if self.is_chosen else ""
        return " · ".join(part for part in (chosen, f"{left} of {drop.stock} left", kinds) if part)

    @property
    def words(self) -> str:
        """All of it, for a screen reader."""
        pinned = ", highlighted" if self.is_pinned else ""
        return f"{self.place}, {self.drop.title}, {self.state}{pinned}, {self.price}, {self.below}"


def rows_of(desk: DeskView) -> tuple[Row, ...]:
    """The whole queue, in order."""
    sale = desk.sale.value
    items = {item.id: item for item in desk.show.value.drops}
    next_drop = sale.next_drop
    return tuple(
        Row(
            place,
            drop,
            items.get(drop.id),
            is_pinned=drop.id in sale.highlighted,
            is_chosen=drop.id == sale.chosen,
            is_next=drop is next_drop,
        )
        for place, drop in enumerate(sale.drops, start=1)
    )


def found(rows: tuple[Row, ...], search: str) -> tuple[Row, ...]:
    """The rows in which every word of `search` stands: in title, id, kinds or talking points, whatever the accents."""
    parts = plain(search).split()
    return tuple(row for row in rows if all(part in _haystack(row) for part in parts)) if parts else rows


def plain(text: str) -> str:
    """`text` without capitals and accents: "Große Tasse é" is "grosse tasse e"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _haystack(row: Row) -> str:
    kinds = [word for kind in row.item.variants for word in (kind.name, kind.sku)] if row.item else []
    return plain("\n".join((row.drop.title, row.drop.id, *kinds, *row.points)))
