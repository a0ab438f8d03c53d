"""Why a camera's address does not play, in the director's words. Pure."""

from dataclasses import dataclass

from console.cameras.mrl import Address, Kind


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong, and what to do now."""

    why: str
    fix: str


_HANGS_UP = 6  # calls within the patience; one that nobody answers takes 3 s

TEXT = Reason(
    "That file is text or a playlist: it holds no picture that can be played.",
    "Choose a film, or enter the address that the playlist names on the page CAMERAS (F5).",
)


def no_part(scheme: str) -> Reason:
    """This build of libVLC has nothing that opens `scheme`."""
    if scheme.startswith("rtsp"):
        return Reason(
            "The VLC on this machine cannot open RTSP: Debian and Ubuntu build it without, and have no package for it.",
            "Let the camera send SRT or RTMP, or add it to OBS as a media source and leave its address out here.",
        )
    package = "vlc-plugin-access-extra" if scheme == "srt" else "vlc-plugin-base"
    return Reason(
        f"The VLC on this machine has no part for {scheme.upper()}.",
        f"Install it: apt-get install {package} (other systems: the VLC of videolan.org).",
    )


def reason(
    address: Address, errors: list[str], *, had_picture: bool, has_ended: bool, has_password: bool = False
) -> Reason:
    """The likeliest reason, from what libVLC called errors since the address was opened (newest last)."""
    text = "\n".join(errors).lower()
    where = _where(address)
    if found := refusal(address, errors, has_password=has_password):
        return found
    if "cannot resolve" in text or "name or service not known" in text or "name resolution" in text:
        return Reason(
            f"Nobody knows the name {address.host}.",
            "Correct the name on the page CAMERAS (F5), or look at the network.",
        )
    if "connection refused" in text:
        return Reason(f"Nothing listens at {where}.", "Start the sender, or correct the port on the page CAMERAS (F5).")
    if "no route to host" in text or "network is unreachable" in text:
        return Reason(f"There is no way to {where}.", "Check the network cable, Wi-Fi and VPN.")
    if address.kind is Kind.FILE and ("no such file" in text or "cannot open file" in text):
        return Reason(f"There is no file {where}.", "Correct its address on the page CAMERAS (F5).")
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


def refusal(address: Address, errors: list[str], *, has_password: bool) -> Reason | None:
    """The other side is there, and says no: known before patience runs out. None when it does not."""
    text, where = "\n".join(errors).lower(), _where(address)
    if any(code in text for code in ("http 401", "http 403", "401 unauthorized", "403 forbidden", "authmod=")):
        if has_password:
            return Reason(f"{where} does not accept the password.", "Enter the right one into the keyring.")
        return Reason(
            f"{where} asks for a password.",
            "Put it into the keyring, and name that entry on the page CAMERAS (F5).",
        )
    if has_password and "failed to create demuxer" in text:
        return Reason(
            f"{where} sends HLS, and VLC asks for the pieces of that without the password.",
            "Let the sender use SRT or RTMP, or take an address that has its key within.",
        )
    if any(code in text for code in ("http 404", "streamnotfound", "invalidapp")):
        return Reason(f"{where} knows no stream of that name.", "Correct the address, or start the sender.")
    if text.count("schedule srt connect") >= _HANGS_UP:
        return Reason(
            f"{where} hangs up: the password is wrong, or it has a caller already."
            if has_password
            else f"{where} hangs up: it wants a password, or it has a caller already.",
            "Check the password and the stream ID; many senders take one caller only.",
        )
    return None


def _where(address: Address) -> str:
    """The address for people: without user, password, key or path of a stream."""
    if address.kind is Kind.FILE:
        return address.mrl.removeprefix("file://")
    return f"{address.scheme}://{address.place or 'this machine'}"
