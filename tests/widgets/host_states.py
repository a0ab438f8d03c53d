"""States of the HOST page and the host's window as values, by the name of the state."""

from typing import TYPE_CHECKING

from console.commerce.state import DropState, Lamp
from console.core.links import Link, LinkState
from console.desk.host_state import HostPage, Pairing
from console.desk.roles import Role

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

TOKEN = "b7Jq0v2mXw4Zr8LkT1nYc5Hs9Ge3Ud6a"
LONG = "The extraordinarily long name of a thing that somebody typed in at two in the morning, and more of it after tha"


def paired(hosts: int = 1, moderators: int = 0, *, address: str = "http://192.168.100.120:8712") -> HostPage:
    """The page on, with so many of each."""
    counts = {Role.HOST: hosts, Role.MODERATOR: moderators}
    return HostPage(
        True,
        Link(LinkState.UP),
        address,
        tuple(Pairing(role, f"{address}/#{TOKEN}", count) for role, count in counts.items()),
    )


def host_off(desk: "FakeDesk") -> None:
    desk.host.set(HostPage())


def host_on(desk: "FakeDesk") -> None:
    """The host's phone is there, the moderator's is not, and a message stands on both."""
    page = paired()
    desk.with_drop(DropState.ARMED, sold=0, stock_left=50, lamp=Lamp.CONFIRMED)
    desk.host.set(HostPage(True, page.link, page.address, page.pairings, "One minute. Show the seam first."))


def host_alone(desk: "FakeDesk") -> None:
    """On, nobody there, and no network any more; a message as long as one may be."""
    why = "This computer is in no network: no phone can reach the host's page."
    fix = "Join the phones' network: the code comes by itself. H opens the host's window."
    pairings = tuple(Pairing(role) for role in Role)
    desk.host.set(HostPage(True, Link(LinkState.DOWN, why, fix), "", pairings, LONG[:120]))


HOST_STATES = {"host_off": host_off, "host_on": host_on, "host_alone": host_alone}
HOST_PAGE = {name: (8, fill) for name, fill in HOST_STATES.items()}
