"""The model of a show file, format 1. One model, so that all errors are found at once.

Pure data: validating reads no file and reaches no host. Values are what the person wrote, in the units of the names.
"""

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

FORMAT: Final = 1
NAME = Field(min_length=1, max_length=80)
MOST_PORTS: Final = 64
Port = Annotated[int, Field(ge=1, le=MOST_PORTS)]
Share = Annotated[float, Field(ge=0.0, le=0.45)]
Guide = Literal["16:9", "9:16", "4:5", "thirds", "centre"]
BUSES: Final = ("program", "preview")  # as the multiview names them


class Money(BaseModel):
    """An amount: integer minor units and an ISO 4217 code."""

    model_config = ConfigDict(frozen=True)

    minor: int = Field(ge=0, le=10**12)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


_NO_MINOR_UNIT = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)  # ISO 4217, exponent 0
_THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())  # ISO 4217, exponent 3


def minor_digits(currency: str) -> int:
    """How many digits the minor unit of `currency` has (ISO 4217)."""
    return 0 if currency in _NO_MINOR_UNIT else 3 if currency in _THREE_DIGITS else 2


def parse_money(text: object) -> object:
    """`"19.00 EUR"` as Money; anything that is not text is handed on. Raises ValueError with what to write."""
    if not isinstance(text, str):
        return text
    match = re.fullmatch(r"\s*([0-9]{1,9})(?:\.([0-9]+))?\s*([A-Z]{3})\s*", text)
    if match is None:
        raise ValueError(f'"{text}" is not a price: write it like "19.00 EUR"')
    whole, fraction, currency = match[1], match[2] or "", match[3]
    digits = minor_digits(currency)
    if len(fraction) > digits:
        raise ValueError(f'"{text}" has more decimals than {currency} has ({digits})')
    return Money(minor=int(whole + fraction.ljust(digits, "0")), currency=currency)


Price = Annotated[Money, BeforeValidator(parse_money)]


class Part(BaseModel):
    """What all parts of a show file share: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Obs(Part):
    """The OBS Studio that makes the picture."""

    url: str = Field(default="ws://127.0.0.1:4455", pattern=r"^wss?://", description="Address of obs-websocket 5.")
    secret: str = Field(default="obs", description="Name of the keyring entry that holds the password.")
    safe_scene: str | None = Field(default=None, description="The scene that is always fit to show (SAFE).")
    black_scene: str | None = Field(default=None, description="The scene of fade to black; default: an empty one.")
    backup: "Backup | None" = Field(default=None, description="A second OBS that does every take as well.")

    @model_validator(mode="after")
    def _the_backup_is_another_one(self) -> Self:
        if self.backup is not None and self.backup.url.rstrip("/") == self.url.rstrip("/"):
            raise ValueError("the backup is the same OBS: give [obs.backup] the url of another one")
        return self


class Backup(Part):
    """A second OBS in lockstep with the first."""

    url: str = Field(pattern=r"^wss?://", description="Address of its obs-websocket 5.")
    secret: str = Field(default="obs-backup", description="Name of the keyring entry that holds its password.")


class Switching(Part):
    """How takes are guarded."""

    guard_ms: int = Field(default=250, ge=0, le=2_000, description="A second press within this is not a second take.")
    hot_release_s: float = Field(default=60.0, ge=5, le=3_600, description="HOT lets go after this time without use.")


class Failover(Part):
    """What happens when what is on air fails. Off until the director turns it on, in the window."""

    countdown_s: float = Field(default=3.0, ge=1, le=30, description="Announced so long before the safe scene.")
    silence_s: float = Field(default=8.0, ge=0, le=120, description="A camera's sound may be silent so long; 0: ever.")


class Step(Part):
    """One change of a source, as a look holds it. What it needs follows from `do`."""

    do: Literal[
        "show", "hide", "lock", "unlock", "filter_on", "filter_off", "text", "image",
        "play", "pause", "stop", "restart", "mute", "unmute",
    ] = Field(description="What is changed.")  # fmt: skip
    source: str = Field(min_length=1, max_length=500, description="The source's name in OBS.")
    scene: str | None = Field(default=None, description="show, hide, lock, unlock: the scene or group that holds it.")
    filter: str | None = Field(default=None, description="filter_on, filter_off: the filter's name.")
    text: str | None = Field(default=None, max_length=10_000, description="text: the new words.")
    file: str | None = Field(default=None, description="image: the picture's path, as OBS's machine sees it.")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        needed = {
            "show": "scene", "hide": "scene", "lock": "scene", "unlock": "scene",
            "filter_on": "filter", "filter_off": "filter", "text": "text", "image": "file",
        }.get(self.do)  # fmt: skip
        if needed and getattr(self, needed) is None:
            raise ValueError(f'do = "{self.do}" needs {needed}: add {needed} = "..." to this step')
        return self


class Look(Part):
    """A named list of changes, and perhaps a scene to take, run as one."""

    name: str = NAME
    scene: str | None = Field(default=None, description="Taken after the steps; absent: nothing is taken.")
    transition: str | None = Field(default=None, description="For that take; absent: as OBS would.")
    duration_ms: int | None = Field(default=None, ge=50, le=20_000, description="How long that transition takes.")
    steps: tuple[Step, ...] = Field(default=(), max_length=200)


class Camera(Part):
    """One picture source with its own live tile."""

    name: str = NAME
    mrl: str | None = Field(default=None, description="What libVLC opens; without it the tile comes from OBS.")
    scene: str | None = Field(default=None, description="The OBS scene that shows it.")
    source: str | None = Field(default=None, description="The OBS source of the tile; default: the scene.")
    may_open: bool = Field(default=False, description="The director's yes: Cuedrop may open a device itself.")
    sound: str | None = Field(
        default=None, description="The channel or OBS input that must be heard while this camera is on air."
    )
    options: tuple[str, ...] = Field(default=(), description="libVLC media options, like ':network-caching=200'.")
    secret: str | None = Field(default=None, description="Name of the keyring entry with the password of the mrl.")
    relay_port: int | None = Field(
        default=None, ge=1024, le=65_535, description="Cuedrop takes the stream once and hands it to OBS on this port."
    )
    rotate: Literal[0, 90, 180, 270] = Field(default=0, description="Turn the tile's picture, degrees clockwise.")
    mirror: bool = Field(default=False, description="Show the tile's picture mirrored.")
    crop: tuple[Share, Share, Share, Share] | None = Field(
        default=None, description="Parts of the tile's picture left out: left, top, right, bottom, 0 to 0.45."
    )


class Multiview(Part):
    """The second window: which tiles, in which order, and what is drawn over them."""

    tiles: int = Field(default=4, ge=1, le=16, description="How many places it has.")
    cameras: tuple[str, ...] = Field(
        default=(),
        max_length=16,
        description='What they show, in order: a camera, "program", "preview" or "" for nothing. Empty: all.',
    )
    guides: tuple[Guide, ...] = Field(default=(), description="Frame guides drawn over pictures.")


Db = Annotated[float, Field(ge=-120, le=24)]


class Channel(Part):
    """One audio input."""

    name: str = NAME
    inputs: tuple[Port, ...] = Field(min_length=1, max_length=2, description="Device inputs, counted from 1.")
    obs_input: str | None = Field(default=None, description="Its input in OBS: mute acts on both.")
    mute_acts_on: Literal["both", "obs", "returns"] | None = Field(
        default=None, description="Where its mute acts; absent: both when it has an obs_input, else the returns."
    )
    gain_db: float = Field(default=0.0, ge=-60, le=24, description="Its gain in every return and the programme.")
    pan: float = Field(default=0.0, ge=-1, le=1, description="Where it stands: -1 left, 0 centre, 1 right.")
    polarity: bool = Field(default=False, description="true turns its polarity over.")
    high_pass_hz: float | None = Field(default=None, ge=20, le=400, description="Takes out rumble below; absent: off.")
    delay_ms: float = Field(default=0.0, ge=0, le=1_000, description="Held back so long, for lip sync.")

    @model_validator(mode="after")
    def _obs_can_mute_it(self) -> Self:
        if self.mute_acts_on in ("both", "obs") and self.obs_input is None:
            raise ValueError(
                f'mute_acts_on = "{self.mute_acts_on}" needs an obs_input: add obs_input = "..." to this channel'
            )
        return self


class Return(Part):
    """What one person hears."""

    name: str = NAME
    listener: tuple[str, ...] = Field(default=(), description="Channels left out of it: the listener's own.")
    made_by: Literal["cuedrop", "elsewhere"] = Field(default="cuedrop", description="Who makes the N-1.")
    outputs: tuple[Port, ...] = Field(default=(), max_length=2, description="Device outputs, counted from 1.")
    loopback: tuple[Port, ...] = Field(
        default=(), max_length=2, description="Made elsewhere: the device inputs that carry what the listener is sent."
    )
    gains_db: dict[str, Db] = Field(default_factory=dict, description="Gain of each channel in it; absent = 0 dB.")
    limiter_dbfs: float = Field(default=-3.0, ge=-30, le=0, description="It never gets louder than this peak.")
    talkback: bool = Field(default=True, description="T speaks into it.")

    @model_validator(mode="after")
    def _a_loopback_is_of_what_others_make(self) -> Self:
        if self.loopback and self.made_by == "cuedrop":
            raise ValueError('loopback is for what others make: write made_by = "elsewhere", or leave loopback out')
        return self


class Meters(Part):
    """How meters move, and what the programme is to measure."""

    ballistics: Literal["digital", "ppm1", "ppm2", "vu", "obs"] = Field(
        default="digital", description="Digital peak, PPM type I or II, VU, or OBS's own."
    )
    target_lufs: float = Field(default=-16.0, ge=-40, le=-5, description="The programme's loudness: -14, -16, -23.")
    max_true_peak_dbtp: float = Field(default=-1.0, ge=-20, le=0, description="The programme's highest true peak.")
    amber_from_dbfs: float = Field(default=-20.0, ge=-59, le=-1, description="Digital peak: amber from here.")
    red_from_dbfs: float = Field(default=-9.0, ge=-58, le=0, description="Digital peak: red from here.")
    ppm2_marks: Literal["bbc", "ebu"] = Field(default="bbc", description="PPM type II: 1 to 7, or -12 to +12 dB.")
    vu_zero_dbfs: float = Field(default=-18.0, ge=-24, le=-9, description="VU: a steady tone of this level reads 0.")

    @model_validator(mode="after")
    def _amber_comes_before_red(self) -> Self:
        if self.amber_from_dbfs >= self.red_from_dbfs:
            raise ValueError("amber_from_dbfs must be below red_from_dbfs: a bar is green, then amber, then red")
        return self


class SoundAlarms(Part):
    """When something in the sound becomes an alarm. A hold time of 0 turns that alarm off."""

    silence_dbfs: float = Field(default=-60.0, ge=-100, le=-20, description="Below this RMS a channel is silent.")
    silence_s: float = Field(default=30.0, ge=0, le=3_600, description="Silent so long where sound is due.")
    clipping_s: float = Field(default=1.0, ge=0, le=60, description="Clipped again within so long.")
    hum_dbfs: float = Field(default=-55.0, ge=-100, le=-20, description="Mains hum (50 or 60 Hz) above this level.")
    hum_s: float = Field(default=10.0, ge=0, le=60, description="Hum for so long.")
    dc_dbfs: float = Field(default=-40.0, ge=-100, le=-6, description="A constant offset above this level.")
    dc_s: float = Field(default=10.0, ge=0, le=600, description="An offset for so long.")
    polarity_correlation: float = Field(
        default=-0.5, ge=-1, le=0, description="Left and right against each other: below this correlation."
    )
    polarity_s: float = Field(default=10.0, ge=0, le=600, description="Against each other for so long.")
    frozen_s: float = Field(default=3.0, ge=0, le=600, description="The very same samples for so long.")
    off_target_lu: float = Field(default=3.0, ge=0.5, le=20, description="So far from target_lufs, short-term.")
    off_target_s: float = Field(default=30.0, ge=0, le=3_600, description="Off target for so long.")
    talking_dbfs: float = Field(default=-40.0, ge=-100, le=-6, description="Above this RMS a muted channel talks.")
    talking_s: float = Field(default=2.0, ge=0, le=60, description="Talking while muted for so long.")
    leak_s: float = Field(
        default=1.0, ge=0, le=60, description="A listener hears themselves, or sends back what they hear, for so long."
    )
    return_silent_s: float = Field(default=1.0, ge=0, le=60, description="A listener hears nothing for so long.")


class Preset(Part):
    """A named mix, recalled as one: gains in the returns, and which channels are muted."""

    name: str = NAME
    gains_db: dict[str, dict[str, Db]] = Field(
        default_factory=dict, description="By return, then by channel; what is absent stays as it is."
    )
    muted: tuple[str, ...] = Field(default=(), max_length=32, description="Channels that it mutes; it opens the rest.")


class Interface(Part):
    """A sound device beside the main one. Its ports have numbers of their own, so that nothing shifts without it."""

    name: str = NAME
    device: str = Field(min_length=1, description='"host API: name", as of the main device.')
    inputs: int = Field(default=0, ge=0, le=32, description="How many of its inputs the show uses.")
    first_input: int | None = Field(default=None, ge=1, le=64, description="The show's number of its first input.")
    outputs: int = Field(default=0, ge=0, le=32, description="How many of its outputs the show uses.")
    first_output: int | None = Field(default=None, ge=1, le=64, description="The show's number of its first output.")
    sample_rate_hz: int | None = Field(default=None, ge=8_000, le=192_000, description="Its rate; absent: the show's.")
    block_frames: int | None = Field(default=None, ge=16, le=8_192, description="Its block; absent: the show's.")

    @model_validator(mode="after")
    def _its_ports_have_numbers(self) -> Self:
        for way, ports, first in (
            ("input", self.inputs, self.first_input),
            ("output", self.outputs, self.first_output),
        ):
            if ports and first is None:
                raise ValueError(
                    f"{way}s = {ports} needs first_{way}: the show's number of its first {way}, above the main device's"
                )
            if ports and first is not None and first + ports - 1 > MOST_PORTS:
                raise ValueError(
                    f"its {way}s end at number {first + ports - 1}, above {MOST_PORTS}: begin lower, or use fewer"
                )
        if not self.inputs and not self.outputs:
            raise ValueError("it has no ports: say how many inputs or outputs the show uses")
        return self


class Audio(Part):
    """The sound of the show."""

    device: str | None = Field(default=None, description='"host API: name"; absent = system default; or "practice".')
    sample_rate_hz: int = Field(default=48_000, ge=8_000, le=192_000)
    block_frames: int = Field(default=256, ge=16, le=8_192)
    channels: tuple[Channel, ...] = Field(default=(), max_length=32)
    returns: tuple[Return, ...] = Field(default=(), max_length=32)
    talkback: str | None = Field(default=None, description="The channel that T speaks from into the returns.")
    monitor: tuple[Port, ...] = Field(
        default=(), max_length=2, description="The director's outputs: solo is heard there."
    )
    programme: tuple[Port, ...] = Field(
        default=(), max_length=2, description="Device inputs that carry the programme; absent: a mix of all channels."
    )
    meters: Meters = Field(default_factory=Meters)
    alarms: SoundAlarms = Field(default_factory=SoundAlarms)
    presets: tuple[Preset, ...] = Field(default=(), max_length=32)
    record_as: Literal["flac", "wav"] = Field(default="flac", description="The safety recording's files, 24 bit.")
    interfaces: tuple[Interface, ...] = Field(
        default=(), max_length=4, description="Devices beside the main one, each with a clock of its own."
    )

    @field_validator("interfaces")
    @classmethod
    def _each_port_is_of_one_interface(cls, interfaces: tuple[Interface, ...]) -> tuple[Interface, ...]:
        for way in ("input", "output"):
            taken: dict[int, str] = {}
            for interface in interfaces:
                first, ports = getattr(interface, f"first_{way}") or 1, getattr(interface, f"{way}s")
                for number in range(first, first + ports):
                    if number in taken:
                        raise ValueError(
                            f'{way} {number} is of "{taken[number]}" and "{interface.name}": begin one of them higher'
                        )
                    taken[number] = interface.name
        return interfaces


class Shop(Part):
    """Where buyers buy."""

    kind: Literal["embedded", "events", "manual"] = "embedded"
    url: str | None = Field(default=None, pattern=r"^https?://", description='Address of the shop, for "events".')
    secret: str = Field(default="shop", description="Name of the keyring entry that signs events.")
    listen: str = Field(
        default="127.0.0.1:8710", pattern=r"^.+:\d{1,5}$", description="Where the embedded shop listens."
    )
    open_within_s: float = Field(
        default=120.0,
        ge=5,
        le=3_600,
        description="A drop that could not be opened so long after FIRE is not opened late.",
    )
    public_url: str | None = Field(default=None, pattern=r"^https?://", description="The address that buyers know.")

    @model_validator(mode="after")
    def _an_events_shop_has_an_address(self) -> Self:
        if self.kind == "events" and not self.url:
            raise ValueError('kind = "events" needs the shop\'s url')
        return self


class Overlay(Part):
    """The QR code of the buyer's page as an image source in OBS while a drop is open."""

    scene: str = Field(description="The OBS scene that shows it.")
    size_px: int = Field(default=240, ge=80, le=1080)
    corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "bottom-right"


class Drop(Part):
    """A timed sale of one product."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="Lower case, digits and dashes.")
    title: str = NAME
    price: Price
    stock: int = Field(ge=1, le=1_000_000)
    duration_s: int = Field(default=300, ge=10, le=86_400)
    per_buyer: int = Field(default=2, ge=1, le=1_000)
    overlay: Overlay | None = None


class Cue(Part):
    """One step of the rundown."""

    name: str = NAME
    scene: str | None = None
    duration_s: int | None = Field(default=None, ge=0, le=86_400)
    drop: str | None = Field(default=None, description="The drop that GO arms (a cue never fires it).")
    note: str = ""


class Show(Part):
    """A whole show."""

    format: Literal[1] = FORMAT
    name: str = NAME
    obs: Obs = Field(default_factory=Obs)
    switching: Switching = Field(default_factory=Switching)
    failover: Failover = Field(default_factory=Failover)
    looks: tuple[Look, ...] = Field(default=(), max_length=100)
    cameras: tuple[Camera, ...] = Field(default=(), max_length=16)
    multiview: Multiview = Field(default_factory=Multiview)
    audio: Audio = Field(default_factory=Audio)
    shop: Shop = Field(default_factory=Shop)
    drops: tuple[Drop, ...] = Field(default=(), max_length=100)
    cues: tuple[Cue, ...] = Field(default=(), max_length=1_000)

    @field_validator("name")
    @classmethod
    def _a_name_has_a_letter(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("a show needs a name")
        return name

    @field_validator("cameras")
    @classmethod
    def _each_relay_has_its_own_port(cls, cameras: tuple[Camera, ...]) -> tuple[Camera, ...]:
        ports = [camera.relay_port for camera in cameras if camera.relay_port is not None]
        twice = next((port for port in ports if ports.count(port) > 1), None)
        if twice is not None:
            raise ValueError(f"two cameras have relay_port = {twice}: give one of them another")
        return cameras

    def hosts(self) -> tuple[str, ...]:
        """Every address that the show names, as written; the director says yes to those that are not loopback."""
        backup = [self.obs.backup.url] if self.obs.backup else []
        named: list[Any] = [self.obs.url, *backup, *(camera.mrl for camera in self.cameras)]
        if self.shop.kind == "events":
            named.append(self.shop.url)
        return tuple(address for address in named if address and "://" in address)
