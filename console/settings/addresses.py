"""Addresses of live streams as OBS's inputs hold them, and what a show file may keep of them. Pure."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

_LIVE_SCHEMES: Final = frozenset({"srt", "rtmp", "rtmps", "udp", "rtp", "rtsp", "http", "https", "tcp"})
_ADDRESS_KEYS: Final = ("input", "playlist", "local_file")  # of ffmpeg_source (network, file) and vlc_source
_PASSPHRASE: Final = re.compile(r"(?<=[?&])(passphrase|password)=[^&#]*&?", re.IGNORECASE)


def addresses_in(settings: Mapping[str, object]) -> tuple[str, ...]:
    """The network addresses in an input's settings, as written there; a field that is switched off counts not."""
    texts: list[object] = []
    for key in _ADDRESS_KEYS:
        if key == "input" and settings.get("is_local_file") is True:
            continue
        value = settings.get(key)
        items = value if isinstance(value, list | tuple) else [value]
        texts += [item["value"] if isinstance(item, Mapping) and "value" in item else item for item in items]  # vlc
    return tuple(text for text in texts if isinstance(text, str) and _is_live(text))


def _is_live(text: str) -> bool:
    try:
        return urlsplit(text).scheme.casefold() in _LIVE_SCHEMES
    except ValueError:
        return False


def may_be_shared(address: str) -> bool:
    """True when a second program may open the address too: OBS does not hold it alone."""
    try:
        parts = urlsplit(address)
        scheme, host, query = parts.scheme.casefold(), parts.hostname or "", parts.query
    except ValueError:
        return False
    if "mode=listener" in query or host in ("", "0.0.0.0", "::", "*"):
        return False
    if scheme in ("udp", "rtp"):
        return host.split(".")[0].isdecimal() and 224 <= int(host.split(".")[0]) <= 239  # multicast, RFC 5771
    return scheme in ("rtmp", "rtmps", "rtsp", "http", "https")  # an SRT listener takes one caller


def without_password(address: str) -> str:
    """The address as a file may hold it (law 8): the user stays, the password and an SRT passphrase do not."""
    try:
        parts = urlsplit(address)
        user, at, place = parts.netloc.rpartition("@")
    except ValueError:
        return address
    query = _PASSPHRASE.sub("", f"?{parts.query}")[1:].rstrip("&")
    return urlunsplit(parts._replace(netloc=user.partition(":")[0] + at + place, query=query))
