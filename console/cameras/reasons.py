"""Why a camera's address does not play, in the director's words. Pure."""

from dataclasses import dataclass

from console.cameras.mrl import Address, Kind


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong, and what to do now."""

    why: str
    fix: str


TEXT = Reason(
    "That file is text or a playlist: it holds no picture that can be played.",
    "Choose a film, or write the address that the playlist names into the show file.",
)


def no_part(scheme: str) -> Reason:
    """This build of libVLC has nothing that opens `scheme`."""
    if scheme.startswith("rtsp"):
        return Reason(
            "The VLC on this machine cannot open RTSP: Debian and Ubuntu build it without.",
            "Let the camera send SRT or RTMP, or add it to OBS as a media source and leave the mrl out.",
        )
    if scheme in ("srt", "rist"):
        return Reason(
            f"The VLC on this machine has no part for {scheme.upper()}.",
            "Install it: apt-get install vlc-plugin-access-extra (other systems: the VLC of videolan.org).",
        )
    return Reason(f"The VLC on this machine has no part for {scheme.upper()}.", "Install the VLC of videolan.org.")


def reason(address: Address, errors: list[str], *, had_picture: bool, has_ended: bool) -> Reason:
    """The likeliest reason, from what libVLC called errors since the address was opened (newest last)."""
    text = "\n".join(errors).lower()
    where = _where(address)
    if "cannot resolve" in text or "name or service not known" in text or "name resolution" in text:
        return Reason(f"Nobody knows the name {address.host}.", "Check the name in the show file, and the network.")
    if "connection refused" in text:
        return Reason(f"Nothing listens at {where}.", "Start the sender, or correct the port in the show file.")
    if "no route to host" in text or "network is unreachable" in text:
        return Reason(f"There is no way to {where}.", "Check the network cable, Wi-Fi and VPN.")
    if address.kind is Kind.FILE and ("no such file" in text or "cannot open file" in text):
        return Reason(f"There is no file {where}.", "Correct the mrl in the show file.")
    if "permission denied" in text:
        return Reason(f"{where} may not be read.", "Give yourself the right to read it.")
    if had_picture:
        return Reason(
            f"{where} stopped sending." if has_ended else f"No picture from {where} any more.",
            "Start the sender again; the tile comes back by itself.",
        )
    if address.kind is Kind.FILE:
        return Reason(f"{where} holds no picture that can be played.", "Choose another file.")
    if has_ended:
        return Reason(
            f"What {where} sends is no picture that can be played, or it hangs up.",
            "Check that the sender sends H.264 or H.265 to this address.",
        )
    return Reason(f"{where} does not answer with a picture.", "Check the sender and its address.")


def _where(address: Address) -> str:
    """The address for people: without user, password, key or path of a stream."""
    if address.kind is Kind.FILE:
        return address.mrl.removeprefix("file://")
    return f"{address.scheme}://{address.place or 'this machine'}"
