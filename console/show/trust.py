"""Which hosts a show names: opening somebody else's show reaches none before the director says yes. Pure."""

from urllib.parse import urlsplit

from console.settings.show import Show


def is_far(address: str) -> bool:
    """True when `address` names a host that is not this machine; what cannot be read counts as far."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return True
    return not (host in ("localhost", "::1", "") or host.startswith("127."))


def far_hosts(show: Show) -> tuple[str, ...]:
    """Every address in `show` that needs the director's yes, as written."""
    return tuple(address for address in show.hosts() if is_far(address))
