"""What is wrong with a camera before it is kept: each fault at its field, in the director's words. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import ValidationError

from console.cameras.mrl import Kind, parse_mrl, refused_options
from console.core.errors import UserError
from console.settings.secrets import hide
from console.settings.show import BUSES, Camera
from console.show.cameras import CAMERAS

SECRET_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}")
SHORTEST_HIDDEN: Final = 4  # a shorter word would be hidden in half of what a log says
_SHAPES: Final[Mapping[str, UserError]] = {
    "rotate": UserError("A picture is turned by 0, 90, 180 or 270 degrees.", fix="Choose one of them."),
    "crop": UserError("Of each side at most 45 % can be left out.", fix="Leave out less."),
    "relay_port": UserError("A port for the hand-over is a number from 1024 to 65535.", fix="Choose another port."),
    "options": UserError("There are too many options, or one is no text.", fix="Write one option a line."),
    "mrl": UserError("This is no address.", fix="Write it like srt://HOST:PORT."),
}


def camera_of(fields: Mapping[str, Any], *, old: Camera | None = None) -> Camera:
    """`old` (or a new camera) with `fields`; None is as if a field had never been written. Raises UserError."""
    values = old.model_dump() if old is not None else {}
    values.update({key: _clean(value) for key, value in fields.items()})
    try:
        return Camera.model_validate({key: value for key, value in values.items() if value is not None})
    except ValidationError as error:
        raise next(iter(_shape_faults(error).values())) from error


def faults_of(fields: Mapping[str, Any], cameras: Sequence[Camera], *, was: str | None = None) -> dict[str, UserError]:
    """What is wrong with `fields` as a camera of a show with these `cameras`, by field; nothing: it can be kept.

    was: the camera that is edited; None for a new one. What an edited camera had before is not held against it.
    """
    old = next((camera for camera in cameras if camera.name == was), None)
    values = {**(old.model_dump() if old is not None else {}), **{key: _clean(value) for key, value in fields.items()}}
    try:
        camera = Camera.model_validate({"name": "?", **{key: value for key, value in values.items() if value}})
    except ValidationError as error:
        return _shape_faults(error)
    found = {
        "name": _name_fault(values.get("name"), cameras, was),
        "mrl": _mrl_fault(camera) if old is None or camera.mrl != old.mrl else None,
        "options": _option_fault(camera),
        "secret": _secret_fault(camera),
        "relay_port": _port_fault(camera, cameras, was),
    }
    faults = {field: fault for field, fault in found.items() if fault is not None}
    if "mrl" not in faults and not (camera.mrl or camera.scene or camera.source):
        faults["mrl"] = UserError(
            "This camera has no picture: no address, no scene and no source of OBS.", fix="Give it one of the three."
        )
    return faults


def check(fields: Mapping[str, Any], cameras: Sequence[Camera], *, was: str | None = None) -> None:
    """Raises the first of `faults_of` as UserError, with the field named."""
    for fault in faults_of(fields, cameras, was=was).values():
        raise fault


def hidden_password(mrl: str) -> str:
    """The password that stands in an address, or "" (law 8: it must not be kept in a file)."""
    try:
        parts = urlsplit(mrl)
        in_query = parse_qs(parts.query).get("passphrase", [""])[0]
        return unquote(parts.password or "") or in_query
    except ValueError:
        return ""


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    return tuple(value) if isinstance(value, list) else value


def _shape_faults(error: ValidationError) -> dict[str, UserError]:
    found: dict[str, UserError] = {}
    for detail in error.errors():
        field = str(detail["loc"][0]) if detail["loc"] else "name"
        if field == "name":
            found["name"] = UserError("A camera needs a name of up to 80 characters.", fix="Give it one.")
        else:
            words = UserError(f"This is nothing that {field} of a camera can be.", fix="Choose something else.")
            found[field] = _SHAPES.get(field, words)
    return found


def _name_fault(name: object, cameras: Sequence[Camera], was: str | None) -> UserError | None:
    if not isinstance(name, str) or not name:
        return UserError("A camera needs a name.", fix="Give it one.")
    if name in BUSES:
        return UserError(f'In the multiview "{name}" is what is on that bus.', fix="Choose another name.")
    try:
        CAMERAS.check_key(name, cameras, was=was)
    except UserError as fault:
        return fault
    return None


def _mrl_fault(camera: Camera) -> UserError | None:
    if camera.mrl is None:
        return None
    address = parse_mrl(camera.mrl)
    password = hidden_password(camera.mrl)
    if password:
        if len(password) >= SHORTEST_HIDDEN:
            hide(password)
        return UserError(
            "There is a password in this address, and a show file must not hold one.",
            fix="Take it out, keep it with: cuedrop secret set NAME, and write that NAME as the password's name.",
        )
    if address.kind is Kind.UNKNOWN:
        return UserError(
            f"Nobody here can open an address of the kind {address.scheme}://.", fix="Write it like srt://HOST:PORT."
        )
    return None


def _option_fault(camera: Camera) -> UserError | None:
    refused = refused_options(camera.options)
    if not refused:
        return None
    return UserError(
        f"The option {refused[0]} is not one that a show file may set.", fix="Take it out, or look at its spelling."
    )


def _secret_fault(camera: Camera) -> UserError | None:
    if camera.secret is None or SECRET_NAME.fullmatch(camera.secret):
        return None
    if len(camera.secret) >= SHORTEST_HIDDEN:
        hide(camera.secret)  # it may well be the password itself
    return UserError(
        "The password's name is not one that the keyring can have.", fix="Write a short name, not the password itself."
    )


def _port_fault(camera: Camera, cameras: Sequence[Camera], was: str | None) -> UserError | None:
    port = camera.relay_port
    other = next((each for each in cameras if port is not None and each.relay_port == port and each.name != was), None)
    if other is None:
        return None
    return UserError(f"{other.name} is handed over on port {port} already.", fix="Choose another port.")
