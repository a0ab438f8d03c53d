"""What goes to the shop beside an event: a drop's picture, and what a paid order of it opens."""

from dataclasses import dataclass
from typing import Protocol

from console.settings import show as settings


@dataclass(frozen=True, slots=True)
class Wares:
    """What the shop is told of: the names that it has them under, or addresses."""

    picture: str | None = None
    unlock: str | None = None


class Porter(Protocol):
    """Brings a drop's files to where the shop serves them."""

    async def bring(self, drop: settings.Drop) -> Wares:
        """Under what names the shop has them now. Raises UserError when one cannot be had."""
        ...


def is_address(text: str | None) -> bool:
    """Whether that is an address of the web, not a file."""
    return text is not None and text.startswith(("https://", "http://"))


class AddressesOnly:
    """For a shop that is another's: it is told of what is on the web, and gets no files."""

    async def bring(self, drop: settings.Drop) -> Wares:
        """The addresses, as the show names them."""
        picture = drop.picture if is_address(drop.picture) else None
        return Wares(picture, drop.unlock if is_address(drop.unlock) else None)
