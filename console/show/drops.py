"""The drops of a show and the templates that new ones are made from, changed in the file. Blocking I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.settings.money import Money
from console.settings.show import Drop, Show
from console.show import listing
from console.show.file import Rewritten, rewrite_show
from console.show.listing import Listing

Drops = tuple[Drop, ...]
Change = listing.Change[Drop]

DROPS: Final = Listing[Drop](where="drops", key="id", noun="drop", nouns="drops", most=100)
TEMPLATES: Final = Listing[Drop](where="drop_templates", key="id", noun="template", nouns="templates", most=50)

_PRICE: Final = Money(minor=2000, currency="EUR")
SHIPPED: Final[Drops] = (
    Drop(id="limited-run", title="Limited run", price=_PRICE, stock=50, duration_s=600, per_buyer=2),
    Drop(id="flash", title="Flash, 2 minutes", price=_PRICE, stock=20, duration_s=120, per_buyer=1),
    Drop(id="made-to-order", title="Made to order", price=_PRICE, stock=1_000, duration_s=1_200, per_buyer=5),
)
"""Templates that are there without a show's own; one of the show's with the same id stands in place of it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to become of the drops, and of the templates."""

    drops: Change = DROPS.as_they_are
    templates: Change = TEMPLATES.as_they_are

    def of(self, show: Show) -> Show:
        """The show with them made. Raises UserError when they cannot be."""
        drops = tuple(drop for _, drop in self.drops(show.drops))
        templates = tuple(drop for _, drop in self.templates(show.drop_templates))
        return show.model_copy(update={"drops": drops, "drop_templates": templates})


def change_drops(path: Path, changes: Changes) -> Rewritten:
    """Make `changes` in the file. Raises UserError, and leaves the file as it was, when they cannot be made."""
    return rewrite_show(path, lambda text, show: _rewritten(text, show, changes))


def put_back_drops(path: Path, written: Rewritten, otherwise: Changes) -> Rewritten:
    """The file as it was before it was `written`, to the letter; `otherwise` when somebody has edited it since."""

    def rewritten(text: str, show: Show) -> str:
        return written.before if text == written.after else _rewritten(text, show, otherwise)

    return rewrite_show(path, rewritten)


def templates_of(show: Show) -> Drops:
    """The show's own templates, then those that are always there."""
    own = {template.id for template in show.drop_templates}
    return (*show.drop_templates, *(template for template in SHIPPED if template.id not in own))


def free_id(wanted: str, taken: Sequence[str]) -> str:
    """`wanted`, or with the first number behind it that makes it free: "cap-01", "cap-01-2"."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted[:58]}-{number}" in taken:
        number += 1
    return f"{wanted[:58]}-{number}"


def _rewritten(text: str, show: Show, changes: Changes) -> str:
    text = DROPS.rewritten(text, show.drops, changes.drops(show.drops))
    return TEMPLATES.rewritten(text, show.drop_templates, changes.templates(show.drop_templates))
