"""What is known of the host's page: where it is served, for whom, and the director's message. Pure values."""

from dataclasses import dataclass, field

from console.core.links import Link
from console.desk.roles import Role

LONGEST_MESSAGE = 120


@dataclass(frozen=True, slots=True)
class Pairing:
    """One role's way in. `url` holds the token: it is for the code on the window, never for a log."""

    role: Role
    url: str = field(default="", repr=False)  # "" while no phone could reach it
    connected: int = 0  # pages that were heard in the last seconds


@dataclass(frozen=True, slots=True)
class HostPage:
    """The host's page as the director sees it. Off until it is turned on; `message` is shown in the host's window, too.

    `link` is down while it is off, and while it is on but this computer has no address that a phone could reach.
    """

    is_on: bool = False
    link: Link = Link()
    address: str = ""  # "http://192.168.1.20:8712", as phones reach it
    pairings: tuple[Pairing, ...] = ()
    message: str = ""

    def pairing(self, role: Role) -> Pairing:
        """That role's way in; an empty one while the page is off."""
        return next((each for each in self.pairings if each.role is role), Pairing(role))
