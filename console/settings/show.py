"""The model of a show file, format 1. One model, so that all errors are found at once.

Pure data: validating reads no file and reaches no host. Values are what the person wrote, in the units of the names.
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from console.settings.fulfilment import Fulfilment
from console.settings.money import Price
from console.settings.part import NAME, Part
from console.settings.sound import Audio
from console.settings.timing import SaleDuration, Timing

FORMAT: Final = 1
Share = Annotated[float, Field(ge=0.0, le=0.45)]
Guide = Literal["16:9", "9:16", "4:5", "thirds", "centre"]
TalkingPoint = Annotated[str, Field(min_length=1, max_length=200)]
BUSES: Final = ("program", "preview")  # as the multiview names them


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


class Steps(Part):
    """What a person does on a manual platform for each press. {title}, {price}, {stock}, {until} ... are filled in."""

    arm: str | None = Field(default=None, max_length=300, description="To prepare the product.")
    fire: str | None = Field(default=None, max_length=300, description="To put it on sale.")
    change: str | None = Field(default=None, max_length=300, description="To change it while it is on sale.")
    close: str | None = Field(default=None, max_length=300, description="To end its sale.")
    disarm: str | None = Field(default=None, max_length=300, description="To take it out again, never sold.")
    open_checkout: str | None = Field(default=None, max_length=300, description="To let buyers pay.")
    close_checkout: str | None = Field(default=None, max_length=300, description="To let nobody pay.")


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
    buyers_kbps: int | None = Field(
        default=None, ge=64, le=10_000_000, description="What buyers' pages may take of the uplink, kbit/s; none: all."
    )
    keep_days: int = Field(
        default=90,
        ge=1,
        le=3_650,
        description="How long the shop knows which orders were one buyer's, days; then it keeps only what was sold.",
    )
    payment_link: str | None = Field(
        default=None,
        pattern=r"^https://[^\s{}]+(\{(order|amount|currency|pickup)\}[^\s{}]*)*$",
        max_length=500,
        description=(
            "Where buyers pay, any provider: {order}, {amount}, {currency} and {pickup} are filled in. "
            "Left out: they pay when they collect."
        ),
    )
    platform: str = Field(
        default="", max_length=40, description="What a manual platform is called: TikTok, Whatnot, Bambuser, any other."
    )
    steps: Steps | None = Field(default=None, description="What is done there, in your own words.")
    stream_delay_s: float = Field(
        default=0.0, ge=0, le=60, description="How late viewers see the picture; 0: not known. Measured in the show."
    )
    fulfilment: Fulfilment | None = Field(default=None, description="What an order costs you, for the report.")
    seller: tuple[Annotated[str, Field(min_length=1, max_length=120)], ...] = Field(
        default=(), max_length=8, description="Who sells, line by line, as receipts say it: name, street, town."
    )
    tax_note: str | None = Field(default=None, min_length=1, max_length=200, description="What receipts say of taxes.")
    shows_code: bool | None = Field(
        default=None,
        description="Whether drops put their QR code into the picture; left out: not on a manual platform.",
    )

    @property
    def has_code(self) -> bool:
        """Whether a buyers' code may be in the picture: some platforms punish one that leads elsewhere."""
        return self.kind != "manual" if self.shows_code is None else self.shows_code

    @model_validator(mode="after")
    def _a_code_leads_somewhere(self) -> Self:
        if self.kind == "manual" and self.shows_code and not self.public_url:
            raise ValueError("shows_code needs the public_url to which the code leads")
        return self

    @model_validator(mode="after")
    def _an_events_shop_has_an_address(self) -> Self:
        if self.kind == "events" and not self.url:
            raise ValueError('kind = "events" needs the shop\'s url')
        return self


class Host(Part):
    """The host's page: one button on a phone or tablet. Off until the director turns it on."""

    listen: str = Field(
        default="0.0.0.0:8712",
        pattern=r"^.+:\d{1,5}$",
        description="Where the host's page listens once it is on: 0.0.0.0 is every network of this computer.",
    )


class Overlay(Part):
    """The QR code of the buyer's page as an image source in OBS while a drop is open."""

    scene: str = Field(description="The OBS scene that shows it.")
    size_px: int = Field(default=240, ge=80, le=1080)
    corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "bottom-right"


COUNTER_STOCK: Final = Field(
    default=0, ge=0, le=1_000_000, description="Pieces that the counter sells, beside the stock, sold ones too."
)


class Variant(Part):
    """One kind of a drop's product (a size, a colour), with pieces of its own."""

    sku: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="Lower case, digits and dashes.")
    name: str = NAME
    stock: int = Field(ge=0, le=1_000_000)
    price: Price | None = Field(default=None, description="Left out: it costs what the drop costs.")
    counter_stock: int = COUNTER_STOCK
    counter_price: Price | None = Field(default=None, description="At the counter; left out: the drop's there.")


class Access(Part):
    """Who may buy: whoever has one of these codes, or one of so many tickets that Cuedrop makes."""

    codes: tuple[Annotated[str, Field(min_length=4, max_length=40)], ...] = Field(
        default=(), max_length=100, description="Codes handed to a community; each is good for many orders."
    )
    early_s: int | None = Field(
        default=None, ge=1, le=86_400, description="Only for so long after the opening, then everybody may buy."
    )
    tickets: int | None = Field(
        default=None, ge=1, le=500, description="How many tickets there are; each is good for one order."
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if bool(self.codes) == (self.tickets is not None):
            raise ValueError("access needs either codes or tickets")
        if not all(any(map(str.isalnum, code)) for code in self.codes):
            raise ValueError("a code needs letters or digits")
        return self


class Drop(Timing):
    """A timed sale of one product."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="Lower case, digits and dashes.")
    title: str = NAME
    price: Price
    stock: int | None = Field(default=None, ge=1, le=1_000_000, description="Pieces; with variants: what theirs make.")
    variants: tuple[Variant, ...] = Field(default=(), max_length=50)
    on_demand: int = Field(
        default=0, ge=0, le=1_000_000, description="Pieces of each kind that may be sold beyond the stock: made later."
    )
    counter_stock: int = COUNTER_STOCK
    counter_price: Price | None = Field(default=None, description="At the counter; left out: the same price.")
    hold: Literal["firm", "reserve", "first_paid"] | None = Field(
        default=None,
        description=(
            "When a piece is a buyer's: with the order (firm), reserved for hold_s until it is paid (reserve), or paid "
            "(first_paid). Left out: reserve when the shop has a payment_link, else firm."
        ),
    )
    hold_s: int = Field(default=300, ge=30, le=86_400, description="How long an unpaid reservation lasts.")
    access: Access | None = None
    picture: str | None = Field(default=None, max_length=300, description="A picture file beside the show file.")
    unlock: str | None = Field(
        default=None, max_length=500, description="What a paid order opens: a web address, or a file beside the show."
    )
    duration_s: SaleDuration = 300
    per_buyer: int = Field(default=2, ge=1, le=1_000)
    scene: str | None = Field(default=None, description="The OBS scene that is taken when the shop has opened it.")
    overlay: Overlay | None = None
    talking_points: tuple[TalkingPoint, ...] = Field(
        default=(), max_length=10, description="What is said about it on air, shown beside the queue."
    )

    @model_validator(mode="after")
    def _there_is_a_scene_to_come_back_from(self) -> Self:
        if self.at_end == "back" and self.scene is None:
            raise ValueError('at_end = "back" needs the drop\'s own scene: add scene = "..." to this drop')
        return self

    @model_validator(mode="after")
    def _there_is_something_to_sell(self) -> Self:
        if len({kind.sku for kind in self.variants}) < len(self.variants):
            raise ValueError("two variants have the same sku")
        made = sum(kind.stock for kind in self.variants)
        if self.variants and self.stock not in (None, made):
            raise ValueError(f"the variants have {made} pieces together: leave stock out, or write {made}")
        if not self.pieces and not self.on_demand:
            raise ValueError("stock is needed: how many pieces there are")
        return self

    @model_validator(mode="after")
    def _kinds_and_the_counter_sell_for_the_same_money(self) -> Self:
        if self.variants and self.counter_stock:
            raise ValueError("counter_stock is of each variant: write it there")
        prices = [self.counter_price, *(price for kind in self.variants for price in (kind.price, kind.counter_price))]
        if any(price is not None and price.currency != self.price.currency for price in prices):
            raise ValueError(f"kinds and the counter sell in the drop's currency: write it in {self.price.currency}")
        return self

    @property
    def pieces(self) -> int:
        """How many there are of all kinds, without those made on demand."""
        return sum(kind.stock for kind in self.variants) if self.variants else self.stock or 0

    @property
    def at_counter(self) -> int:
        """How many of all kinds the counter has."""
        return self.counter_stock + sum(kind.counter_stock for kind in self.variants)

    @property
    def pieces_in_all(self) -> int:
        """How many may be sold: those there are, and those made on demand."""
        return self.pieces + self.on_demand * max(1, len(self.variants))


class Cue(Part):
    """One step of the rundown."""

    name: str = NAME
    scene: str | None = None
    duration_s: int | None = Field(default=None, ge=0, le=86_400)
    drop: str | None = Field(
        default=None, description='The drop that GO arms; one with start = "cue" is announced, then fired.'
    )
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
    host: Host = Field(default_factory=Host)
    drops: tuple[Drop, ...] = Field(default=(), max_length=100)
    drop_templates: tuple[Drop, ...] = Field(
        default=(), max_length=50, description="Drops to make new ones from; the title is the template's name."
    )
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

    def hold_of(self, drop: Drop) -> str:
        """When a piece of that drop is a buyer's: firm, reserve or first_paid."""
        return drop.hold or ("reserve" if self.shop.payment_link else "firm")

    def hosts(self) -> tuple[str, ...]:
        """Every address that the show names, as written; the director says yes to those that are not loopback."""
        backup = [self.obs.backup.url] if self.obs.backup else []
        named: list[Any] = [self.obs.url, *backup, *(camera.mrl for camera in self.cameras)]
        if self.shop.kind == "events":
            named.append(self.shop.url)
        return tuple(address for address in named if address and "://" in address)
