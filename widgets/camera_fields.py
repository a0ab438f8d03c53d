"""The fields of a camera's form: what each is called, how it is written, what is wrong with what was typed. Pure."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, unquote_plus, urlsplit, urlunsplit

from console.cameras.mrl import Kind, parse_mrl
from console.desk.camera_checks import faults_of
from console.settings.show import Camera

NO_YES: Final = ("no", "yes")
_TURNS: Final = ("0°", "90°", "180°", "270°")
_MOST_CROP_PCT: Final = 45.0


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `key` as in the show file, `choices` when there are only a few things to say."""

    key: str
    label: str
    hint: str  # shown while it is empty
    help: str
    choices: tuple[str, ...] = ()
    share: int = 1  # of its row
    is_hidden: bool = False  # shows dots


ROWS: Final[tuple[tuple[Field, ...], ...]] = (
    (Field("mrl", "ADDRESS", "srt://HOST:PORT; empty: from OBS",
           "What Cuedrop opens for the tile: srt, rtmp, rtsp, udp, rtp, http(s) with HLS, a file or a device. "
           "Empty: its picture comes from OBS."),),
    (Field("name", "NAME", "its name", "The camera's name, once in a show.", share=3),
     Field("may_open", "OPEN IT", "", "The director's yes: Cuedrop may open a device or a listener itself. "
           "Only one program can: OBS has it no more then.", NO_YES, share=2)),
    (Field("scene", "SCENE", "in OBS", "The OBS scene that shows this camera: its number, its tally."),
     Field("source", "SOURCE", "as scene", "The OBS source of the tile when its picture comes from OBS.")),
    (Field("password", "PASSWORD", "kept safe",
           "The address's password. It goes into this machine's keyring, never into the show file.", is_hidden=True),
     Field("secret", "KEYRING", "its name", "Name of the keyring entry that holds the address's password.")),
    (Field("rotate", "TURN", "", "Turn the tile's picture, degrees clockwise.", _TURNS),
     Field("mirror", "MIRROR", "", "Show the tile's picture mirrored.", NO_YES)),
    (Field("crop", "CROP %", "25 0 25 0",
           "What is left out at left, top, right and bottom, in percent: 25 0 25 0 leaves the middle half."),
     Field("sound", "SOUND", "channel",
           "The channel or OBS input that must be heard while this camera is on air.")),
    (Field("relay_port", "RELAY", "port",
           "Cuedrop takes the stream once and hands it to OBS on this port of this machine. Empty: it does not."),
     Field("options", "OPTIONS", ":rtsp-tcp",
           "libVLC's media options, each with its colon, as :network-caching=200. They win over Cuedrop's own.")),
)  # fmt: skip
FIELDS: Final[Mapping[str, Field]] = {each.key: each for row in ROWS for each in row}


@dataclass(frozen=True, slots=True)
class Known:
    """What a camera is written beside: the show's cameras, and what may be named."""

    cameras: tuple[Camera, ...] = ()
    was: str | None = None  # the camera that is edited; None: a new one
    scenes: tuple[str, ...] = ()  # empty: OBS is not there, nothing is known
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, as an action takes it; `faults` stop the saving, `notes` do not. Each by the field's key."""

    values: Mapping[str, object]
    faults: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def for_trial(self) -> dict[str, object]:
        """The arguments of a trial: only what says how a picture is had."""
        wanted = {key: self.values[key] for key in ("mrl", "options", "may_open", "source", "secret")}
        if wanted["mrl"] is None and wanted["source"] is None:
            wanted["source"] = self.values["scene"]
        return {key: value for key, value in wanted.items() if value not in (None, (), [], False)}

    def is_tried_by(self, tried: Mapping[str, object], *, is_of_obs: bool) -> bool:
        """Whether a trial of `tried` shows what is typed: its source says something only when OBS has the picture."""
        now = self.for_trial()
        keys = (now.keys() | tried.keys()) - (set() if is_of_obs else {"source"})
        return all(now.get(key) == tried.get(key) for key in keys)

    def for_adding(self) -> dict[str, object]:
        """The arguments of a new camera: what says more than nothing."""
        return {key: value for key, value in self.values.items() if value not in (None, [], False, 0)}

    def for_editing(self, camera: Camera) -> dict[str, object]:
        """The arguments that make `camera` what was typed: only what differs; None clears."""
        before = _values(typed(camera))
        changed = {key: value for key, value in self.values.items() if value != before[key]}
        return {"camera": camera.name, **changed}


def typed(camera: Camera | None) -> dict[str, str]:
    """A camera as it is written in the form; None: an empty form."""
    if camera is None:
        return {key: (each.choices[0] if each.choices else "") for key, each in FIELDS.items()}
    return {
        "name": camera.name,
        "mrl": camera.mrl or "",
        "scene": camera.scene or "",
        "source": camera.source or "",
        "password": "",
        "secret": camera.secret or "",
        "sound": camera.sound or "",
        "options": " ".join(camera.options),
        "relay_port": str(camera.relay_port or ""),
        "may_open": NO_YES[camera.may_open],
        "mirror": NO_YES[camera.mirror],
        "rotate": f"{camera.rotate}°",
        "crop": " ".join(f"{part * 100:.4g}" for part in camera.crop) if camera.crop else "",
    }


def read(texts: Mapping[str, str], known: Known) -> Reading:
    """What the form's texts mean, and what is wrong with them, each at its field."""
    plain = {key: text.strip() for key, text in texts.items()}
    values = _values(plain)
    said = faults_of(values, known.cameras, was=known.was)
    found = {key: f"{fault.what} {fault.fix}".strip() for key, fault in said.items()} | _unreadable(plain)
    faults = {key: found[key] for key in FIELDS if key in found}
    return Reading(values, faults, _notes(plain, known))


def _values(plain: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {key: plain[key] or None for key in ("mrl", "scene", "source", "secret", "sound")}
    crop = crop_of(plain["crop"])
    return {
        "name": plain["name"],
        **values,
        "may_open": plain["may_open"] == "yes",
        "mirror": plain["mirror"] == "yes",
        "rotate": int(plain["rotate"].removesuffix("°")),
        "options": _options(plain["options"]),
        "relay_port": int(plain["relay_port"]) if plain["relay_port"].isdecimal() else None,
        "crop": crop if crop and any(crop) else None,
    }


def without_password(mrl: str) -> tuple[str, str]:
    """An address without the password that stands in it, and that password; "" when there is none."""
    try:
        parts = urlsplit(mrl.strip())
        if parts.password:
            user = parts.netloc.rpartition("@")[0].partition(":")[0]
            place = parts.netloc.rpartition("@")[2]
            return urlunsplit(parts._replace(netloc=f"{user}@{place}")), unquote(parts.password)
    except ValueError:
        return mrl, ""
    pairs = [part.partition("=") for part in parts.query.split("&")]
    phrase = next((unquote_plus(value) for key, _, value in pairs if key == "passphrase"), "")
    if not phrase:
        return mrl, ""
    kept = "&".join(f"{key}{sign}{value}" for key, sign, value in pairs if key != "passphrase")
    return urlunsplit(parts._replace(query=kept)), phrase


def keyring_name(name: str) -> str:
    """The name of the keyring entry for a camera's password: "camera-guest-ana"."""
    slug = "-".join(re.findall(r"[a-z0-9]+", name.casefold()))[:48]
    return f"camera-{slug}" if slug else "camera"


def crop_of(text: str) -> list[float] | None:
    """Percents as parts of 1, [left, top, right, bottom]; None when it is not that."""
    parts = re.split(r"[\s,;]+", text.replace("%", " ").strip())
    try:
        shares = [round(float(part) / 100, 6) for part in parts]
    except ValueError:
        return None
    return shares if len(shares) == 4 and all(0 <= each <= _MOST_CROP_PCT / 100 for each in shares) else None


def _options(text: str) -> list[str]:
    """libVLC's options as a list: each begins with its colon, so that a value may hold spaces."""
    return [part.strip() for part in re.split(r"\s+(?=:)", text) if part.strip()]


def _unreadable(plain: Mapping[str, str]) -> dict[str, str]:
    """What cannot be meant as it was typed."""
    faults = {"mrl": _mrl_fault(plain["mrl"])}
    unmarked = next((each for each in _options(plain["options"]) if not each.startswith(":")), "")
    if unmarked:
        faults["options"] = f"Each option begins with a colon. Write :{unmarked.lstrip('-')}"
    if plain["crop"] and crop_of(plain["crop"]) is None:
        faults["crop"] = f"These are not four numbers from 0 to {_MOST_CROP_PCT:g}. Write them like 25 0 25 0."
    if plain["relay_port"] and not plain["relay_port"].isdecimal():
        faults["relay_port"] = "A port is a number from 1024 to 65535. Write one like 9710."
    elif plain["relay_port"] and not plain["mrl"]:
        faults["relay_port"] = "There is nothing to hand over. Type the address that Cuedrop takes it from."
    return {key: fault for key, fault in faults.items() if fault}


def _mrl_fault(mrl: str) -> str:
    if re.fullmatch(r"[\w.\-]+:\d{1,5}(/\S*)?", mrl):
        return f"It does not say how it is sent. Write srt://{mrl}, udp://@{mrl} or rtmp://{mrl}."
    if not mrl.lower().startswith("srt://"):
        return ""
    try:
        has_port = urlsplit(mrl).port is not None
    except ValueError:
        has_port = False
    return "" if has_port else "An srt address needs its port, from 1 to 65535. Write srt://HOST:PORT."


def _notes(plain: Mapping[str, str], known: Known) -> dict[str, str]:
    """What should be known of it, and does not stop anything."""
    notes = {}
    for key, what, there in (("scene", "scene", known.scenes), ("sound", "channel or input", known.sounds)):
        if plain[key] and there and plain[key] not in there:
            notes[key] = f"There is no {what} {plain[key]} now. {near(plain[key], there)}".rstrip()
    only_one = bool(plain["mrl"]) and parse_mrl(plain["mrl"]).kind in (Kind.DEVICE, Kind.LISTENER)
    if only_one and plain["may_open"] == "no":
        notes["may_open"] = "Only one program can open it: its picture comes from OBS until you say yes here."
    elif only_one:
        notes["may_open"] = "Cuedrop opens it: OBS can't have it at the same time, but for a relay."
    return notes


def near(word: str, there: Sequence[str]) -> str:
    """`Did you mean Wide?`, or "" when nothing is like it."""
    folded = {each.casefold(): each for each in there}
    match = difflib.get_close_matches(word.casefold(), list(folded), n=1)
    return f"Did you mean {folded[match[0]]}?" if match else ""
