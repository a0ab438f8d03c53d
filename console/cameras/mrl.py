"""What an address of a camera is, and what libVLC is told with it. Pure: reaches no host, opens no file."""

import ipaddress
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit
from urllib.request import url2pathname

_DEVICES = frozenset(
    "v4l2 dshow avcapture avfoundation qtcapture qtsound screen decklink decklinkcap dc1394 dv raw1394 linsys-hdsdi "
    "linsys-sdi alsa pulse oss jack wasapi cdda dvd dvdsimple vcd bluray dvb dvb-t dvb-s dvb-c dvb-t2 dtv tv pvr "
    "shm imem xcb window mtp wfd".split()
)
_NETWORK = frozenset(
    "srt rtmp rtmps rtmpe rtmpt udp rtp rtsp rtspt rtsps http https hls icecast icyx mms mmsh tcp rist ftp ftps "
    "sftp smb nfs satip vnc realrtsp sdp".split()
)
# What a show file may tell libVLC. Others are refused: an option like :sout writes files, and a show file is data.
_SAFE_OPTIONS = frozenset(
    "network-caching live-caching file-caching disc-caching clock-jitter clock-synchro rtsp-tcp rtsp-http "
    "rtsp-frame-buffer-size http-reconnect http-user-agent http-referrer demux input-repeat start-time stop-time "
    "rate avcodec-threads avcodec-hw avcodec-skiploopfilter avcodec-skip-frame avcodec-skip-idct avcodec-fast "
    "deinterlace deinterlace-mode video-track program ts-trust-pcr ts-seek-percent adaptive-logic "
    "adaptive-maxwidth adaptive-maxheight adaptive-bw adaptive-livedelay adaptive-lowlatency srt-latency latency "
    "v4l2-width v4l2-height v4l2-fps v4l2-chroma dshow-vdev dshow-adev dshow-size dshow-fps screen-fps".split()
)
# How late a packet may come before libVLC begins anew. It delays no live picture but the first; HTTP and HLS it does.
CACHING_MS = {"http": 500, "https": 500, "hls": 500}
USUAL_CACHING_MS = 200
SRT_LATENCY_MS = 80  # for asking again for what was lost; the sender's own counts when it is longer


class Kind(StrEnum):
    """What stands behind an address."""

    FILE = "file"
    NETWORK = "network"
    LISTENER = "listener"  # waits for the one sender that calls; a second program gets nothing
    DEVICE = "device"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Address:
    """An MRL taken apart. `host` is empty for files, devices and "any interface of this machine"."""

    mrl: str
    kind: Kind
    scheme: str
    host: str = ""
    place: str = ""  # host and port as written, without user and password

    @property
    def path(self) -> Path:
        """The file, when it is one."""
        if not self.mrl.lower().startswith("file://"):
            return Path(self.mrl)
        parts = urlsplit(self.mrl)
        share = f"//{parts.netloc}" if self.host else ""
        return Path(share + url2pathname(parts.path))

    @property
    def is_local(self) -> bool:
        """True when opening it reaches no other machine."""
        return not self.host or is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """True when `host` is this machine by its own name; names are not looked up."""
    if host.rstrip(".").lower() in ("localhost", "localhost.localdomain"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def parse_mrl(mrl: str) -> Address:
    """`mrl` taken apart. Never raises: what cannot be read is of kind UNKNOWN."""
    text = mrl.strip()
    match = re.match(r"([A-Za-z][A-Za-z0-9+.\-]+)://", text)
    if match is None:  # a path; "C:\\clip.mp4" has a scheme of one letter
        unc = re.match(r"[\\/]{2}([^\\/]+)[\\/]", text)
        return _file(text, "file", unc[1] if unc else "")
    scheme = match[1].lower()
    if scheme in _DEVICES:
        return Address(text, Kind.DEVICE, scheme)
    try:
        place = _place(text[match.end() :])
        host, query = _host(place), parse_qs(urlsplit(text).query)
    except ValueError:
        return Address(text, Kind.UNKNOWN, scheme)
    if scheme == "file":
        return _file(text, scheme, host if host != "localhost" else "")
    if scheme not in _NETWORK:
        return Address(text, Kind.UNKNOWN, scheme, host, place)
    if scheme == "srt" and (not host or "listener" in query.get("mode", [])):
        return Address(text, Kind.LISTENER, scheme, host, place)
    return Address(text, Kind.NETWORK, scheme, host, place)


def _file(text: str, scheme: str, host: str) -> Address:
    address = Address(text, Kind.FILE, scheme, host)
    is_device = address.path.as_posix().startswith(("/dev/", "//./"))
    return replace(address, kind=Kind.DEVICE) if is_device else address


def _place(rest: str) -> str:
    """Host and port of what follows `scheme://`; VLC writes the listening side as `@:1234` or `@239.0.0.1:1234`."""
    return re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]


def _host(place: str) -> str:
    """The host in `place`, empty for any interface of this machine. Raises ValueError when there is no telling."""
    if place.startswith("["):
        inside, bracket, _ = place[1:].partition("]")
        if not bracket:
            raise ValueError("no closing bracket")
        return inside
    host = unquote(place.rpartition(":")[0] if ":" in place else place)
    return "" if host in ("0.0.0.0", "::", "*") else host


def refused_options(options: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a show file's options that Cuedrop does not hand to libVLC."""
    return tuple(option for option in options if _option_name(option) not in _SAFE_OPTIONS)


def _option_name(option: str) -> str:
    match = re.match(r":(?:no-)?([a-z0-9\-]+)(?:=|$)", option)
    return match[1] if match else ""


def with_password(address: Address, password: str) -> tuple[Address, tuple[str, ...]]:
    """`address` as libVLC is to open it with `password`, and options for it. Never show or log either.

    SRT takes it as its passphrase, all others for the user that the address names.
    """
    if not password or address.kind not in (Kind.NETWORK, Kind.LISTENER):
        return address, ()
    if address.scheme == "srt":
        return address, (f":passphrase={password}",)
    scheme, _, rest = address.mrl.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user = authority.rpartition("@")[0].partition(":")[0]
    mrl = f"{scheme}://{user}:{quote(password, safe='')}@{address.place}{rest[len(authority) :]}"
    return replace(address, mrl=mrl), ()


def media_options(address: Address, options: tuple[str, ...]) -> tuple[str, ...]:
    """libVLC's media options for `address`: low delay by kind, then the show file's own, which win."""
    own = tuple(option for option in options if _option_name(option) in _SAFE_OPTIONS)
    if address.kind is Kind.FILE:
        return (":input-repeat=65535", ":file-caching=100", *own)
    caching_ms = CACHING_MS.get(address.scheme, USUAL_CACHING_MS)
    latency = (f":latency={SRT_LATENCY_MS}",) if address.scheme == "srt" else ()
    return (f":network-caching={caching_ms}", ":live-caching=50", *latency, *own)
