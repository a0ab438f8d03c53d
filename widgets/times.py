"""Times as the window writes them. Pure."""

from typing import Final

FAR_S: Final = 43_200.0  # an end that is further away has no clock: nobody cuts by it


def clock_words(seconds: float) -> str:
    """`seconds` as "0:08", "12:05" or "1:02:03"; whole seconds, never negative."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def ago_words(seconds: float) -> str:
    """`seconds` as "3 s ago" or "12:05 ago"; "just now" within a second."""
    if seconds < 1:
        return "just now"
    return f"{int(seconds)} s ago" if seconds < 60 else f"{clock_words(seconds)} ago"


def long_clock_words(seconds: float) -> str:
    """`seconds` as "00:12:34"."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def over_words(seconds: float) -> str:
    """How far over or under the plan: "+0:35 over", "-1:10 under", "on time" within a second."""
    if abs(seconds) < 1:
        return "on time"
    return f"+{clock_words(seconds)} over" if seconds > 0 else f"-{clock_words(-seconds)} under"
