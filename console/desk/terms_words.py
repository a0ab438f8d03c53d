"""How a drop is sold, in a few words: when a piece is a buyer's, and who may buy. Pure."""

from console.settings.show import Access, Drop, Show


def hold_words(show: Show, drop: Drop) -> str:
    """When a piece is a buyer's: "reserved 5 min", "first paid" or "firm"."""
    hold = show.hold_of(drop)
    return f"reserved {span_words(drop.hold_s)}" if hold == "reserve" else hold.replace("_", " ")


def access_words(drop: Drop) -> str:
    """Who may buy: "codes for 60 s, then everybody"; empty where everybody may."""
    access = drop.access
    if access is None:
        return ""
    what = _key_words(access)
    return f"{what} only" if access.early_s is None else f"{what} for {span_words(access.early_s)}, then everybody"


def span_words(seconds: int) -> str:
    """A span of time: "90 s", "5 min", "2 h"."""
    for unit_s, unit in ((3_600, "h"), (60, "min")):
        if seconds >= 2 * unit_s and seconds % unit_s == 0:
            return f"{seconds // unit_s} {unit}"
    return f"{seconds} s"


def _key_words(access: Access) -> str:
    if access.tickets is None:
        return "codes"
    return "1 ticket" if access.tickets == 1 else f"{access.tickets} tickets"
